// Package scheduling keeps the day of a clinic: who and what can be booked and when, appointments, and the
// visits they become. Its verbs take a fenced transaction and never open one.
//
// A day is a date of the clinic's calendar (midnight UTC), a minute is counted from midnight on the
// clinic's clock, and instants are UTC. Locks are taken on clients, patients, appointments and resources, in
// that order.
package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// group is the field group everything here is sealed in: reception reads it.
const group = "contact"

// Desk is where something is done: with the keys of the clinic, at its clock, by somebody with certain rights.
type Desk struct {
	Keys *vault.Clinic
	// Zone is the clinic's.
	Zone *time.Location
	// May reports whether the person holds a right, by the name of the permission. Nil holds none.
	May func(right string) bool
}

// The rights that verbs ask for by themselves, as the permissions are called.
const (
	rightOverbook = "schedule.overbook"
	rightTreat    = "visit.treat"
)

func (d Desk) may(right string) bool { return d.May != nil && d.May(right) }

// today is the day at the desk, and minute the minute of it.
func (d Desk) today(now time.Time) time.Time { return DayOf(now, d.Zone) }

// ErrAlreadyThere says that a row of this id was made before, as by a form sent twice.
var ErrAlreadyThere = registry.ErrAlreadyThere

// Conflicts that a person is told of.
var (
	// ErrMoved answers an act on an appointment that somebody else moved since the page was made.
	ErrMoved = fault.New(fault.Conflict, "Somebody else changed this meanwhile. Here it is as it is now.")
	// ErrNotAllowed refuses a move that leads nowhere from the present state.
	ErrNotAllowed = fault.New(fault.Conflict, "That cannot be done from here any more.")
)

// longestReason is how much is said about a visit or a move, in letters.
const longestReason = 500

// sealed gives a value as JSON, sealed for its row.
func sealed(keys *vault.Clinic, table string, row id.ID, v any) ([]byte, error) {
	return keys.SealJSON(slotOf(table, row), v)
}

func slotOf(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

// openInto opens a sealed row into v.
func openInto(keys *vault.Clinic, s vault.Slot, sealed []byte, v any) error {
	return keys.OpenJSON(s, sealed, v)
}

// firstFault gives the fault in an error by itself, and wraps any other error.
func firstFault(err error, doing string) error {
	var fields fault.Fields
	var one *fault.Error
	switch {
	case errors.As(err, &fields):
		return fields
	case errors.As(err, &one):
		return one
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// reading is a function of db.Together that fills what another gives.
func reading[T any](into *T, read func(ctx context.Context, tx *db.Tx) (T, error)) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) (err error) {
		*into, err = read(ctx, tx)
		return err
	}
}

// recordBeside records a change of an appointment, by its own id and by the patient's.
func recordBeside(tx *db.Tx, keys *vault.Clinic, patient id.ID, c audit.Change) error {
	c.Group = group
	c.IDs = append(c.IDs, patient)
	return audit.RecordChange(tx, keys, c)
}
