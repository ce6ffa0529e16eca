package vaccines

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Earlier is what an earlier practice system says of a dose beside what every dose has.
type Earlier struct {
	// By is who gave it, as the text it was there.
	By string `json:"by,omitempty"`
	// Next is the day it had the next dose due, zero for none: it is shown, and what is due is worked out here.
	Next time.Time `json:"next,omitzero"`
}

// EarlierSource is the source of a dose that came with an import.
const EarlierSource = "the earlier practice system"

// uncountedMonths stands in the column of a dose that is not counted, which must have some.
const uncountedMonths = 1

// PastDose is a dose of an earlier practice system. Without a Product of the clinic it is shown and not counted.
type PastDose struct {
	ID, Patient      id.ID
	Product          ProductRow
	Name, Maker, Lot string
	On, Expiry       time.Time // days, midnight UTC; a zero Expiry is not known
	Earlier          Earlier
}

// PastDoses are doses of one batch, sealed, for one transaction of the clinic whose keys sealed them.
type PastDoses struct{ rows db.InsertPastDosesParams }

// SealPast seals doses. It writes nothing, so that it may be done on several processors.
func SealPast(keys *vault.Clinic, list []PastDose) (*PastDoses, error) {
	out := &PastDoses{}
	p := &out.rows
	for _, d := range list {
		s := sealedDose{Name: d.Name, Maker: d.Maker, Source: EarlierSource, Lot: d.Lot, Expiry: d.Expiry, Earlier: d.Earlier}
		course, protects, product := Course{Months: uncountedMonths, FirstDoses: 1}, "", ""
		if k := d.Product; !k.ID.IsZero() {
			course, protects, product = k.Course, strings.Join(k.Protects, " "), k.ID.String()
			s.Route, s.Volume = k.Route, k.Volume
			if s.Maker == "" {
				s.Maker = k.Manufacturer
			}
		}
		text, err := keys.SealJSON(slot("doses", d.ID), s)
		if err != nil {
			return nil, fmt.Errorf("sealing a dose of the past: %w", err)
		}
		p.Ids, p.PatientIds, p.ProductIds = append(p.Ids, d.ID), append(p.PatientIds, d.Patient), append(p.ProductIds, product)
		p.Protects, p.Months = append(p.Protects, protects), append(p.Months, int32(course.Months))
		p.FirstDoses, p.FirstWeeks = append(p.FirstDoses, int32(course.FirstDoses)), append(p.FirstWeeks, int32(course.FirstWeeks))
		p.FirstMonths, p.GivenOn, p.Sealed = append(p.FirstMonths, int32(course.FirstMonths)), append(p.GivenOn, dayOf(d.On)), append(p.Sealed, text)
	}
	return out, nil
}

// WritePast writes doses of the past that come with an import, which is recorded as a whole.
func WritePast(ctx context.Context, tx *db.Tx, keys *vault.Clinic, batch id.ID, d *PastDoses) error {
	if len(d.rows.Ids) == 0 {
		return nil
	}
	p := d.rows
	p.TenantID, p.ImportID, p.KeyVersion, p.RecordedAt, p.RecordedBy = tx.Tenant, batch, keys.KeyVersion(), tx.Now(), tx.Who.Person
	if err := tx.InsertPastDoses(ctx, p); err != nil {
		return fmt.Errorf("writing doses of the past: %w", err)
	}
	return nil
}

// RemovePast deletes doses that came with an import. The caller has seen, while it held their patients, that nothing
// refers to them.
func RemovePast(ctx context.Context, tx *db.Tx, batch id.ID, doses []id.ID) error {
	if _, err := tx.DeletePastDoses(ctx, db.DeletePastDosesParams{TenantID: tx.Tenant, ImportID: batch, Ids: doses}); err != nil {
		return fmt.Errorf("taking doses back: %w", err)
	}
	return nil
}

// Labelled reports whether the vaccine is labelled for a species.
func (p Product) Labelled(species string) bool { return slices.Contains(p.Species, species) }
