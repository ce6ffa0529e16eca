package billing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// LoadTaxes reads the classes and rates of the clinic, ended classes too: what was charged under one is still to be billed.
func LoadTaxes(ctx context.Context, tx *db.Tx) (Taxes, error) {
	var t Taxes
	err := db.Together(ctx, tx, t.loadClasses, t.loadRates)
	return t, err
}

func (t *Taxes) loadClasses(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.ListTaxClasses(ctx, db.ListTaxClassesParams{TenantID: tx.Tenant})
	if err != nil {
		return fmt.Errorf("reading the tax classes: %w", err)
	}
	for _, r := range rows {
		c := TaxClass{ID: r.ID, Key: r.Key, Name: r.Name}
		if r.EndedAt != nil {
			c.EndedAt = r.EndedAt.UTC()
		}
		t.Classes = append(t.Classes, c)
	}
	return nil
}

func (t *Taxes) loadRates(ctx context.Context, tx *db.Tx) error {
	rows, err := tx.ListTaxRates(ctx, db.ListTaxRatesParams{TenantID: tx.Tenant})
	if err != nil {
		return fmt.Errorf("reading the tax rates: %w", err)
	}
	for _, r := range rows {
		rate := TaxRate{ID: r.ID, Class: r.TaxClassID, Rate: r.Rate, From: dayOf(r.ValidFrom)}
		if r.Context != nil {
			rate.Context = *r.Context
		}
		if r.Species != nil {
			rate.Species = *r.Species
		}
		t.Rates = append(t.Rates, rate)
	}
	return nil
}

// Class is a class by its id; ok is false where the clinic has none of it.
func (t Taxes) Class(class id.ID) (c TaxClass, ok bool) {
	i := slices.IndexFunc(t.Classes, func(c TaxClass) bool { return c.ID == class })
	if i < 0 {
		return c, false
	}
	return t.Classes[i], true
}

// RateFor is the rate of a class on a day of the clinic's calendar. One for the species goes before one for the
// context, and that before one for all; among those alike the latest that has begun holds. ok is false where
// none has.
func (t Taxes) RateFor(class id.ID, context, species string, day time.Time) (rate money.Rate, ok bool) {
	var from time.Time
	best := -1
	for _, r := range t.Rates {
		if r.Class != class || r.From.After(day) || r.Context != "" && r.Context != context || r.Species != "" && r.Species != species {
			continue
		}
		rank := 0
		if r.Context != "" {
			rank++
		}
		if r.Species != "" {
			rank += 2
		}
		if rank > best || rank == best && !r.From.Before(from) {
			rate, best, from = r.Rate, rank, r.From
		}
	}
	return rate, best >= 0
}

// Charged reports whether anything is taxed at more than nothing on a day.
func (t Taxes) Charged(day time.Time) bool {
	return slices.ContainsFunc(t.Rates, func(r TaxRate) bool {
		now, ok := t.RateFor(r.Class, r.Context, r.Species, day)
		return ok && now > 0
	})
}

// AddTaxClass adds a class of taxes under an id that came with the form. It has no rate yet. It gives
// ErrAlreadyThere for a second sending, and fault.Fields named name.
func AddTaxClass(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, name string) error {
	name = plain.Line(name)
	key := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r == '-':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.ToLower(name))
	key = strings.Trim(key, "-")
	switch {
	case key == "":
		return fault.Fields{{Name: "name", Message: "Enter a name in letters, like Reduced rate"}}
	case len([]rune(name)) > 60:
		return fault.Fields{{Name: "name", Message: "Keep this under 60 letters"}}
	}
	err := tx.InsertTaxClass(ctx, db.InsertTaxClassParams{TenantID: tx.Tenant, ID: row, Key: key, Name: name})
	switch {
	case db.Violates(err, "tax_classes_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "tax_classes_key"):
		return fault.Fields{{Name: "name", Message: "There is a tax class of this name already"}}
	case err != nil:
		return fmt.Errorf("adding a tax class: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "tax-class", ObjectID: row, Group: group, After: name})
}

// EndTaxClass takes a class off what is offered. What is priced under it keeps it. Ending it twice does nothing more.
// It gives fault.Missing where there is no such class.
func EndTaxClass(ctx context.Context, tx *db.Tx, keys *vault.Clinic, class id.ID) error {
	t, err := LoadTaxes(ctx, tx)
	if err != nil {
		return err
	}
	c, ok := t.Class(class)
	if !ok {
		return fault.Missing
	}
	now := tx.Now()
	n, err := tx.EndTaxClass(ctx, db.EndTaxClassParams{TenantID: tx.Tenant, ID: class, EndedAt: &now})
	if err != nil || n == 0 {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "tax-class", ObjectID: class, Group: group, Before: c.Name})
}

// AddTaxRate adds a rate from a day on, under an id that came with the form. Rates are never changed: a mistake is
// put right by another of the same day, the later one of which holds. It gives fault.Missing for an unknown class,
// ErrAlreadyThere for a second sending, and fault.Fields named rate, context, species and from.
func AddTaxRate(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, r TaxRate) error {
	var bad fault.Fields
	if r.Rate < 0 || r.Rate > money.Percent(100) {
		bad.Add("rate", "Enter a percentage from 0 to 100")
	}
	if r.Context != "" && r.Context != Administered && r.Context != Dispensed {
		bad.Add("context", "Choose given here, sent home or both")
	}
	if r.From.IsZero() {
		bad.Add("from", "Enter the day it begins, like 1-Apr-2026")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	t, err := LoadTaxes(ctx, tx)
	if err != nil {
		return err
	}
	if _, ok := t.Class(r.Class); !ok {
		return fault.Missing
	}
	p := db.InsertTaxRateParams{TenantID: tx.Tenant, ID: row, TaxClassID: r.Class, Rate: r.Rate, ValidFrom: dayOf(r.From)}
	if r.Context != "" {
		p.Context = &r.Context
	}
	if r.Species != "" {
		p.Species = &r.Species
	}
	err = tx.InsertTaxRate(ctx, p)
	switch {
	case db.Violates(err, "tax_rates_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "tax_rates_species_fkey"):
		return fault.Fields{{Name: "species", Message: "Choose a species from the list"}}
	case err != nil:
		return fmt.Errorf("adding a tax rate: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "tax-rate", ObjectID: row, IDs: []id.ID{r.Class}, Group: group, After: r})
}
