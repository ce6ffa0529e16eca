package records

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Earlier is what an earlier practice system says of a note, or of a visit, beside the four parts.
type Earlier struct {
	// Visit says that it was no note there, but that the animal came: Text is why.
	Visit bool `json:"visit,omitempty"`
	// By is who wrote it or saw the animal, as the text it was there: none of our people.
	By string `json:"by,omitempty"`
	// Text is what was not in parts.
	Text string `json:"text,omitempty"`
}

// EarlierNote is a closed note of an earlier practice system. EventAt is when it was, in UTC; midnight at the clinic
// stands for a time that is not known.
type EarlierNote struct {
	ID, Patient id.ID
	EventAt     time.Time
	SOAP
	Earlier Earlier
}

// sealedNote is what of a note is sealed.
type sealedNote struct {
	SOAP
	Earlier Earlier `json:"earlier,omitzero"`
}

func (n *Note) open(keys *vault.Clinic, text []byte) error {
	var s sealedNote
	err := open(keys, "notes", n.ID, text, &s)
	n.SOAP, n.Earlier = s.SOAP, s.Earlier
	return err
}

// Tidy gives the note as it is kept, or fault.Fields for one without text or with too long a one, named subjective,
// objective, assessment, plan and text.
func (n EarlierNote) Tidy() (EarlierNote, error) {
	s, bad := n.tidy()
	n.SOAP, n.Earlier.Text = s, plain.Text(n.Earlier.Text)
	if utf8.RuneCountInString(n.Earlier.Text) > longestPart {
		bad.Add("text", "Keep this under 50,000 letters")
	}
	if s.Empty() && (SOAP{Plan: n.Earlier.Text}).Empty() {
		bad.Add("text", "There is no text")
	}
	return n, bad.Err()
}

// EarlierNotes are notes of one batch, sealed, for one transaction of the clinic whose keys sealed them.
type EarlierNotes struct{ rows db.InsertPastNotesParams }

// SealEarlier seals notes that are tidy. It writes nothing, so that it may be done on several processors.
func SealEarlier(keys *vault.Clinic, list []EarlierNote) (*EarlierNotes, error) {
	out := &EarlierNotes{}
	for _, n := range list {
		text, err := seal(keys, "notes", n.ID, sealedNote{n.SOAP, n.Earlier})
		if err != nil {
			return nil, err
		}
		p := &out.rows
		p.Ids, p.PatientIds = append(p.Ids, n.ID), append(p.PatientIds, n.Patient)
		p.EventAts, p.Sealed = append(p.EventAts, n.EventAt), append(p.Sealed, text)
	}
	return out, nil
}

// WriteEarlier writes notes that come with an import, which is recorded as a whole. Nobody signs them: they have no
// author among the people of the clinic, and are closed as they came. It gives fault.Missing where a patient is gone.
func WriteEarlier(ctx context.Context, tx *db.Tx, keys *vault.Clinic, batch id.ID, n *EarlierNotes) error {
	if len(n.rows.Ids) == 0 {
		return nil
	}
	p := n.rows
	p.TenantID, p.ImportID, p.SignedAt, p.KeyVersion = tx.Tenant, batch, tx.Now(), keys.KeyVersion()
	err := tx.InsertPastNotes(ctx, p)
	if db.Violates(err, "notes_tenant_id_patient_id_fkey") {
		return fault.Missing
	}
	if err != nil {
		return fmt.Errorf("writing notes of the past: %w", err)
	}
	return nil
}

// RemoveEarlier deletes notes that came with an import. The caller has seen, while it held their patients, that
// nothing was added to them.
func RemoveEarlier(ctx context.Context, tx *db.Tx, batch id.ID, notes []id.ID) error {
	if _, err := tx.DeletePastNotes(ctx, db.DeletePastNotesParams{TenantID: tx.Tenant, ImportID: batch, Ids: notes}); err != nil {
		return fmt.Errorf("taking notes back: %w", err)
	}
	return nil
}
