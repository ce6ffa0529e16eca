package scheduling_test

import (
	"context"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

func TestWhoStaysOvernightIsOnTheBoardWithTheirSeatAndNotInTheDay(t *testing.T) {
	env, clock := newEnv(t, 9, 0)
	c := newClinic(t, env)
	stays := c.book(t, c.booking(540))
	for _, to := range []string{scheduling.Arrived, scheduling.Admitted} {
		if err := c.move(t, stays, to); err != nil {
			t.Fatal(err)
		}
	}
	tuesday := monday.AddDate(0, 0, 1)
	book := func(start int, with id.ID) id.ID {
		b := c.booking(start)
		b.Day, b.With = tuesday, with
		b.Patient = c.addPatient(t, c.helen, "Clover")
		return c.book(t, b)
	}
	late, waits, next := book(540, c.vet), book(555, c.vet), book(660, c.vet)
	clock.at = tuesday.Add(10 * time.Hour)
	if err := c.move(t, waits, scheduling.Arrived); err != nil {
		t.Fatal(err)
	}
	onBoard := func(page string, b scheduling.Board) {
		t.Helper()
		for name, lane := range map[string]struct {
			of   []scheduling.Appointment
			want id.ID
		}{"late": {b.Late, late}, "waiting": {b.Waiting, waits}, "in care": {b.Care, stays}} {
			if len(lane.of) != 1 || lane.of[0].ID != lane.want || lane.of[0].With() != c.vet {
				t.Errorf("%s: %s are %+v", page, name, lane.of)
			}
		}
		if b.Next == nil || b.Next.ID != next || b.InBuilding() != 2 {
			t.Errorf("%s: next is %+v, and %d are here", page, b.Next, b.InBuilding())
		}
	}
	plan, board := c.plan(t, tuesday)
	onBoard("the page of the day", board)
	if len(plan.Appointments) != 3 || plan.Late != 1 {
		t.Errorf("%d appointments, %d late", len(plan.Appointments), plan.Late)
	}
	for _, a := range plan.Appointments {
		if !a.Day.Equal(tuesday) || a.With() != c.vet {
			t.Errorf("of %s is shown %+v", tuesday, a)
		}
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		board, err = scheduling.InBuilding(ctx, tx, c.desk())
		return err
	})
	onBoard("the board alone", board)
}
