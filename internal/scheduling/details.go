package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
)

// Details are what of an appointment may be put right at any time.
type Details struct {
	// Type is another one, zero for the one it is. The time stays.
	Type          id.ID
	Reason        string
	Urgent, Quiet bool
}

// detail is what UpdateAppointmentDetails writes, as the record keeps it.
type detail struct {
	Type   id.ID     `json:"type"`
	Reason string    `json:"reason,omitempty"`
	Urgent bool      `json:"urgent,omitempty"`
	Quiet  bool      `json:"quiet,omitempty"`
	Asks   string    `json:"asks,omitempty"`
	Place  id.ID     `json:"place,omitzero"`
	NextAt time.Time `json:"next_at,omitzero"`
	// overbooked is kept as it is.
	overbooked string
}

func detailOf(d Desk, held db.LockAppointmentRow) (detail, error) {
	var s sealedAppointment
	if err := openInto(d.Keys, slotOf("appointments", held.ID), held.Sealed, &s); err != nil {
		return detail{}, err
	}
	return detail{
		Type: held.TypeID, Reason: s.Reason, Urgent: held.Urgent, Quiet: held.Quiet, Asks: held.Asks, Place: held.PlaceID, NextAt: utc(held.NextAt),
		overbooked: s.Overbooked,
	}, nil
}

// put writes details of an appointment the caller holds. What is stored already is not written again.
func put(ctx context.Context, tx *db.Tx, d Desk, held db.LockAppointmentRow, change func(*detail)) error {
	was, err := detailOf(d, held)
	if err != nil {
		return err
	}
	now := was
	change(&now)
	if now == was {
		return nil
	}
	text, err := sealed(d.Keys, "appointments", held.ID, sealedAppointment{Reason: now.Reason, Overbooked: now.overbooked})
	if err != nil {
		return err
	}
	p := db.UpdateAppointmentDetailsParams{
		TenantID: tx.Tenant, ID: held.ID, TypeID: now.Type, Urgent: now.Urgent, Quiet: now.Quiet, Asks: now.Asks, PlaceID: now.Place,
		Sealed: text, KeyVersion: d.Keys.KeyVersion(),
	}
	if !now.NextAt.IsZero() {
		p.NextAt = &now.NextAt
	}
	n, err := tx.UpdateAppointmentDetails(ctx, p)
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("saving appointment %s: %w", held.ID, err)
	}
	if err := touchSchedule(ctx, tx, d); err != nil {
		return err
	}
	return recordBeside(tx, d.Keys, held.PatientID, audit.Change{
		Action: audit.Changed, Object: "appointment", ObjectID: held.ID, Before: was, After: now,
	})
}

// Edit puts details right, from a page that showed them at a version. It gives ErrMoved where that is another now,
// fault.Missing where appointment or type is not there, and fault.Fields named reason. Saving what is stored already does
// nothing.
func Edit(ctx context.Context, tx *db.Tx, d Desk, appointment id.ID, version int64, e Details) error {
	e.Reason = plain.Line(e.Reason)
	var bad fault.Fields
	bad.TooLong("reason", e.Reason, longestReason)
	if err := bad.Err(); err != nil {
		return err
	}
	if !e.Type.IsZero() {
		if _, err := openType(ctx, tx, e.Type); err != nil {
			return err
		}
	}
	held, err := hold(ctx, tx, appointment)
	if err != nil {
		return err
	}
	changed := false
	err = put(ctx, tx, d, held, func(now *detail) {
		was := *now
		now.Reason, now.Urgent, now.Quiet = e.Reason, e.Urgent, e.Quiet
		if !e.Type.IsZero() {
			now.Type = e.Type
		}
		if changed = *now != was; held.Version != version {
			*now = was
		}
	})
	if err == nil && changed && held.Version != version {
		return ErrMoved
	}
	return err
}

// SetUrgent says whether somebody is seen first. It gives fault.Missing where there is no such appointment.
func SetUrgent(ctx context.Context, tx *db.Tx, d Desk, appointment id.ID, urgent bool) error {
	held, err := hold(ctx, tx, appointment)
	if err != nil {
		return err
	}
	return put(ctx, tx, d, held, func(now *detail) { now.Urgent = urgent })
}

// errNotHere refuses what is for those who are in the building.
var errNotHere = fault.New(fault.Conflict, "They are not in the building.")

func holdHere(ctx context.Context, tx *db.Tx, appointment id.ID) (db.LockAppointmentRow, error) {
	held, err := hold(ctx, tx, appointment)
	if err == nil && !(Appointment{State: held.State}).InBuilding() {
		return held, errNotHere
	}
	return held, err
}

// Place says where in the building they are, zero for not said. It gives fault.Missing where appointment or resource
// is not there, and a fault of kind Conflict for those who are not in the building.
func Place(ctx context.Context, tx *db.Tx, d Desk, appointment, place id.ID) error {
	held, err := holdHere(ctx, tx, appointment)
	if err != nil {
		return err
	}
	if !place.IsZero() {
		if err := bookable(ctx, tx, d.Keys, place); err != nil {
			return err
		}
	}
	return put(ctx, tx, d, held, func(now *detail) { now.Place = place })
}

// LookAgain says when to look at them again, zero for not said. It gives what Place gives.
func LookAgain(ctx context.Context, tx *db.Tx, d Desk, appointment id.ID, at time.Time) error {
	held, err := holdHere(ctx, tx, appointment)
	if err != nil {
		return err
	}
	if !at.IsZero() {
		at = at.UTC().Truncate(time.Microsecond) // as it is stored
	}
	return put(ctx, tx, d, held, func(now *detail) { now.NextAt = at })
}

// Asked takes something off what check-in left to ask: AskPhone, AskWeight or AskAlerts. It gives fault.Missing
// where there is no such appointment.
func Asked(ctx context.Context, tx *db.Tx, d Desk, appointment id.ID, what string) error {
	held, err := hold(ctx, tx, appointment)
	if err != nil {
		return err
	}
	return put(ctx, tx, d, held, func(now *detail) {
		now.Asks = joinAsks(slices.DeleteFunc(asksOf(now.Asks), func(s string) bool { return s == what }))
	})
}

// AssignTo gives somebody who is in the building to a resource, zero for nobody, from now on where they came without an
// appointment, else at their time, and over others if need be. It gives what Place gives.
func AssignTo(ctx context.Context, tx *db.Tx, d Desk, appointment, resource id.ID) error {
	held, err := holdHere(ctx, tx, appointment)
	if err != nil {
		return err
	}
	was, err := OpenAppointment(ctx, tx, d.Keys, appointment)
	if err != nil {
		return err
	}
	if was.With() == resource {
		return nil
	}
	if resource.IsZero() && !was.WalkIn {
		return fault.Fields{{Name: "with", Message: "Choose who sees them: a booking stands with somebody"}}
	}
	if _, err := tx.DeleteAppointmentSlots(ctx, db.DeleteAppointmentSlotsParams{TenantID: tx.Tenant, AppointmentID: appointment}); err != nil {
		return fmt.Errorf("giving the time of %s free: %w", appointment, err)
	}
	s, err := readStage(ctx, tx, d, held.TypeID, was.Day, was.Day)
	if err != nil {
		return err
	}
	placed := Placed{
		ID: appointment, Day: was.Day, Start: was.Start, Minutes: was.Minutes, StartsAt: was.StartsAt, EndsAt: was.EndsAt,
	}
	if !resource.IsZero() {
		if err := s.squeeze(ctx, tx, &placed, When{With: resource}, nil); err != nil {
			return err
		}
	}
	if err := touchSchedule(ctx, tx, d); err != nil {
		return err
	}
	return recordBeside(tx, d.Keys, was.PatientID, audit.Change{
		Action: audit.Changed, Object: "appointment", ObjectID: appointment, Before: was.change(d),
		After: s.change(d, When{Overbook: was.Overbooked}, placed, was.State, was.Reason),
	})
}

// Notice says that the person took notice of alerts on this visit; of those that do not stand there, and those noticed
// before, nothing is kept. It gives fault.Missing where there is no such appointment.
func Notice(ctx context.Context, tx *db.Tx, d Desk, appointment id.ID, alerts ...id.ID) error {
	held, err := hold(ctx, tx, appointment)
	if err != nil {
		return err
	}
	return notice(ctx, tx, d, held, alerts)
}

func notice(ctx context.Context, tx *db.Tx, d Desk, held db.LockAppointmentRow, alerts []id.ID) error {
	if len(alerts) == 0 {
		return nil
	}
	n, err := tx.InsertAlertNotices(ctx, db.InsertAlertNoticesParams{
		TenantID: tx.Tenant, AppointmentID: held.ID, AlertIds: alerts, At: tx.Now(), ByID: tx.Who.Person,
	})
	if err != nil {
		return fmt.Errorf("taking notice of alerts on %s: %w", held.ID, err)
	}
	if n == 0 {
		return nil
	}
	return recordBeside(tx, d.Keys, held.PatientID, audit.Change{
		Action: audit.Changed, Object: "appointment", ObjectID: held.ID, IDs: alerts, After: map[string][]id.ID{"noticed": alerts},
	})
}
