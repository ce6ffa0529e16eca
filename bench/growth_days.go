package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

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
		if d, ok := t.desks[s.host]; ok {
			s.kind = d.kind
			continue
		}
		at, ok, err := directory.At(ctx, s.host)
		if err != nil || !ok {
			return fmt.Errorf("finding %s (%t): %w", s.host, ok, err)
		}
		d := &deskClinic{host: s.host, zone: at.Zone(), day: scheduling.DayOf(clock.System.Now(), at.Zone())}
		d.patients, d.with = s.patients, s.clients
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
		s.kind, t.desks[s.host] = d.kind, d
	}
	return nil
}

// billsATurn take seconds to issue. A turn ends with the last of them, so that none is left to crowd a board.
const billsATurn = 200

// issued are the medians of all turns of issuing invoices, of bills made for each turn.
func (t *town) issued(ctx context.Context, p *process) (figures, error) {
	turns := make([]figures, t.rounds)
	for i := range turns {
		err := t.bill(ctx, p.seats)
		if err != nil {
			return figures{}, err
		}
		if turns[i], err = t.turn(ctx, p, issueInvoice, growthLevel, time.Minute); err != nil {
			return figures{}, err
		}
	}
	return medians(turns), nil
}

// bill makes the bills of a turn, divided among the seats, and lays them on one pile.
func (t *town) bill(ctx context.Context, seats []*seat) error {
	w, err := t.workshop(ctx, t.name)
	if err != nil {
		return err
	}
	defer w.close()
	all := &pile{}
	for i, n := range rand.Perm(len(seats)) { //nolint:gosec // whose bills come first is no secret
		s, d := seats[n], t.desks[seats[n].host]
		d.bills = nil
		if err := w.charge(ctx, d, (billsATurn+len(seats)-1-i)/len(seats)); err != nil {
			return err
		}
		all.add(s, d.bills)
	}
	rand.Shuffle(len(all.bills), func(i, j int) { all.bills[i], all.bills[j] = all.bills[j], all.bills[i] }) //nolint:gosec // nor this
	return nil
}
