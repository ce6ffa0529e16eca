package billing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
)

func (c clinic) find(t *testing.T, typed string) (codes []string) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := billing.FindItems(ctx, tx, typed)
		for _, i := range list {
			codes = append(codes, i.Code)
		}
		return err
	})
	return codes
}

func TestAnItemIsFoundByCodeNameAndBars(t *testing.T) {
	c := newClinic(t)
	item := billing.Item{
		Code: " own 1 ", Name: "Own  shampoo 250 ml", Unit: "each", Price: 1295, TaxClass: c.class(t, "standard"), Context: billing.Dispensed, Barcode: "5012345678900",
	}
	row := id.New()
	add := func() error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error { return billing.AddItem(ctx, tx, c.Keys, row, item) })
	}
	if err := add(); err != nil {
		t.Fatal(err)
	}
	if err := add(); !errors.Is(err, billing.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	for typed, first := range map[string]string{
		"5012345678900": "OWN-1", "OWN-1": "OWN-1", "own-1": "OWN-1", "ashes": "CREM-IND", "sham": "OWN-1", "Own sha": "OWN-1", "cons": "CONS", "CONS-RE": "CONS-RE", "tablet": "TAB-AMOX250", "250": "OWN-1",
	} {
		if got := c.find(t, typed); len(got) == 0 || got[0] != first {
			t.Errorf("%q finds %q", typed, got)
		}
	}
	for _, typed := range []string{"", "%", "_", "hampoo", "501234567890", "'", "\\"} {
		if got := c.find(t, typed); len(got) != 0 {
			t.Errorf("%q finds %q", typed, got)
		}
	}
	change := func(version int64, i billing.Item) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return billing.ChangeItem(ctx, tx, c.Keys, row, version, i)
		})
	}
	item.Price = 1395
	if err := change(1, item); err != nil {
		t.Fatal(err)
	}
	if err := change(1, item); err != nil { // what is stored already
		t.Error(err)
	}
	item.Price = 1495
	if err := change(1, item); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("of an older page: %v", err)
	}
	item.Code = "cons"
	var bad fault.Fields
	if err := change(2, item); !errors.As(err, &bad) || bad.Message("code") == "" {
		t.Errorf("another's code: %v", err)
	}
	for field, spoil := range map[string]func(*billing.Item){
		"code": func(i *billing.Item) { i.Code = "ö" }, "name": func(i *billing.Item) { i.Name = "" }, "unit": func(i *billing.Item) { i.Unit = "" },
		"price": func(i *billing.Item) { i.Price = -1 }, "context": func(i *billing.Item) { i.Context = "x" }, "barcode": func(i *billing.Item) { i.Barcode = "a b" },
	} {
		v := item
		spoil(&v)
		var bad fault.Fields
		if err := change(2, v); !errors.As(err, &bad) || bad.Message(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	for range 2 {
		c.must(t, func(ctx context.Context, tx *db.Tx) error { return billing.EndItem(ctx, tx, c.Keys, row) })
	}
	if got := c.find(t, "5012345678900"); len(got) != 0 {
		t.Errorf("an ended item is found: %q", got)
	}
}

func TestARateHoldsFromItsDay(t *testing.T) {
	c := newClinic(t)
	class := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.AddTaxClass(ctx, tx, c.Keys, class, "Horse feed")
	})
	if err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.AddTaxClass(ctx, tx, c.Keys, id.New(), "horse FEED")
	}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two of one name: %v", err)
	}
	v := c.consult(t)
	v.TaxClass = class
	row := c.charge(t, v)
	if _, err := c.issue(billing.NewInvoice{Charges: c.seen(t, row)}); !errors.Is(err, billing.ErrNoRate) {
		t.Errorf("without a rate: %v", err)
	}
	add := func(r billing.TaxRate) error {
		r.Class = class
		return c.write(t, func(ctx context.Context, tx *db.Tx) error { return billing.AddTaxRate(ctx, tx, c.Keys, id.New(), r) })
	}
	for _, r := range []billing.TaxRate{{Rate: money.Percent(5), From: today}, {Rate: 72500, From: today.AddDate(0, 0, 1)}, {Rate: 0, Species: "horse", Context: billing.Dispensed, From: today}} {
		if err := add(r); err != nil {
			t.Fatal(err)
		}
	}
	for field, r := range map[string]billing.TaxRate{
		"rate": {Rate: money.Percent(101), From: today}, "context": {Context: "x", From: today}, "from": {}, "species": {Species: "unicorn", From: today},
	} {
		var bad fault.Fields
		if err := add(r); !errors.As(err, &bad) || bad.Message(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	v.Day = today.AddDate(0, 0, 1)
	bill := c.billed(t, row, c.charge(t, v))
	if len(bill.ByRate) != 2 || bill.ByRate[0].Rate != 72500 || bill.ByRate[1].Rate != money.Percent(5) {
		t.Errorf("the rates are %+v", bill.ByRate)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return billing.EndTaxClass(ctx, tx, c.Keys, class) })
	c.billed(t, c.charge(t, v)) // what is priced under it keeps it
}

func TestTheCurrencyStaysOnceThereIsMoney(t *testing.T) {
	c := newClinic(t)
	save := func(version int64, change func(*billing.Settings)) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			s, err := billing.LoadSettings(ctx, tx)
			if err != nil {
				return err
			}
			change(&s)
			return billing.SaveSettings(ctx, tx, c.Keys, version, s)
		})
	}
	if err := save(1, func(s *billing.Settings) { s.Currency, s.TaxIncluded = "EUR", false }); err != nil {
		t.Fatal(err)
	}
	if err := save(1, func(s *billing.Settings) { s.DueDays = 30 }); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("of an older page: %v", err)
	}
	bill := c.billed(t, c.charge(t, c.consult(t)))
	if bill.Currency != "EUR" || bill.Net != 4680 || bill.Tax != 936 {
		t.Errorf("with tax on top it is %+v", bill.InvoiceRow)
	}
	var bad fault.Fields
	if err := save(2, func(s *billing.Settings) { s.Currency = "GBP" }); !errors.As(err, &bad) || bad.Message("currency") == "" {
		t.Errorf("another currency: %v", err)
	}
	for field, spoil := range map[string]func(*billing.Settings){
		"currency": func(s *billing.Settings) { s.Currency = "euro" }, "tax_by": func(s *billing.Settings) { s.TaxBy = "" },
		"cash_step": func(s *billing.Settings) { s.CashStep = 0 }, "due_days": func(s *billing.Settings) { s.DueDays = 400 },
	} {
		var bad fault.Fields
		if err := save(2, spoil); !errors.As(err, &bad) || bad.Message(field) == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestEachCountryBeginsWithItsMoney(t *testing.T) {
	env := newClinic(t).env
	for country, want := range map[string]billing.Settings{
		"GB": {Currency: "GBP", TaxIncluded: true, TaxBy: billing.ByLine, CashStep: 1, Version: 1},
		"US": {Currency: "USD", TaxBy: billing.ByDocument, CashStep: 1, Version: 1},
		"CH": {Currency: "CHF", TaxIncluded: true, TaxBy: billing.ByLine, CashStep: 5, DueDays: 30, Version: 1},
		"ZZ": {Currency: "USD", TaxBy: billing.ByDocument, CashStep: 1, Version: 1},
	} {
		c := newClinicIn(t, country)
		c.must(t, func(ctx context.Context, tx *db.Tx) error { return billing.Seed(ctx, tx, c.Keys, "GB") }) // keeps what it has
		var s billing.Settings
		var items []billing.ItemRow
		c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
			if s, err = billing.LoadSettings(ctx, tx); err != nil {
				return err
			}
			items, _, err = billing.Items(ctx, tx, "", false)
			return err
		})
		if s != want || len(items) < 40 {
			t.Errorf("%s begins with %+v and %d prices", country, s, len(items))
		}
		for _, i := range items {
			if _, ok := c.taxes.RateFor(i.TaxClass, i.Context, "dog", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); !ok || i.Price <= 0 {
				t.Errorf("%s: %+v", country, i)
			}
		}
	}
	// One that nobody set up says so, and its board has nothing open.
	bare := clinic{Clinic: env.NewClinic(t), env: env}
	bare.who = bare.Who("work")
	bare.read(t, func(ctx context.Context, tx *db.Tx) error {
		if _, err := billing.LoadSettings(ctx, tx); !errors.Is(err, billing.ErrNotSetUp) {
			t.Errorf("not set up: %v", err)
		}
		totals, err := billing.OpenTotals(ctx, tx, []id.ID{id.New()})
		if err != nil || len(totals) != 0 {
			t.Errorf("its open totals are %v, %v", totals, err)
		}
		return nil
	})
}

func TestAnEstimateHasItsNextVersion(t *testing.T) {
	c := newClinic(t)
	first, second := id.New(), id.New()
	e := billing.Estimate{Patient: c.dog, Title: "Dental", Lines: []billing.EstimateLine{{Name: "Scale", Low: 10000, High: 12000}, {Name: "Extraction", Low: 0, High: 8000}}}
	add := func(row, replaces id.ID, e billing.Estimate) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return billing.AddEstimate(ctx, tx, c.Keys, row, e, replaces)
		})
	}
	if err := add(first, id.ID{}, e); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := add(second, first, e); err != nil && !errors.Is(err, billing.ErrAlreadyThere) {
			t.Fatal(err)
		}
	}
	if err := add(id.New(), first, e); !errors.Is(err, billing.ErrChanged) {
		t.Errorf("replaced twice: %v", err)
	}
	var list []billing.EstimateRow
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = billing.EstimatesOfPatient(ctx, tx, c.Keys, c.dog)
		return err
	})
	if len(list) != 2 || list[0].Version != 2 || list[0].Low != 10000 || list[0].High != 20000 || list[0].Replaced || !list[1].Replaced || list[0].Replaces != first {
		t.Errorf("the estimates are %+v", list)
	}
	lines := []billing.Line{{Net: 15000, Tax: 3000}, {Net: 2000}, {Net: 1}, {Net: 5}}
	if got := list[0].Crossed(lines); got != 2 || list[0].Crossed(lines[:2]) != -1 {
		t.Errorf("it is crossed at %d", got)
	}
	e.Lines[1].High = -1
	if err := add(id.New(), id.ID{}, e); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a high below the low: %v", err)
	}
	if err := add(id.New(), id.ID{}, billing.Estimate{Patient: c.dog, Low: 5, High: 4}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a title: %v", err)
	}
}
