package files_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/fault"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// clinic is a fresh clinic with one patient, a person and an empty store.
type clinic struct {
	dbtest.Clinic
	env     *dbtest.Env
	shelf   *files.Shelf
	folder  string
	person  id.ID
	patient id.ID
}

var today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

func newClinic(t *testing.T) clinic {
	t.Helper()
	return clinicOf(t, filepath.Join(t.TempDir(), "files"))
}

// clinicOf is a clinic whose files lie at an address.
func clinicOf(t *testing.T, address string) clinic {
	t.Helper()
	env := dbtest.Shared(t)
	shelf, err := files.OpenShelf(t.Context(), address)
	must(t, err)
	t.Cleanup(func() { _ = shelf.Close() })
	return env2clinic(t, env, shelf, address)
}

func env2clinic(t *testing.T, env *dbtest.Env, shelf *files.Shelf, folder string) clinic {
	t.Helper()
	c := clinic{Clinic: env.NewClinic(t), env: env, shelf: shelf, folder: folder, person: id.New(), patient: id.New()}
	must(t, c.write(t, func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, c.Keys, c.patient, id.ID{}, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "yes"})
	}))
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c clinic) who() actor.Who {
	w := c.Who(actor.Work)
	w.Person = c.person
	return w
}

func (c clinic) deps() files.Deps { return files.Deps{Store: c.env.Store, Shelf: c.shelf} }

func (c clinic) write(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) error {
	t.Helper()
	return c.env.Store.Write(t.Context(), c.who(), do)
}

func (c clinic) read(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	must(t, c.env.Store.Read(t.Context(), c.who(), do))
}

func (c clinic) incoming() files.Incoming {
	return files.Incoming{Patient: c.patient, Kind: files.Photo, Name: "IMG_1.jpeg", TakenOn: today, Today: today}
}

func (c clinic) add(t *testing.T, row id.ID, content string) error {
	t.Helper()
	return files.Add(t.Context(), c.deps(), c.Keys, c.who(), row, c.incoming(), strings.NewReader(content))
}

// added takes in what is a good file.
func (c clinic) added(t *testing.T, content string) id.ID {
	t.Helper()
	row := id.New()
	must(t, c.add(t, row, content))
	return row
}

func (c clinic) open(t *testing.T, file id.ID) (f files.File) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = files.Open(ctx, tx, c.Keys, file)
		return err
	})
	return f
}

func (c clinic) unlock(t *testing.T, file id.ID) (k files.Key) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		k, err = files.Unlock(ctx, tx, c.Keys, file)
		return err
	})
	return k
}

func (c clinic) list(t *testing.T) (list []files.File) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		list, _, _, err = files.List(ctx, tx, c.Keys, c.patient, files.Cursor{}, files.PageMost)
		return err
	})
	return list
}

func (c clinic) content(t *testing.T, file id.ID) string {
	t.Helper()
	var b bytes.Buffer
	must(t, c.fetch(t, c.Keys, c.unlock(t, file), &b))
	return b.String()
}

func (c clinic) fetch(t *testing.T, keys *vault.Clinic, k files.Key, w io.Writer) error {
	t.Helper()
	r, err := c.shelf.Content(t.Context(), keys, k)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, r.Close())
}

func (c clinic) thumbnail(t *testing.T, file id.ID) image.Image {
	t.Helper()
	r, err := c.shelf.Thumbnail(t.Context(), c.Keys, c.unlock(t, file))
	must(t, err)
	defer r.Close()
	img, err := jpeg.Decode(r)
	must(t, err)
	return img
}

// blobs are the files below the store's folder.
func (c clinic) blobs(t *testing.T) (names []string) {
	t.Helper()
	must(t, filepath.WalkDir(c.folder, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

// uploads counts what stands as on its way.
func (c clinic) uploads(t *testing.T) int64 {
	t.Helper()
	var n int64
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		left, err := tx.ListLeftFileUploads(ctx, db.ListLeftFileUploadsParams{TenantID: tx.Tenant, Before: tx.Now().Add(time.Hour)})
		n = int64(len(left))
		return err
	})
	return n
}

func mistake(t *testing.T, err error, field string) string {
	t.Helper()
	var bad fault.Fields
	if !errors.As(err, &bad) {
		t.Fatalf("got %v, not a mistake", err)
	}
	return bad.Message(field)
}

// photo is a JPEG: red above, blue below, its left a little darker, so that it is known which way it is up.
func photo(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 220, A: 255}
			if y >= h/2 {
				c = color.RGBA{B: 220, A: 255}
			}
			if x < w/2 {
				c.R, c.B = c.R/2, c.B/2
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = jpeg.Encode(&b, img, nil)
	return b.Bytes()
}

func pngOf(img image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return b.Bytes()
}

// exif is what a camera writes: who, where, and which way it was held.
func exif(orientation int) []byte {
	var b bytes.Buffer
	b.WriteString("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08")
	_ = binary.Write(&b, binary.BigEndian, uint16(2))
	_ = binary.Write(&b, binary.BigEndian, []uint16{0x010F, 2, 0, 12, 0, 38}) // maker, text of 12 at 38
	_ = binary.Write(&b, binary.BigEndian, []uint16{0x0112, 3, 0, 1, uint16(orientation), 0})
	_ = binary.Write(&b, binary.BigEndian, uint32(0))
	b.WriteString("SECRETPLACE\x00")
	return b.Bytes()
}

// withExif puts an APP1 segment into a JPEG.
func withExif(picture []byte, orientation int) []byte {
	data := exif(orientation)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, byte((len(data)+2)>>8), byte(len(data)+2))
	return append(append(out, data...), picture[2:]...)
}

// long gives n bytes that begin like a PDF, without keeping them.
func long(n int64) io.Reader {
	return io.MultiReader(strings.NewReader("%PDF-1.7\n"), io.LimitReader(filler{}, n-9))
}

type filler struct{}

func (filler) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0x5A
	}
	return len(p), nil
}
