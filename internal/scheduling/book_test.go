package scheduling_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
)

func TestABookingIsOnTheScheduleWithAllThatIsKnown(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.AddAlert(ctx, tx, c.Keys, id.New(), c.biscuit, registry.Alert{Level: "stop", Topic: "allergy", Text: "Penicillin"})
	})
	row := id.New()
	var placed scheduling.Placed
	sending := func(ctx context.Context, tx *db.Tx) (err error) {
		placed, err = scheduling.Book(ctx, tx, c.desk(), row, c.booking(600))
		return err
	}
	c.must(t, sending)
	if placed.ID != row || placed.Start != 600 || !placed.StartsAt.Equal(monday.Add(10*time.Hour)) || placed.EndsAt.Sub(placed.StartsAt) != 15*time.Minute {
		t.Errorf("placed %+v", placed)
	}
	if err := c.write(t, sending); !errors.Is(err, scheduling.ErrAlreadyThere) {
		t.Errorf("the second sending gave %v", err)
	}
	plan, board := c.plan(t, monday)
	if len(plan.Appointments) != 1 {
		t.Fatalf("%d appointments", len(plan.Appointments))
	}
	a := plan.Appointments[0]
	if a.Patient.Name != "Biscuit" || a.Client.LastName != "Thompson" || a.ClientID != c.helen || a.Reason != "Itchy ears" || a.Type.Name != "Consult" ||
		a.With() != c.vet || a.Lane() != 0 || a.State != scheduling.Booked || len(a.Alerts) != 1 || a.Alerts[0].Text != "Penicillin" {
		t.Errorf("it reads %+v", a)
	}
	if a.Client.Street != "" || a.Patient.Sex != "" {
		t.Errorf("more of it was opened than is shown: %+v", a)
	}
	if board.Next == nil || board.Next.ID != row || board.InBuilding() != 0 {
		t.Errorf("the board is %+v", board)
	}
	col := plan.Columns[slices.IndexFunc(plan.Columns, func(o scheduling.Column) bool { return o.ID == c.vet })]
	if col.FreeQuarters != 37 || col.Off {
		t.Errorf("%d quarters of an hour are free", col.FreeQuarters)
	}
	if got := c.leaves(t, row); !slices.Equal(got, []string{"created appointment"}) {
		t.Errorf("recorded is %q", got)
	}
	card := c.card(t, row)
	if !slices.Contains(card.Next, "arrived") || card.Needs["arrived"] != "schedule.write" || len(card.Banner) != 1 || card.Weighed || card.ClientVersion != 1 || card.BookedBy != c.who.Person {
		t.Errorf("the card is %+v", card)
	}
}

func TestATakenTimeIsAnsweredWithTheNextFreeOnes(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	c.book(t, c.booking(600))
	c.book(t, c.booking(615))
	_, err := c.tryBook(t, c.booking(600))
	got := taken(err)
	if got == nil || fault.KindOf(err) != fault.Conflict {
		t.Fatalf("it gave %v", err)
	}
	var starts []int
	for _, f := range got.Free {
		starts = append(starts, f.Start)
	}
	if !slices.Equal(starts, []int{630, 645, 660, 675, 690}) || !got.MayOverbook || got.Free[0].Called != "Dr Amara Nwosu" {
		t.Errorf("offered are %v, %+v", starts, got)
	}
	if plan, _ := c.plan(t, monday); len(plan.Appointments) != 2 {
		t.Errorf("%d appointments stand", len(plan.Appointments))
	}
}

func TestWhatIsNotOfferedIsCrossedOnPurposeOnly(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AddBlock(ctx, tx, c.desk(), id.New(), scheduling.Block{
			Resource: c.vet, Kind: scheduling.Away, Day: monday, From: 900, To: 960, Words: "Dentist",
		})
	})
	for start, want := range map[int]string{480: "outside", 1070: "outside", 895: "away", 1075: "outside"} {
		_, err := c.tryBook(t, c.booking(start))
		var crossing *scheduling.Crossing
		if !errors.As(err, &crossing) || !slices.Equal(crossing.Over, []string{want}) || len(crossing.Free) == 0 || fault.KindOf(err) != fault.Invalid {
			t.Errorf("at %d it gave %v, %+v", start, err, crossing)
		}
	}
	b := c.booking(895)
	b.Anyway = true
	c.book(t, b)
}

// The whole point of the exclusion constraint.
func TestOfManyAtOnceForOneTimeOneIsLetIn(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	var wins, losses, strange int
	var mu sync.Mutex
	var wait sync.WaitGroup
	animals := make([]id.ID, 64)
	for i := range animals {
		animals[i] = c.addPatient(t, c.helen, "Biscuit")
	}
	begin := make(chan struct{})
	for _, animal := range animals {
		wait.Go(func() {
			b := c.booking(600)
			b.Patient = animal
			<-begin
			_, err := c.tryBook(t, b)
			for errors.Is(err, db.ErrBusy) { // a person would press the button again
				_, err = c.tryBook(t, b)
			}
			mu.Lock()
			defer mu.Unlock()
			lost := taken(err)
			switch {
			case err == nil:
				wins++
			case lost != nil && len(lost.Free) == 5 && lost.Free[0].Start == 615:
				losses++
			default:
				strange++
				t.Errorf("one got %v", err)
			}
		})
	}
	close(begin)
	wait.Wait()
	if wins != 1 || losses != 63 {
		t.Errorf("%d won, %d lost and %d got something else", wins, losses, strange)
	}
	if plan, _ := c.plan(t, monday); len(plan.Appointments) != 1 {
		t.Errorf("%d appointments stand", len(plan.Appointments))
	}
}

// Whoever writes without holding the resource is stopped by the database.
func TestTwoInOneLaneAreRefusedByTheDatabase(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	c.book(t, c.booking(600))
	other := c.book(t, c.booking(660))
	at := monday.Add(605 * time.Minute)
	put := func(lane int32) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.DeleteAppointmentSlots(ctx, db.DeleteAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: other}); err != nil {
				return err
			}
			return tx.InsertAppointmentSlots(ctx, db.InsertAppointmentSlotsParams{
				TenantID: tx.Tenant, AppointmentID: other, ResourceIds: []id.ID{c.vet}, Lanes: []int32{lane}, Day: monday, StartsAt: at, EndsAt: at.Add(time.Minute),
			})
		})
	}
	if err := put(0); !db.Violates(err, "appointment_slots_free") {
		t.Errorf("the same lane gave %v", err)
	}
	if err := put(1); err != nil {
		t.Errorf("another lane gave %v", err)
	}
}

func TestOverbookingTakesTheRightAReasonAndRoomForOneMore(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	c.book(t, c.booking(600))
	b := c.booking(605)
	b.Overbook = "Cannot breathe well"
	c.denied["schedule.overbook"] = true
	if _, err := c.tryBook(t, b); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("without the right it gave %v", err)
	}
	if got := taken(func() error { _, err := c.tryBook(t, c.booking(605)); return err }()); got == nil || got.MayOverbook {
		t.Errorf("without the right it is offered: %+v", got)
	}
	delete(c.denied, "schedule.overbook")
	card := c.card(t, c.book(t, b))
	if card.Lane() != 1 || card.Overbooked != "Cannot breathe well" {
		t.Errorf("it stands in lane %d, %q", card.Lane(), card.Overbooked)
	}
	if _, err := c.tryBook(t, b); bad(err).Message("overbook") == "" {
		t.Errorf("a third gave %v", err)
	}
	if got := taken(func() error { _, err := c.tryBook(t, c.booking(605)); return err }()); got == nil || got.MayOverbook {
		t.Errorf("a third is offered: %+v", got)
	}
}

func bad(err error) fault.Fields {
	var f fault.Fields
	errors.As(err, &f)
	return f
}

func TestWhatABookingNeedsIsAskedFor(t *testing.T) {
	env, _ := newEnv(t, 12, 0)
	c := newClinic(t, env)
	for name, change := range map[string]func(*scheduling.Booking){
		"patient": func(b *scheduling.Booking) { b.Patient = id.ID{} },
		"type":    func(b *scheduling.Booking) { b.Type = id.ID{} },
		"with":    func(b *scheduling.Booking) { b.With = c.nurse },
		"day":     func(b *scheduling.Booking) { b.Day = monday.AddDate(0, 0, -1) },
		"at":      func(b *scheduling.Booking) { b.Start = 705 },
		"minutes": func(b *scheduling.Booking) { b.Minutes = 7 },
		"reason":  func(b *scheduling.Booking) { b.Reason = strings.Repeat("x", 501) },
		"room":    func(b *scheduling.Booking) { b.Room = c.nurse },
	} {
		b := c.booking(780)
		change(&b)
		if _, err := c.tryBook(t, b); bad(err).Message(name) == "" {
			t.Errorf("a wrong %s gave %v", name, err)
		}
	}
	if _, err := c.tryBook(t, c.booking(710)); err != nil {
		t.Errorf("the quarter of an hour that runs is refused: %v", err)
	}
	c.must(t, func(ctx context.Context, tx *db.Tx) error {
		if err := registry.MovePatient(ctx, tx, c.Keys, id.New(), c.biscuit, id.ID{}, registry.Move{To: registry.Deceased, Manner: "died", Remains: "home"}); err != nil {
			return err
		}
		n, err := scheduling.PatientDied(ctx, tx, c.Keys, c.biscuit)
		if n != 1 {
			t.Errorf("%d were called off", n)
		}
		return err
	})
	if _, err := c.tryBook(t, c.booking(780)); !strings.Contains(bad(err).Message("patient"), "Biscuit has died") {
		t.Errorf("a dead animal gave %v", err)
	}
}

func TestWhatATypeNeedsIsTakenToo(t *testing.T) {
	env, _ := newEnv(t, 8, 0)
	c := newClinic(t, env)
	one, two := c.add(t, scheduling.Theatre, "Theatre 1"), c.add(t, scheduling.Theatre, "Theatre 2")
	operation := c.addType(t, scheduling.Type{Name: "Operation", Minutes: 60, Needs: scheduling.NeedsVet, NeedsRoom: scheduling.Theatre})
	other, third := c.add(t, scheduling.Vet, "Dr Tom Reilly"), c.add(t, scheduling.Vet, "Dr Sofie Lindgren")
	var rooms []id.ID
	for _, vet := range []id.ID{c.vet, other} {
		b := c.booking(600)
		b.Type, b.With = operation, vet
		rooms = append(rooms, c.card(t, c.book(t, b)).Room())
	}
	if !slices.Contains(rooms, one) || !slices.Contains(rooms, two) {
		t.Errorf("the rooms are %v", rooms)
	}
	b := c.booking(630)
	b.Type, b.With = operation, third
	_, err := c.tryBook(t, b)
	if got := taken(err); got == nil || got.Free[0].Start != 660 || got.Free[0].Room.IsZero() {
		t.Errorf("without a theatre it gave %v, %+v", err, got)
	}
	b = c.booking(600)
	b.With = third
	c.book(t, b) // a consult needs no theatre
}

func TestARowOfAnotherClinicIsNotThere(t *testing.T) {
	env, _ := newEnv(t, 9, 0)
	a, b := newClinic(t, env), newClinic(t, env)
	theirs := b.book(t, b.booking(600))
	theirRoom := b.add(t, scheduling.Room, "Consult 1")
	for name, change := range map[string]func(*scheduling.Booking){
		"patient":  func(x *scheduling.Booking) { x.Patient = b.biscuit },
		"client":   func(x *scheduling.Booking) { x.Client = b.helen },
		"type":     func(x *scheduling.Booking) { x.Type = b.consult },
		"resource": func(x *scheduling.Booking) { x.With = b.vet },
		"room":     func(x *scheduling.Booking) { x.Room = theirRoom },
		"waiting":  func(x *scheduling.Booking) { x.Waiting = id.New() },
	} {
		x := a.booking(600)
		change(&x)
		if _, err := a.tryBook(t, x); !errors.Is(err, fault.Missing) {
			t.Errorf("their %s gave %v", name, err)
		}
	}
	when := scheduling.When{Day: monday, Start: 660, With: a.vet}
	d := a.desk()
	for name, do := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"card": func(ctx context.Context, tx *db.Tx) error {
			_, err := scheduling.OpenCard(ctx, tx, d, theirs)
			return err
		},
		"reschedule": func(ctx context.Context, tx *db.Tx) error {
			_, err := scheduling.Reschedule(ctx, tx, d, id.New(), theirs, 1, when)
			return err
		},
		"move": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.MoveTo(ctx, tx, d, id.New(), theirs, id.ID{}, "arrived", "")
		},
		"undo": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.Undo(ctx, tx, d, id.New(), theirs, id.ID{})
		},
		"arrive": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.Arrive(ctx, tx, d, id.New(), theirs, scheduling.CheckIn{})
		},
		"cancel": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.Cancel(ctx, tx, d, id.New(), theirs, id.ID{}, "client", "ill")
		},
		"no-show": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.NoShow(ctx, tx, d, id.New(), theirs, id.ID{})
		},
		"edit": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.Edit(ctx, tx, d, theirs, 1, scheduling.Details{})
		},
		"urgent": func(ctx context.Context, tx *db.Tx) error { return scheduling.SetUrgent(ctx, tx, d, theirs, true) },
		"assign": func(ctx context.Context, tx *db.Tx) error { return scheduling.AssignTo(ctx, tx, d, theirs, a.vet) },
		"place":  func(ctx context.Context, tx *db.Tx) error { return scheduling.Place(ctx, tx, d, theirs, id.ID{}) },
		"look again": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.LookAgain(ctx, tx, d, theirs, time.Time{})
		},
		"asked":        func(ctx context.Context, tx *db.Tx) error { return scheduling.Asked(ctx, tx, d, theirs, "phone") },
		"notice":       func(ctx context.Context, tx *db.Tx) error { return scheduling.Notice(ctx, tx, d, theirs, id.New()) },
		"end resource": func(ctx context.Context, tx *db.Tx) error { return scheduling.EndResource(ctx, tx, d, b.vet) },
		"edit resource": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.EditResource(ctx, tx, a.Keys, b.vet, 1, scheduling.Resource{Kind: "vet", Name: "x", Position: 1})
		},
		"end type": func(ctx context.Context, tx *db.Tx) error { return scheduling.EndType(ctx, tx, a.Keys, b.consult) },
		"hours": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.SetHours(ctx, tx, a.Keys, b.vet, monday, nil)
		},
		"block": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.AddBlock(ctx, tx, d, id.New(), scheduling.Block{Resource: b.vet, Kind: "away", Day: monday, To: 60})
		},
		"delete block": func(ctx context.Context, tx *db.Tx) error { return scheduling.DeleteBlock(ctx, tx, d, id.New()) },
		"end waiting": func(ctx context.Context, tx *db.Tx) error {
			return scheduling.EndWaiting(ctx, tx, d, id.New(), "dropped")
		},
		"free": func(ctx context.Context, tx *db.Tx) error {
			_, err := scheduling.NextFree(ctx, tx, d, scheduling.Wish{Type: b.consult, Day: monday})
			return err
		},
	} {
		if err := a.write(t, do); !errors.Is(err, fault.Missing) {
			t.Errorf("%s of theirs gave %v", name, err)
		}
	}
	if plan, board := a.plan(t, monday); len(plan.Appointments) != 0 || board.Next != nil || len(plan.Columns) != 2 {
		t.Error("another clinic's is on the schedule")
	}
	if got := b.leaves(t, theirs); len(got) != 1 {
		t.Errorf("theirs was touched: %q", got)
	}
}
