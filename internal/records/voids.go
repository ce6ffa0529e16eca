package records

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Voided says that a signed note was entered in error. Its zero value says that it was not. At is UTC.
type Voided struct {
	By     id.ID
	At     time.Time
	Reason string
}

type sealedVoid struct {
	Reason string `json:"reason"`
}

// ErrVoided answers a second void of a note.
var ErrVoided = fault.New(fault.Conflict, "This note was marked as entered in error already.")

// Void marks a signed note as entered in error, for good, under an id that came with the form: it stays readable, and
// counts in no summary. It gives fault.Missing where there is no such note, registry.ErrAlreadyThere for a second
// sending, ErrVoided, and fault.Fields named reason.
func Void(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, note id.ID, reason string) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	n, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: note})
	if err := db.Missing(err, "reading a note"); err != nil {
		return err
	}
	s := sealedVoid{plain.Text(reason)}
	var bad fault.Fields
	if (SOAP{Plan: s.Reason}).Empty() {
		bad.Add("reason", "Say why it was entered in error")
	} else if _, long := (SOAP{Plan: s.Reason}).tidy(); long != nil {
		bad.Add("reason", long[0].Message)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	// Held, so that of two voids at once the second finds the first.
	_, err = tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: n.PatientID})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	switch was, err := tx.GetNoteVoid(ctx, db.GetNoteVoidParams{TenantID: tx.Tenant, NoteID: note}); {
	case err == nil && was.ID == row:
		return registry.ErrAlreadyThere
	case err == nil:
		return ErrVoided
	case !db.NoRows(err):
		return fmt.Errorf("reading whether note %s is void: %w", note, err)
	}
	sealed, err := seal(keys, "note_voids", row, s)
	if err != nil {
		return err
	}
	err = tx.InsertNoteVoid(ctx, db.InsertNoteVoidParams{
		TenantID: tx.Tenant, ID: row, NoteID: note, PatientID: n.PatientID, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: me,
	})
	if db.Violates(err, "note_voids_pkey") {
		return registry.ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("voiding note %s: %w", note, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "note", ObjectID: note, IDs: []id.ID{n.PatientID}, Group: group, After: s})
}

// OpenVoid reads whether a note was entered in error.
func OpenVoid(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) (Voided, error) {
	r, err := tx.GetNoteVoid(ctx, db.GetNoteVoidParams{TenantID: tx.Tenant, NoteID: note})
	if db.NoRows(err) {
		return Voided{}, nil
	}
	if err != nil {
		return Voided{}, fmt.Errorf("reading whether a note is void: %w", err)
	}
	var s sealedVoid
	err = open(keys, "note_voids", r.ID, r.Sealed, &s)
	return Voided{By: r.ByID, At: r.At.UTC(), Reason: s.Reason}, err
}

// Unsigned is a draft that waits for its signature.
type Unsigned struct {
	ID, Patient id.ID
	EventAt     time.Time
}

// unsignedFor is how long a draft may wait before its author is told.
const unsignedFor = 24 * time.Hour

// OldDrafts reads the drafts of the person who asks that were begun more than a day ago, the oldest first, at most 20.
func OldDrafts(ctx context.Context, tx *db.Tx) ([]Unsigned, error) {
	rows, err := tx.ListOldDrafts(ctx, db.ListOldDraftsParams{TenantID: tx.Tenant, AuthorID: tx.Who.Person, Before: tx.Now().Add(-unsignedFor)})
	if err != nil {
		return nil, fmt.Errorf("reading old drafts: %w", err)
	}
	out := make([]Unsigned, len(rows))
	for i, r := range rows {
		out[i] = Unsigned{r.ID, r.PatientID, r.EventAt.UTC()}
	}
	return out, nil
}
