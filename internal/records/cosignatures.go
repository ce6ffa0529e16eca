package records

import (
	"context"
	"fmt"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Handover says that a note was signed under supervision, and who co-signed it: nobody while At is zero. Its zero value
// says that the note needs no second signature. At is UTC.
type Handover struct {
	Supervised bool
	By         id.ID
	At         time.Time
}

// Waits reports whether the note is not approved yet.
func (h Handover) Waits() bool { return h.Supervised && h.At.IsZero() }

// What a co-signature is refused with.
var (
	ErrCosigned     = fault.New(fault.Conflict, "This note is co-signed already.")
	errNotHandedOn  = fault.New(fault.Conflict, "This note does not wait for a co-signature.")
	errOwnSignature = fault.New(fault.Forbidden, "A note is co-signed by somebody other than its author.")
	errVoidNote     = fault.New(fault.Conflict, "This note was marked as entered in error: it is not co-signed.")
)

// SignSupervised signs a draft as Sign does, so that the note waits for another's signature. What it charged and did is
// not held up.
func SignSupervised(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID, w Writing, s SOAP) error {
	if err := Sign(ctx, tx, keys, draft, w, s); err != nil {
		return err
	}
	me, err := author(tx)
	if err != nil {
		return err
	}
	n, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: draft})
	if err != nil {
		return fmt.Errorf("reading a note that was signed: %w", err)
	}
	err = tx.InsertHandover(ctx, db.InsertHandoverParams{TenantID: tx.Tenant, ID: draft, PatientID: n.PatientID, AuthorID: me, At: tx.Now()})
	if err != nil {
		return fmt.Errorf("handing over note %s: %w", draft, err)
	}
	return nil
}

// Cosign approves a note that waits for it, once and for good. A remark, if there is one, becomes an addendum. It gives fault.Missing where there is no such note, ErrCosigned, a Forbidden fault to the
// author, a fault of kind Conflict where it does not wait or is void, and fault.Fields named remark.
func Cosign(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID, remark string) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	n, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: note})
	if err := db.Missing(err, "reading a note"); err != nil {
		return err
	}
	// Held, so that a void and a co-signature at once find one another.
	_, err = tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: n.PatientID})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	h, err := OpenHandover(ctx, tx, note)
	if err != nil {
		return err
	}
	switch {
	case !h.Supervised:
		return errNotHandedOn
	case n.AuthorID == me:
		return errOwnSignature
	case !h.Waits():
		return ErrCosigned
	}
	if void, err := OpenVoid(ctx, tx, keys, note); err != nil || !void.At.IsZero() {
		if err == nil {
			err = errVoidNote
		}
		return err
	}
	if strings.TrimSpace(plain.Text(remark)) != "" {
		if _, long := (SOAP{Plan: plain.Text(remark)}).tidy(); long != nil {
			return fault.Fields{{Name: "remark", Message: long[0].Message}}
		}
		if err := AddAddendum(ctx, tx, keys, id.New(), note, KindAddendum, time.Time{}, "Remark with the co-signature", remark); err != nil {
			return err
		}
	}
	err = tx.InsertCosignature(ctx, db.InsertCosignatureParams{TenantID: tx.Tenant, ID: note, PatientID: n.PatientID, AuthorID: n.AuthorID, ByID: me, At: tx.Now()})
	if db.Violates(err, "cosignatures_pkey") {
		return ErrCosigned
	}
	if err != nil {
		return fmt.Errorf("co-signing note %s: %w", note, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Signed, Object: "co-signature", ObjectID: note, IDs: []id.ID{n.PatientID, n.AuthorID}, Group: group})
}

// OpenHandover reads whether a note waits for a co-signature, or has one.
func OpenHandover(ctx context.Context, tx *db.Tx, note id.ID) (Handover, error) {
	r, err := tx.GetHandover(ctx, db.GetHandoverParams{TenantID: tx.Tenant, ID: note})
	if db.NoRows(err) {
		return Handover{}, nil
	}
	if err != nil {
		return Handover{}, fmt.Errorf("reading whether a note waits: %w", err)
	}
	return Handover{Supervised: true, By: r.CosignedBy, At: instant(r.CosignedAt)}, nil
}

// WaitingNote is a note that waits for a co-signature. At is UTC.
type WaitingNote struct {
	ID, Patient, Author id.ID
	At                  time.Time
}

// ToCosign reads the notes of others that wait at the clinic, the oldest first, at most 20. It is for those who co-sign.
func ToCosign(ctx context.Context, tx *db.Tx) ([]WaitingNote, error) {
	rows, err := tx.ListWaitingForCosignature(ctx, db.ListWaitingForCosignatureParams{TenantID: tx.Tenant, But: tx.Who.Person})
	if err != nil {
		return nil, fmt.Errorf("reading the notes that wait: %w", err)
	}
	out := make([]WaitingNote, len(rows))
	for i, r := range rows {
		out[i] = WaitingNote{r.ID, r.PatientID, r.AuthorID, r.At.UTC()}
	}
	return out, nil
}
