// Package pharmacy keeps the clinic's drug list, prescriptions and what was supplied on them, and looks at each dose
// before it is signed. Its verbs take a fenced transaction and never open one; rule, record and SQL of an act stand
// together in them. Locks are taken in the order patients, prescriptions, appointments, charges.
//
// What an owner reads on a label is sealed among the contacts, since who prints it reads it; why it was prescribed is
// clinical and is selected for nobody else.
package pharmacy

import (
	"context"
	"strings"
	"time"
	"unicode"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/packs"
	"paddock/internal/practice"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// The field groups things are sealed in.
const (
	groupLabel    = "contact"
	groupClinical = "clinical"
)

var (
	// ErrAlreadyThere says that a row of this id was made before, as by a form sent twice. What the first sending
	// saved stands.
	ErrAlreadyThere = fault.New(fault.Conflict, "This was saved already.")
	// ErrChanged says that what the page showed is no longer so.
	ErrChanged = fault.New(fault.Conflict, "Somebody else changed this meanwhile. Look at it again: nothing was saved.")
	// ErrSigned says that what was to be prepared is signed, so that nothing of it is changed any more.
	ErrSigned = fault.New(fault.Conflict, "This was signed meanwhile. Nothing was saved.")
	// ErrDied refuses medicine for an animal that has died.
	ErrDied = fault.New(fault.Conflict, "This animal has died. Nothing is prescribed or supplied any more.")
	// ErrNothingLeft refuses a supply beyond those that were approved.
	ErrNothingLeft = fault.New(fault.Conflict, "All supplies approved on this prescription were given. A veterinarian prescribes it again.")
	// ErrOver refuses a supply on a prescription that was stopped or has expired.
	ErrOver = fault.New(fault.Conflict, "This prescription is over. A veterinarian prescribes it again.")
	// ErrNoPrice refuses a supply of what has no price.
	ErrNoPrice = fault.New(fault.Conflict, "This medicine has no price yet. Choose its item of the price list in the drug list first.")
)

func slot(table, group string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

// spread is a text in small letters with single spaces between its words and nothing else.
func spread(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(vault.Fold(s)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// Place is where and when rules are asked for: the jurisdictions of a clinic, and its day (midnight UTC).
type Place struct {
	Jurisdictions []string
	Today         time.Time
}

// At reads where a clinic of a country is, on a day of its calendar.
func At(ctx context.Context, tx *db.Tx, keys *vault.Clinic, country string, today time.Time) (Place, error) {
	from, err := practice.Load(ctx, tx, keys)
	return Place{Jurisdictions: from.Rules(country), Today: today}, err
}

func (p Place) rules(topic string) packs.Rules { return packs.In(topic, p.Jurisdictions, p.Today) }

func (p Place) ages() Ages {
	r := p.rules("weight")
	var a Ages
	a.Grown, _ = r.Number("stale_days_grown")
	a.Growing, _ = r.Number("stale_days_growing")
	a.GrowingMonths, _ = r.Number("growing_months")
	return a
}

// IsFood reports whether animals of a species are kept for food here, so that a label states the days to wait.
func (p Place) IsFood(species string) bool {
	for _, r := range p.rules("label").Every("food_species") {
		if r.Value == species {
			return true
		}
	}
	return false
}

// MostSupplies is how many supplies one prescription may approve here.
func (p Place) MostSupplies() int {
	n, _ := p.rules("prescription").Number("most_supplies")
	return n
}

// expires is the last day on which a prescription signed today is good.
func (p Place) expires() time.Time {
	months, _ := p.rules("prescription").Number("valid_months")
	return registry.AddMonths(p.Today, months)
}

// dayOf is a date of the clinic's own calendar: midnight UTC.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
