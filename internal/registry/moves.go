package registry

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
	"paddock/internal/vault"
)

// How a patient died.
const (
	Died         = "died"
	Euthanasia   = "euthanasia"
	MannerUnsaid = "unknown"
)

var (
	manners = []string{Died, Euthanasia, MannerUnsaid}
	remains = []string{"unknown", "home", "cremation", "ashes", "clinic"}
)

// Move is one change of a patient's state.
type Move struct {
	// To is Active, Inactive, Transferred or Deceased.
	To string
	// On is the day it happened (midnight UTC), zero where that is not known.
	On time.Time
	// Manner and Remains are of a death only: Died, Euthanasia or MannerUnsaid; "home", "cremation", "ashes",
	// "clinic" or "unknown".
	Manner, Remains string
	// Words are the cause or the reason.
	Words string
}

// MoveRow is a move as stored. At is UTC.
type MoveRow struct {
	ID   id.ID
	From string
	Move
	At time.Time
	By id.ID
}

// movesMost is how many moves of one patient are shown.
const movesMost = 50

// longestWords is how much is said about a move, in letters.
const longestWords = 500

// ErrMoved answers a move from a page that showed another state than the present one.
var ErrMoved = fault.New(fault.Conflict, "Somebody else changed this meanwhile.")

// ErrDied refuses what is not begun any more.
var ErrDied = fault.New(fault.Conflict, "This animal has died, so no consult can be started. Open notes can be finished and signed, and words added to signed ones.")

// errTakeBack refuses a move that takes a death back by the way of other moves.
var errTakeBack = fault.New(fault.Conflict, "A death is taken back by itself, with its reason.")

type sealedMove struct {
	Words string `json:"words,omitempty"`
}

// Moves reads the moves of a patient, the newest first.
func Moves(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]MoveRow, error) {
	rows, err := tx.ListPatientMoves(ctx, db.ListPatientMovesParams{TenantID: tx.Tenant, PatientID: patient, Most: movesMost})
	if err != nil {
		return nil, fmt.Errorf("reading the moves of a patient: %w", err)
	}
	out := make([]MoveRow, len(rows))
	for i, r := range rows {
		var s sealedMove
		if err := openInto(keys, slot("patient_moves", r.ID), r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = MoveRow{ID: r.ID, From: r.FromState, Move: Move{To: r.ToState, Words: s.Words}, At: r.At.UTC(), By: r.ByID}
		if r.OnDay != nil {
			out[i].On = r.OnDay.UTC()
		}
		if r.Manner != nil {
			out[i].Manner = *r.Manner
		}
		if r.Remains != nil {
			out[i].Remains = *r.Remains
		}
	}
	return out, nil
}

// MovePatient brings a patient into another state under an id that came with the form. seen is the move
// the page showed last, zero for none. It gives ErrMoved where that is no longer the last one, ErrAlreadyThere
// for a second sending, fault.Missing where there is no such patient, and fault.Fields named to, on,
// manner, remains and words. A death is taken back by Revive alone.
func MovePatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient, seen id.ID, m Move) error {
	if err := m.check(tx.Now()).Err(); err != nil {
		return err
	}
	held, err := holdState(ctx, tx, row, patient, seen)
	if err != nil {
		return err
	}
	switch {
	case held.Status == m.To:
		return ErrMoved
	case held.Status == Deceased:
		return errTakeBack
	case held.BornOn != nil && !m.On.IsZero() && m.On.Before(held.BornOn.UTC()):
		return fault.Fields{{Name: "on", Message: "This is before the birth, " + held.BornOn.Format("2-Jan-2006")}}
	}
	return move(ctx, tx, keys, row, held, m)
}

// Revive takes back that a patient died, with the reason. It gives what MovePatient gives.
func Revive(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient, seen id.ID, reason string) error {
	m := Move{To: Active, Words: plain.Line(reason)}
	var bad fault.Fields
	if m.Words == "" {
		bad.Add("reason", "Enter why it is taken back, like wrong animal")
	}
	bad.TooLong("reason", m.Words, longestWords)
	if err := bad.Err(); err != nil {
		return err
	}
	held, err := holdState(ctx, tx, row, patient, seen)
	if err != nil {
		return err
	}
	if held.Status != Deceased {
		return ErrMoved
	}
	return move(ctx, tx, keys, row, held, m)
}

// check gives the mistakes of a move that is no taking back. now bounds the day: the clinic's may be one
// ahead of UTC.
func (m Move) check(now time.Time) fault.Fields {
	var bad fault.Fields
	died := m.To == Deceased
	if !slices.Contains([]string{Active, Inactive, Transferred, Deceased}, m.To) {
		bad.Add("to", "Choose what has happened")
	}
	if m.On.After(now.Add(14 * time.Hour)) {
		bad.Add("on", string(errDayFuture))
	}
	if died && !slices.Contains(manners, m.Manner) {
		bad.Add("manner", "Choose died, put to sleep or not known")
	}
	if died && !slices.Contains(remains, m.Remains) {
		bad.Add("remains", "Choose where the body went, or not known")
	}
	bad.TooLong("words", m.Words, longestWords)
	return bad
}

// holdState locks a patient whose last move is the one the page showed.
func holdState(ctx context.Context, tx *db.Tx, row, patient, seen id.ID) (db.LockPatientStateRow, error) {
	held, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return held, err
	}
	switch {
	case held.LastMoveID == row:
		return held, ErrAlreadyThere
	case held.LastMoveID != seen:
		return held, ErrMoved
	}
	return held, nil
}

// move writes a move of a patient the caller holds, and the state it leads to.
func move(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, held db.LockPatientStateRow, m Move) error {
	text, err := sealed(keys, "patient_moves", row, sealedMove{m.Words})
	if err != nil {
		return err
	}
	p := db.InsertPatientMoveParams{
		TenantID: tx.Tenant, ID: row, PatientID: held.ID, FromState: held.Status, ToState: m.To,
		Sealed: text, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
	}
	if !m.On.IsZero() {
		p.OnDay = &m.On
	}
	if m.To == Deceased {
		p.Manner, p.Remains = &m.Manner, &m.Remains
	} else {
		m.Manner, m.Remains = "", ""
	}
	err = tx.InsertPatientMove(ctx, p)
	if db.Violates(err, "patient_moves_pkey") || db.Violates(err, "patient_moves_state") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("moving patient %s: %w", held.ID, err)
	}
	n, err := tx.UpdatePatientState(ctx, db.UpdatePatientStateParams{TenantID: tx.Tenant, ID: held.ID, Status: m.To, LastMoveID: row})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("moving patient %s: %w", held.ID, err)
	}
	return recordBeside(tx, keys, held.ID, audit.Change{
		Action: audit.Created, Object: "patient-move", ObjectID: row, Group: group, Before: held.Status, After: m,
	})
}
