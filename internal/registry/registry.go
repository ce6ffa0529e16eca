// Package registry keeps clients and patients: who they are, which animal is whose, and how both are
// found again although every name is sealed. Its verbs take a fenced transaction and never open one;
// rule, record and SQL of an act stand together in them.
package registry

import (
	"context"
	"fmt"
	"math"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// group is the field group everything here is sealed in.
const group = "contact"

// ErrAlreadyThere says that a row of this id was made before, as by a form sent twice. What the first
// sending saved stands.
var ErrAlreadyThere = fault.New(fault.Conflict, "This was saved already.")

// Conflict says that somebody saved the same thing since the form was made. It is a fault of kind
// Conflict.
type Conflict[T any] struct {
	// Base is what the form was made from, nil where that is no longer known.
	Base *T
	// Theirs is what is stored now.
	Theirs T
	// TheirVersion is the version the next attempt must name.
	TheirVersion int64
	// By saved it, at the instant At (UTC).
	By id.ID
	At time.Time
}

func (c *Conflict[T]) Error() string {
	return "saved by somebody else at version " + fmt.Sprint(c.TheirVersion)
}

// Unwrap gives the fault a person reads.
func (c *Conflict[T]) Unwrap() error {
	return fault.New(fault.Conflict, "Somebody else saved this while you were writing.")
}

// Versioned is a value with the version it was stored under, as the changes keep what was before.
type Versioned[T any] struct {
	Version int64 `json:"version"`
	Value   T     `json:"value"`
}

// PastVersion reads from the sealed changes what a row that is at the version now held at the version
// then, for a conflict to be joined from. It is nil where that is not known, as for rows whose changes
// stand elsewhere. Changes of the object must have been recorded with a Versioned before, one a version.
func PastVersion[T any](ctx context.Context, tx *db.Tx, keys *vault.Clinic, changeSlot func(row id.ID) vault.Slot, object id.ID, then, now int64) (was *T, err error) {
	if then < 1 || then >= now || now-then > math.MaxInt32 {
		return was, nil
	}
	row, err := tx.GetPastChange(ctx, db.GetPastChangeParams{TenantID: tx.Tenant, ObjectID: object, Newer: int32(now - then - 1)})
	if db.NoRows(err) {
		return was, nil
	}
	if err != nil {
		return was, fmt.Errorf("reading version %d of %s: %w", then, object, err)
	}
	var change struct {
		Before *Versioned[T] `json:"before"`
	}
	if err := openInto(keys, changeSlot(row.ID), row.Sealed, &change); err != nil {
		return was, err
	}
	// Clocks of two processes may have put the changes in another order than they were made in.
	if change.Before != nil && change.Before.Version == then {
		was = &change.Before.Value
	}
	return was, nil
}

// sealed gives a value as JSON, sealed for its row.
func sealed(keys *vault.Clinic, table string, row id.ID, v any) ([]byte, error) {
	return keys.SealJSON(slot(table, row), v)
}

func slot(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

// openInto opens a sealed row into v.
func openInto(keys *vault.Clinic, s vault.Slot, sealed []byte, v any) error {
	return keys.OpenJSON(s, sealed, v)
}
