package files

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/jobs"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Parts of a file. They are bound into what is sealed: never rename one.
const (
	partContent = "content"
	partThumb   = "thumbnail"
)

// Files that may be on their way in at once, at a clinic and by one person.
const (
	uploadsMost    = 24
	uploadsOwnMost = 6
)

// leftAfter is for how long an upload may take before it is taken for dead. No request lasts as long.
const leftAfter = time.Hour

var (
	// ErrAlreadyThere says that this file was taken in before, as by a form sent twice.
	ErrAlreadyThere = fault.New(fault.Conflict, "This file was taken in already.")
	// ErrOnItsWay says that the same form is being sent in another window.
	ErrOnItsWay = fault.New(fault.Conflict, "This file is on its way already.")
	// errGivenUp ends an upload that was swept while it went on.
	errGivenUp = errors.New("the upload was given up")
)

// Deps is what files stand on.
type Deps struct {
	Store *db.Store
	Shelf *Shelf
}

// Incoming is what is said of a file before it is read.
type Incoming struct {
	Patient, Visit id.ID // Visit is zero for none
	Kind           Kind
	// Title is what people call it; without one it is called as its file.
	Title string
	// Name is the file's own, as the browser says it.
	Name string
	// TakenOn is a day, and not after Today, the present day of the clinic.
	TakenOn, Today time.Time
}

// adding is a file on its way in.
type adding struct {
	Deps
	keys  *vault.Clinic
	who   actor.Who
	row   id.ID
	in    Incoming
	media Media
	blob  string
	key   vault.Key
	about about
	bytes int64
	// step is told what has been done; tests kill there.
	step func(string)
}

// Add takes a file in as it comes, under an id that came with the form. Its row appears once all bytes are stored;
// what was stored of a file that did not become one is cleared away, at once or by a job. It gives fault.Fields
// named file, kind, title and taken_on, fault.Missing where there is no such patient or visit, ErrAlreadyThere,
// ErrOnItsWay, io.ErrUnexpectedEOF for a file that was cut off, and ErrUnavailable.
func Add(ctx context.Context, d Deps, keys *vault.Clinic, who actor.Who, row id.ID, in Incoming, r io.Reader) error {
	a := &adding{Deps: d, keys: keys, who: who, row: row, in: in, blob: rand.Text(), key: vault.NewKey(), step: func(string) {}}
	return a.add(ctx, r)
}

func (a *adding) add(ctx context.Context, r io.Reader) error {
	from := bufio.NewReaderSize(r, 32<<10)
	head, err := from.Peek(headMost)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading a file: %w", err)
	}
	if err := a.judge(head); err != nil {
		return err
	}
	if err := a.begin(ctx); err != nil {
		return err
	}
	a.step("begun")
	if err = a.store(ctx, from); err == nil {
		err = a.finish(ctx)
	}
	if err != nil && !errors.Is(err, db.ErrUnknownOutcome) { // of what may be there, nothing is cleared away
		return errors.Join(err, a.drop(context.WithoutCancel(ctx)))
	}
	return err
}

// judge checks what was said of the file, and what it is.
func (a *adding) judge(head []byte) error {
	media, err := recognise(head)
	a.media = media
	var bad fault.Fields
	if errors.As(err, &bad) {
		err = nil
	}
	a.in.Title, a.in.Name = plain.Line(a.in.Title), plain.Line(a.in.Name)
	if a.in.Title == "" {
		a.in.Title = titleFrom(a.in.Name)
	}
	if !a.in.Kind.known() {
		bad.Add("kind", "Choose what it is")
	}
	bad.TooLong("title", a.in.Title, 120)
	switch {
	case a.in.TakenOn.After(a.in.Today):
		bad.Add("taken_on", "This day has not come yet")
	case a.in.TakenOn.Before(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)):
		bad.Add("taken_on", "Enter a day since 1980, like 24-Mar-2026")
	}
	return errors.Join(err, bad.Err())
}

// titleFrom is the name of a file without folder and ending.
func titleFrom(name string) string {
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	if at := strings.LastIndexByte(name, '.'); at > 0 {
		name = name[:at]
	}
	name = strings.TrimSpace(name)
	if r := []rune(name); len(r) > 120 {
		name = string(r[:119]) + "…"
	}
	if name == "" {
		return "File"
	}
	return name
}

func (a *adding) write(ctx context.Context, do func(ctx context.Context, tx *db.Tx) error) error {
	return a.Store.Write(ctx, a.who, do)
}

// begin notes that the file comes, before anything of it is stored.
func (a *adding) begin(ctx context.Context) error {
	return a.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		since := tx.Now().Add(-leftAfter)
		if _, err := tx.GetFileKey(ctx, db.GetFileKeyParams{TenantID: tx.Tenant, ID: a.row}); err == nil {
			return ErrAlreadyThere
		} else if !db.NoRows(err) {
			return fmt.Errorf("looking for file %s: %w", a.row, err)
		}
		now, err := tx.CountFileUploads(ctx, db.CountFileUploadsParams{TenantID: tx.Tenant, BegunBy: a.who.Person, Since: since})
		if err != nil {
			return fmt.Errorf("counting files on their way: %w", err)
		}
		if now.Own >= uploadsOwnMost || now.AllOfThem >= uploadsMost {
			return fault.Fields{{Name: "file", Message: "Too many files are on their way at once. Wait until they are in, then choose this one again"}}
		}
		left, err := tx.ListLeftFileUploads(ctx, db.ListLeftFileUploadsParams{TenantID: tx.Tenant, Before: since})
		if err != nil {
			return fmt.Errorf("looking for uploads that were cut off: %w", err)
		}
		if len(left) > 0 {
			if err := jobs.Enqueue(ctx, tx, a.keys, SweepJob, left[0].ID); err != nil {
				return err
			}
		}
		err = tx.InsertFileUpload(ctx, db.InsertFileUploadParams{
			TenantID: tx.Tenant, ID: a.row, PatientID: a.in.Patient, Blob: a.blob, BegunAt: tx.Now(), BegunBy: tx.Who.Person,
		})
		switch {
		case db.Violates(err, "file_uploads_patient"):
			return fault.Missing
		case db.Violates(err, "file_uploads_pkey"):
			return ErrOnItsWay
		case err != nil:
			return fmt.Errorf("beginning file %s: %w", a.row, err)
		}
		return nil
	})
}

// store puts all of the file's bytes, and its picture in small, where they stay.
func (a *adding) store(ctx context.Context, r io.Reader) error {
	most, said := a.media.most()
	came := &counted{r: r, sum: sha256.New(), most: most, said: said}
	if !a.media.Picture() && a.media != webP {
		err := a.put(ctx, partContent, func(w io.Writer) error {
			_, err := io.Copy(w, came)
			return err
		})
		a.about.Came = came.hash()
		return err
	}
	if err := take(ctx, a.Shelf.pictures); err != nil {
		return err
	}
	defer func() { <-a.Shelf.pictures }()
	content, thumb, err := a.redraw(ctx, came)
	if err != nil {
		return err
	}
	if err := a.put(ctx, partContent, written(content)); err != nil {
		return err
	}
	return a.put(ctx, partThumb, written(thumb))
}

// redraw reads a picture and gives it as it is kept, and in small. The one place to draw in is held for no longer than
// that takes: neither the sender nor the store is waited for with it.
func (a *adding) redraw(ctx context.Context, came *counted) (content, thumb *bytes.Buffer, err error) {
	raw, err := io.ReadAll(came)
	if err != nil {
		return nil, nil, err
	}
	a.about.Came = came.hash()
	if err := take(ctx, a.Shelf.drawing); err != nil {
		return nil, nil, err
	}
	defer func() { <-a.Shelf.drawing }()
	p, err := remake(raw, a.media)
	if err != nil {
		return nil, nil, err
	}
	a.media = p.media
	a.about.Width, a.about.Height = p.image.Bounds().Dx(), p.image.Bounds().Dy()
	content, thumb = &bytes.Buffer{}, &bytes.Buffer{}
	if err := p.encode(content); err != nil {
		return nil, nil, fmt.Errorf("making a picture anew: %w", err)
	}
	if err := p.encodeThumb(thumb); err != nil {
		return nil, nil, fmt.Errorf("making a picture in small: %w", err)
	}
	return content, thumb, nil
}

func written(b *bytes.Buffer) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := b.WriteTo(w)
		return err
	}
}

// put stores one part sealed, and notes length and hash of the content.
func (a *adding) put(ctx context.Context, part string, write func(w io.Writer) error) error {
	err := a.Shelf.put(ctx, place(a.keys.ID(), a.blob, part), func(w io.Writer) error {
		sealed, err := a.keys.SealStream(stored{w}, a.key, vault.Stream{File: a.row, Part: part})
		if err != nil {
			return err
		}
		plain := &measured{w: sealed, sum: sha256.New()}
		if err := write(plain); err != nil {
			return err
		}
		if part == partContent {
			a.bytes, a.about.Hash = plain.n, hex.EncodeToString(plain.sum.Sum(nil))
		}
		return sealed.Close()
	})
	if err == nil {
		a.step("stored " + part)
	}
	return err
}

// finish makes the file's row, with its key, in place of the upload's.
func (a *adding) finish(ctx context.Context) error {
	a.about.Title = a.in.Title
	text, err := a.keys.SealJSON(slot("files", a.row), a.about)
	if err != nil {
		return err
	}
	key, err := a.keys.SealKey(keySlot(a.row), a.key)
	if err != nil {
		return err
	}
	return a.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.EndFileUpload(ctx, db.EndFileUploadParams{TenantID: tx.Tenant, ID: a.row})
		if err == nil && n != 1 {
			err = errGivenUp
		}
		if err != nil {
			return fmt.Errorf("finishing file %s: %w", a.row, err)
		}
		err = tx.InsertFile(ctx, db.InsertFileParams{
			TenantID: tx.Tenant, ID: a.row, PatientID: a.in.Patient, VisitID: a.in.Visit, Kind: string(a.in.Kind), Media: string(a.media),
			TakenOn: a.in.TakenOn, Bytes: a.bytes, Blob: a.blob, AddedAt: tx.Now(), AddedBy: tx.Who.Person, Sealed: text, KeyVersion: a.keys.KeyVersion(),
		})
		switch {
		case db.Violates(err, "files_visit"), db.Violates(err, "files_patient"):
			return fault.Missing
		case err != nil:
			return fmt.Errorf("keeping file %s: %w", a.row, err)
		}
		if err := tx.InsertFileKey(ctx, db.InsertFileKeyParams{TenantID: tx.Tenant, ID: a.row, Sealed: key, KeyVersion: a.keys.KeyVersion()}); err != nil {
			return fmt.Errorf("keeping the key of file %s: %w", a.row, err)
		}
		return audit.RecordChange(tx, a.keys, audit.Change{
			Action: audit.Created, Object: "file", ObjectID: a.row, IDs: []id.ID{a.in.Patient}, Group: group, After: a.about,
		})
	})
}

// drop clears away what was stored of a file that did not become one.
func (a *adding) drop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return sweepOne(ctx, a.Deps, a.keys, a.who, a.row)
}

// counted reads what comes, up to the most it may be.
type counted struct {
	r    io.Reader
	sum  hash.Hash
	n    int64
	most int64
	said string
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.sum.Write(p[:n])
	if c.n > c.most {
		return 0, fault.Fields{{Name: "file", Message: c.said}}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("reading a file: %w", err)
	}
	return n, err
}

func (c *counted) hash() string { return hex.EncodeToString(c.sum.Sum(nil)) }

// measured notes what is written through it.
type measured struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

func (m *measured) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.n += int64(n)
	m.sum.Write(p[:n])
	return n, err
}

// stored marks what goes wrong in the store, which is not the sender's fault.
type stored struct{ w io.Writer }

func (s stored) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil {
		err = fmt.Errorf("storing a file: %w: %w", ErrUnavailable, err)
	}
	return n, err
}
