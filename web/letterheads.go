package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/practice"
	"paddock/views"
)

// letterhead reads what heads documents now.
func (v *visit) letterhead() (l practice.Letterhead, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = practice.Load(ctx, tx, v.keys)
		return err
	})
	return l, err
}

// headLines are the lines of a letterhead as they stand on paper; a clinic without one has its name alone.
func (v *visit) headLines(l practice.Letterhead) []string {
	if l.Name == "" {
		return []string{v.clinic.Name()}
	}
	lines := []string{l.Name}
	if l.Trading != "" && l.Trading != l.Name {
		lines = []string{l.Trading, l.Name}
	}
	lines = append(lines, l.AddressLines()...)
	for _, line := range []string{l.Phone, l.Email} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	if l.TaxNumber != "" {
		lines = append(lines, v.taxNumberLabel()+" "+l.TaxNumber)
	}
	if l.Company != "" {
		lines = append(lines, "Company number "+l.Company)
	}
	return lines
}

// paperLines are the lines of a text of several.
func paperLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// taxNumberLabel is what the number is called under which the tax on sales is paid.
func (v *visit) taxNumberLabel() string { return sentence(v.taxWord()) + " number" }

// lacks says what bills should show and do not: who charges tax names the number it is paid under. A sales tax has no
// number that customers ask for.
func (v *visit) lacks(l practice.Letterhead, t billing.Taxes) string {
	switch {
	case l.Name == "":
		return "Your bills carry the clinic’s name and no address yet. Enter the letterhead before you issue more."
	case len(l.AddressLines()) == 0:
		return "No address stands on your bills. An invoice needs it."
	case l.TaxNumber == "" && v.taxWord() != "sales tax" && t.Charged(v.today()):
		return "You charge " + v.taxWord() + ", and no " + v.taxNumberLabel() + " stands on your bills. An invoice needs it."
	}
	return ""
}

func (s *Server) editLetterhead(v *visit) (answer, error) {
	return v.letterheadPage(http.StatusOK, nil, nil)
}

// letterheadPage shows what holds, or what was typed beside it: with mistakes, and without where somebody else was faster.
func (v *visit) letterheadPage(status int, typed *practice.Letterhead, bad fault.Fields) (answer, error) {
	var now practice.Letterhead
	var taxes billing.Taxes
	err := v.read(
		practice.Loading(&now, v.keys),
		func(ctx context.Context, tx *db.Tx) (err error) {
			taxes, err = billing.LoadTaxes(ctx, tx)
			return err
		},
	)
	switch {
	case err != nil:
		return answer{}, err
	case typed == nil:
		typed = &now
	case len(bad) == 0:
		bad = v.errChanged(now.By)
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "letterhead"})
	view := views.Letterhead{
		Page: v.page("practice"), Version: strconv.FormatInt(now.Version, 10), Name: typed.Name, Trading: typed.Trading, Address: typed.Address,
		City: typed.City, Region: typed.Region, Postcode: typed.Postcode, Country: typed.Country, Jurisdictions: typed.Jurisdictions,
		Phone: typed.Phone, Email: typed.Email, TaxNumber: typed.TaxNumber, Company: typed.Company, Bank: typed.Bank, Footer: typed.Footer,
		TaxLabel: v.taxNumberLabel(), Lacks: v.lacks(now, taxes), Mistakes: mistakes(bad),
	}
	if now.Version == 0 && len(bad) == 0 {
		view.Name = v.clinic.Name()
	} else if now.Version > 0 {
		view.From = v.headLines(now)
	}
	if view.Jurisdictions == "" && len(bad) == 0 {
		view.Jurisdictions = v.clinic.Country()
	}
	if v.partial {
		return shown(status, views.LetterheadPart(view)), nil
	}
	return shown(status, views.LetterheadPage(view)), nil
}

func (s *Server) updateLetterhead(v *visit) (answer, error) {
	typed := practice.Letterhead{
		Name: v.field("name"), Trading: v.field("trading"), Address: v.field("address"), City: v.field("city"), Region: v.field("region"), Postcode: v.field("postcode"), Country: v.field("country"), Phone: v.field("phone"), Email: v.field("email"),
		TaxNumber: v.field("tax_number"), Company: v.field("company"), Bank: v.field("bank"), Footer: v.field("footer"),
		Jurisdictions: v.field("jurisdictions"),
	}
	err := v.write(func(ctx context.Context, tx *db.Tx) error {
		return practice.Save(ctx, tx, v.keys, v.version(), typed)
	})
	bad, invalid := errors.AsType[fault.Fields](err)
	overtaken := errors.Is(err, practice.ErrChanged)
	if !invalid && !overtaken {
		if err != nil {
			return answer{}, err
		}
		v.say("Letterhead saved. It heads what is issued from now on.")
		return goTo("/letterhead"), nil
	}
	return v.letterheadPage(http.StatusUnprocessableEntity, &typed, bad)
}
