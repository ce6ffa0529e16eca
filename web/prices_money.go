package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/views"
	"paddock/views/ui"
)

func (s *Server) listTaxes(v *visit) (answer, error) {
	return v.taxesPage(http.StatusOK, views.TaxRateForm{})
}

func (v *visit) taxesPage(status int, form views.TaxRateForm) (answer, error) {
	var list priceList
	if err := v.read(list.read()...); err != nil {
		return answer{}, err
	}
	species, err := v.s.speciesList(v)
	if err != nil {
		return answer{}, err
	}
	view := views.Taxes{Page: v.page("practice"), Form: form, Species: []ui.Option{{Value: "", Label: "All"}}}
	names := map[string]string{}
	for _, one := range species {
		names[one.Code] = one.Name
		view.Species = append(view.Species, ui.Option{Value: one.Code, Label: one.Name})
	}
	for _, c := range list.taxes.Classes {
		if !c.EndedAt.IsZero() {
			continue
		}
		class := views.TaxClass{ID: c.ID.String(), Name: c.Name, Action: "/taxes/" + c.ID.String() + "/rates", NewID: id.New().String()}
		if form.Class == class.ID {
			class.NewID = v.field("new_id")
		}
		for _, r := range slices.Backward(list.taxes.Rates) {
			if r.Class != c.ID {
				continue
			}
			now, ok := list.taxes.RateFor(c.ID, r.Context, r.Species, v.today())
			class.Rates = append(class.Rates, views.TaxRate{
				Rate: v.percent(r.Rate), From: "from " + dated(r.From), For: join(contextNames[r.Context], names[r.Species]),
				Now: ok && now == r.Rate && !r.From.After(v.today()) && !later(list.taxes.Rates, r, v),
			})
		}
		view.Classes = append(view.Classes, class)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "tax"})
	return shown(status, views.TaxesPage(view)), nil
}

// later reports whether a rate has made way for another of its kind.
func later(rates []billing.TaxRate, r billing.TaxRate, v *visit) bool {
	return slices.ContainsFunc(rates, func(o billing.TaxRate) bool {
		return o.Class == r.Class && o.Context == r.Context && o.Species == r.Species && o.ID != r.ID && o.From.After(r.From) && !o.From.After(v.today())
	})
}

func (s *Server) createTaxRate(v *visit) (answer, error) {
	class, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	named := func(name string) string { return name + "-" + class.String() }
	form := views.TaxRateForm{
		Class: class.String(), Rate: v.field(named("rate")), From: v.field(named("from")), For: v.field(named("context")), Species: v.field(named("species")),
	}
	r := billing.TaxRate{Class: class, Context: form.For, Species: form.Species}
	var bad fault.Fields
	if r.Rate, err = money.ParseRate(form.Rate); err != nil {
		bad.Add("rate", err.Error())
	}
	if strings.TrimSpace(form.From) == "" {
		bad.Add("from", "Enter the day it begins, like 1-Apr-2026")
	} else if r.From, err = parseComing(form.From, v.today()); err != nil {
		bad.Add("from", err.Error())
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error { return billing.AddTaxRate(ctx, tx, v.keys, row, r) })
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		for _, m := range bad {
			form.Mistakes = append(form.Mistakes, ui.Mistake{Name: named(m.Name), Message: m.Message})
		}
		return v.taxesPage(http.StatusUnprocessableEntity, form)
	case err != nil && !errors.Is(err, billing.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Rate added.")
	return goTo("/taxes"), nil
}

func (s *Server) editMoney(v *visit) (answer, error) {
	settings, err := v.moneySettings()
	if err != nil {
		return answer{}, err
	}
	return v.moneyPage(http.StatusOK, v.moneyForm(settings)), nil
}

func (v *visit) moneySettings() (s billing.Settings, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = billing.LoadSettings(ctx, tx)
		return err
	})
	return s, err
}

func (v *visit) moneyForm(s billing.Settings) views.MoneyForm {
	f := views.MoneyForm{
		Version: strconv.FormatInt(s.Version, 10), Currency: string(s.Currency), Included: "no", By: s.TaxBy, Symbol: s.Currency.Sign(),
		CashStep: v.typedSum(s.Currency, money.Amount(s.CashStep)), DueDays: strconv.Itoa(s.DueDays),
	}
	if s.TaxIncluded {
		f.Included = "yes"
	}
	return f
}

func (v *visit) moneyPage(status int, f views.MoneyForm) answer {
	f.Page = v.page("practice")
	v.record(audit.Entry{Action: audit.Opened, Object: "money"})
	if v.partial {
		return shown(status, views.MoneyFormPart(f))
	}
	return shown(status, views.MoneyPage(f))
}

func (s *Server) updateMoney(v *visit) (answer, error) {
	now, err := v.moneySettings()
	if err != nil {
		return answer{}, err
	}
	f := views.MoneyForm{
		Version: strconv.FormatInt(max(1, v.version()), 10), Currency: strings.ToUpper(strings.TrimSpace(v.field("currency"))), Included: v.field("included"),
		By: v.field("by"), CashStep: v.field("cash_step"), DueDays: v.field("due_days"), Symbol: now.Currency.Sign(),
	}
	settings := billing.Settings{Currency: money.Currency(f.Currency), TaxIncluded: f.Included == "yes", TaxBy: f.By}
	var bad fault.Fields
	step, err := settings.Currency.Parse(f.CashStep)
	if err != nil {
		bad.Add("cash_step", err.Error())
	}
	settings.CashStep = int64(step)
	if settings.DueDays, err = strconv.Atoi(strings.TrimSpace(f.DueDays)); err != nil {
		bad.Add("due_days", "Enter a number of days from 0 to 365")
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return billing.SaveSettings(ctx, tx, v.keys, v.version(), settings)
		})
	}
	said, conflict := conflictIn(err)
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		for i, m := range bad {
			if m.Name == "tax_by" {
				bad[i].Name = "by"
			}
		}
		f.Mistakes = mistakes(bad)
		return v.moneyPage(http.StatusUnprocessableEntity, f), nil
	case conflict:
		if now, err = v.moneySettings(); err != nil {
			return answer{}, err
		}
		theirs := v.moneyForm(now)
		f.Version, f.Mistakes = theirs.Version, mistakes(moneyClash(f, theirs, said))
		return v.moneyPage(http.StatusConflict, f), nil
	case err != nil:
		return answer{}, err
	}
	v.say("Saved.")
	return goTo("/money"), nil
}

// moneyClash says of a form that was overtaken what was saved meanwhile.
func moneyClash(mine, theirs views.MoneyForm, said string) fault.Fields {
	return overtaken(said, []meanwhile{
		{"currency", mine.Currency, theirs.Currency, theirs.Currency},
		{"included", mine.Included, theirs.Included, labelOf(views.IncludedChoice, theirs.Included)},
		{"by", mine.By, theirs.By, labelOf(views.TaxByChoice, theirs.By)},
		{"cash_step", mine.CashStep, theirs.CashStep, theirs.CashStep},
		{"due_days", mine.DueDays, theirs.DueDays, theirs.DueDays},
	})
}
