package files_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/files"
	"paddock/internal/id"
)

const letter = "%PDF-1.7\nReferred by Bridge House Surgery\n%%EOF"

func TestAFileIsKeptSealedAndRecorded(t *testing.T) {
	c := newClinic(t)
	row := id.New()
	in := c.incoming()
	in.Kind, in.Title, in.TakenOn = files.Letter, " Referral\nof March ", today.AddDate(0, -8, 0)
	must(t, files.Add(t.Context(), c.deps(), c.Keys, c.who(), row, in, strings.NewReader(letter)))
	if got := c.content(t, row); got != letter {
		t.Errorf("what came back is %q", got)
	}
	f := c.open(t, row)
	if f.Title != "Referral of March" || f.Kind != files.Letter || f.Media != files.PDF || f.Bytes != int64(len(letter)) || f.AddedBy != c.person || f.Patient != c.patient || !f.TakenOn.Equal(in.TakenOn) || f.Voided {
		t.Errorf("%+v", f)
	}
	names := c.blobs(t)
	if len(names) != 1 || c.uploads(t) != 0 {
		t.Fatalf("stored as %v with %d uploads open", names, c.uploads(t))
	}
	raw, err := os.ReadFile(names[0])
	must(t, err)
	if strings.Contains(string(raw), "Bridge House") || strings.Contains(names[0], row.String()) || strings.Contains(names[0], c.patient.String()) {
		t.Errorf("the store tells something: %s", names[0])
	}
	if info, err := os.Stat(names[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the store: %v %v", info.Mode(), err)
	}
	// The leaf's commitment covers a change whose content has the hash of what is kept.
	sum := sha256.Sum256([]byte(letter))
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		leaves, err := tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: row})
		if err != nil || len(leaves) != 1 || leaves[0].Action != "created" || leaves[0].Object != "file" || len(leaves[0].Commitment) == 0 {
			t.Errorf("recorded as %+v, %v", leaves, err)
		}
		changes, err := tx.ListChanges(ctx, db.ListChangesParams{TenantID: tx.Tenant, ObjectID: row})
		if err != nil || len(changes) != 1 {
			t.Fatalf("%d changes, %v", len(changes), err)
		}
		plain, err := c.Keys.Open(audit.ChangeSlot("clinical", changes[0].ID), changes[0].Sealed)
		if !strings.Contains(string(plain), hex.EncodeToString(sum[:])) {
			t.Errorf("the change says %s, %v", plain, err)
		}
		return nil
	})
}

func TestWhatIsNotKeptIsSaidWhy(t *testing.T) {
	c := newClinic(t)
	for name, row := range map[string]struct{ content, words string }{
		"nothing":    {"", "This file is empty"},
		"a program":  {"MZ\x90\x00\x03", "This is none of the files that can be kept"},
		"a web page": {"<!DOCTYPE html><script>alert(1)</script>", "This is none of the files that can be kept"},
		"SVG":        {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "This is none of the files that can be kept"},
		"GIF":        {"GIF89a\x01\x00\x01\x00", "This is none of the files that can be kept"},
		"HEIC":       {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "Pictures as HEIC cannot be read here"},
		"ZIP":        {"PK\x03\x04", "This is none of the files that can be kept"},
		"long text":  {"x" + strings.Repeat("y", files.TextMost), "This text is larger than 5 MB"},
	} {
		if m := mistake(t, c.add(t, id.New(), row.content), "file"); !strings.HasPrefix(m, row.words) {
			t.Errorf("%s: %q", name, m)
		}
	}
	err := files.Add(t.Context(), c.deps(), c.Keys, c.who(), id.New(), c.incoming(), long(files.PDFMost+1))
	if m := mistake(t, err, "file"); !strings.HasPrefix(m, "This PDF is larger than 200 MB") {
		t.Errorf("a long PDF: %q", m)
	}
	in := c.incoming()
	in.Kind, in.Title, in.TakenOn = "virus", strings.Repeat("x", 121), today.AddDate(0, 0, 1)
	err = files.Add(t.Context(), c.deps(), c.Keys, c.who(), id.New(), in, strings.NewReader("MZ\x90\x00\x03"))
	if mistake(t, err, "kind") == "" || mistake(t, err, "title") == "" || mistake(t, err, "taken_on") == "" || mistake(t, err, "file") == "" {
		t.Errorf("all mistakes are said at once, not %v", err)
	}
	if len(c.blobs(t)) != 0 || c.uploads(t) != 0 || len(c.list(t)) != 0 {
		t.Errorf("%v, %d uploads are left", c.blobs(t), c.uploads(t))
	}
}

func TestAFormSentTwiceMakesOneFile(t *testing.T) {
	c := newClinic(t)
	row := c.added(t, letter)
	if err := c.add(t, row, letter); !errors.Is(err, files.ErrAlreadyThere) {
		t.Errorf("the second time: %v", err)
	}
	other, again := id.New(), error(nil)
	err := files.AddStepwise(t.Context(), c.deps(), c.Keys, c.who(), other, c.incoming(), strings.NewReader(letter), func(step string) {
		if step == "begun" {
			again = c.add(t, other, letter)
		}
	})
	if err != nil || !errors.Is(again, files.ErrOnItsWay) {
		t.Errorf("at the same time: %v and %v", err, again)
	}
	if n := len(c.list(t)); n != 2 {
		t.Errorf("%d files", n)
	}
}

func TestAFileCutOffLeavesNothing(t *testing.T) {
	c := newClinic(t)
	cut := io.MultiReader(strings.NewReader(letter), broken{io.ErrUnexpectedEOF})
	err := files.Add(t.Context(), c.deps(), c.Keys, c.who(), id.New(), c.incoming(), cut)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = files.AddStepwise(ctx, c.deps(), c.Keys, c.who(), id.New(), c.incoming(), long(1<<20), func(string) { cancel() })
	if err == nil {
		t.Error("a request that ended made a file")
	}
	if len(c.blobs(t)) != 0 || c.uploads(t) != 0 || len(c.list(t)) != 0 {
		t.Errorf("%v, %d uploads are left", c.blobs(t), c.uploads(t))
	}
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// A process killed at any step leaves no row without its bytes, and the sweep leaves no bytes without a row.
func TestAProcessKilledAnywhereLeavesNoHalfFile(t *testing.T) {
	for _, at := range []string{"begun", "stored content", "stored thumbnail"} {
		c := newClinic(t)
		row := id.New()
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("there is no step %q", at)
				}
			}()
			_ = files.AddStepwise(t.Context(), c.deps(), c.Keys, c.who(), row, c.incoming(), strings.NewReader(string(photo(30, 30))), func(step string) {
				if step == at {
					panic("killed")
				}
			})
		}()
		must(t, os.MkdirAll(c.folder+"/"+c.Tenant.String(), 0o700))
		left := c.folder + "/" + c.Tenant.String() + "/ABC.123.tmp"
		must(t, os.WriteFile(left, nil, 0o600))
		must(t, files.Sweep(t.Context(), c.deps(), c.Keys, c.who()))
		if c.uploads(t) != 1 || len(c.list(t)) != 0 {
			t.Errorf("%s: %d uploads after a sweep that came too soon", at, c.uploads(t))
		}
		c.age(t, left)
		must(t, files.Sweep(t.Context(), c.deps(), c.Keys, c.who()))
		if n := c.blobs(t); len(n) != 0 || c.uploads(t) != 0 {
			t.Errorf("%s: %v and %d uploads are left", at, n, c.uploads(t))
		}
		must(t, c.add(t, row, letter)) // the same form, sent again
	}
}

// age makes what is on its way two hours old.
func (c clinic) age(t *testing.T, names ...string) {
	t.Helper()
	_, err := c.env.Admin(t).Exec(t.Context(), "UPDATE app.file_uploads SET begun_at = begun_at - interval '2 hours' WHERE tenant_id = $1", c.Tenant.ID())
	must(t, err)
	for _, n := range names {
		old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		must(t, os.Chtimes(n, old, old))
	}
}

// An upload that was swept while it went on makes no row of blobs that are gone.
func TestAnUploadGivenUpIsNotFinished(t *testing.T) {
	c := newClinic(t)
	row := id.New()
	err := files.AddStepwise(t.Context(), c.deps(), c.Keys, c.who(), row, c.incoming(), strings.NewReader(letter), func(step string) {
		if step == "stored content" {
			c.age(t)
			must(t, files.Sweep(t.Context(), c.deps(), c.Keys, c.who()))
		}
	})
	if err == nil || len(c.list(t)) != 0 || len(c.blobs(t)) != 0 {
		t.Errorf("got %v, %d files, %v", err, len(c.list(t)), c.blobs(t))
	}
}

// What is half way is bounded, for one person and for all; the next upload asks for the sweep.
func TestHalfWrittenUploadsAreBounded(t *testing.T) {
	c := newClinic(t)
	begin := func(n int) (err error) {
		defer func() { _ = recover() }()
		for range n {
			func() {
				defer func() { _ = recover() }()
				if e := files.AddStepwise(t.Context(), c.deps(), c.Keys, c.who(), id.New(), c.incoming(), strings.NewReader(letter), func(string) { panic("killed") }); e != nil {
					err = e
				}
			}()
		}
		return err
	}
	must(t, begin(6))
	if m := mistake(t, begin(1), "file"); !strings.HasPrefix(m, "Too many files are on their way") {
		t.Errorf("the seventh of one person: %q", m)
	}
	for range 3 {
		c.person = id.New()
		must(t, begin(6))
	}
	c.person = id.New()
	if m := mistake(t, begin(1), "file"); m == "" {
		t.Error("a clinic has no bound")
	}
	c.age(t)
	must(t, c.add(t, id.New(), letter))
	var queued int
	must(t, c.env.Admin(t).QueryRow(t.Context(), "SELECT count(*) FROM app.outbox WHERE tenant_id = $1 AND kind = 'file.sweep'", c.Tenant.ID()).Scan(&queued))
	if queued != 1 {
		t.Errorf("%d sweeps were asked for", queued)
	}
}

func TestNoFileForAPatientOrVisitThatIsNotThere(t *testing.T) {
	c := newClinic(t)
	in := c.incoming()
	in.Visit = id.New()
	if err := files.Add(t.Context(), c.deps(), c.Keys, c.who(), id.New(), in, strings.NewReader(letter)); !errors.Is(err, fault.Missing) {
		t.Errorf("another's visit: %v", err)
	}
	in = c.incoming()
	in.Patient = newClinic(t).patient
	if err := files.Add(t.Context(), c.deps(), c.Keys, c.who(), id.New(), in, strings.NewReader(letter)); !errors.Is(err, fault.Missing) {
		t.Errorf("another clinic's patient: %v", err)
	}
	if len(c.blobs(t)) != 0 || c.uploads(t) != 0 {
		t.Errorf("%v, %d uploads are left", c.blobs(t), c.uploads(t))
	}
}

// A file as large as may be passes through in a bounded part of memory, in and out.
func TestTwoHundredMegabytesTakeLittleMemory(t *testing.T) {
	c := newClinic(t)
	debug.FreeOSMemory()
	before := inUse()
	var peak atomic.Uint64
	done := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			peak.Store(max(peak.Load(), inUse()))
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	row := id.New()
	must(t, files.Add(t.Context(), c.deps(), c.Keys, c.who(), row, c.incoming(), long(files.PDFMost)))
	k := c.unlock(t, row)
	sum := sha256.New()
	must(t, c.fetch(t, c.Keys, k, sum))
	close(done)
	<-watched
	want := sha256.New()
	_, _ = io.Copy(want, long(files.PDFMost))
	if hex.EncodeToString(sum.Sum(nil)) != hex.EncodeToString(want.Sum(nil)) || k.Bytes != files.PDFMost {
		t.Error("what came back is not what was sent")
	}
	took := int64(peak.Load()) - int64(before)
	if took > 64<<20 {
		t.Errorf("200 MB took %d MB of memory", took>>20)
	}
	t.Logf("200 MB took %d KB of memory", took>>10)
}

// inUse is what the program holds of the system's memory.
func inUse() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}
