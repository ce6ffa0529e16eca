package scheduling_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// model is a clinic's schedule as its rules are told, for looking for free times in the slowest way there is.
type model struct {
	zone      *time.Location
	resources []scheduling.ResourceRow
	rules     []scheduling.Rule
	blocks    []scheduling.BlockRow
	slots     []db.ListOverlapsRow
}

type span struct{ from, to time.Time }

func (s span) meets(from, to time.Time) bool { return s.from.Before(to) && from.Before(s.to) }

func (m model) span(day time.Time, s scheduling.Span) span {
	from, _ := scheduling.Instant(day, s.From, m.zone, false)
	to, _ := scheduling.Instant(day, s.To, m.zone, false)
	return span{from, to}
}

// offered are the hours of a resource on a day, and what is not offered inside them.
func (m model) offered(r id.ID, day time.Time) (hours, pauses []span) {
	whose := id.ID{}
	for _, one := range m.rules {
		if one.Resource == r && !one.ValidFrom.After(day) && (one.ValidTo.IsZero() || !one.ValidTo.Before(day)) {
			whose = r
		}
	}
	weekday := int(day.Weekday())
	if weekday == 0 {
		weekday = 7
	}
	for _, one := range m.rules {
		if one.Resource != whose || one.Weekday != weekday || one.ValidFrom.After(day) || !one.ValidTo.IsZero() && one.ValidTo.Before(day) {
			continue
		}
		if s := m.span(day, one.Span); one.Kind == scheduling.Work {
			hours = append(hours, s)
		} else {
			pauses = append(pauses, s)
		}
	}
	return hours, pauses
}

// free reports whether a resource is not taken or blocked.
func (m model) free(r id.ID, from, to time.Time, whole bool) bool {
	for _, s := range m.slots {
		if s.ResourceID == r && (span{s.StartsAt, s.EndsAt}).meets(from, to) {
			return false
		}
	}
	for _, b := range m.blocks {
		if (b.Resource == r || whole && b.Resource.IsZero()) && (span{b.StartsAt, b.EndsAt}).meets(from, to) {
			return false
		}
	}
	return true
}

func (m model) next(kind scheduling.Type, with id.ID, kinds []string, since time.Time, days int) (out []string) {
	step := 5
	if kind.Minutes%15 == 0 {
		step = 15
	} else if kind.Minutes%10 == 0 {
		step = 10
	}
	type found struct {
		at   time.Time
		r    scheduling.ResourceRow
		text string
	}
	var all []found
	first := scheduling.DayOf(since, m.zone)
	for n := range days {
		day := first.AddDate(0, 0, n)
		for minute := 0; minute+kind.Minutes <= 1440; minute += step {
			from, shifted := scheduling.Instant(day, minute, m.zone, false)
			to := from.Add(time.Duration(kind.Minutes) * time.Minute)
			if shifted || from.Before(since) {
				continue
			}
			for _, r := range m.resources {
				if !slices.Contains(kinds, r.Kind) || !with.IsZero() && r.ID != with || !m.free(r.ID, from, to, true) {
					continue
				}
				hours, pauses := m.offered(r.ID, day)
				if !slices.ContainsFunc(hours, func(h span) bool { return !from.Before(h.from) && !to.After(h.to) }) ||
					slices.ContainsFunc(pauses, func(p span) bool { return p.meets(from, to) }) {
					continue
				}
				if kind.NeedsRoom == "" && !r.Room.IsZero() && !m.free(r.Room, from, to, false) {
					continue
				}
				if kind.NeedsRoom != "" && !slices.ContainsFunc(m.resources, func(o scheduling.ResourceRow) bool {
					return o.Kind == kind.NeedsRoom && m.free(o.ID, from, to, false)
				}) {
					continue
				}
				all = append(all, found{from, r, fmt.Sprintf("%s %d %s", day.Format(time.DateOnly), minute, r.Name)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		if a.r.Position != b.r.Position {
			return a.r.Position - b.r.Position
		}
		return slices.Compare(a.r.ID[:], b.r.ID[:])
	})
	for _, f := range all[:min(len(all), 5)] {
		out = append(out, f.text)
	}
	return out
}

// Whatever the hours, the blocks and the bookings, the statement finds what the slowest model does, also over the days
// on which clocks change.
func TestFreeTimesAreThoseOfAModelThatLooksAtEveryMinute(t *testing.T) {
	for _, c := range []struct{ zone, day string }{
		{"Europe/London", "2035-03-24"},
		{"Europe/London", "2035-10-27"},
		{"America/New_York", "2035-03-10"},
		{"America/New_York", "2035-11-03"},
		{"Australia/Lord_Howe", "2035-04-01"},
		{"Australia/Lord_Howe", "2035-10-06"},
		{"Europe/London", "2035-06-04"},
	} {
		t.Run(c.zone+c.day, func(t *testing.T) {
			env, hand := newEnv(t, 8, 0)
			random := rand.New(rand.NewPCG(7, uint64(len(c.zone)+len(c.day))))
			cl := newClinic(t, env)
			cl.zone = zone(t, c.zone)
			begin, _ := scheduling.Instant(day(c.day), 0, cl.zone, false)
			hand.at = begin
			furnish(t, cl, day(c.day), random)
			m := cl.model(t, day(c.day))
			for try := range 25 {
				kind := scheduling.Type{Name: "x", Minutes: 5 * (1 + random.IntN(16)), Needs: []string{"vet", "nurse", "anyone"}[random.IntN(3)]}
				kind.NeedsRoom = []string{"", "", scheduling.Theatre}[random.IntN(3)]
				row := cl.addType(t, kind)
				with := id.ID{}
				if random.IntN(2) == 0 {
					with = m.resources[random.IntN(len(m.resources))].ID
				}
				start := 15 * random.IntN(96)
				since, _ := scheduling.Instant(day(c.day), start, cl.zone, false)
				kinds := map[string][]string{"vet": {"vet"}, "nurse": {"nurse"}, "anyone": {"vet", "nurse"}}[kind.Needs]
				if at := slices.IndexFunc(m.resources, func(r scheduling.ResourceRow) bool { return r.ID == with }); at >= 0 {
					whose := m.resources[at].Kind
					kinds = nil
					if kind.Needs == "anyone" || whose == "vet" || whose == kind.Needs {
						kinds = []string{whose}
					}
				}
				var got []string
				cl.read(t, func(ctx context.Context, tx *db.Tx) error {
					free, err := scheduling.NextFree(ctx, tx, cl.desk(), scheduling.Wish{Type: row, With: with, Day: day(c.day), Start: start, Days: 4})
					for _, f := range free {
						got = append(got, fmt.Sprintf("%s %d %s", f.Day.Format(time.DateOnly), f.Start, f.Called))
					}
					return err
				})
				if want := m.next(kind, with, kinds, since, 4); !slices.Equal(got, want) {
					t.Errorf("try %d, %+v with %v from %d:\ngot  %q\nwant %q", try, kind, with, start, got, want)
				}
			}
		})
	}
}

// furnish gives a clinic resources, hours round the clock, blocks and bookings by chance.
func furnish(t *testing.T, c *clinic, from time.Time, random *rand.Rand) {
	t.Helper()
	rooms := []id.ID{c.add(t, scheduling.Room, "Consult 1"), c.add(t, scheduling.Theatre, "Theatre 1"), c.add(t, scheduling.Theatre, "Theatre 2")}
	people := []id.ID{c.vet, c.nurse}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		for i, name := range []string{"Dr Tom Reilly", "Dr Sofie Lindgren"} {
			row := id.New()
			people = append(people, row)
			if err := scheduling.AddResource(ctx, tx, c.Keys, row, scheduling.Resource{Kind: scheduling.Vet, Name: name, Room: rooms[0], Position: 2 + i}); err != nil {
				return err
			}
		}
		return nil
	})
	hours := func() (week []scheduling.WeekSpan) {
		for n := 1; n <= 7; n++ {
			start := 5 * random.IntN(200)
			week = append(week, scheduling.WeekSpan{Weekday: n, Span: scheduling.Span{Kind: scheduling.Work, From: start, To: min(1440, start+240+5*random.IntN(100))}})
			pause := start + 5*random.IntN(30)
			week = append(week, scheduling.WeekSpan{Weekday: n, Span: scheduling.Span{Kind: scheduling.Lunch, From: pause, To: pause + 30}})
			if random.IntN(2) == 0 {
				week = append(week, scheduling.WeekSpan{Weekday: n, Span: scheduling.Span{Kind: scheduling.Work, From: 0, To: 200}})
			}
		}
		return week
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		for _, whose := range []id.ID{{}, people[0], people[2]} {
			if err := scheduling.SetHours(ctx, tx, c.Keys, whose, from.AddDate(0, 0, -9), hours()); err != nil {
				return err
			}
		}
		// Other hours begin within the days looked through.
		if err := scheduling.SetHours(ctx, tx, c.Keys, people[1], from.AddDate(0, 0, 2), hours()); err != nil {
			return err
		}
		for n := range 6 {
			b := scheduling.Block{Kind: scheduling.Reserved, Day: from.AddDate(0, 0, n%4), From: 5 * random.IntN(200)}
			b.To = min(1440, b.From+5*(1+random.IntN(60)))
			if n > 0 {
				b.Resource = slices.Concat(people, rooms)[random.IntN(7)]
			}
			if err := scheduling.AddBlock(ctx, tx, c.desk(), id.New(), b); err != nil {
				return err
			}
		}
		return nil
	})
	anyone := c.addType(t, scheduling.Type{Name: "Anything", Minutes: 5, Needs: scheduling.Anyone})
	for range 60 {
		b := c.booking(5 * random.IntN(288))
		b.Type, b.Day, b.Minutes, b.Anyway = anyone, from.AddDate(0, 0, random.IntN(4)), 5*(1+random.IntN(24)), true
		b.With = slices.Concat(people, rooms)[random.IntN(7)]
		if _, err := c.tryBook(t, b); err != nil && taken(err) == nil && bad(err) == nil {
			t.Fatal(err)
		}
	}
}

// model reads what stands.
func (c *clinic) model(t *testing.T, from time.Time) model {
	t.Helper()
	m := model{zone: c.zone}
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		if m.resources, err = scheduling.Resources(ctx, tx, c.Keys); err != nil {
			return err
		}
		ids := []id.ID{}
		for _, r := range append([]scheduling.ResourceRow{{}}, m.resources...) {
			rules, err := scheduling.Hours(ctx, tx, r.ID, from)
			if err != nil {
				return err
			}
			m.rules = append(m.rules, rules...)
			ids = append(ids, r.ID)
		}
		if m.blocks, err = scheduling.Blocks(ctx, tx, c.desk(), from.AddDate(0, 0, -1), from.AddDate(0, 0, 5)); err != nil {
			return err
		}
		m.slots, err = tx.ListOverlaps(ctx, db.ListOverlapsParams{
			TenantID: tx.Tenant, ResourceIds: ids[1:], StartsAt: from.AddDate(0, 0, -3), EndsAt: from.AddDate(0, 0, 9), Since: from.AddDate(0, 0, -4), ButID: id.New(),
		})
		return err
	})
	return m
}
