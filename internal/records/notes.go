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
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// NoteHead says that a note was written, when and by whom: no clinical text. Instants are UTC.
type NoteHead struct {
	ID, Author        id.ID
	EventAt, SignedAt time.Time
}

// Note is a signed note.
type Note struct {
	NoteHead
	Patient id.ID
	SOAP
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
// ErrAlreadySigned where it was signed before.
func Sign(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID, version int64, s SOAP) error {
	s, bad := s.tidy()
	if s.Empty() {
		bad.Add("subjective", "Write the note before signing it")
	}
	row, was, err := hold(ctx, tx, keys, draft)
	if err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if s != was { // what is signed is what was read, whichever window saved it
		if err := atVersion(ctx, tx, keys, row, was, version); err != nil {
			return err
		}
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
			n, err := tx.DeleteDraft(ctx, db.DeleteDraftParams{TenantID: tx.Tenant, ID: draft})
			if err == nil && n != 1 {
				err = fmt.Errorf("%d drafts of one that is locked", n)
			}
			return err
		},
	)
	if errors.Is(err, ErrAlreadySigned) {
		return ErrAlreadySigned
	}
	if err != nil {
		return fmt.Errorf("signing draft %s: %w", draft, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Signed, Object: "note", ObjectID: draft, Group: group,
		Before: registry.Versioned[SOAP]{Version: row.Version, Value: was}, After: registry.Versioned[SOAP]{Version: row.Version + 1, Value: s},
	})
}

// AddAddendum ties later words to a signed note, under an id that came with the form. It gives
// fault.Missing where there is no such note, registry.ErrAlreadyThere for a second sending, and
// fault.Fields named kind, reason and text.
func AddAddendum(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, note id.ID, kind Kind, reason, text string) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	n, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: note})
	if err := db.Missing(err, "reading a note"); err != nil {
		return err
	}
	a := sealedAddendum{Reason: plainText(reason), Text: plainText(text)}
	if err := judge(kind, a).Err(); err != nil {
		return err
	}
	sealed, err := seal(keys, "addenda", row, a)
	if err != nil {
		return err
	}
	now := tx.Now()
	err = tx.InsertAddendum(ctx, db.InsertAddendumParams{
		TenantID: tx.Tenant, ID: row, NoteID: note, PatientID: n.PatientID, AuthorID: me, Kind: string(kind),
		EventAt: now, SignedAt: now, Sealed: sealed, KeyVersion: keys.KeyVersion(),
	})
	if db.Violates(err, "addenda_pkey") {
		return registry.ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("adding to note %s: %w", note, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Created, Object: "addendum", ObjectID: row, Group: group, After: a})
}

func judge(kind Kind, a sealedAddendum) fault.Fields {
	var bad fault.Fields
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
		out[i] = Note{NoteHead: NoteHead{r.ID, r.AuthorID, r.EventAt.UTC(), r.SignedAt.UTC()}, Patient: patient, Addenda: int(r.Addenda)}
		if err := open(keys, "notes", r.ID, r.Sealed, &out[i].SOAP); err != nil {
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
		out[i] = NoteHead{r.ID, r.AuthorID, r.EventAt.UTC(), r.SignedAt.UTC()}
	}
	return out, nil
}

// OpenNote reads one signed note. It gives fault.Missing where there is none in this clinic.
func OpenNote(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) (Note, error) {
	r, err := tx.GetNote(ctx, db.GetNoteParams{TenantID: tx.Tenant, ID: note})
	if err := db.Missing(err, "reading a note"); err != nil {
		return Note{}, err
	}
	n := Note{NoteHead: NoteHead{r.ID, r.AuthorID, r.EventAt.UTC(), r.SignedAt.UTC()}, Patient: r.PatientID}
	err = open(keys, "notes", r.ID, r.Sealed, &n.SOAP)
	return n, err
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
