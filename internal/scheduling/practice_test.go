package scheduling_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

func TestSettingsAreSavedByOneAtATime(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	open := func() (s scheduling.SettingsRow) {
		c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
			s, err = scheduling.OpenSettings(ctx, tx)
			return err
		})
		return s
	}
	save := func(version int64, s scheduling.Settings) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.SaveSettings(ctx, tx, c.Keys, version, s)
		})
	}
	s := open().Settings
	s.NoShowGrace = 20
	if err := save(0, s); err != nil || open().NoShowGrace != 20 {
		t.Fatalf("%+v, %v", open(), err)
	}
	later := s
	later.NoShowGrace = 30
	var conflict *registry.Conflict[scheduling.Settings]
	if err := save(0, later); !errors.As(err, &conflict) || conflict.Theirs.NoShowGrace != 20 || conflict.Base == nil || conflict.Base.NoShowGrace != 15 || conflict.By != c.who.Person {
		t.Errorf("an old page gave %v, %+v", err, conflict)
	}
	if err := save(conflict.TheirVersion, later); err != nil || open().NoShowGrace != 30 {
		t.Errorf("%+v, %v", open(), err)
	}
	for name, change := range map[string]func(*scheduling.Settings){
		"day_from": func(s *scheduling.Settings) { s.DayFrom = -5 }, "day_to": func(s *scheduling.Settings) { s.DayTo = s.DayFrom },
		"wait_mind": func(s *scheduling.Settings) { s.WaitMind = 0 }, "wait_long": func(s *scheduling.Settings) { s.WaitLong = 1 },
		"no_show_grace": func(s *scheduling.Settings) { s.NoShowGrace = 601 }, "overbook_most": func(s *scheduling.Settings) { s.OverbookMost = 6 },
	} {
		wrong := later
		change(&wrong)
		if err := save(3, wrong); bad(err).Message(name) == "" {
			t.Errorf("a wrong %s gave %v", name, err)
		}
	}
}

func TestAResourceIsMadeChangedEndedAndBroughtBack(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	room := c.add(t, scheduling.Room, "Consult 1")
	edit := func(version int64, r scheduling.Resource) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.EditResource(ctx, tx, c.Keys, c.vet, version, r)
		})
	}
	vet := scheduling.Resource{Kind: scheduling.Vet, Name: "Dr Amara Nwosu", Room: room, Position: 1}
	if err := edit(1, vet); err != nil {
		t.Fatal(err)
	}
	other := vet
	other.Name = "Dr Nwosu"
	var conflict *registry.Conflict[scheduling.Resource]
	if err := edit(1, other); !errors.As(err, &conflict) || conflict.Base == nil || !conflict.Base.Room.IsZero() {
		t.Errorf("an old page gave %v, %+v", err, conflict)
	}
	for name, change := range map[string]func(*scheduling.Resource){
		"kind": func(r *scheduling.Resource) { r.Kind = "dog" }, "name": func(r *scheduling.Resource) { r.Name = " " },
		"room": func(r *scheduling.Resource) { r.Room = c.nurse }, "person": func(r *scheduling.Resource) { r.Person = id.New() },
		"position": func(r *scheduling.Resource) { r.Position = 0 },
	} {
		wrong := vet
		change(&wrong)
		if err := edit(2, wrong); bad(err).Message(name) == "" {
			t.Errorf("a wrong %s gave %v", name, err)
		}
	}
	row := c.book(t, c.booking(600))
	if got := c.card(t, row); got.Room() != room {
		t.Errorf("the room that belongs to the vet is not held: %+v", got.Seats)
	}
	end := func() error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.EndResource(ctx, tx, c.desk(), c.vet) })
	}
	if err := end(); bad(err).Message("") == "" {
		t.Errorf("one with appointments was ended: %v", err)
	}
	c.cancel(t, row)
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if err := end(); err != nil {
		t.Errorf("ended twice it gave %v", err)
	}
	if _, err := c.tryBook(t, c.booking(600)); !errors.Is(err, fault.Missing) {
		t.Errorf("one that has ended was booked: %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.BringResourceBack(ctx, tx, c.desk(), c.vet)
	})
	c.book(t, c.booking(600))
}

func TestHoursHoldFromADayOn(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	week := func(from, to int) []scheduling.WeekSpan {
		return []scheduling.WeekSpan{
			{Weekday: 1, Span: scheduling.Span{Kind: scheduling.Work, From: from, To: 720}},
			{Weekday: 1, Span: scheduling.Span{Kind: scheduling.Work, From: 720, To: to}},
			{Weekday: 1, Span: scheduling.Span{Kind: scheduling.Lunch, From: 720, To: 780}},
		}
	}
	set := func(from time.Time, list []scheduling.WeekSpan) {
		t.Helper()
		c.must(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.SetHours(ctx, tx, c.Keys, c.vet, from, list)
		})
	}
	set(monday, week(540, 1020))
	set(monday.AddDate(0, 0, 7), week(600, 900))
	column := func(on time.Time) scheduling.Column {
		plan, _ := c.plan(t, on)
		return plan.Columns[slices.IndexFunc(plan.Columns, func(o scheduling.Column) bool { return o.ID == c.vet })]
	}
	for n, want := range map[int]scheduling.Span{-7: {Kind: "work", From: 510, To: 1080}, 0: {Kind: "work", From: 540, To: 1020}, 7: {Kind: "work", From: 600, To: 900}, 14: {Kind: "work", From: 600, To: 900}} {
		if got := column(monday.AddDate(0, 0, n)); len(got.Hours) != 1 || got.Hours[0] != want || n >= 0 && len(got.Pauses) != 1 {
			t.Errorf("%d days on the hours are %+v", n, got)
		}
	}
	if got := column(monday.AddDate(0, 0, 1)); !got.Off {
		t.Errorf("on a day without hours of its own it works %+v", got.Hours)
	}
	// Changed again from the first day on, what was to begin later never does.
	set(monday, week(480, 960))
	if got := column(monday.AddDate(0, 0, 7)); got.Hours[0].From != 480 {
		t.Errorf("later hours stayed: %+v", got.Hours)
	}
	set(monday, nil)
	if got := column(monday); got.Hours[0].From != 510 {
		t.Errorf("without its own it does not keep the clinic's hours: %+v", got.Hours)
	}
	for _, s := range []scheduling.WeekSpan{{Weekday: 8, Span: scheduling.Span{Kind: "work", To: 60}}, {Weekday: 1, Span: scheduling.Span{Kind: "nap", To: 60}}, {Weekday: 1, Span: scheduling.Span{Kind: "work", From: 60, To: 60}}, {Weekday: 1, Span: scheduling.Span{Kind: "work", From: 61, To: 70}}} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.SetHours(ctx, tx, c.Keys, c.vet, monday, []scheduling.WeekSpan{s})
		})
		if bad(err).Message("span_1") == "" {
			t.Errorf("%+v gave %v", s, err)
		}
	}
}

func TestABlockHoldsOnEachOfItsDays(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row := id.New()
	add := func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AddBlock(ctx, tx, c.desk(), row, scheduling.Block{Kind: scheduling.Holiday, Day: monday, Last: monday.AddDate(0, 0, 2), To: 1440, Words: "Staff outing"})
	}
	c.must(t, add)
	if err := c.write(t, add); !errors.Is(err, scheduling.ErrAlreadyThere) {
		t.Errorf("the second sending gave %v", err)
	}
	plan, _ := c.plan(t, monday)
	if len(plan.Closed) != 1 || plan.Closed[0].Words != "Staff outing" || plan.Closed[0].To != 1440 || plan.Columns[0].FreeQuarters != 0 {
		t.Errorf("closed are %+v", plan.Closed)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.DeleteBlock(ctx, tx, c.desk(), row) })
	if plan, _ := c.plan(t, monday); len(plan.Closed) != 0 {
		t.Error("what was taken back is there")
	}
	var w scheduling.WeekPlan
	c.book(t, c.booking(600))
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = scheduling.Week(ctx, tx, c.desk(), monday)
		return err
	})
	at := slices.IndexFunc(w.Columns, func(o scheduling.WeekColumn) bool { return o.ID == c.vet })
	if d := w.Columns[at].Days; d[0].Worked != 570 || d[0].Taken != 15 || d[0].Appointments != 1 || d[1].Worked != 0 || d[3].Worked != 570 || d[6].Worked != 0 || len(w.Closed) != 2 {
		t.Errorf("the week is %+v", d)
	}
}

// What can still be booked of a week is what is to come: not the hours that are over, nor the rest of a visit that runs.
func TestTheWeekCountsWhatIsToCome(t *testing.T) {
	env, _ := newEnv(t, 10, 5)
	c := newClinic(t, env)
	c.book(t, c.booking(600))
	var w scheduling.WeekPlan
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = scheduling.Week(ctx, tx, c.desk(), monday)
		return err
	})
	at := slices.IndexFunc(w.Columns, func(o scheduling.WeekColumn) bool { return o.ID == c.vet })
	d := w.Columns[at].Days
	over := 10*60 + 5 - 510 // minutes since half past eight
	if d[0].Worked != 570 || d[0].Taken != 15 || d[0].Free != 570-over-10 || d[3].Free != 570 {
		t.Errorf("the week is %+v", d)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = scheduling.Week(ctx, tx, c.desk(), monday.AddDate(0, 0, -7))
		return err
	})
	for n, load := range w.Columns[at].Days {
		if load.Free != 0 {
			t.Errorf("%d minutes of the %d. day of last week are free", load.Free, n+1)
		}
	}
}

func TestWhoWaitsIsToldOfTimesThatFit(t *testing.T) {
	env, _ := newEnv(t, 8, 40)
	c := newClinic(t, env)
	add := func(w scheduling.Waiting) id.ID {
		t.Helper()
		row := id.New()
		w.Patient, w.Type, w.First = c.biscuit, c.consult, monday
		c.must(t, func(ctx context.Context, tx *db.Tx) error { return scheduling.AddWaiting(ctx, tx, c.desk(), row, w) })
		return row
	}
	b := c.booking(540)
	b.Minutes = 60
	c.book(t, b) // free are 8:45 and from 10:00 on
	early := add(scheduling.Waiting{To: 600, Words: "before work"})
	late := add(scheduling.Waiting{With: c.vet, From: 600})
	other := add(scheduling.Waiting{With: c.nurse})
	plan, board := c.plan(t, monday)
	var fits []string
	for _, f := range plan.Fits {
		if f.Resource == c.vet {
			fits = append(fits, f.StartsAt.Format("15:04"))
			if want := map[int]id.ID{525: early, 600: late}[f.Start]; len(f.Waiting) != 1 || f.Waiting[0] != want {
				t.Errorf("at %d fit %v", f.Start, f.Waiting)
			}
		}
	}
	if !slices.Equal(fits, []string{"08:45", "10:00"}) {
		t.Errorf("it fits at %q", fits)
	}
	if len(board.Waitlist) != 3 || board.Waitlist[0].ID != early || board.Waitlist[0].Words != "before work" || board.Waitlist[0].Animal.Name != "Biscuit" ||
		board.Waitlist[0].Owner.LastName != "Thompson" || len(board.Waitlist[0].Fits) != 1 || board.Waitlist[0].Fits[0].Start != 525 {
		t.Errorf("the waitlist is %+v", board.Waitlist)
	}
	x := c.booking(600)
	x.Waiting = late
	c.book(t, x)
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := scheduling.EndWaiting(ctx, tx, c.desk(), other, scheduling.EndedDropped); err != nil {
			return err
		}
		return scheduling.EndWaiting(ctx, tx, c.desk(), other, scheduling.EndedBooked)
	})
	if _, board := c.plan(t, monday); len(board.Waitlist) != 1 || board.Waitlist[0].ID != early {
		t.Errorf("then it is %+v", board.Waitlist)
	}
	if got := c.leaves(t, late); len(got) != 2 {
		t.Errorf("recorded is %q", got)
	}
}

func TestAVisitIsNotDoneWhileItsBillIsOpen(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row, charge := c.book(t, c.booking(600)), id.New()
	for _, step := range []string{"arrived", "ready"} {
		if err := c.move(t, row, step); err != nil {
			t.Fatal(err)
		}
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := billing.Seed(ctx, tx, c.Keys, "GB"); err != nil {
			return err
		}
		taxes, err := billing.LoadTaxes(ctx, tx)
		if err != nil {
			return err
		}
		return billing.AddCharge(ctx, tx, c.Keys, charge, billing.Charge{
			Patient: c.biscuit, Visit: row, Name: "Consultation", Quantity: money.Quantity(1000), Unit: "each", Price: 4800,
			TaxClass: taxes.Classes[0].ID, Context: "administered", Day: monday,
		})
	})
	if err := c.move(t, row, "done"); fault.KindOf(err) != fault.Conflict || c.card(t, row).State != "ready" {
		t.Errorf("with an open charge it gave %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return billing.Resolve(ctx, tx, c.Keys, id.New(), charge, 1, billing.Free, "goodwill")
	})
	if err := c.move(t, row, "done"); err != nil {
		t.Error(err)
	}
}

func TestTheDeadAreExpectedNoMore(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	ahead, here := c.book(t, c.booking(600)), c.book(t, c.booking(615))
	if err := c.move(t, here, "arrived"); err != nil {
		t.Fatal(err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AddWaiting(ctx, tx, c.desk(), id.New(), scheduling.Waiting{Patient: c.biscuit, Type: c.consult, First: monday})
	})
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		n, err := scheduling.PatientDied(ctx, tx, c.Keys, c.biscuit)
		if n != 1 {
			t.Errorf("%d were called off", n)
		}
		return err
	})
	if card := c.card(t, ahead); card.State != "cancelled" || card.Moves[0].ByWhom != "clinic" {
		t.Errorf("what was ahead is %+v", card)
	}
	plan, board := c.plan(t, monday)
	if len(board.Waiting) != 1 || len(board.Waitlist) != 0 || len(plan.Appointments) != 1 {
		t.Errorf("on the board are %+v", board)
	}
	c.book(t, func() scheduling.Booking { b := c.booking(600); b.Patient = c.addPatient(t, c.helen, "Max"); return b }())
}
