package scheduling_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

// hand is a clock that stands still until it is set.
type hand struct{ at time.Time }

func (h *hand) Now() time.Time { return h.at }

// monday is a day in winter on which the clinics of these tests are open from 8:30 to 18:00. It is far ahead, since the
// database refuses what is signed in the past.
var monday = day("2035-01-08")

// clinic is a fresh clinic with a schedule, a client and an animal, and somebody who may do everything.
type clinic struct {
	dbtest.Clinic
	env            *dbtest.Env
	who            actor.Who
	zone           *time.Location
	denied         map[string]bool
	vet, nurse     id.ID
	consult        id.ID // 15 minutes with a vet
	helen, biscuit id.ID
}

func newClinic(t testing.TB, env *dbtest.Env) *clinic {
	t.Helper()
	c := &clinic{Clinic: env.NewClinic(t), env: env, zone: zone(t, "Europe/London"), denied: map[string]bool{}}
	c.who = c.Who(actor.Work)
	c.who.Person = id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.Seed(ctx, tx, c.Keys) })
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		types, err := scheduling.Types(ctx, tx)
		c.consult = types[0].ID
		return err
	})
	// From an early day on, whatever the test's clock says.
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		var week []scheduling.WeekSpan
		for n := 1; n <= 5; n++ {
			week = append(week, scheduling.WeekSpan{Weekday: n, Span: scheduling.Span{Kind: scheduling.Work, From: 510, To: 1080}})
		}
		return scheduling.SetHours(ctx, tx, c.Keys, id.ID{}, day("2020-01-01"), week)
	})
	c.vet, c.nurse = c.add(t, scheduling.Vet, "Dr Amara Nwosu"), c.add(t, scheduling.Nurse, "Callum Baines")
	c.helen = c.addClient(t, "Helen", "Thompson")
	c.biscuit = c.addPatient(t, c.helen, "Biscuit")
	return c
}

// at is a desk at the clinic's present.
func (c *clinic) desk() scheduling.Desk {
	return scheduling.Desk{Keys: c.Keys, Zone: c.zone, May: func(right string) bool { return !c.denied[right] }}
}

func (c *clinic) write(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return c.env.Store.Write(t.Context(), c.who, do)
}

func (c *clinic) must(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.write(t, do); err != nil {
		t.Fatal(err)
	}
}

func (c *clinic) read(t testing.TB, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := c.env.Store.Read(t.Context(), c.who, do); err != nil {
		t.Fatal(err)
	}
}

func (c *clinic) add(t testing.TB, kind, name string) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AddResource(ctx, tx, c.Keys, row, scheduling.Resource{Kind: kind, Name: name, Position: 1})
	})
	return row
}

func (c *clinic) addType(t testing.TB, v scheduling.Type) id.ID {
	t.Helper()
	row := id.New()
	v.Colour, v.Position = "plain", 1
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.AddType(ctx, tx, c.Keys, row, v) })
	return row
}

func (c *clinic) addClient(t testing.TB, first, last string) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, c.Keys, row, registry.Client{FirstName: first, LastName: last, Phones: []registry.Phone{{Number: "07700 900123"}}})
	})
	return row
}

func (c *clinic) addPatient(t testing.TB, owner id.ID, name string) id.ID {
	t.Helper()
	row := id.New()
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, row, owner, registry.Patient{Name: name, Species: "dog", Sex: "male", Neutered: "yes"})
	})
	return row
}

// booking is a consult of Biscuit with the vet on monday.
func (c *clinic) booking(start int) scheduling.Booking {
	return scheduling.Booking{
		Patient: c.biscuit, Type: c.consult, Reason: "Itchy ears", When: scheduling.When{Day: monday, Start: start, With: c.vet},
	}
}

func (c *clinic) tryBook(t testing.TB, b scheduling.Booking) (p scheduling.Placed, err error) {
	t.Helper()
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		p, err = scheduling.Book(ctx, tx, c.desk(), id.New(), b)
		return err
	})
	return p, err
}

func (c *clinic) book(t testing.TB, b scheduling.Booking) id.ID {
	t.Helper()
	p, err := c.tryBook(t, b)
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func (c *clinic) card(t testing.TB, row id.ID) (v scheduling.Card) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = scheduling.OpenCard(ctx, tx, c.desk(), row)
		return err
	})
	return v
}

// move moves an appointment from the state it is in.
func (c *clinic) move(t testing.TB, row id.ID, to string) error {
	t.Helper()
	seen := c.card(t, row).LastMove
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		if to == scheduling.Cancelled {
			return scheduling.Cancel(ctx, tx, c.desk(), id.New(), row, seen, scheduling.ByClient, "Cannot come")
		}
		return scheduling.MoveTo(ctx, tx, c.desk(), id.New(), row, seen, to, "")
	})
}

func (c *clinic) cancel(t testing.TB, row id.ID) {
	t.Helper()
	seen := c.card(t, row).LastMove
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.Cancel(ctx, tx, c.desk(), id.New(), row, seen, scheduling.ByClient, "is ill")
	})
}

func (c *clinic) undo(t testing.TB, row id.ID) error {
	t.Helper()
	seen := c.card(t, row).LastMove
	return c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.Undo(ctx, tx, c.desk(), id.New(), row, seen)
	})
}

func (c *clinic) plan(t testing.TB, on time.Time) (p scheduling.DayPlan, b scheduling.Board) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		p, b, err = scheduling.Today(ctx, tx, c.desk(), on)
		return err
	})
	return p, b
}

// leaves are the actions recorded about one object.
func (c *clinic) leaves(t testing.TB, object id.ID) (out []string) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: object})
		for _, r := range rows {
			out = append(out, r.Action+" "+r.Object)
		}
		return err
	})
	return out
}

func taken(err error) *scheduling.Taken {
	var t *scheduling.Taken
	errors.As(err, &t)
	return t
}

// newEnv is a database whose clock shows a time of day in London on monday.
func newEnv(t testing.TB, hour, minute int) (*dbtest.Env, *hand) {
	t.Helper()
	h := &hand{monday.Add(time.Duration(hour*60+minute) * time.Minute)}
	return dbtest.NewAt(t, h), h
}
