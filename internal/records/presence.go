package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// PresentFor is how long somebody counts as writing after a window was last heard of; one that is at work says so
// three times in it.
const PresentFor = time.Minute

// Parts are where in a note somebody may write.
var Parts = []string{"subjective", "objective", "assessment", "plan", "vitals", "orders"}

// Presence is somebody at work in a note: who, in which window and part, and since when. It holds no word of the note.
// Instants are UTC.
type Presence struct {
	Window, Draft, Person id.ID
	Part                  string
	Since, SeenAt         time.Time
}

// BePresent notes that the person who asks writes in a part of a draft, in a window of that id. It is told to open
// pages where it changes what they show, and kept out of the record: it is no part of the note, and gone in a minute.
// It gives fault.Missing where there is no such draft, part or window of it, and a Forbidden fault for another
// author's draft.
func BePresent(ctx context.Context, tx *db.Tx, keys *vault.Clinic, window, draft id.ID, part string) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	if window.IsZero() || !slices.Contains(Parts, part) {
		return fault.Missing
	}
	var head db.GetDraftHeadRow
	var was db.GetPresenceRow
	none := false
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			head, err = tx.GetDraftHead(ctx, db.GetDraftHeadParams{TenantID: tx.Tenant, ID: draft})
			return db.Missing(err, "reading whose draft it is")
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			was, err = tx.GetPresence(ctx, db.GetPresenceParams{TenantID: tx.Tenant, ID: window})
			none = db.NoRows(err)
			return unless(none, err)
		},
	)
	switch {
	case err != nil:
		return err
	case head.AuthorID != me:
		return errNotYours
	case !none && was.DraftID != draft:
		return fault.Missing
	}
	now := tx.Now()
	gone := !none && was.SeenAt.Before(now.Add(-PresentFor))
	since := was.Since
	if none || gone {
		since = now
	}
	if none {
		err = tx.DeleteOldPresences(ctx, db.DeleteOldPresencesParams{TenantID: tx.Tenant, Before: now.Add(-10 * PresentFor)})
		if err == nil {
			err = tx.InsertPresence(ctx, db.InsertPresenceParams{
				TenantID: tx.Tenant, ID: window, DraftID: draft, PatientID: head.PatientID, PersonID: me, Part: part, Since: now, SeenAt: now,
			})
		}
	} else {
		_, err = tx.UpdatePresence(ctx, db.UpdatePresenceParams{TenantID: tx.Tenant, ID: window, DraftID: draft, Part: part, Since: since, SeenAt: now})
	}
	if db.Violates(err, "presences_pkey") { // heard of twice at once
		return registry.ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("noting who writes: %w", err)
	}
	if none || gone || was.Part != part {
		return live.Touch(ctx, tx, keys, live.Writing)
	}
	return nil
}

// EndPresence notes that a window is left. One that nobody heard of is no mistake.
func EndPresence(ctx context.Context, tx *db.Tx, keys *vault.Clinic, window, draft id.ID) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	head, err := tx.GetDraftHead(ctx, db.GetDraftHeadParams{TenantID: tx.Tenant, ID: draft})
	if err := db.Missing(err, "reading whose draft it is"); err != nil {
		return err
	}
	if head.AuthorID != me {
		return errNotYours
	}
	n, err := tx.DeletePresence(ctx, db.DeletePresenceParams{TenantID: tx.Tenant, ID: window, DraftID: draft})
	if err != nil {
		return fmt.Errorf("noting that a window is left: %w", err)
	}
	if n == 0 {
		return nil
	}
	return live.Touch(ctx, tx, keys, live.Writing)
}

// Present reads who writes about a patient now, longest first.
func Present(ctx context.Context, tx *db.Tx, patient id.ID) ([]Presence, error) {
	rows, err := tx.ListPresences(ctx, db.ListPresencesParams{TenantID: tx.Tenant, PatientID: patient, After: tx.Now().Add(-PresentFor)})
	if err != nil {
		return nil, fmt.Errorf("reading who writes: %w", err)
	}
	out := make([]Presence, len(rows))
	for i, r := range rows {
		out[i] = Presence{Window: r.ID, Draft: r.DraftID, Person: r.PersonID, Part: r.Part, Since: r.Since.UTC(), SeenAt: r.SeenAt.UTC()}
	}
	return out, nil
}

// IsPatient gives fault.Missing where the clinic has no such patient.
func IsPatient(ctx context.Context, tx *db.Tx, patient id.ID) error {
	_, err := tx.GetPatientHere(ctx, db.GetPatientHereParams{TenantID: tx.Tenant, ID: patient})
	return db.Missing(err, "looking for a patient")
}
