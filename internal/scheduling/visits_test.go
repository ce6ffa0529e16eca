package scheduling_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

var states = strings.Fields("requested booked confirmed arrived roomed with_vet in_treatment admitted ready billed done cancelled no_show moved")

// allowed are the moves of the design, told apart from the table they stand in.
func allowed(from, to string) (needs string, ok bool) {
	building := []string{"arrived", "roomed", "with_vet", "in_treatment", "admitted", "ready"}
	if from != to && slices.Contains(building, from) && slices.Contains(building, to) {
		if to == "arrived" || to == "roomed" {
			return "schedule.write", true
		}
		return "visit.treat", true
	}
	desk := map[string]string{
		"requested": "booked cancelled", "booked": "confirmed arrived moved cancelled no_show", "confirmed": "booked arrived moved cancelled no_show",
		"arrived": "booked cancelled", "cancelled": "booked", "no_show": "booked arrived",
	}
	if slices.Contains(strings.Fields(desk[from]), to) {
		return "schedule.write", true
	}
	money := map[string]string{"ready": "billed done", "billed": "ready done", "done": "ready"}
	return "bill.write", slices.Contains(strings.Fields(money[from]), to)
}

// ways lead from booked to each state.
var ways = map[string]string{
	"booked": "", "confirmed": "confirmed", "arrived": "arrived", "roomed": "arrived roomed", "with_vet": "arrived with_vet",
	"in_treatment": "arrived in_treatment", "admitted": "arrived admitted", "ready": "arrived ready", "billed": "arrived ready billed",
	"done": "arrived ready done", "cancelled": "cancelled", "no_show": "no_show",
}

func TestEachMoveIsAllowedExactlyWhereTheTableSaysSo(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	theMove := func(row id.ID, from, to string) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			move := id.New()
			return tx.InsertAppointmentMove(ctx, db.InsertAppointmentMoveParams{
				TenantID: tx.Tenant, ID: move, AppointmentID: row, FromState: from, ToState: to, Sealed: []byte{1}, KeyVersion: 1, At: tx.Now(),
			})
		})
	}
	spare := c.book(t, c.booking(540))
	for _, from := range states {
		for _, to := range states {
			needs, ok := allowed(from, to)
			if err := theMove(spare, from, to); (err == nil) != ok || !ok && !db.Violates(err, "appointment_moves_allowed") {
				t.Errorf("the database says of %s to %s: %v", from, to, err)
			}
			way, can := ways[from]
			if !can || to == "moved" {
				continue
			}
			b := c.booking(600)
			row := c.book(t, b)
			for _, step := range strings.Fields(way) {
				if err := c.move(t, row, step); err != nil {
					t.Fatalf("%s on the way to %s: %v", step, from, err)
				}
			}
			if ok {
				c.denied[needs] = true
				if err := c.move(t, row, to); fault.KindOf(err) != fault.Forbidden {
					t.Errorf("%s to %s without %s gave %v", from, to, needs, err)
				}
				delete(c.denied, needs)
			}
			err := c.move(t, row, to)
			if ok && err != nil || !ok && !errors.Is(err, scheduling.ErrNotAllowed) {
				t.Errorf("%s to %s gave %v", from, to, err)
			}
			want := from
			if ok {
				want = to
			}
			card := c.card(t, row)
			if card.State != want {
				t.Errorf("%s to %s ends in %s", from, to, card.State)
			}
			// The time is free for the next one.
			c.must(t, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.DeleteAppointmentSlots(ctx, db.DeleteAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: row})
				return err
			})
		}
	}
}

// An appointment is in the state its last move led to, whatever a statement says.
func TestAStateWithoutItsMoveIsRefused(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row, other := c.book(t, c.booking(600)), c.book(t, c.booking(615))
	if err := c.move(t, other, "arrived"); err != nil {
		t.Fatal(err)
	}
	for name, last := range map[string]id.ID{"none": {}, "one that is not there": id.New(), "another's": c.card(t, other).LastMove} {
		for _, state := range []string{"done", "with_vet"} {
			err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.UpdateAppointmentState(ctx, db.UpdateAppointmentStateParams{TenantID: tx.Tenant, ID: row, State: state, LastMoveID: last, At: tx.Now()})
				return err
			})
			if !db.Violates(err, "appointments_last_move") && !db.Violates(err, "appointments_moved") {
				t.Errorf("%s with %s move gave %v", state, name, err)
			}
		}
	}
}

// Row security and the keys of the tables keep a row of another clinic out of this one's.
func TestTheDatabaseRefusesARowOfAnotherClinic(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	a, b := newClinic(t, env), newClinic(t, env)
	ours, theirs := a.book(t, a.booking(600)), b.book(t, b.booking(600))
	refused := func(name, constraint string, do func(ctx context.Context, tx *db.Tx) error) {
		t.Helper()
		if err := a.write(t, do); !db.Violates(err, constraint) && !db.Refused(err) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	refused("their appointment as the one ours was moved to", "appointments_tenant_id_moved_to_id_fkey", func(ctx context.Context, tx *db.Tx) error {
		move := id.New()
		if err := tx.InsertAppointmentMove(ctx, db.InsertAppointmentMoveParams{
			TenantID: tx.Tenant, ID: move, AppointmentID: ours, FromState: "booked", ToState: "moved", Sealed: []byte{1}, KeyVersion: 1, At: tx.Now(),
		}); err != nil {
			return err
		}
		_, err := tx.UpdateAppointmentState(ctx, db.UpdateAppointmentStateParams{TenantID: tx.Tenant, ID: ours, State: "moved", LastMoveID: move, At: tx.Now(), MovedToID: theirs})
		return err
	})
	refused("their vet", "appointment_slots_tenant_id_resource_id_fkey", func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertAppointmentSlots(ctx, db.InsertAppointmentSlotsParams{
			TenantID: tx.Tenant, AppointmentID: ours, ResourceIds: []id.ID{b.vet}, Lanes: []int32{0}, Day: monday, StartsAt: monday, EndsAt: monday.Add(time.Hour),
		})
	})
	refused("their appointment in our slot", "appointment_slots_tenant_id_appointment_id_fkey", func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertAppointmentSlots(ctx, db.InsertAppointmentSlotsParams{
			TenantID: tx.Tenant, AppointmentID: theirs, ResourceIds: []id.ID{a.vet}, Lanes: []int32{0}, Day: monday, StartsAt: monday, EndsAt: monday.Add(time.Hour),
		})
	})
	refused("a row named theirs", "", func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertAppointmentType(ctx, db.InsertAppointmentTypeParams{TenantID: b.Tenant, ID: id.New(), Name: "x", Minutes: 5, Colour: "plain", Needs: "vet", Position: 1})
	})
	if got := len(b.card(t, theirs).Seats); got != 1 {
		t.Errorf("theirs has %d seats", got)
	}
}

func TestWhoDoesNotComeIsCountedAfterTheGrace(t *testing.T) {
	env, hand := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row := c.book(t, c.booking(600))
	noShow := func() error {
		seen := c.card(t, row).LastMove
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.NoShow(ctx, tx, c.desk(), id.New(), row, seen)
		})
	}
	hand.at = monday.Add(614 * time.Minute)
	if err := noShow(); !strings.Contains(bad(err).Message(""), "10:15") {
		t.Errorf("before the grace has passed it gave %v", err)
	}
	if _, board := c.plan(t, monday); len(board.Late) != 1 || board.Late[0].Shown(hand.at) != "late" {
		t.Errorf("late are %v", board.Late)
	}
	hand.at = monday.Add(615 * time.Minute)
	if err := noShow(); err != nil {
		t.Fatal(err)
	}
	var n int
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		_, n, err = scheduling.OfClient(ctx, tx, c.Keys, c.helen)
		return err
	})
	if n != 1 || c.card(t, row).NoShows != 1 {
		t.Errorf("%d no-shows are counted", n)
	}
	if err := c.undo(t, row); err != nil || c.card(t, row).State != "booked" {
		t.Errorf("undone it is %s, %v", c.card(t, row).State, err)
	}
}

func TestWhatIsCalledOffFreesItsTimeAndComesBackWhereThatIsFree(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row := c.book(t, c.booking(600))
	if err := c.move(t, row, "confirmed"); err != nil {
		t.Fatal(err)
	}
	for _, one := range [][2]string{{"", "is ill"}, {"client", ""}, {"dog", "x"}} {
		err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.Cancel(ctx, tx, c.desk(), id.New(), row, id.ID{}, one[0], one[1])
		})
		if bad(err) == nil {
			t.Errorf("called off by %q because %q gave %v", one[0], one[1], err)
		}
	}
	c.cancel(t, row)
	if card := c.card(t, row); card.Moves[1].ByWhom != "client" || card.Moves[1].Reason != "is ill" || card.Moves[1].By != c.who.Person {
		t.Errorf("the moves are %+v", card.Moves)
	}
	if err := c.undo(t, row); err != nil || c.card(t, row).State != "confirmed" {
		t.Errorf("undone it is %s, %v", c.card(t, row).State, err)
	}
	c.cancel(t, row)
	other := c.book(t, c.booking(600))
	if err := c.undo(t, row); taken(err) == nil || len(taken(err).Free) != 5 {
		t.Errorf("with its time taken it gave %v", err)
	}
	c.cancel(t, other)
	if err := c.undo(t, row); err != nil {
		t.Error(err)
	}
	if got := c.leaves(t, c.card(t, row).LastMove); !slices.Equal(got, []string{"created appointment-move"}) {
		t.Errorf("recorded is %q", got)
	}
}

func TestTwoWhoMoveTheSameAreToldApart(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row, move := c.book(t, c.booking(600)), id.New()
	arrive := func(by id.ID) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.MoveTo(ctx, tx, c.desk(), by, row, id.ID{}, "arrived", "")
		})
	}
	if err := arrive(move); err != nil {
		t.Fatal(err)
	}
	if err := arrive(move); !errors.Is(err, scheduling.ErrAlreadyThere) {
		t.Errorf("the second sending gave %v", err)
	}
	if err := arrive(id.New()); !errors.Is(err, scheduling.ErrMoved) {
		t.Errorf("somebody else's gave %v", err)
	}
}

func TestNobodyComesInBeforeTheirDayOrIsCalledOffWithoutAReason(t *testing.T) {
	env, hand := newEnv(t, 8, 0)
	c := newClinic(t, env)
	row := c.book(t, c.booking(600))
	hand.at = monday.AddDate(0, 0, -1).Add(600 * time.Minute)
	if err := c.move(t, row, scheduling.Arrived); fault.KindOf(err) != fault.Conflict || c.card(t, row).State != scheduling.Booked {
		t.Errorf("coming in a day early gave %v", err)
	}
	err := c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.MoveTo(ctx, tx, c.desk(), id.New(), row, id.ID{}, scheduling.Cancelled, "")
	})
	if !errors.Is(err, scheduling.ErrNotAllowed) {
		t.Errorf("calling off without who and why gave %v", err)
	}
}

func TestUndoTakesBackWhatWasDoneBackToWhereItWas(t *testing.T) {
	env, hand := newEnv(t, 8, 0)
	c := newClinic(t, env)
	for _, way := range []string{"confirmed", "arrived", "confirmed arrived", "arrived with_vet", "arrived ready billed", "arrived ready billed done", "arrived ready done", "arrived cancelled", "no_show", "no_show arrived", "confirmed no_show"} {
		hand.at = monday.Add(480 * time.Minute)
		row := c.book(t, c.booking(600))
		steps := strings.Fields(way)
		was := "booked"
		for _, step := range steps {
			was = c.card(t, row).State
			if err := c.move(t, row, step); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.undo(t, row); err != nil || c.card(t, row).State != was {
			t.Errorf("%q undone is %s, not %s: %v", way, c.card(t, row).State, was, err)
		}
		c.must(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteAppointmentSlots(ctx, db.DeleteAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: row})
			return err
		})
	}
	if err := c.undo(t, c.book(t, c.booking(600))); !errors.Is(err, scheduling.ErrNotAllowed) {
		t.Errorf("with nothing to undo it gave %v", err)
	}
}
