package imports

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

const (
	partSize = 1 << 20  // bytes of one sealed part
	mostSize = 50 << 20 // bytes of a file
)

// ErrTooBig is the answer to a file of more than 50 MB, given before the rest of it is read.
var ErrTooBig = fault.New(fault.Invalid, "The file is larger than 50 MB. Save it in parts and import them one after another.")

// cutOffAfter is for how long an upload may stand still before the next one clears it away.
const cutOffAfter = time.Hour

// Upload is what is known of a file before it is read.
type Upload struct {
	// Name is the file's own, without folders.
	Name string
	// Country of the clinic (ISO 3166-1 alpha-2) says how 3/4/2020 is read where the file itself does not.
	Country string
	// Holds is what stands in it, "" for Animals; Zone the clinic's, by which the times of history are read, "" for UTC.
	Holds Holds
	Zone  string
}

// Stage takes a file in, sealed in parts as it comes, under an id that came with the form, and guesses what
// its columns are. Nothing of it stands anywhere in the clear. What is no list with commas gives a
// fault.Invalid whose sentence says why, before a second part is read where that can be; ErrAlreadyThere is
// the answer to a form sent twice. A file cut off on its way is discarded.
func Stage(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, row id.ID, u Upload, r io.Reader) error {
	holds, err := u.Holds.known()
	if err != nil {
		return err
	}
	s := &stage{
		store: store, keys: keys, who: who, row: row, file: file{Name: fileName(u.Name), Holds: holds, Country: u.Country, Zone: u.Zone}, sum: sha256.New(),
	}
	first, err := s.fill(r)
	if err != nil {
		return err
	}
	if s.file.Encoding, err = recognise(first); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	if err = s.take(ctx, first, r); err == nil {
		err = s.finish(ctx, first)
	}
	if err != nil {
		return errors.Join(err, s.drop(context.WithoutCancel(ctx)))
	}
	return nil
}

// ErrAlreadyThere says that an import of this id was made before, as by a form sent twice.
var ErrAlreadyThere = fault.New(fault.Conflict, "This file was taken in already.")

// fileName is the last part of a path of whichever system, at a length that can be shown.
func fileName(name string) string {
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	name = plain.Line(strings.ToValidUTF8(name, "�"))
	if r := []rune(name); len(r) > 120 {
		name = string(r[:119]) + "…"
	}
	if name == "" {
		return "file.csv"
	}
	return name
}

// stage is a file on its way in.
type stage struct {
	store *db.Store
	keys  *vault.Clinic
	who   actor.Who
	row   id.ID
	file  file

	sum   hash.Hash
	bytes int64
	parts int
	ended bool
	// letters are of UTF-8 beyond ASCII, strange bytes are not UTF-8; tail is of a letter that the end of a
	// part has cut.
	letters, strange int
	tail             []byte
}

// fill reads the next part, which is short or empty at the end of the file only.
func (s *stage) fill(r io.Reader) ([]byte, error) {
	part, n := make([]byte, partSize), 0
	for n < partSize && !s.ended {
		m, err := r.Read(part[n:])
		n += m
		if errors.Is(err, io.EOF) {
			s.ended = true
		} else if err != nil {
			return nil, fmt.Errorf("reading the file: %w", err)
		}
	}
	s.bytes += int64(n)
	if s.bytes > mostSize {
		return nil, ErrTooBig
	}
	s.sum.Write(part[:n])
	s.count(part[:n])
	return part[:n], nil
}

// count tells letters of UTF-8 beyond ASCII from bytes that are none.
func (s *stage) count(part []byte) {
	text := part
	if len(s.tail) > 0 {
		text = append(s.tail, part...)
	}
	s.tail = nil
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[1:]
			continue
		}
		if !s.ended && !utf8.FullRune(text) {
			s.tail = append(s.tail, text...)
			return
		}
		if r, n := utf8.DecodeRune(text); r == utf8.RuneError && n == 1 {
			s.strange++
			text = text[1:]
		} else {
			s.letters++
			text = text[n:]
		}
	}
}

func (s *stage) write(ctx context.Context, do func(ctx context.Context, tx *db.Tx) error) error {
	return s.store.Write(ctx, s.who, do)
}

// begin makes the import, and clears away uploads nobody goes on with.
func (s *stage) begin(ctx context.Context) error {
	return s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		left, err := tx.ListCutOffImports(ctx, db.ListCutOffImportsParams{TenantID: tx.Tenant, Before: tx.Now().Add(-cutOffAfter)})
		if err != nil {
			return fmt.Errorf("looking for uploads that were cut off: %w", err)
		}
		for _, row := range left {
			if err := discard(ctx, tx, s.keys, row, Uploading); err != nil {
				return err
			}
		}
		text, err := s.file.Holds.seal(s.keys, "imports", s.row, s.file)
		if err != nil {
			return err
		}
		err = tx.InsertImport(ctx, db.InsertImportParams{
			TenantID: tx.Tenant, ID: s.row, Holds: string(s.file.Holds), Sealed: text, KeyVersion: s.keys.KeyVersion(), ByID: tx.Who.Person, CreatedAt: tx.Now(),
		})
		if db.Violates(err, "imports_pkey") {
			return ErrAlreadyThere
		}
		if err != nil {
			return fmt.Errorf("beginning import %s: %w", s.row, err)
		}
		return nil
	})
}

// take stores the parts as they come.
func (s *stage) take(ctx context.Context, part []byte, r io.Reader) (err error) {
	for len(part) > 0 {
		if err := s.keep(ctx, part); err != nil {
			return err
		}
		if s.ended {
			break
		}
		if part, err = s.fill(r); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) keep(ctx context.Context, part []byte) error {
	row := id.New()
	text, err := s.keys.Seal(s.file.Holds.slot("import_parts", row), part)
	if err != nil {
		return fmt.Errorf("sealing part %d of import %s: %w", s.parts, s.row, err)
	}
	at := s.parts
	s.parts++
	err = s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) error {
				return tx.InsertImportPart(ctx, db.InsertImportPartParams{
					TenantID: tx.Tenant, ID: row, ImportID: s.row, Part: int32(at), Sealed: text, KeyVersion: s.keys.KeyVersion(),
				})
			},
			func(ctx context.Context, tx *db.Tx) error {
				n, err := tx.SetImportBytes(ctx, db.SetImportBytesParams{
					TenantID: tx.Tenant, ID: s.row, Bytes: s.bytes, Parts: int32(s.parts), UpdatedAt: tx.Now(),
				})
				if err == nil && n != 1 {
					return errElsewhere
				}
				return err
			},
		)
	})
	if err != nil {
		return fmt.Errorf("storing part %d of import %s: %w", at, s.row, err)
	}
	return nil
}

// finish reads headings and samples out of the first part, guesses the columns and records the file.
func (s *stage) finish(ctx context.Context, first []byte) error {
	// A file in UTF-8 with a few bad rows keeps its other letters; they are refused one by one.
	if s.file.Encoding == encUTF8 && s.strange > s.letters {
		s.file.Encoding = encWindows
	}
	if err := s.file.survey(first, !s.ended || s.parts > 1); err != nil {
		return err
	}
	s.file.Mapping = s.file.guess()
	content := s.keys.Commit([]byte("import file"), s.sum.Sum(nil))
	text, err := s.file.Holds.seal(s.keys, "imports", s.row, s.file)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.SetImportFile(ctx, db.SetImportFileParams{
			TenantID: tx.Tenant, ID: s.row, Sealed: text, KeyVersion: s.keys.KeyVersion(), Bytes: s.bytes, Parts: int32(s.parts), Content: content,
		})
		if err != nil {
			return fmt.Errorf("finishing the upload of import %s: %w", s.row, err)
		}
		if n != 1 {
			return errElsewhere
		}
		if err := move(ctx, tx, s.keys, s.row, Uploading, Staged, ""); err != nil {
			return err
		}
		return record(tx, s.keys, audit.Created, s.row, content, s.file.Mapping)
	})
}

// drop discards what was stored of a file that did not come whole.
func (s *stage) drop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return s.write(ctx, func(ctx context.Context, tx *db.Tx) error { return discard(ctx, tx, s.keys, s.row, Uploading) })
}
