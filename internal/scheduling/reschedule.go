package scheduling

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
)

// errBegun refuses to put a visit that has begun on another day.
var errBegun = fault.Fields{{Name: "day", Message: "They are in the building, so it can be moved within today only"}}

// errOver refuses to give what is over another time.
var errOver = fault.New(fault.Conflict, "This appointment is over or off, so it cannot be moved.")

// Reschedule gives an appointment another time or resource, from a page that showed it at a version. Within its day the row
// stays and the record tells; on another day it ends as moved, and a new one under the id that came with the form
// takes its place. It gives ErrMoved where the version is another now, ErrAlreadyThere for a second sending, and what Book
// gives. To undo it, reschedule to Placed.Before.
func Reschedule(ctx context.Context, tx *db.Tx, d Desk, row, appointment id.ID, version int64, w When) (Placed, error) {
	w.Overbook = plain.Line(w.Overbook)
	if err := w.check().Err(); err != nil {
		return Placed{}, err
	}
	was, err := OpenAppointment(ctx, tx, d.Keys, appointment)
	if err != nil {
		return Placed{}, err
	}
	// A patient that is gone is not moved about, nor is it lost while this waits for the row.
	if _, err := holdAnimal(ctx, tx, d.Keys, was.PatientID, was.ClientID); err != nil {
		return Placed{}, err
	}
	held, err := hold(ctx, tx, appointment)
	switch {
	case err != nil:
		return Placed{}, err
	case held.Version != version || was.Version != version:
		return Placed{}, rescheduledSince(ctx, tx, d, row)
	}
	placed, err := reschedule(ctx, tx, d, row, was, w)
	if err != nil {
		return Placed{}, err
	}
	return placed, touchSchedule(ctx, tx, d)
}

// rescheduledSince tells a second sending of a move to another day from a move that somebody else made.
func rescheduledSince(ctx context.Context, tx *db.Tx, d Desk, row id.ID) error {
	if _, err := OpenAppointment(ctx, tx, d.Keys, row); err == nil {
		return ErrAlreadyThere
	}
	return ErrMoved
}

// before is where an appointment stands, for coming back to it.
func (a Appointment) before(d Desk) When {
	second, _ := Instant(a.Day, a.Start, d.Zone, true)
	return When{Second: Twice(a.Day, a.Start, d.Zone) && a.StartsAt.Equal(second), Day: a.Day, Start: a.Start, Minutes: a.Minutes, With: a.With(), Room: a.Room(), Anyway: true, Overbook: a.Overbooked}
}

// reschedule moves an appointment that the caller holds as it was opened.
func reschedule(ctx context.Context, tx *db.Tx, d Desk, row id.ID, was Appointment, w When) (Placed, error) {
	if w.Minutes == 0 {
		w.Minutes = was.Minutes
	}
	if !was.Ahead() && !was.InBuilding() {
		return Placed{}, errOver
	}
	s, err := readStage(ctx, tx, d, was.Type.ID, w.Day, w.Day)
	if err != nil {
		return Placed{}, err
	}
	placed, bad := s.when(d, tx.Now(), w)
	here := was.InBuilding() && placed.Day.Equal(was.Day) // then the time they are given may have been
	if err := bad.Err(); err != nil && !here {
		return Placed{}, err
	}
	placed.ID, placed.Before = was.ID, was.before(d)
	if !placed.Day.Equal(was.Day) {
		if was.InBuilding() {
			return Placed{}, errBegun
		}
		return s.toAnotherDay(ctx, tx, d, row, was, w, placed)
	}
	if _, err := tx.DeleteAppointmentSlots(ctx, db.DeleteAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: was.ID}); err != nil {
		return Placed{}, fmt.Errorf("giving the time of %s free: %w", was.ID, err)
	}
	if err := s.settle(ctx, tx, d, &placed, w, nil); err != nil {
		return Placed{}, err
	}
	overbooked := w.Overbook
	if placed.Seats[0].Lane == 0 {
		overbooked = ""
	}
	text, err := sealed(d.Keys, "appointments", was.ID, sealedAppointment{Reason: was.Reason, Overbooked: overbooked})
	if err != nil {
		return Placed{}, err
	}
	n, err := tx.UpdateAppointmentTime(ctx, db.UpdateAppointmentTimeParams{
		TenantID: tx.Tenant, ID: was.ID, Day: placed.Day, StartMinute: int32(placed.Start), Minutes: int32(placed.Minutes), Zone: d.Zone.String(),
		StartsAt: placed.StartsAt, EndsAt: placed.EndsAt, Sealed: text, KeyVersion: d.Keys.KeyVersion(),
	})
	if err := db.OneRow(n, err); err != nil {
		return Placed{}, fmt.Errorf("moving appointment %s: %w", was.ID, err)
	}
	return placed, recordBeside(tx, d.Keys, was.PatientID, audit.Change{
		Action: audit.Changed, Object: "appointment", ObjectID: was.ID, Before: was.change(d), After: s.change(d, w, placed, was.State, was.Reason),
	})
}

// toAnotherDay ends an appointment as moved and makes a new one, which is to be confirmed anew.
func (s *stage) toAnotherDay(ctx context.Context, tx *db.Tx, d Desk, row id.ID, was Appointment, w When, placed Placed) (Placed, error) {
	placed.ID = row
	b := Booking{Patient: was.PatientID, Client: was.ClientID, Type: was.Type.ID, When: w, Reason: was.Reason, Urgent: was.Urgent}
	err := s.settle(ctx, tx, d, &placed, w, func(ctx context.Context, tx *db.Tx) error {
		return s.insert(ctx, tx, d, newcomer{row: row, series: was.Series, Booking: b, placed: placed, state: Booked})
	})
	if err != nil {
		return Placed{}, err
	}
	held := db.LockAppointmentRow{ID: was.ID, PatientID: was.PatientID, State: was.State}
	if was.State == Requested { // it is accepted by being given a time
		accepted := id.New()
		if err := writeMove(ctx, tx, d.Keys, accepted, held, move{to: Booked}); err != nil {
			return Placed{}, err
		}
		held.State = Booked
	}
	if err := writeMove(ctx, tx, d.Keys, id.New(), held, move{to: Moved, movedTo: row}); err != nil {
		return Placed{}, err
	}
	return placed, recordBeside(tx, d.Keys, was.PatientID, audit.Change{
		Action: audit.Created, Object: "appointment", ObjectID: row, IDs: []id.ID{was.ID}, Before: was.change(d), After: s.change(d, w, placed, Booked, was.Reason),
	})
}

// change is what the record keeps of an appointment as it was.
func (a Appointment) change(d Desk) changedAppointment {
	return changedAppointment{
		State: a.State, Day: a.Day.Format(time.DateOnly), Start: a.Start, Minutes: a.Minutes, Zone: d.Zone.String(), Type: a.Type.ID,
		Seats: a.Seats, Reason: a.Reason, Overbooked: a.Overbooked,
	}
}
