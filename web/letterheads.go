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
	"paddock/views"
)

// letterhead reads what heads documents now.
func (v *visit) letterhead() (l billing.Letterhead, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		l, err = billing.LoadLetterhead(ctx, tx, v.keys)
		return err
	})
	return l, err
}

// headLines are the lines of a letterhead as they stand on paper; a clinic without one has its name alone.
func (v *visit) headLines(l billing.Letterhead) []string {
	if l.Name == "" {
		return []string{v.clinic.Name()}
	}
	lines := []string{l.Name}
	if l.Trading != "" && l.Trading != l.Name {
		lines = []string{l.Trading, l.Name}
	}
	lines = append(lines, paperLines(l.Address)...)
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
func (v *visit) lacks(l billing.Letterhead, t billing.Taxes) string {
	switch {
	case l.Name == "":
		return "Your bills carry the clinic’s name and no address yet. Enter the letterhead before you issue more."
	case l.Address == "":
		return "No address stands on your bills. An invoice needs it."
	case l.TaxNumber == "" && v.taxWord() != "sales tax" && t.Charged(v.today()):
		return "You charge " + v.taxWord() + ", and no " + v.taxNumberLabel() + " stands on your bills. An invoice needs it."
	}
	return ""
}

func (s *Server) editLetterhead(v *visit) (answer, error) {
	l, err := v.letterhead()
	if err != nil {
		return answer{}, err
	}
	return v.letterheadPage(http.StatusOK, l, l, nil)
}

// letterheadPage shows what is typed, beside what holds.
func (v *visit) letterheadPage(status int, now, typed billing.Letterhead, bad fault.Fields) (answer, error) {
	var taxes billing.Taxes
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		taxes, err = billing.LoadTaxes(ctx, tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "letterhead"})
	view := views.Letterhead{
		Page: v.page("practice"), Version: strconv.FormatInt(now.Version, 10), Name: typed.Name, Trading: typed.Trading, Address: typed.Address,
		Phone: typed.Phone, Email: typed.Email, TaxNumber: typed.TaxNumber, Company: typed.Company, Bank: typed.Bank, Footer: typed.Footer,
		TaxLabel: v.taxNumberLabel(), Lacks: v.lacks(now, taxes), Mistakes: mistakes(bad),
	}
	if now.Version == 0 && len(bad) == 0 {
		view.Name = v.clinic.Name()
	} else if now.Version > 0 {
		view.From = v.headLines(now)
	}
	if v.partial {
		return shown(status, views.LetterheadPart(view)), nil
	}
	return shown(status, views.LetterheadPage(view)), nil
}

func (s *Server) updateLetterhead(v *visit) (answer, error) {
	typed := billing.Letterhead{
		Name: v.field("name"), Trading: v.field("trading"), Address: v.field("address"), Phone: v.field("phone"), Email: v.field("email"),
		TaxNumber: v.field("tax_number"), Company: v.field("company"), Bank: v.field("bank"), Footer: v.field("footer"),
	}
	err := v.write(func(ctx context.Context, tx *db.Tx) error {
		return billing.SaveLetterhead(ctx, tx, v.keys, v.version(), typed)
	})
	bad, invalid := errors.AsType[fault.Fields](err)
	overtaken := errors.Is(err, billing.ErrChanged)
	if !invalid && !overtaken {
		if err != nil {
			return answer{}, err
		}
		v.say("Letterhead saved. It heads what is issued from now on.")
		return goTo("/letterhead"), nil
	}
	now, err := v.letterhead()
	if err != nil {
		return answer{}, err
	}
	if overtaken {
		bad = v.errChanged(now.By)
	}
	return v.letterheadPage(http.StatusUnprocessableEntity, now, typed, bad)
}
