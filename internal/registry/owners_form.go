package registry

import (
	"slices"
	"strconv"
	"strings"

	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
)

// mostBonds is how many clients one animal can be linked to.
const mostBonds = 8

// BondRow is one row of the form of an animal's owners, as it was typed.
type BondRow struct {
	Client id.ID
	// Role is a word of Bond; Share is in percent, "" for none.
	Role, Share               string
	MayConsent, GetsReminders bool
	// Remove ends the bond.
	Remove bool
}

// FormOfBonds is the form that shows bonds.
func FormOfBonds(bonds []Bond) []BondRow {
	out := make([]BondRow, len(bonds))
	for i, b := range bonds {
		out[i] = BondRow{Client: b.Client, Role: b.Role, MayConsent: b.MayConsent, GetsReminders: b.GetsReminders}
		if b.Pays() {
			out[i].Share = FormatShare(b.Share)
		}
	}
	return out
}

// ParseBonds reads the rows of the form forgivingly. Mistakes are named after the inputs role_1, share_1
// and so on, by the place of the row in the form.
func ParseBonds(rows []BondRow) ([]Bond, fault.Fields) {
	var bad fault.Fields
	var bonds []Bond
	var places []int
	for i, r := range rows {
		if r.Remove {
			continue
		}
		share, err := ParseShare(r.Share)
		if err != nil {
			bad.Add("share_"+strconv.Itoa(i+1), err.Error())
		}
		bonds = append(bonds, Bond{Client: r.Client, Role: strings.ToLower(plain.Line(r.Role)), Share: share, MayConsent: r.MayConsent, GetsReminders: r.GetsReminders})
		places = append(places, i)
	}
	if len(bad) > 0 {
		return nil, bad
	}
	return bonds, checkBonds(bonds, places)
}

// checkBonds says why bonds are not ones that may be. places are those of the rows in a form, nil where
// the bonds are all of them.
func checkBonds(bonds []Bond, places []int) (bad fault.Fields) {
	place := func(i int) string {
		if places != nil {
			i = places[i]
		}
		return strconv.Itoa(i + 1)
	}
	if len(bonds) == 0 {
		return nil
	}
	if len(bonds) > mostBonds {
		bad.Add("", "At most eight clients can be linked to one animal")
	}
	sum, pays := 0, -1
	for i, b := range bonds {
		known := slices.Contains([]string{RoleOwner, RolePayer, RoleCarer, RoleTrainer}, b.Role)
		switch {
		case !known:
			bad.Add("role_"+place(i), "Choose owner, payer, carer or trainer")
		case b.Client.IsZero() || slices.ContainsFunc(bonds[:i], func(o Bond) bool { return o.Client == b.Client }):
			bad.Add("role_"+place(i), "Link each client once")
		case b.Share < 0 || b.Share > WholeShare:
			bad.Add("share_"+place(i), "Enter a share from 0 to 100 %")
		case b.Share > 0 && !b.Pays():
			bad.Add("share_"+place(i), "A "+b.Role+" who pays is a payer: change the role, or leave the share empty")
		}
		sum += b.Share
		if pays < 0 && b.Pays() {
			pays = i
		}
	}
	switch {
	case len(bad) > 0:
	case pays < 0:
		bad.Add("role_"+place(0), "Make one of them owner or payer, or remove everybody")
	case sum != WholeShare:
		bad.Add("share_"+place(pays), "The shares come to "+FormatShare(sum)+". They must come to 100 %.")
	}
	return bad
}

// ParseShare reads a share in percent, like "50", "33.33", "33,33 %", as basis points. Empty is none. The
// error is a sentence for the person who typed it.
func ParseShare(typed string) (int, error) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(plain.Line(typed)), "%"))
	if s == "" {
		return 0, nil
	}
	whole, part, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	part = strings.TrimRight(part, "0")
	if len(part) > 2 {
		return 0, sentence("Enter a share with two places at most, like 33.33")
	}
	n, err := strconv.ParseUint(whole+(part + "00")[:2], 10, 16)
	if err != nil || whole == "" || n > WholeShare {
		return 0, sentence("Enter a share from 0 to 100 %, like 50 or 33.33")
	}
	return int(n), nil
}

// FormatShare is basis points in percent: "50 %", "33.33 %".
func FormatShare(share int) string {
	s := strconv.Itoa(share / 100)
	if rest := share % 100; rest != 0 {
		s += "." + strings.TrimRight(strconv.Itoa(100 + rest)[1:], "0")
	}
	return s + " %"
}

// SplitEvenly gives the rows that pay, and stay, the same share; what is left over goes to the first.
func SplitEvenly(rows []BondRow) []BondRow {
	out := slices.Clone(rows)
	var payers []int
	for i, r := range out {
		if out[i].Share = ""; !r.Remove && (Bond{Role: r.Role}).Pays() {
			payers = append(payers, i)
		}
	}
	for n, i := range payers {
		share := WholeShare / len(payers)
		if n == 0 {
			share += WholeShare % len(payers)
		}
		out[i].Share = FormatShare(share)
	}
	return out
}
