package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/internal/tenancy"
	"paddock/internal/vault"
)

// daysAhead is how many days after today have bookings.
const daysAhead = 6

// The opening hours of the sample clinics, in minutes of the day.
const (
	opens  = 8*60 + 30
	closes = 17*60 + 30
)

// Lively gives each sample clinic a day that is going on, at whatever time of the day it is asked: people
// waiting, late, in consult, in care and going home, and bookings for the days to come. A day that has
// appointments already is left alone, as is a clinic of somebody's own.
func Lively(ctx context.Context, d Deps) error {
	rows, err := d.Platform.AllTenantsClinics(ctx)
	if err != nil {
		return err
	}
	all, ctx := errgroup.WithContext(ctx)
	for _, c := range Clinics() {
		if !slices.ContainsFunc(rows, func(r db.ClinicRow) bool { return r.Demo && r.Host == d.host(c) }) {
			continue
		}
		all.Go(func() error {
			if err := d.lively(ctx, c); err != nil {
				return fmt.Errorf("giving %s its day: %w", c.Label, err)
			}
			return nil
		})
	}
	return all.Wait()
}

func (d Deps) lively(ctx context.Context, c Clinic) error {
	at, keys, people, err := d.staffed(ctx, c)
	if err != nil {
		return err
	}
	b := bookings{
		Clinic: c, at: at, desk: scheduling.Desk{Keys: keys, Zone: at.Zone(), May: func(string) bool { return true }},
		now: d.Store.Now().In(at.Zone()), people: people,
	}
	b.day = scheduling.DayOf(b.now, at.Zone())
	b.made = c.sample(b.now)
	if err := d.Store.Write(ctx, d.as(at, people["admin"]), b.furnish); err != nil {
		return err
	}
	for ahead := range daysAhead {
		day := b.day.AddDate(0, 0, ahead)
		if err := d.dayOf(ctx, b, day, keys); err != nil {
			return err
		}
	}
	if err := d.medicines(ctx, b); err != nil {
		return err
	}
	return d.tested(ctx, b)
}

// dayOf fills one day where it has nothing.
func (d Deps) dayOf(ctx context.Context, b bookings, day time.Time, keys *vault.Clinic) error {
	reception := d.as(b.at, b.people["reception"])
	var plan scheduling.DayPlan
	err := d.Store.Read(ctx, reception, func(ctx context.Context, tx *db.Tx) (err error) {
		plan, err = scheduling.Day(ctx, tx, b.desk, day)
		return err
	})
	if err != nil || len(plan.Appointments) > 0 {
		return err
	}
	types := map[string]scheduling.TypeRow{}
	err = d.Store.Read(ctx, reception, func(ctx context.Context, tx *db.Tx) error {
		list, err := scheduling.Types(ctx, tx)
		for _, t := range list {
			types[t.Name] = t
		}
		return err
	})
	if err != nil {
		return err
	}
	visits := b.visits(day, types)
	fill, err := scheduling.SealFill(keys, b.at.Zone(), visits)
	if err != nil {
		return err
	}
	err = d.Store.Write(ctx, reception, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.WriteFill(ctx, tx, keys, fill)
	})
	if err != nil || !day.Equal(b.day) {
		return err
	}
	if err := d.waitlist(ctx, b, types); err != nil {
		return err
	}
	return d.bills(ctx, b, visits)
}

// bookings is the schedule of a sample clinic being made up.
type bookings struct {
	Clinic
	made   sample
	at     tenancy.Clinic
	desk   scheduling.Desk
	now    time.Time
	day    time.Time // today, on the clinic's calendar
	people map[string]id.ID
}

// The columns of a sample clinic, and the rooms beside them.
const (
	vetColumn = iota
	locumColumn
	nurseColumn
	theatreColumn
)

// rooms is the number of the room beside the first column; the others follow.
const rooms = 10

func (b bookings) resource(n int) id.ID { return b.rowID("resource", n) }

// furnish gives the clinic its rooms, columns and hours. Today is open at whatever time it is.
func (b bookings) furnish(ctx context.Context, tx *db.Tx) error {
	list := []struct {
		n int
		scheduling.Resource
	}{
		{rooms, scheduling.Resource{Kind: scheduling.Room, Name: "Consult 1", Position: 11}},
		{rooms + 1, scheduling.Resource{Kind: scheduling.Room, Name: "Consult 2", Position: 12}},
		{rooms + 2, scheduling.Resource{Kind: scheduling.Room, Name: "Nurse room", Position: 13}},
		{rooms + 3, scheduling.Resource{Kind: scheduling.Theatre, Name: "Theatre", Position: 14}},
		{vetColumn, scheduling.Resource{Kind: scheduling.Vet, Name: "Vet", Person: b.people["vet"], Room: b.resource(rooms), Position: 1}},
		{locumColumn, scheduling.Resource{Kind: scheduling.Vet, Name: "Locum", Room: b.resource(rooms + 1), Position: 2}},
		{nurseColumn, scheduling.Resource{Kind: scheduling.Nurse, Name: "Nurse", Person: b.people["nurse"], Room: b.resource(rooms + 2), Position: 3}},
		{theatreColumn, scheduling.Resource{Kind: scheduling.Vet, Name: "Surgeon", Room: b.resource(rooms + 3), Position: 4}},
	}
	known, err := scheduling.Resources(ctx, tx, b.desk.Keys)
	if err != nil {
		return err
	}
	for _, r := range list {
		if slices.ContainsFunc(known, func(k scheduling.ResourceRow) bool { return k.ID == b.resource(r.n) }) {
			continue
		}
		if err := scheduling.AddResource(ctx, tx, b.desk.Keys, b.resource(r.n), r.Resource); err != nil {
			return fmt.Errorf("making %s: %w", r.Name, err)
		}
	}
	from, to := b.hours()
	var week []scheduling.WeekSpan
	for weekday := 1; weekday <= 7; weekday++ {
		span := scheduling.Span{Kind: scheduling.Work, From: opens, To: closes}
		switch {
		case weekday == (int(b.day.Weekday())+6)%7+1:
			span.From, span.To = from, to
		case weekday == 7:
			continue
		case weekday == 6:
			span.To = 13 * 60
		}
		week = append(week, scheduling.WeekSpan{Weekday: weekday, Span: span})
		if span.From == opens && span.To == closes {
			week = append(week, scheduling.WeekSpan{Weekday: weekday, Span: scheduling.Span{Kind: scheduling.Lunch, From: lunch, To: lunch + lunchMinutes}})
		}
	}
	if err := scheduling.SetHours(ctx, tx, b.desk.Keys, id.ID{}, b.day, week); err != nil {
		return err
	}
	s, err := scheduling.OpenSettings(ctx, tx)
	if err != nil {
		return err
	}
	want := s.Settings
	want.DayFrom, want.DayTo = min(opens, from), max(closes, to)
	if want == s.Settings {
		return nil
	}
	return scheduling.SaveSettings(ctx, tx, b.desk.Keys, s.Version, want)
}

const (
	lunch        = 12*60 + 30
	lunchMinutes = 60
)

// hours are when today is open: as always while there is enough of the day on both sides of now, and
// around now otherwise.
func (b bookings) hours() (from, to int) {
	now := scheduling.MinuteOf(b.now, b.at.Zone())
	if now >= opens+75 && now <= closes-120 {
		return opens, closes
	}
	quarter := now / 15 * 15
	return max(0, quarter-180), min(24*60, quarter+360)
}

// waitlist puts some on the list of those who would come sooner.
func (d Deps) waitlist(ctx context.Context, b bookings, types map[string]scheduling.TypeRow) error {
	wanted := []struct {
		kind, words string
		with        id.ID
		to          int
	}{
		{"Consult", "Off food, would come at once", id.ID{}, 12 * 60},
		{"Vaccination", "Prefers the usual vet", b.resource(vetColumn), 24 * 60},
		{"Nail clip", "Any day after school", id.ID{}, 24 * 60},
	}
	return d.Store.Write(ctx, d.as(b.at, b.people["reception"]), func(ctx context.Context, tx *db.Tx) error {
		open, err := scheduling.Waitlist(ctx, tx, b.desk.Keys)
		if err != nil || len(open) > 0 {
			return err
		}
		owned := slices.DeleteFunc(slices.Clone(b.made.patients), func(p patient) bool { return p.owner.IsZero() })
		for i, w := range wanted {
			p := owned[len(owned)-1-i]
			err := scheduling.AddWaiting(ctx, tx, b.desk, id.New(), scheduling.Waiting{
				Patient: p.row, Client: p.owner, Type: types[w.kind].ID, With: w.with, First: b.day, Last: b.day.AddDate(0, 0, 14), To: w.to, Words: w.words,
			})
			if err != nil {
				return fmt.Errorf("putting somebody on the waitlist: %w", err)
			}
		}
		return nil
	})
}
