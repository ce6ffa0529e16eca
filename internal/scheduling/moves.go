package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// move is one change of an appointment's state.
type move struct {
	to      string
	byWhom  string // ByClinic, ByClient or ""
	reason  string
	movedTo id.ID
}

// ErrUnresolved keeps a visit open whose bill is: it neither ends nor is called off.
var ErrUnresolved = fault.New(fault.Conflict, "Something on the bill is still open. Bill it, give it free or take it off first.")

// holdMoved locks an appointment whose last move is the one the page showed. It gives ErrAlreadyThere for a second
// sending.
func holdMoved(ctx context.Context, tx *db.Tx, row, appointment, seen id.ID) (db.LockAppointmentRow, error) {
	held, err := hold(ctx, tx, appointment)
	switch {
	case err != nil:
		return held, err
	case held.LastMoveID == row:
		return held, ErrAlreadyThere
	case held.LastMoveID != seen:
		return held, ErrMoved
	}
	return held, nil
}

// hold locks an appointment. It gives fault.Missing where there is none in this clinic.
func hold(ctx context.Context, tx *db.Tx, appointment id.ID) (db.LockAppointmentRow, error) {
	held, err := tx.LockAppointment(ctx, db.LockAppointmentParams{TenantID: tx.Tenant, ID: appointment})
	return held, db.Missing(err, "locking an appointment")
}

// MoveTo brings an appointment into another state under an id that came with the form, where the person holds the right
// that the move takes. It gives ErrMoved where seen is not the last move any more, ErrAlreadyThere for a second sending,
// ErrNotAllowed, a fault of kind Forbidden, and one of kind Conflict for a visit whose bill is open. What is called off gives
// its time free; what comes back takes it again, or gives *Taken.
func MoveTo(ctx context.Context, tx *db.Tx, d Desk, row, appointment, seen id.ID, to, reason string) error {
	held, err := holdMoved(ctx, tx, row, appointment, seen)
	if err != nil {
		return err
	}
	if to == Moved || to == Cancelled { // by Reschedule, which knows where to, and by Cancel, which asks who and why
		return ErrNotAllowed
	}
	return moveHeld(ctx, tx, d, row, held, move{to: to, reason: reason})
}

// moveHeld moves an appointment the caller holds, as the person may.
func moveHeld(ctx context.Context, tx *db.Tx, d Desk, row id.ID, held db.LockAppointmentRow, m move) error {
	m.reason = plain.Line(m.reason)
	var bad fault.Fields
	bad.TooLong("reason", m.reason, longestReason)
	if err := bad.Err(); err != nil {
		return err
	}
	needs, err := tx.GetVisitStateMove(ctx, db.GetVisitStateMoveParams{FromState: held.State, ToState: m.to})
	if db.NoRows(err) {
		return ErrNotAllowed
	}
	if err != nil {
		return fmt.Errorf("reading what a move needs: %w", err)
	}
	if !d.may(needs) {
		return fault.New(fault.Forbidden, "This step is not for your role. Ask somebody who may take it.")
	}
	if m.to == Arrived && !mayArrive(held, d.today(tx.Now())) {
		return errOtherDay
	}
	if m.to == Done || m.to == Billed || !holds(m.to) && m.to != Moved {
		open, err := billing.Unresolved(ctx, tx, held.ID)
		if err != nil {
			return err
		}
		if open > 0 {
			return ErrUnresolved
		}
	}
	if holds(m.to) && !holds(held.State) {
		if err := retake(ctx, tx, d, held); err != nil {
			return err
		}
	}
	if err := writeMove(ctx, tx, d.Keys, row, held, m); err != nil {
		return err
	}
	return touchSchedule(ctx, tx, d)
}

// errOtherDay refuses somebody who is booked for a day to come.
var errOtherDay = fault.New(fault.Conflict, "This is booked for another day. Move it to today first, or take them as a walk-in.")

// mayArrive reports whether who is held may come in on a day: not before theirs, and who did not come, on it alone.
func mayArrive(held db.LockAppointmentRow, today time.Time) bool {
	switch held.State {
	case Requested, Booked, Confirmed:
		return !held.Day.After(today)
	case NoShowed:
		return held.Day.Equal(today)
	}
	return true
}

// holds reports whether a state holds its time.
func holds(state string) bool { return state != Cancelled && state != NoShowed && state != Moved }

// writeMove writes a move of an appointment the caller holds, the state it leads to, and gives its time free where
// that is off. What is allowed, the database says as well.
func writeMove(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, held db.LockAppointmentRow, m move) error {
	text, err := sealed(keys, "appointment_moves", row, sealedMove{m.reason})
	if err != nil {
		return err
	}
	p := db.InsertAppointmentMoveParams{
		TenantID: tx.Tenant, ID: row, AppointmentID: held.ID, FromState: held.State, ToState: m.to,
		Sealed: text, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
	}
	if m.byWhom != "" {
		p.ByWhom = &m.byWhom
	}
	err = tx.InsertAppointmentMove(ctx, p)
	switch {
	case db.Violates(err, "appointment_moves_pkey"), db.Violates(err, "appointment_moves_state"):
		return ErrAlreadyThere
	case db.Violates(err, "appointment_moves_allowed"):
		return ErrNotAllowed
	case err != nil:
		return fmt.Errorf("moving appointment %s: %w", held.ID, err)
	}
	n, err := tx.UpdateAppointmentState(ctx, db.UpdateAppointmentStateParams{
		TenantID: tx.Tenant, ID: held.ID, State: m.to, LastMoveID: row, At: p.At, MovedToID: m.movedTo,
	})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("moving appointment %s: %w", held.ID, err)
	}
	if !holds(m.to) && holds(held.State) {
		if _, err := tx.ReleaseAppointmentSlots(ctx, db.ReleaseAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: held.ID}); err != nil {
			return fmt.Errorf("giving the time of %s free: %w", held.ID, err)
		}
	}
	return recordBeside(tx, keys, held.PatientID, audit.Change{
		Action: audit.Created, Object: "appointment-move", ObjectID: row, IDs: []id.ID{held.ID}, Before: held.State,
		After: changedState{State: m.to, ByWhom: m.byWhom, Reason: m.reason, MovedTo: m.movedTo},
	})
}

// changedState is what the record keeps of a move.
type changedState struct {
	State   string `json:"state"`
	ByWhom  string `json:"by_whom,omitempty"`
	Reason  string `json:"reason,omitempty"`
	MovedTo id.ID  `json:"moved_to,omitzero"`
}

// retake takes the time of what was called off again, in the lanes it had, or gives *Taken.
func retake(ctx context.Context, tx *db.Tx, d Desk, held db.LockAppointmentRow) error {
	rows, err := tx.ListAppointmentSlots(ctx, db.ListAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: held.ID})
	if err != nil {
		return fmt.Errorf("reading the time of %s: %w", held.ID, err)
	}
	if len(rows) == 0 { // a walk-in that nobody had taken
		return nil
	}
	p := Placed{
		ID: held.ID, Day: held.Day.UTC(), Start: int(held.StartMinute), Minutes: int(held.Minutes), StartsAt: held.StartsAt.UTC(), EndsAt: held.EndsAt.UTC(),
	}
	ids := make([]id.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ResourceID
		p.Seats = append(p.Seats, Seat{r.ResourceID, int(r.Lane)})
	}
	taken, err := claim(ctx, tx, ids, gap{p.StartsAt, p.EndsAt}, held.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(p.Seats, func(s Seat) bool { return slices.Contains(taken[s.Resource], s.Lane) }) {
		s, err := readStage(ctx, tx, d, held.TypeID, p.Day, p.Day)
		if err != nil {
			return err
		}
		return s.takenThen(ctx, tx, d, p, When{With: ids[0]}, nil, nil)
	}
	if _, err := tx.DeleteAppointmentSlots(ctx, db.DeleteAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: held.ID}); err != nil {
		return fmt.Errorf("taking the time of %s again: %w", held.ID, err)
	}
	return sit(ctx, tx, p, nil)
}

// Cancel calls an appointment off: by is ByClinic or ByClient. One who is in the building and has not been seen has left. It
// gives what MoveTo gives, and fault.Fields named by and why.
func Cancel(ctx context.Context, tx *db.Tx, d Desk, row, appointment, seen id.ID, by, why string) error {
	m, err := cancelling(by, why)
	if err != nil {
		return err
	}
	held, err := holdMoved(ctx, tx, row, appointment, seen)
	if err != nil {
		return err
	}
	return moveHeld(ctx, tx, d, row, held, m)
}

func cancelling(by, why string) (move, error) {
	m := move{to: Cancelled, byWhom: by, reason: plain.Line(why)}
	var bad fault.Fields
	if by != ByClinic && by != ByClient {
		bad.Add("by", "Choose who called it off")
	}
	if m.reason == "" {
		bad.Add("why", "Enter why, like client is ill")
	}
	bad.TooLong("why", m.reason, longestReason)
	return m, bad.Err()
}

// NoShow says that somebody did not come. It gives what MoveTo gives, and fault.Fields before the start and the clinic's
// grace have passed.
func NoShow(ctx context.Context, tx *db.Tx, d Desk, row, appointment, seen id.ID) error {
	held, err := holdMoved(ctx, tx, row, appointment, seen)
	if err != nil {
		return err
	}
	settings, err := OpenSettings(ctx, tx)
	if err != nil {
		return err
	}
	if from := held.StartsAt.Add(time.Duration(settings.NoShowGrace) * time.Minute); tx.Now().Before(from) {
		return fault.Fields{{Name: "", Message: fmt.Sprintf("Wait until %s: somebody may still come", from.In(d.Zone).Format("15:04"))}}
	}
	return moveHeld(ctx, tx, d, row, held, move{to: NoShowed})
}

// back are the states between one and another that can only be reached by way of others.
var back = map[[2]string][]string{
	{Cancelled, Confirmed}: {Booked, Confirmed},
	{Cancelled, Arrived}:   {Booked, Arrived},
	{Cancelled, Requested}: {Booked},
	{NoShowed, Confirmed}:  {Booked, Confirmed},
	{Arrived, Confirmed}:   {Booked, Confirmed},
	{Arrived, NoShowed}:    {Booked, NoShowed},
	{Done, Billed}:         {Ready, Billed},
	{Booked, Requested}:    nil,
}

// Undo takes the last move back, by a move or two: nothing is erased. Who was called off or did not come takes the time
// again, or gives *Taken. It gives what MoveTo gives, and ErrNotAllowed where nothing can be taken back, as of what was
// moved to another day: that is moved back.
func Undo(ctx context.Context, tx *db.Tx, d Desk, row, appointment, seen id.ID) error {
	held, err := holdMoved(ctx, tx, row, appointment, seen)
	if err != nil {
		return err
	}
	if held.LastMoveID.IsZero() || held.State == Moved {
		return ErrNotAllowed
	}
	last, err := tx.GetAppointmentMove(ctx, db.GetAppointmentMoveParams{TenantID: tx.Tenant, ID: held.LastMoveID})
	if err != nil {
		return fmt.Errorf("reading the last move of %s: %w", appointment, err)
	}
	way, long := back[[2]string{held.State, last.FromState}]
	if !long {
		way = []string{last.FromState}
	}
	for i, to := range way {
		one := row
		if i < len(way)-1 {
			one = id.New() // the form's own id is that of the last, so that a second sending finds it
		}
		if err := moveHeld(ctx, tx, d, one, held, move{to: to, reason: "undo"}); err != nil {
			return err
		}
		held.State, held.LastMoveID = to, one
	}
	if len(way) == 0 {
		return ErrNotAllowed
	}
	return nil
}

// joinAsks writes what is left to ask as it is stored.
func joinAsks(list []string) string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s != AskPhone && s != AskWeight && s != AskAlerts })
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ",")
}
