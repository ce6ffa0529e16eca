package scheduling_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// withRoom is a vet who has a room of their own.
func (c *clinic) withRoom(t *testing.T, name string, room id.ID) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AddResource(ctx, tx, c.Keys, row, scheduling.Resource{Kind: scheduling.Vet, Name: name, Room: room, Position: 1})
	})
	return row
}

// freeWith are those that a type is offered with at the next times of a day, each once and in order.
func (c *clinic) freeWith(t *testing.T, w scheduling.Wish) (names []string) {
	t.Helper()
	w.Day, w.Most = monday.AddDate(0, 0, 1), 30
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		free, err := scheduling.NextFree(ctx, tx, c.desk(), w)
		for _, f := range free {
			if !slices.Contains(names, f.Called) {
				names = append(names, f.Called)
			}
		}
		return err
	})
	slices.Sort(names)
	return names
}

func TestATypeIsOfferedWithThoseWhoTakeItAndWhereItIsDone(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	theatre, room := c.add(t, scheduling.Theatre, "Theatre"), c.add(t, scheduling.Room, "Consult 1")
	surgeon, other := c.withRoom(t, "Surgeon", theatre), c.withRoom(t, "Locum", room)
	operation := c.addType(t, scheduling.Type{Name: "Operation", Minutes: 60, Needs: scheduling.NeedsVet, NeedsRoom: scheduling.Theatre})
	clip := c.addType(t, scheduling.Type{Name: "Nail clip", Minutes: 15, Needs: scheduling.NeedsNurse})
	for _, o := range []struct {
		of   scheduling.Wish
		want []string
	}{
		{scheduling.Wish{Type: c.consult}, []string{"Dr Amara Nwosu", "Locum"}}, // the theatre is kept for what needs one
		{scheduling.Wish{Type: operation}, []string{"Dr Amara Nwosu", "Locum", "Surgeon"}},
		{scheduling.Wish{Type: clip}, []string{"Callum Baines"}},
		{scheduling.Wish{Type: clip, With: c.vet}, []string{"Dr Amara Nwosu"}}, // who can, where asked for
		{scheduling.Wish{Type: c.consult, With: surgeon}, []string{"Surgeon"}},
		{scheduling.Wish{Type: c.consult, With: c.nurse}, nil},
		{scheduling.Wish{Type: c.consult, With: theatre}, nil},
	} {
		if got := c.freeWith(t, o.of); !slices.Equal(got, o.want) {
			t.Errorf("%+v is offered with %q, want %q", o.of, got, o.want)
		}
	}
	// Whose room is no more does without it, and where there is only the surgeon, it is the surgeon.
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.EndResource(ctx, tx, c.desk(), room) })
	if got := c.freeWith(t, scheduling.Wish{Type: c.consult, With: other}); !slices.Equal(got, []string{"Locum"}) {
		t.Errorf("without a room it is offered with %q", got)
	}
	for _, one := range []id.ID{other, c.vet} {
		c.must(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.EndResource(ctx, tx, c.desk(), one) })
	}
	if got := c.freeWith(t, scheduling.Wish{Type: c.consult}); !slices.Equal(got, []string{"Surgeon"}) {
		t.Errorf("where there is nobody else it is offered with %q", got)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.EndResource(ctx, tx, c.desk(), c.nurse) })
	if got := c.freeWith(t, scheduling.Wish{Type: clip}); !slices.Equal(got, []string{"Surgeon"}) {
		t.Errorf("without a nurse a nail clip is offered with %q", got)
	}
}

func TestATimeThatWasTypedNeedNotBeOnAQuarter(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	var got []scheduling.Free
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		got, err = scheduling.NextFree(ctx, tx, c.desk(), scheduling.Wish{Type: c.consult, Day: monday, Start: 605, Days: 1, Most: 1, Fine: true})
		return err
	})
	if len(got) != 1 || got[0].Start != 605 || got[0].Resource != c.vet {
		t.Errorf("it is %+v", got)
	}
}

func TestWhoWaitsFitsIntoTheMiddleOfAFreeTime(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	theatre := c.add(t, scheduling.Theatre, "Theatre")
	surgeon := c.withRoom(t, "Surgeon", theatre)
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AddWaiting(ctx, tx, c.desk(), row, scheduling.Waiting{Patient: c.biscuit, Type: c.consult, First: monday, From: 720, To: 780})
	})
	plan, board := c.plan(t, monday)
	if len(plan.Fits) != 1 || plan.Fits[0].Resource != c.vet || plan.Fits[0].Start != 720 || !plan.Fits[0].StartsAt.Equal(monday.Add(12*time.Hour)) {
		t.Errorf("it fits %+v, and %v is the surgeon", plan.Fits, surgeon)
	}
	if w := board.Waitlist; len(w) != 1 || len(w[0].Fits) != 1 || w[0].Fits[0].Start != 720 {
		t.Errorf("the waitlist is %+v", w)
	}
	b := c.booking(720)
	b.Minutes = 60
	c.book(t, b)
	if plan, _ := c.plan(t, monday); len(plan.Fits) != 0 {
		t.Errorf("while it is taken it fits %+v", plan.Fits)
	}
}
