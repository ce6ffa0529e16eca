// Package files keeps what is not written: photographs, X-rays, scans, letters. A file's bytes are sealed while they
// come and lie in a store of blobs (a folder, or a bucket that speaks S3) under a name that tells nothing; the
// database keeps what it is, and the key of this one file, sealed like every other row.
//
// A row is made only once all bytes are stored. A file is never changed: it may be taken off the record, which is
// a row of its own with a reason.
package files

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

// group is the field group that titles and reasons are sealed in.
const group = "clinical"

// Kind is what a file is to the clinic.
type Kind string

// The kinds of files.
const (
	Photo   Kind = "photo"
	Imaging Kind = "imaging" // X-ray, ultrasound, endoscopy
	Lab     Kind = "lab"
	Letter  Kind = "letter" // and histories of other practices
	Consent Kind = "consent"
	Other   Kind = "other"
)

// Kinds are all, in the order they are offered.
var Kinds = []Kind{Photo, Imaging, Lab, Letter, Consent, Other}

// Head is that a file is there: no clinical text. TakenOn is a day, AddedAt an instant in UTC.
type Head struct {
	ID      id.ID
	Kind    Kind
	Media   Media
	TakenOn time.Time
	AddedAt time.Time
	AddedBy id.ID
	Voided  bool
}

// File is one file with what is said of it.
type File struct {
	Head
	Patient, Visit id.ID // Visit is zero for none
	// Bytes is how many are kept; Width and Height are 0 for what is no picture.
	Bytes         int64
	Title         string
	Width, Height int
	Void          Void // zero for a file that stands
}

// Void says who took a file off the record, when (UTC) and why.
type Void struct {
	At     time.Time
	By     id.ID
	Reason string
}

// about is what is sealed of a file.
type about struct {
	Title  string `json:"title"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	// Hash is SHA-256 of the bytes that are kept, Came of those that came, in hexadecimal.
	Hash string `json:"sha256"`
	Came string `json:"came_sha256"`
}

type sealedVoid struct {
	Reason string `json:"reason"`
}

func slot(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: group, Row: row}
}

// keySlot is where the key of a file is sealed: in a group of its own, since who opens a title opens no file.
func keySlot(file id.ID) vault.Slot { return vault.Slot{Table: "file_keys", Group: "file", Row: file} }

// Cursor is a place in a patient's files, the newest first. The zero Cursor is before all.
type Cursor struct {
	Day time.Time
	ID  id.ID
}

// PageMost is how many files one page has at the most.
const PageMost = 60

var lastDay = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func (c Cursor) bound() (time.Time, id.ID) {
	if c.ID.IsZero() || c.Day.IsZero() {
		return lastDay, id.MustParse("ffffffff-ffff-ffff-ffff-ffffffffffff")
	}
	return c.Day, c.ID
}

// Next is the place after the last of a full page; ok is false where there are no more.
func next[T any](list []T, most int, at func(T) Cursor) (page []T, c Cursor, ok bool) {
	if len(list) <= most {
		return list, Cursor{}, false
	}
	list = list[:most]
	return list, at(list[most-1]), true
}

// List reads a patient's files with their titles, the newest first, most at the most, those taken off the record
// included. more is where it goes on, ok that it does. It is for those who may read clinical text.
func List(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID, from Cursor, most int) (list []File, more Cursor, ok bool, err error) {
	day, before := from.bound()
	rows, err := tx.ListFiles(ctx, db.ListFilesParams{TenantID: tx.Tenant, PatientID: patient, BeforeDay: day, BeforeID: before, Most: int32(most) + 1})
	if err != nil {
		return nil, Cursor{}, false, fmt.Errorf("reading files: %w", err)
	}
	rows, more, ok = next(rows, most, func(r db.ListFilesRow) Cursor { return Cursor{r.TakenOn, r.ID} })
	for _, r := range rows {
		f, err := open(keys, db.GetFileRow{
			ID: r.ID, PatientID: patient, VisitID: r.VisitID, Kind: r.Kind, Media: r.Media, TakenOn: r.TakenOn, Bytes: r.Bytes,
			AddedAt: r.AddedAt, AddedBy: r.AddedBy, Sealed: r.Sealed, VoidID: r.VoidID, VoidedAt: r.VoidedAt, VoidedBy: r.VoidedBy, VoidSealed: r.VoidSealed,
		})
		if err != nil {
			return nil, Cursor{}, false, err
		}
		list = append(list, f)
	}
	return list, more, ok, nil
}

// Heads reads that a patient has files, the newest first, most at the most; nothing sealed is fetched.
func Heads(ctx context.Context, tx *db.Tx, patient id.ID, from Cursor, most int) (list []Head, more Cursor, ok bool, err error) {
	day, before := from.bound()
	rows, err := tx.ListFileHeads(ctx, db.ListFileHeadsParams{TenantID: tx.Tenant, PatientID: patient, BeforeDay: day, BeforeID: before, Most: int32(most) + 1})
	if err != nil {
		return nil, Cursor{}, false, fmt.Errorf("reading that files are there: %w", err)
	}
	rows, more, ok = next(rows, most, func(r db.ListFileHeadsRow) Cursor { return Cursor{r.TakenOn, r.ID} })
	for _, r := range rows {
		list = append(list, Head{ID: r.ID, Kind: Kind(r.Kind), Media: Media(r.Media), TakenOn: r.TakenOn, AddedAt: r.AddedAt.UTC(), AddedBy: r.AddedBy, Voided: r.Voided})
	}
	return list, more, ok, nil
}

// Open reads what is said of one file. It gives fault.Missing where there is none in this clinic.
func Open(ctx context.Context, tx *db.Tx, keys *vault.Clinic, file id.ID) (File, error) {
	r, err := tx.GetFile(ctx, db.GetFileParams{TenantID: tx.Tenant, ID: file})
	if err := db.Missing(err, "reading a file"); err != nil {
		return File{}, err
	}
	return open(keys, r)
}

func open(keys *vault.Clinic, r db.GetFileRow) (File, error) {
	var a about
	if err := keys.OpenJSON(slot("files", r.ID), r.Sealed, &a); err != nil {
		return File{}, err
	}
	f := File{
		Head:    Head{ID: r.ID, Kind: Kind(r.Kind), Media: Media(r.Media), TakenOn: r.TakenOn, AddedAt: r.AddedAt.UTC(), AddedBy: r.AddedBy, Voided: !r.VoidID.IsZero()},
		Patient: r.PatientID, Visit: r.VisitID, Bytes: r.Bytes, Title: a.Title, Width: a.Width, Height: a.Height,
	}
	if f.Voided {
		var v sealedVoid
		if err := keys.OpenJSON(slot("file_voids", r.VoidID), r.VoidSealed, &v); err != nil {
			return File{}, err
		}
		f.Void = Void{At: r.VoidedAt.UTC(), By: r.VoidedBy, Reason: v.Reason}
	}
	return f, nil
}

// ErrAlreadyVoid says that a file is off the record already.
var ErrAlreadyVoid = fault.New(fault.Conflict, "This file was taken off the record already.")

// TakeOff takes a file off the record. What was stored stays where it is. It gives fault.Missing, ErrAlreadyVoid, and
// fault.Fields named reason.
func TakeOff(ctx context.Context, tx *db.Tx, keys *vault.Clinic, file id.ID, reason string) error {
	r, err := tx.GetFile(ctx, db.GetFileParams{TenantID: tx.Tenant, ID: file})
	if err := db.Missing(err, "reading a file"); err != nil {
		return err
	}
	var bad fault.Fields
	reason = plain.Words(&bad, "reason", reason, "Say why it is taken off the record, like “another animal's”", 500)
	if err := bad.Err(); err != nil {
		return err
	}
	sealed, err := keys.SealJSON(slot("file_voids", file), sealedVoid{reason})
	if err != nil {
		return err
	}
	err = tx.InsertFileVoid(ctx, db.InsertFileVoidParams{
		TenantID: tx.Tenant, ID: file, VoidedAt: tx.Now(), VoidedBy: tx.Who.Person, Sealed: sealed, KeyVersion: keys.KeyVersion(),
	})
	if db.Violates(err, "file_voids_pkey") {
		return ErrAlreadyVoid
	}
	if err != nil {
		return fmt.Errorf("taking file %s off the record: %w", file, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Withdrawn, Object: "file", ObjectID: file, IDs: []id.ID{r.PatientID}, Group: group, After: sealedVoid{reason},
	})
}

func (k Kind) known() bool { return slices.Contains(Kinds, k) }
