package records

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Draft is a note that is not signed yet. Instants are UTC.
type Draft struct {
	ID, Patient, Author id.ID
	Visit               id.ID // the visit it is about, zero for none
	EventAt             time.Time
	SOAP                // empty where somebody else is the author
	Version             int64
	SavedAt             time.Time
	// Apart says that it has a second text; Drafts alone fills it.
	Apart bool
}

// StartConsult opens a draft about a patient under an id that came with the form, and about the visit that the
// patient is in the building for. An author has one open draft a patient: where there is one, it is given back. It gives fault.Missing where there is no
// such patient, registry.ErrDied where a new one would be about an animal that died, and ErrAlreadySigned
// where the id is a signed note's, as when a page is sent again.
func StartConsult(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID) (Draft, error) {
	me, err := author(tx)
	if err != nil {
		return Draft{}, err
	}
	// Held until the end, so that two starts at once cannot both find nothing.
	held, err := tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return Draft{}, err
	}
	var mine db.GetAuthorDraftRow
	var none, signed bool
	var visit id.ID
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			mine, err = tx.GetAuthorDraft(ctx, db.GetAuthorDraftParams{TenantID: tx.Tenant, PatientID: patient, AuthorID: me})
			none = db.NoRows(err)
			return unless(none, err)
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			signed, err = isSigned(ctx, tx, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			visit, err = tx.GetVisitUnderWay(ctx, db.GetVisitUnderWayParams{TenantID: tx.Tenant, PatientID: patient})
			return unless(db.NoRows(err), err)
		},
	)
	if err != nil {
		return Draft{}, fmt.Errorf("looking for an open draft: %w", err)
	}
	if !none {
		d := Draft{ID: mine.ID, Patient: mine.PatientID, Author: mine.AuthorID, Visit: mine.VisitID, EventAt: mine.EventAt.UTC(), Version: mine.Version, SavedAt: mine.SavedAt.UTC()}
		err := open(keys, "drafts", mine.ID, mine.Sealed, &d.SOAP)
		return d, err
	}
	if signed {
		return Draft{}, ErrAlreadySigned
	}
	if held.Status == registry.Deceased {
		return Draft{}, registry.ErrDied
	}
	return newDraft(ctx, tx, keys, row, patient, visit, me)
}

func newDraft(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient, visit, me id.ID) (Draft, error) {
	now := tx.Now()
	text, err := seal(keys, "drafts", row, SOAP{})
	if err != nil {
		return Draft{}, err
	}
	err = tx.InsertDraft(ctx, db.InsertDraftParams{
		TenantID: tx.Tenant, ID: row, PatientID: patient, VisitID: visit, AuthorID: me, EventAt: now, Sealed: text, KeyVersion: keys.KeyVersion(), SavedAt: now,
	})
	if db.Violates(err, "drafts_pkey") { // the draft of somebody else or about another animal
		return Draft{}, registry.ErrAlreadyThere
	}
	if err != nil {
		return Draft{}, fmt.Errorf("starting draft %s: %w", row, err)
	}
	err = audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "draft", ObjectID: row, Group: group, After: registry.Versioned[SOAP]{Version: 1},
	})
	return Draft{ID: row, Patient: patient, Author: me, Visit: visit, EventAt: now, Version: 1, SavedAt: now}, err
}

// SaveDraft keeps the text of a draft and gives the version the next save must name. Saving what is
// stored already writes nothing, and neither does a saving that its own window has overtaken. It gives
// *registry.Conflict[SOAP] where the draft was saved elsewhere since, a Forbidden fault to everybody but the author, ErrAlreadySigned, fault.Missing, and
// fault.Fields for too long a text.
func SaveDraft(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID, w Writing, s SOAP) (int64, error) {
	s, bad := s.tidy()
	if err := bad.Err(); err != nil {
		return 0, err
	}
	row, was, err := hold(ctx, tx, keys, draft)
	if err != nil {
		return 0, err
	}
	if s == was || w.overtaken(row) {
		return row.Version, nil
	}
	if err := atVersion(ctx, tx, keys, row, was, w); err != nil {
		return 0, err
	}
	text, err := seal(keys, "drafts", draft, s)
	if err != nil {
		return 0, err
	}
	n, err := tx.UpdateDraft(ctx, db.UpdateDraftParams{
		TenantID: tx.Tenant, ID: draft, Version: row.Version, Sealed: text, KeyVersion: keys.KeyVersion(), SavedAt: tx.Now(),
		WindowID: w.Window, WindowTurn: w.Turn, WindowFrom: w.from(row),
	})
	if err != nil {
		return 0, fmt.Errorf("saving draft %s: %w", draft, err)
	}
	if n != 1 {
		return 0, fmt.Errorf("saving draft %s: %d rows of one that is locked", draft, n)
	}
	return row.Version + 1, audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "draft", ObjectID: draft, Group: group,
		Before: registry.Versioned[SOAP]{Version: row.Version, Value: was}, After: registry.Versioned[SOAP]{Version: row.Version + 1, Value: s},
	})
}

// hold locks a draft of the author who asks, and opens it.
func hold(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID) (db.LockDraftRow, SOAP, error) {
	me, err := author(tx)
	if err != nil {
		return db.LockDraftRow{}, SOAP{}, err
	}
	row, err := tx.LockDraft(ctx, db.LockDraftParams{TenantID: tx.Tenant, ID: draft})
	if db.NoRows(err) {
		signed, err := isSigned(ctx, tx, draft)
		if err == nil && signed {
			err = ErrAlreadySigned
		}
		if err == nil {
			err = fault.Missing
		}
		return row, SOAP{}, err
	}
	if err != nil {
		return row, SOAP{}, fmt.Errorf("locking draft %s: %w", draft, err)
	}
	if row.AuthorID != me {
		return row, SOAP{}, errNotYours
	}
	var was SOAP
	err = open(keys, "drafts", draft, row.Sealed, &was)
	return row, was, err
}

// atVersion gives the conflict where somebody else saved a held draft since the version the form showed.
func atVersion(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row db.LockDraftRow, stored SOAP, w Writing) error {
	if row.Version == w.Version || w.follows(row) {
		return nil
	}
	base, err := registry.PastVersion[SOAP](ctx, tx, keys, changeSlot, row.ID, w.Version, row.Version)
	if err != nil {
		return err
	}
	return &registry.Conflict[SOAP]{Base: base, Theirs: stored, TheirVersion: row.Version, By: row.AuthorID, At: row.SavedAt.UTC()}
}

// Drafts reads the open drafts about a patient, newest first: text only of one's own, of the others
// that they are there, and no more is selected. It is for those who may write notes.
func Drafts(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]Draft, error) {
	rows, err := tx.ListDrafts(ctx, db.ListDraftsParams{TenantID: tx.Tenant, PatientID: patient, AuthorID: tx.Who.Person})
	if err != nil {
		return nil, fmt.Errorf("reading drafts: %w", err)
	}
	out := make([]Draft, len(rows))
	for i, r := range rows {
		out[i] = Draft{ID: r.ID, Patient: patient, Author: r.AuthorID, Visit: r.VisitID, EventAt: r.EventAt.UTC(), Version: r.Version, SavedAt: r.SavedAt.UTC(), Apart: r.Apart}
		if r.AuthorID != tx.Who.Person {
			continue
		}
		if err := open(keys, "drafts", r.ID, r.Sealed, &out[i].SOAP); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// DraftHeads reads that drafts about a patient are open, newest first; no clinical text is selected.
func DraftHeads(ctx context.Context, tx *db.Tx, patient id.ID) ([]Draft, error) {
	rows, err := tx.ListDraftHeads(ctx, db.ListDraftHeadsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading that notes are open: %w", err)
	}
	out := make([]Draft, len(rows))
	for i, r := range rows {
		out[i] = Draft{ID: r.ID, Patient: patient, Author: r.AuthorID, EventAt: r.EventAt.UTC(), SavedAt: r.SavedAt.UTC()}
	}
	return out, nil
}

// OpenDraft reads one's own draft. It gives a Forbidden fault for another author's and fault.Missing
// where there is none.
func OpenDraft(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID) (Draft, error) {
	r, err := tx.GetDraft(ctx, db.GetDraftParams{TenantID: tx.Tenant, ID: draft})
	if err := db.Missing(err, "reading a draft"); err != nil {
		return Draft{}, err
	}
	if r.AuthorID != tx.Who.Person {
		return Draft{}, errNotYours
	}
	d := Draft{ID: r.ID, Patient: r.PatientID, Author: r.AuthorID, Visit: r.VisitID, EventAt: r.EventAt.UTC(), Version: r.Version, SavedAt: r.SavedAt.UTC()}
	err = open(keys, "drafts", r.ID, r.Sealed, &d.SOAP)
	return d, err
}

// isSigned reports whether a signed note has this id.
func isSigned(ctx context.Context, tx *db.Tx, note id.ID) (bool, error) {
	_, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: note})
	if db.NoRows(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for note %s: %w", note, err)
	}
	return true, nil
}

func unless(fine bool, err error) error {
	if fine {
		return nil
	}
	return err
}
