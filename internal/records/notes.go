package records

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// NoteHead says that a note was written, when and by whom: no clinical text. Instants are UTC.
type NoteHead struct {
	ID, Author        id.ID
	EventAt, SignedAt time.Time
	// Void says that it was entered in error; OpenNote leaves that to OpenVoid.
	Void bool
	// Imported says that it came from an earlier practice system: it has no Author, and SignedAt is when it was
	// brought in.
	Imported bool
}

// Note is a signed note.
type Note struct {
	NoteHead
	Patient id.ID
	SOAP
	// Earlier is what an earlier practice system says besides, of a note that is Imported.
	Earlier Earlier
	// Addenda is how many there are; OpenNote leaves it 0, since they are read beside it.
	Addenda int
}

// Kind is what sort of later words an addendum is (domain.md, words).
type Kind string

// The kinds of addendum.
const (
	KindAddendum   Kind = "addendum"
	KindCorrection Kind = "correction"
	KindLateEntry  Kind = "late-entry"
)

// Addendum is signed later text tied to a note, with its reason. Instants are UTC.
type Addendum struct {
	ID, Author        id.ID
	Kind              Kind
	EventAt, SignedAt time.Time
	Reason, Text      string
}

type sealedAddendum struct {
	Reason string `json:"reason"`
	Text   string `json:"text"`
}

// Sign makes a draft a note for good: the text goes into the table nobody can change, under the draft's
// id, and the draft is gone. It gives fault.Fields for a note without text, and the errors of SaveDraft;
// ErrAlreadySigned where it was signed before, and ErrApart where it has a second text.
func Sign(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID, w Writing, s SOAP) error {
	s, bad := s.tidy()
	if s.Empty() {
		bad.Add("subjective", "Write the note before signing it")
	}
	s.Vitals.check(&bad)
	s.unfilled(&bad)
	row, was, err := hold(ctx, tx, keys, draft)
	if err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if s != was { // what is signed is what was read, whichever window saved it
		if err := atVersion(ctx, tx, keys, row, was, w); err != nil {
			return err
		}
	}
	var found []draftDiagnosis
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			s.Vitals.Weight, err = weighed(ctx, tx, row.PatientID, row.EventAt)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			found, err = diagnosedIn(ctx, tx, keys, draft)
			return err
		},
	)
	if err != nil {
		return err
	}
	text, err := seal(keys, "notes", draft, s)
	if err != nil {
		return err
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			err := tx.InsertNote(ctx, db.InsertNoteParams{
				TenantID: tx.Tenant, ID: draft, PatientID: row.PatientID, VisitID: row.VisitID, AuthorID: row.AuthorID,
				EventAt: row.EventAt, SignedAt: tx.Now(), Sealed: text, KeyVersion: keys.KeyVersion(),
			})
			if db.Violates(err, "notes_pkey") {
				return ErrAlreadySigned
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			if len(found) > 0 {
				if err := tx.DeleteDraftDiagnoses(ctx, db.DeleteDraftDiagnosesParams{TenantID: tx.Tenant, DraftID: draft}); err != nil {
					return err
				}
			}
			n, err := tx.DeleteDraft(ctx, db.DeleteDraftParams{TenantID: tx.Tenant, ID: draft})
			if db.Violates(err, "draft_sides_draft") {
				return ErrApart
			}
			if err == nil && n != 1 {
				err = fmt.Errorf("%d drafts of one that is locked", n)
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			return tx.DeletePresencesOfDraft(ctx, db.DeletePresencesOfDraftParams{TenantID: tx.Tenant, DraftID: draft})
		},
	)
	for _, known := range []error{ErrAlreadySigned, ErrApart} {
		if errors.Is(err, known) {
			return known
		}
	}
	if err != nil {
		return fmt.Errorf("signing draft %s: %w", draft, err)
	}
	if err := closeDiagnoses(ctx, tx, keys, draft, row.PatientID, found); err != nil {
		return err
	}
	if err := live.Touch(ctx, tx, keys, live.Writing); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Signed, Object: "note", ObjectID: draft, Group: group,
		Before: registry.Versioned[SOAP]{Version: row.Version, Value: was}, After: registry.Versioned[SOAP]{Version: row.Version + 1, Value: s},
	})
}

// WeighedFor reports whether a weighing is part of what a note is about: from half a day before.
func WeighedFor(at, event time.Time) bool { return !at.Before(event.Add(-12 * time.Hour)) }

// weighed is the weight that stands of an animal, where it was weighed for what a note is about.
func weighed(ctx context.Context, tx *db.Tx, patient id.ID, event time.Time) (string, error) {
	w, ok, err := registry.LastWeight(ctx, tx, patient)
	if err != nil || !ok || !WeighedFor(w.At, event) {
		return "", err
	}
	return w.Entered + " " + w.Unit, nil
}

// AddAddendum ties later words to a signed note, under an id that came with the form. A late entry is about what
// happened at an instant before, and is entered now; the other kinds have no time but that. It gives fault.Missing
// where there is no such note, registry.ErrAlreadyThere for a second sending, and fault.Fields named kind, happened,
// reason and text.
func AddAddendum(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, note id.ID, kind Kind, happened time.Time, reason, text string) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	n, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: note})
	if err := db.Missing(err, "reading a note"); err != nil {
		return err
	}
	a := sealedAddendum{Reason: plain.Text(reason), Text: plain.Text(text)}
	now := tx.Now()
	if err := judge(kind, happened, now, a).Err(); err != nil {
		return err
	}
	if happened.IsZero() {
		happened = now
	}
	sealed, err := seal(keys, "addenda", row, a)
	if err != nil {
		return err
	}
	err = tx.InsertAddendum(ctx, db.InsertAddendumParams{
		TenantID: tx.Tenant, ID: row, NoteID: note, PatientID: n.PatientID, AuthorID: me, Kind: string(kind),
		EventAt: happened, SignedAt: now, Sealed: sealed, KeyVersion: keys.KeyVersion(),
	})
	if db.Violates(err, "addenda_pkey") {
		return registry.ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("adding to note %s: %w", note, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "addendum", ObjectID: row, Group: group, After: a})
}

func judge(kind Kind, happened, now time.Time, a sealedAddendum) fault.Fields {
	var bad fault.Fields
	switch {
	case kind == KindLateEntry && happened.IsZero():
		bad.Add("happened", "Say when it happened, like yesterday 16:30")
	case kind == KindLateEntry && !happened.Before(now):
		bad.Add("happened", "This is still to come. A late entry is about what happened")
	case kind != KindLateEntry && !happened.IsZero():
		bad.Add("happened", "Only a late entry has a time of its own: choose Late entry, or leave this empty")
	}
	if kind != KindAddendum && kind != KindCorrection && kind != KindLateEntry {
		bad.Add("kind", "Choose addendum, correction or late entry")
	}
	for _, p := range []struct{ input, text, empty string }{
		{"reason", a.Reason, "Say why this is added"}, {"text", a.Text, "Write what is to be added"},
	} {
		if (SOAP{Plan: p.text}).Empty() {
			bad.Add(p.input, p.empty)
		} else if _, long := (SOAP{Plan: p.text}).tidy(); long != nil {
			bad.Add(p.input, long[0].Message)
		}
	}
	return bad
}

// Notes reads the signed notes of a patient with their text, newest first, at most 50. It is for those
// who may read clinical text.
func Notes(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]Note, error) {
	rows, err := tx.ListNotes(ctx, db.ListNotesParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading notes: %w", err)
	}
	out := make([]Note, len(rows))
	for i, r := range rows {
		out[i] = Note{NoteHead: NoteHead{r.ID, r.AuthorID, r.EventAt.UTC(), r.SignedAt.UTC(), r.Voided, r.Imported}, Patient: patient, Addenda: int(r.Addenda)}
		if err := out[i].open(keys, r.Sealed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// NoteHeads reads that notes were written, newest first, at most 50; no clinical text is fetched.
func NoteHeads(ctx context.Context, tx *db.Tx, patient id.ID) ([]NoteHead, error) {
	rows, err := tx.ListNoteHeads(ctx, db.ListNoteHeadsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading when notes were written: %w", err)
	}
	out := make([]NoteHead, len(rows))
	for i, r := range rows {
		out[i] = NoteHead{r.ID, r.AuthorID, r.EventAt.UTC(), r.SignedAt.UTC(), r.Voided, r.Imported}
	}
	return out, nil
}

// OpenNote reads one signed note. It gives fault.Missing where there is none in this clinic.
func OpenNote(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) (Note, error) {
	r, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: note})
	if err := db.Missing(err, "reading a note"); err != nil {
		return Note{}, err
	}
	n := Note{NoteHead: NoteHead{r.ID, r.AuthorID, r.EventAt.UTC(), r.SignedAt.UTC(), false, r.Imported}, Patient: r.PatientID}
	return n, n.open(keys, r.Sealed)
}

// Addenda reads what was added to a note, in the order it was signed.
func Addenda(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) ([]Addendum, error) {
	rows, err := tx.ListAddenda(ctx, db.ListAddendaParams{TenantID: tx.Tenant, NoteID: note})
	if err != nil {
		return nil, fmt.Errorf("reading addenda: %w", err)
	}
	out := make([]Addendum, len(rows))
	for i, r := range rows {
		var a sealedAddendum
		if err := open(keys, "addenda", r.ID, r.Sealed, &a); err != nil {
			return nil, err
		}
		out[i] = Addendum{r.ID, r.AuthorID, Kind(r.Kind), r.EventAt.UTC(), r.SignedAt.UTC(), a.Reason, a.Text}
	}
	return out, nil
}
