// Package labs keeps the tests a clinic makes with its own ranges, what was asked for of an animal, what came of it,
// and who has read that.
//
// Its verbs take a fenced transaction and never open one; rule, record and SQL of an act stand together in them. A
// report is only ever added, with its values, units and ranges as they were shown: one that was wrong stays readable,
// and a later one corrects it, once. A request is held before it is certain how it stands; a charge is made before its
// request, in the order of locks.
package labs

import (
	"errors"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// group is the field group that requests and reports are sealed in.
const group = "clinical"

var (
	// ErrAlreadyThere says that a row of this id was made before, as by a form sent twice. What the first sending
	// saved stands.
	ErrAlreadyThere = fault.New(fault.Conflict, "This was saved already.")
	// ErrChanged says that somebody else was faster with what the page showed.
	ErrChanged = fault.New(fault.Conflict, "Somebody else changed this meanwhile. Look at it again: nothing was saved.")
	// ErrCancelled refuses a result of what is no longer wanted.
	ErrCancelled = fault.New(fault.Conflict, "This request was cancelled: no result is written for it.")
	// ErrResulted refuses to cancel what there is a result of.
	ErrResulted = fault.New(fault.Conflict, "There is a result already. It is read and acknowledged, not cancelled.")
	// ErrCorrected refuses what can only be done with the last form of a result.
	ErrCorrected = fault.New(fault.Conflict, "This result was corrected meanwhile. Look at the new one: nothing was saved.")
	// ErrSeen answers a second acknowledgement. The first stands.
	ErrSeen = fault.New(fault.Conflict, "This result was acknowledged already.")
)

// errNobody says that a verb was called for no person, which no page can.
var errNobody = errors.New("nobody asks for or reads a lab result")

func slot(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

// record records a change of a row that is a patient's, and that the patient changed by it, so that it is found by both.
func record(tx *db.Tx, keys *vault.Clinic, patient id.ID, c audit.Change) error {
	c.Group, c.IDs = group, append([]id.ID{patient}, c.IDs...)
	if err := audit.RecordChange(tx, keys, c); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: audit.Changed, Object: "patient", ObjectID: patient, IDs: []id.ID{c.ObjectID}})
}

// person is who the transaction is for.
func person(tx *db.Tx) (id.ID, error) {
	if tx.Who.Person.IsZero() {
		return id.ID{}, errNobody
	}
	return tx.Who.Person, nil
}

type sealedReason struct {
	Reason string `json:"reason"`
}
