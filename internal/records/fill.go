package records

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// PastNote is the text of a visit that was in the past, before it is signed. EventAt is when the visit
// was, in UTC.
type PastNote struct {
	ID, Patient id.ID
	EventAt     time.Time
	SOAP
}

// Fill is notes that are signed together, as when a clinic is made up: sealed, for one transaction of
// the clinic whose keys sealed them.
type Fill struct {
	commitment []byte
	notes      db.InsertNotesParams
}

// SealFill seals notes. It writes nothing, so that it may be done on several processors while other
// fills are written. It gives fault.Fields for a note without text or with too long a one.
func SealFill(keys *vault.Clinic, notes []PastNote) (*Fill, error) {
	content, err := json.Marshal(notes)
	if err != nil {
		return nil, fmt.Errorf("writing down a fill: %w", err)
	}
	f := &Fill{commitment: keys.Commit([]byte("fill"), content)}
	for _, n := range notes {
		s, bad := n.tidy()
		if s.Empty() {
			bad.Add("subjective", "Write the note before signing it")
		}
		if err := bad.Err(); err != nil {
			return nil, err
		}
		text, err := seal(keys, "notes", n.ID, s)
		if err != nil {
			return nil, err
		}
		f.notes.Ids, f.notes.PatientIds = append(f.notes.Ids, n.ID), append(f.notes.PatientIds, n.Patient)
		f.notes.EventAts, f.notes.Sealed = append(f.notes.EventAts, n.EventAt), append(f.notes.Sealed, text)
	}
	return f, nil
}

// SignFill signs the notes of a fill as the person of the transaction: one statement, and one leaf with
// their ids and a commitment to what they say. As everywhere the time of signing is the real one, so
// that a note of the past is a late entry and says so. It gives ErrAlreadySigned where one of them is
// there, and fault.Missing where a patient is not in this clinic; the transaction is lost then.
func SignFill(ctx context.Context, tx *db.Tx, keys *vault.Clinic, f *Fill) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	notes := f.notes
	notes.TenantID, notes.AuthorID, notes.SignedAt, notes.KeyVersion = tx.Tenant, me, tx.Now(), keys.KeyVersion()
	err = tx.InsertNotes(ctx, notes)
	switch {
	case db.Violates(err, "notes_pkey"):
		return ErrAlreadySigned
	case db.Violates(err, "notes_tenant_id_patient_id_fkey"):
		return fault.Missing
	case err != nil:
		return fmt.Errorf("signing a fill: %w", err)
	}
	return audit.Record(tx, audit.Entry{Action: audit.Signed, Object: "note", IDs: notes.Ids, Commitment: f.commitment})
}
