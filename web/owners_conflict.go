package web

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// twiceOwners is the choice between two changes of the same owners: each client of either has a row, and one
// who is not linked in a version has no role in it.
func (v *visit) twiceOwners(rows []registry.BondRow, c *registry.Conflict[[]registry.Bond]) (answer, error) {
	theirs := registry.FormOfBonds(c.Theirs)
	order := everybody(rows, theirs)
	f, err := v.typedForm(order, "")
	if err != nil {
		return answer{}, err
	}
	t := v.clashOf(f, c.TheirVersion, c.By, c.At)
	t.mine, t.theirs = bondInputs(f.names, inOrder(order, rows)), bondInputs(f.names, inOrder(order, theirs))
	if c.Base != nil {
		t.base = bondInputs(f.names, inOrder(order, registry.FormOfBonds(*c.Base)))
	}
	return v.conflict(t), nil
}

// clashingOwners shows the choice again where something was left unchosen.
func (v *visit) clashingOwners(rows []registry.BondRow) (a answer, unchosen bool, err error) {
	f, err := v.typedForm(rows, "")
	if err != nil {
		return a, false, err
	}
	bad := v.unchosen(bondInputs(f.names, rows))
	if len(bad) == 0 {
		return a, false, nil
	}
	var by id.ID
	var at time.Time
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		by, at, err = registry.OwnersSaved(ctx, tx, f.patient.ID)
		return err
	})
	if err != nil {
		return a, false, err
	}
	t := v.clashOf(f, v.version(), by, at)
	t.mine = v.chosen(bondInputs(f.names, rows))
	t.theirs, t.bad = bondInputs(f.names, inOrder(rows, registry.FormOfBonds(f.patient.Bonds()))), bad
	return v.conflict(t), true, nil
}

func (v *visit) clashOf(f ownersForm, version int64, by id.ID, at time.Time) twice {
	href := "/patients/" + f.patient.ID.String()
	t := twice{action: href + "/owners", back: href + "/owners", what: "the owners of " + f.patient.Called(), version: version, by: by, at: at}
	seen := []id.ID{}
	for i, r := range f.rows {
		t.also = append(t.also, input{name: "client_" + strconv.Itoa(i+1), value: r.Client.String()})
		seen = append(seen, r.Client)
	}
	t.seen = audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: f.patient.ID, IDs: seen}
	return t
}

// everybody are the rows of one list and those of another whose client is not in it.
func everybody(rows, others []registry.BondRow) []registry.BondRow {
	return append(slices.Clone(rows), slices.DeleteFunc(slices.Clone(others), func(o registry.BondRow) bool { return placeOf(rows, o.Client) >= 0 })...)
}

// inOrder are rows in the order of others; of a client who is not among them the row is empty.
func inOrder(order, rows []registry.BondRow) []registry.BondRow {
	out := make([]registry.BondRow, len(order))
	for i, o := range order {
		out[i].Client = o.Client
		if at := placeOf(rows, o.Client); at >= 0 && !rows[at].Remove {
			out[i] = rows[at]
		}
	}
	return out
}

func placeOf(rows []registry.BondRow, client id.ID) int {
	return slices.IndexFunc(rows, func(r registry.BondRow) bool { return r.Client == client })
}

// bondInputs are the fields of the form in order, as they are compared and sent: a role in a word, a share in
// percent, ticks as yes or no.
func bondInputs(names map[id.ID]registry.Client, rows []registry.BondRow) []input {
	var in []input
	for i, r := range rows {
		at, who := "_"+strconv.Itoa(i+1), names[r.Client].Name()
		share, consent, reminders := "", "", ""
		if r.Role != "" {
			share, consent, reminders = r.Share, yesNo(r.MayConsent), yesNo(r.GetsReminders)
			if n, err := registry.ParseShare(r.Share); err == nil {
				share = registry.FormatShare(n)
			}
		}
		in = append(in, input{"role" + at, "role of " + who, roleNames[strings.ToLower(strings.TrimSpace(r.Role))]}, input{"share" + at, "share of " + who, share},
			input{"consent" + at, "consent by " + who, consent}, input{"reminders" + at, "reminders to " + who, reminders})
	}
	return in
}

func yesNo(said bool) string {
	if said {
		return "Yes"
	}
	return "No"
}
