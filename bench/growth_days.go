package main

import (
	"context"
	"fmt"
	"slices"

	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/internal/tenancy"
)

// days gives each clinic of the town that has none the day of the front desk, without bookings ahead or years
// behind it.
func (t *town) days(ctx context.Context, seats []*seat) error {
	w, err := t.workshop(ctx, t.name)
	if err != nil {
		return err
	}
	defer w.close()
	directory := tenancy.NewDirectory(w.store, clock.System)
	for _, s := range seats {
		if kind, ok := t.kinds[s.host]; ok {
			s.kind = kind
			continue
		}
		at, ok, err := directory.At(ctx, s.host)
		if err != nil || !ok {
			return fmt.Errorf("finding %s (%t): %w", s.host, ok, err)
		}
		d := &deskClinic{host: s.host, zone: at.Zone(), day: scheduling.DayOf(clock.System.Now(), at.Zone())}
		d.patients = s.patients
		d.clients = slices.Repeat([]id.ID{{}}, len(s.patients)) // nobody comes with the animal
		d.who = at.Who(actor.Work, id.New(), "bench")
		d.who.Person = s.person
		if d.keys, err = w.vault.Clinic(ctx, at.Tenant()); err != nil {
			return err
		}
		if err := w.store.Write(ctx, d.who, d.furnish); err != nil {
			return err
		}
		if err := w.fill(ctx, d, d.today(clock.System.Now(), 0)); err != nil {
			return fmt.Errorf("giving %s its day: %w", s.host, err)
		}
		s.kind, t.kinds[s.host] = d.kind, d.kind
	}
	return nil
}
