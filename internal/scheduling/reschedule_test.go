package scheduling_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

func (c *clinic) reschedule(t testing.TB, row id.ID, w scheduling.When) (p scheduling.Placed, err error) {
	t.Helper()
	version := c.card(t, row).Version
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		p, err = scheduling.Reschedule(ctx, tx, c.desk(), id.New(), row, version, w)
		return err
	})
	return p, err
}

func TestWithinItsDayARowIsMovedAndMovedBack(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row := c.book(t, c.booking(600))
	c.book(t, c.booking(615))
	other := c.add(t, scheduling.Vet, "Dr Tom Reilly")
	placed, err := c.reschedule(t, row, scheduling.When{Day: monday, Start: 660, Minutes: 30, With: other})
	if err != nil || placed.ID != row || placed.Before.Start != 600 || placed.Before.With != c.vet {
		t.Fatalf("it gave %+v, %v", placed, err)
	}
	if card := c.card(t, row); card.Start != 660 || card.Minutes != 30 || card.With() != other || card.State != "booked" || len(card.Moves) != 0 {
		t.Errorf("it is %+v", card)
	}
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.Reschedule(ctx, tx, c.desk(), id.New(), row, 1, placed.Before)
		return err
	})
	if !errors.Is(err, scheduling.ErrMoved) {
		t.Errorf("an old page gave %v", err)
	}
	if _, err := c.reschedule(t, row, scheduling.When{Day: monday, Start: 620, With: c.vet}); taken(err) == nil {
		t.Errorf("a taken time gave %v", err)
	}
	if card := c.card(t, row); card.Start != 660 || len(card.Seats) != 1 {
		t.Errorf("a refused move left %+v", card)
	}
	// Onto itself by a little is free.
	if _, err := c.reschedule(t, row, scheduling.When{Day: monday, Start: 675, With: other}); err != nil {
		t.Error(err)
	}
	if _, err := c.reschedule(t, row, placed.Before); err != nil || c.card(t, row).Start != 600 || c.card(t, row).With() != c.vet {
		t.Errorf("moved back it is at %d, %v", c.card(t, row).Start, err)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"changed appointment", "changed appointment", "changed appointment", "created appointment"}) &&
		!slices.Equal(got, []string{"created appointment", "changed appointment", "changed appointment", "changed appointment"}) {
		t.Errorf("recorded is %q", got)
	}
}

func TestOnAnotherDayARowEndsAndAnotherTakesItsPlace(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row := c.book(t, c.booking(600))
	if err := c.move(t, row, "confirmed"); err != nil {
		t.Fatal(err)
	}
	version, next := c.card(t, row).Version, id.New()
	tuesday := scheduling.When{Day: monday.AddDate(0, 0, 1), Start: 540, With: c.vet}
	send := func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.Reschedule(ctx, tx, c.desk(), next, row, version, tuesday)
		return err
	}
	c.must(t, send)
	if err := c.write(t, send); !errors.Is(err, scheduling.ErrAlreadyThere) {
		t.Errorf("the second sending gave %v", err)
	}
	was, is := c.card(t, row), c.card(t, next)
	if was.State != "moved" || was.MovedTo != next || is.State != "booked" || is.Reason != "Itchy ears" || !is.Day.Equal(tuesday.Day) || is.Start != 540 || len(was.Next) > 0 {
		t.Errorf("it was %+v and is %+v", was, is)
	}
	if plan, _ := c.plan(t, monday); len(plan.Appointments) != 0 {
		t.Error("it stands on both days")
	}
	c.book(t, c.booking(600)) // its time is free
	if err := c.undo(t, row); !errors.Is(err, scheduling.ErrNotAllowed) {
		t.Errorf("undoing it gave %v", err)
	}
	if _, err := c.reschedule(t, row, tuesday); err == nil {
		t.Error("what was moved is moved again")
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		ahead, past, err := scheduling.OfPatient(ctx, tx, c.Keys, c.biscuit)
		if len(ahead) != 2 || len(past) != 0 || ahead[1].ID != next {
			t.Errorf("the animal has %d ahead and %d past", len(ahead), len(past))
		}
		return err
	})
	// Who is here is moved within the day only.
	here := c.book(t, c.booking(660))
	if err := c.move(t, here, "arrived"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.reschedule(t, here, tuesday); bad(err).Message("day") == "" {
		t.Errorf("who is here was put on another day: %v", err)
	}
	if _, err := c.reschedule(t, here, scheduling.When{Day: monday, Start: 690, With: c.vet}); err != nil {
		t.Error(err)
	}
}

func (c *clinic) series(t testing.TB, b scheduling.Booking, r scheduling.Repeat) (s scheduling.SeriesPlaced, err error) {
	t.Helper()
	err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
		s, err = scheduling.BookSeries(ctx, tx, c.desk(), id.New(), b, r)
		return err
	})
	return s, err
}

func TestASeriesKeepsItsTimeOnTheClockWhenClocksChange(t *testing.T) {
	for _, z := range []struct {
		zone, day string
		utc       []string
	}{
		{"Europe/London", "2035-03-20", []string{"2035-03-20T10:00:00Z", "2035-03-27T09:00:00Z", "2035-04-03T09:00:00Z"}},
		{"America/New_York", "2035-10-30", []string{"2035-10-30T14:00:00Z", "2035-11-06T15:00:00Z", "2035-11-13T15:00:00Z"}},
		{"Australia/Lord_Howe", "2035-04-03", []string{"2035-04-02T23:30:00Z", "2035-04-09T23:30:00Z", "2035-04-16T23:30:00Z"}},
	} {
		env, _ := newEnv(t, 8, 0)
		c := newClinic(t, env)
		c.zone = zone(t, z.zone)
		b := c.booking(600)
		b.Day = day(z.day)
		s, err := c.series(t, b, scheduling.Repeat{Weeks: 1, Times: 3})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range s.Placed {
			if p.Start != 600 {
				t.Errorf("%s: at %d on the clock", z.zone, p.Start)
			}
			got = append(got, p.StartsAt.Format(time.RFC3339))
		}
		if !slices.Equal(got, z.utc) {
			t.Errorf("%s: %q", z.zone, got)
		}
	}
}

func TestASeriesIsChangedAndCalledOffAsFarAsMeant(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	week := func(n int) time.Time { return monday.AddDate(0, 0, 7*n) }
	inTheWay := c.booking(600)
	inTheWay.Day = week(2)
	c.book(t, inTheWay)
	if _, err := c.series(t, c.booking(600), scheduling.Repeat{Weeks: 1, Times: 5}); taken(err) == nil || !taken(err).Day.Equal(week(2)) {
		t.Fatalf("with one day taken it gave %v", err)
	}
	if plan, _ := c.plan(t, monday); len(plan.Appointments) != 0 {
		t.Error("a refused series left something")
	}
	s, err := c.series(t, c.booking(600), scheduling.Repeat{Weeks: 1, Times: 5, SkipTaken: true})
	if err != nil || len(s.Placed) != 4 || len(s.Skipped) != 1 || !s.Skipped[0].Equal(week(2)) {
		t.Fatalf("%+v, %v", s, err)
	}
	days := func() (out []string) {
		for _, p := range s.Placed {
			a := c.card(t, p.ID)
			for a.State == "moved" {
				a = c.card(t, a.MovedTo)
			}
			out = append(out, a.Day.Format("02 Jan ")+a.State+" "+time.Duration(a.Start*int(time.Minute)).String())
		}
		return out
	}
	change := func(row id.ID, w scheduling.When, scope scheduling.Scope) error {
		version := c.card(t, row).Version
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := scheduling.RescheduleSeries(ctx, tx, c.desk(), id.New(), row, version, w, scope)
			return err
		})
	}
	second := s.Placed[1].ID
	if err := change(second, scheduling.When{Day: week(1), Start: 630, With: c.vet}, scheduling.OnlyThis); err != nil {
		t.Fatal(err)
	}
	if err := change(second, scheduling.When{Day: week(1), Start: 660, With: c.vet}, scheduling.Following); err != nil {
		t.Fatal(err)
	}
	if got := days(); !slices.Equal(got, []string{"08 Jan booked 10h0m0s", "15 Jan booked 11h0m0s", "29 Jan booked 11h0m0s", "05 Feb booked 11h0m0s"}) {
		t.Errorf("after this and the following: %q", got)
	}
	// All go a week on, each onto the day of the next.
	if err := change(second, scheduling.When{Day: week(2), Start: 660, With: c.vet}, scheduling.All); err != nil {
		t.Fatal(err)
	}
	if got := days(); !slices.Equal(got, []string{"15 Jan booked 11h0m0s", "22 Jan booked 11h0m0s", "05 Feb booked 11h0m0s", "12 Feb booked 11h0m0s"}) {
		t.Errorf("after all: %q", got)
	}
	third := c.card(t, s.Placed[2].ID).MovedTo
	off := func(scope scheduling.Scope) (n int, err error) {
		err = c.write(t, func(ctx context.Context, tx *db.Tx) error {
			n, err = scheduling.CancelSeries(ctx, tx, c.desk(), id.New(), third, id.ID{}, scheduling.ByClient, "moved house", scope)
			return err
		})
		return n, err
	}
	if _, err := off("some"); bad(err).Message("scope") == "" {
		t.Errorf("an odd scope gave %v", err)
	}
	if n, err := off(scheduling.Following); err != nil || n != 2 {
		t.Errorf("%d were called off, %v", n, err)
	}
	if got := days(); !slices.Equal(got, []string{"15 Jan booked 11h0m0s", "22 Jan booked 11h0m0s", "05 Feb cancelled 11h0m0s", "12 Feb cancelled 11h0m0s"}) {
		t.Errorf("after calling off: %q", got)
	}
	for _, r := range []scheduling.Repeat{{0, 2, false}, {1, 1, false}, {53, 2, false}, {1, 61, false}} {
		if _, err := c.series(t, c.booking(600), r); bad(err) == nil {
			t.Errorf("%+v gave %v", r, err)
		}
	}
}

func TestATimeThatClocksLeaveOutIsSaidAndOneThatComesTwiceCanBeEither(t *testing.T) {
	for _, z := range []struct {
		zone, gap, twice string
		in, out, both    int
		first, second    string
	}{
		{"Europe/London", "2035-03-25", "2035-10-28", 90, 150, 90, "2035-10-28T00:30:00Z", "2035-10-28T01:30:00Z"},
		{"America/New_York", "2035-03-11", "2035-11-04", 150, 210, 90, "2035-11-04T05:30:00Z", "2035-11-04T06:30:00Z"},
		{"Australia/Lord_Howe", "2035-10-07", "2035-04-01", 135, 165, 105, "2035-03-31T14:45:00Z", "2035-03-31T15:15:00Z"},
	} {
		env, _ := newEnv(t, 8, 0)
		c := newClinic(t, env)
		c.zone = zone(t, z.zone)
		b := c.booking(z.in)
		b.Day, b.Anyway = day(z.gap), true
		p, err := c.tryBook(t, b)
		if err != nil || !p.Shifted || p.Start != z.out || c.card(t, p.ID).Start != z.out {
			t.Errorf("%s: the hour left out gave %+v, %v", z.zone, p, err)
		}
		b.Day, b.Start = day(z.twice), z.both
		first, err := c.tryBook(t, b)
		if err != nil || first.StartsAt.Format(time.RFC3339) != z.first || first.Shifted {
			t.Errorf("%s: the first gave %+v, %v", z.zone, first, err)
		}
		b.Second = true
		second, err := c.tryBook(t, b)
		if err != nil || second.StartsAt.Format(time.RFC3339) != z.second || second.Start != z.both {
			t.Errorf("%s: the second gave %+v, %v", z.zone, second, err)
		}
	}
}

// A zone may get other rules: what was agreed is what the clock shows.
func TestWhatIsAgreedKeepsItsTimeUnderNewRules(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	summer := c.booking(600)
	summer.Day = day("2035-06-04")
	var rows []id.ID
	for n := range 3 { // one after another, so that each gets where the next was
		summer.Start, summer.Minutes = 600+60*n, 60
		rows = append(rows, c.book(t, summer))
	}
	winter := c.book(t, c.booking(600))
	c.zone = time.FixedZone("Europe/London", 0) // summer time is abolished
	replan := func() (n int) {
		c.must(t, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = scheduling.ReplanZone(ctx, tx, c.desk())
			return err
		})
		return n
	}
	if n := replan(); n != 3 {
		t.Errorf("%d were changed", n)
	}
	for n, row := range rows {
		if a := c.card(t, row); a.Start != 600+60*n || !a.StartsAt.Equal(summer.Day.Add(time.Duration(a.Start)*time.Minute)) || a.Lane() != 0 || a.With() != c.vet {
			t.Errorf("it is %+v", a)
		}
	}
	if a := c.card(t, winter); !a.StartsAt.Equal(monday.Add(10 * time.Hour)) {
		t.Errorf("in winter it is at %v", a.StartsAt)
	}
	if n := replan(); n != 0 {
		t.Errorf("the second time %d were changed", n)
	}
	summer.Start, summer.Anyway = 600, true
	if _, err := c.tryBook(t, summer); taken(err) == nil {
		t.Errorf("the new time is not held: %v", err)
	}
	c.zone = time.FixedZone("Europe/Lisbon", 3600) // the clinic has another zone: everything is elsewhere, at its time
	if n := replan(); n != 4 {
		t.Errorf("for another zone %d were changed", n)
	}
}
