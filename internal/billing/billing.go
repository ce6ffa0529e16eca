// Package billing keeps what things cost, what was done and must end billed, given free or declined, invoices that
// never change, payments, and the ledger that all of it adds up in. It knows a visit as an id only.
//
// Its verbs take a fenced transaction and never open one; rule, record and SQL of an act stand together in them.
// Everything about the money of a client happens under the lock on that client, taken first. The order of locks is
// clients, patients, appointments, charges, the settings (shared, so that a day is not closed meanwhile), and the
// row of a series last, so that it is held shortest.
package billing

import (
	"context"
	"crypto/sha256"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// group is the field group everything here is sealed in.
const group = "contact"

var (
	// ErrAlreadyThere says that a row of this id was made before, as by a form sent twice. What the first
	// sending saved stands.
	ErrAlreadyThere = fault.New(fault.Conflict, "This was saved already.")
	// ErrOther says that a form was sent twice with different content under one id.
	ErrOther = fault.New(fault.Conflict, "Something else was saved from this form already. Open the page again.")
	// ErrChanged says that what the page showed is no longer so. Money is never merged: the page is read again.
	ErrChanged = fault.New(fault.Conflict, "Somebody else changed this bill meanwhile. Look at it again: nothing was saved.")
	// ErrNotSetUp says that the clinic has no prices, taxes and number series yet.
	ErrNotSetUp = fault.New(fault.Conflict, "Prices and taxes are not set up yet.")
	// ErrDayClosed refuses money and documents on a day whose till was closed.
	ErrDayClosed = fault.New(fault.Conflict, "The till of this day is closed: it takes no more money and no more bills.")
	// ErrDayOpen refuses to open again a day that is open.
	ErrDayOpen = fault.New(fault.Conflict, "This day is open: somebody opened it again meanwhile.")
	// ErrNothingThere refuses to close a day that is over and on which nothing was billed and nothing paid.
	ErrNothingThere = fault.New(fault.Conflict, "Nothing was billed and nothing paid on this day: there is nothing to close.")
	// ErrVisitOver refuses a new or opened charge on a visit that has ended.
	ErrVisitOver = fault.New(fault.Conflict, "This visit has ended. Bring it back to going home before adding to its bill.")
)

// sealed gives a value as JSON, sealed for its row.
func sealed(keys *vault.Clinic, table string, row id.ID, v any) ([]byte, error) {
	return keys.SealJSON(slot(table, row), v)
}

func slot(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

// open opens a sealed row into v.
func open(keys *vault.Clinic, table string, row id.ID, sealed []byte, v any) error {
	return keys.OpenJSON(slot(table, row), sealed, v)
}

// derived names a row that comes of another one and of a client, always the same. It is a UUIDv8 (RFC 9562).
func derived(of id.ID, client id.ID) id.ID {
	sum := sha256.Sum256(append(of[:len(of):len(of)], client[:]...))
	out := id.ID(sum[:16])
	out[6] = out[6]&0x0f | 0x80
	out[8] = out[8]&0x3f | 0x80
	return out
}

// record writes a change of what a client owes or has paid into the record, and tells pages that show bills.
func record(ctx context.Context, tx *db.Tx, keys *vault.Clinic, c audit.Change) error {
	if err := live.Touch(ctx, tx, keys, live.Bills); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, c)
}

// longestWords is how long a reason or a note may be, in letters.
const longestWords = 500

// words gives a typed text as it is kept, and notes the mistake of one that is too long or, where ask is given,
// missing.
func words(bad *fault.Fields, name, typed, ask string) string {
	return plain.Words(bad, name, typed, ask, longestWords)
}

// dayOf is a date of the clinic's own calendar: midnight UTC.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
