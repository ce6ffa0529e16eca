package files_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/files"
	"paddock/internal/id"
	"paddock/internal/vault"
)

func (c clinic) wontOpen(t *testing.T, what string, k files.Key, keys *vault.Clinic) {
	t.Helper()
	c.fails(t, what, k, keys, vault.ErrUnopenable)
}

// fails fails unless a file does not open for this reason and no other.
func (c clinic) fails(t *testing.T, what string, k files.Key, keys *vault.Clinic, want error) {
	t.Helper()
	err := c.fetch(t, keys, k, io.Discard)
	for _, one := range []error{vault.ErrUnopenable, files.ErrUnavailable, files.ErrLost} {
		if errors.Is(err, one) != errors.Is(want, one) {
			t.Errorf("%s: %v, want %v", what, err, want)
		}
	}
}

// A file whose bytes are not in the store is lost, and stays so; a store that is not there comes back.
func TestAFileThatIsLostIsNotAStoreThatIsAway(t *testing.T) {
	c := newClinic(t)
	mine, other := c.added(t, letter), c.added(t, letter+"2")
	k := c.unlock(t, mine)
	must(t, os.Remove(filepath.Join(c.folder, files.Place(c.Tenant, k))))
	c.fails(t, "its bytes are gone", k, c.Keys, files.ErrLost)
	away := c.folder + "-away"
	must(t, os.Rename(c.folder, away))
	c.fails(t, "the store is away", c.unlock(t, other), c.Keys, files.ErrUnavailable)
	must(t, os.Rename(away, c.folder))
	if got := c.content(t, other); got != letter+"2" {
		t.Errorf("back again: %q", got)
	}
}

// T67: another clinic's key, another file's place, a blob moved, changed or cut: nothing opens.
func TestNothingOpensOutOfItsPlace(t *testing.T) {
	a := newClinic(t)
	b := env2clinic(t, a.env, a.shelf, a.folder)
	mine, second, theirs := a.added(t, letter), a.added(t, letter+"2"), b.added(t, letter+"3")
	mk, sk, tk := a.unlock(t, mine), a.unlock(t, second), b.unlock(t, theirs)

	b.read(t, func(ctx context.Context, tx *db.Tx) error {
		if _, err := files.Unlock(ctx, tx, b.Keys, mine); !errors.Is(err, fault.Missing) {
			t.Errorf("another clinic's file: %v", err)
		}
		if _, err := files.Open(ctx, tx, b.Keys, mine); !errors.Is(err, fault.Missing) {
			t.Errorf("what is said of it: %v", err)
		}
		return nil
	})
	move := func(from, to string) {
		t.Helper()
		raw, err := os.ReadFile(filepath.Join(a.folder, from))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(a.folder, to), raw, 0o600))
	}
	keep := filepath.Join(t.TempDir(), "kept")
	raw, err := os.ReadFile(filepath.Join(a.folder, files.Place(a.Tenant, mk)))
	must(t, err)
	must(t, os.WriteFile(keep, raw, 0o600))

	a.fails(t, "with the keys of another clinic", mk, b.Keys, files.ErrLost) // looked for at that clinic's place
	a.wontOpen(t, "another file's blob", mk.WithBlob(sk), a.Keys)
	a.wontOpen(t, "another file's blob and key", mk.WithKey(sk), a.Keys)
	move(files.Place(b.Tenant, tk), files.Place(a.Tenant, mk))
	a.wontOpen(t, "another clinic's blob in its place", mk, a.Keys)
	a.wontOpen(t, "with that clinic's key as well", mk.WithKey(tk).WithBlob(mk), a.Keys)
	must(t, os.WriteFile(filepath.Join(a.folder, files.Place(b.Tenant, tk)), raw, 0o600))
	b.wontOpen(t, "copied under another clinic's name", tk.WithKey(mk).WithBlob(tk), b.Keys)
	for name, spoil := range map[string]func([]byte) []byte{
		"a bit flipped": func(p []byte) []byte { p[len(p)/2] ^= 1; return p }, "cut short": func(p []byte) []byte { return p[:len(p)-1] },
		"longer": func(p []byte) []byte { return append(p, 0) }, "empty": func([]byte) []byte { return nil },
	} {
		must(t, os.WriteFile(filepath.Join(a.folder, files.Place(a.Tenant, mk)), spoil(append([]byte(nil), raw...)), 0o600))
		a.wontOpen(t, name, mk, a.Keys)
	}
	must(t, os.WriteFile(filepath.Join(a.folder, files.Place(a.Tenant, mk)), raw, 0o600))
	if got := a.content(t, mine); got != letter {
		t.Errorf("back in its place: %q", got)
	}
	if _, err := a.shelf.Thumbnail(t.Context(), a.Keys, mk); !errors.Is(err, fault.Missing) {
		t.Errorf("the thumbnail of a letter: %v", err)
	}
}

// A long stream that was cut between two segments says so: nobody takes its first part for the whole.
func TestAStreamCutBetweenSegmentsIsNotTakenForWhole(t *testing.T) {
	c := newClinic(t)
	row := id.New()
	must(t, files.Add(t.Context(), c.deps(), c.Keys, c.who(), row, c.incoming(), long(1<<20)))
	name := c.blobs(t)[0]
	must(t, os.Truncate(name, 4*(64<<10)))
	c.wontOpen(t, "after four segments", c.unlock(t, row), c.Keys)
}

// Whoever destroys a clinic's keys destroys its files, in every copy of the store (T89).
func TestWithoutTheClinicsKeysFilesAreGone(t *testing.T) {
	c := newClinic(t)
	row := c.added(t, letter)
	_ = c.content(t, row)
	must(t, os.Remove(filepath.Join(c.env.KeyDir, "keys", "clinics", c.Tenant.String())))
	c.env.Vault.Forget(c.Tenant)
	if _, err := c.env.Vault.Clinic(t.Context(), c.Tenant); !errors.Is(err, vault.ErrNoKeys) {
		t.Fatalf("the keys are still there: %v", err)
	}
	must(t, c.env.Vault.Create(t.Context(), c.Tenant))
	fresh, err := c.env.Vault.Clinic(t.Context(), c.Tenant)
	must(t, err)
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		if _, err := files.Unlock(ctx, tx, fresh, row); !errors.Is(err, vault.ErrUnopenable) {
			t.Errorf("with new keys: %v", err)
		}
		return nil
	})
}

func TestAFileIsTakenOffOnceAndWithAReason(t *testing.T) {
	c := newClinic(t)
	row := c.added(t, letter)
	off := func(file id.ID, why string) error {
		return c.write(t, func(ctx context.Context, tx *db.Tx) error { return files.TakeOff(ctx, tx, c.Keys, file, why) })
	}
	if m := mistake(t, off(row, " \n"), "reason"); m == "" {
		t.Error("no reason was taken for one")
	}
	if err := off(id.New(), "Wrong animal"); !errors.Is(err, fault.Missing) {
		t.Errorf("nobody's file: %v", err)
	}
	must(t, off(row, "Wrong animal"))
	if err := off(row, "Again"); !errors.Is(err, files.ErrAlreadyVoid) {
		t.Errorf("the second time: %v", err)
	}
	f := c.open(t, row)
	if !f.Voided || f.Void.Reason != "Wrong animal" || f.Void.By != c.person || f.Void.At.IsZero() || !c.unlock(t, row).Voided {
		t.Errorf("%+v", f)
	}
	if got := c.content(t, row); got != letter {
		t.Error("what was stored is gone")
	}
}

// The database itself refuses to change or remove what stands in the record.
func TestTheDatabaseKeepsFilesAsTheyAre(t *testing.T) {
	c := newClinic(t)
	row := c.added(t, letter)
	app := c.env.As(t, db.RoleApp)
	for _, sql := range []string{
		"UPDATE files SET taken_on = '2020-01-01' WHERE tenant_id = $1 AND id = $2", "DELETE FROM files WHERE tenant_id = $1 AND id = $2",
		"DELETE FROM file_keys WHERE tenant_id = $1 AND id = $2", "UPDATE file_keys SET sealed = '' WHERE tenant_id = $1 AND id = $2",
		"DELETE FROM file_voids WHERE tenant_id = $1 AND id = $2",
	} {
		if _, err := app.Exec(t.Context(), sql, c.Tenant.ID(), row); err == nil {
			t.Errorf("%s is allowed", sql)
		}
	}
}

func TestManyFilesComeInPages(t *testing.T) {
	c := newClinic(t)
	var all []id.ID
	for i := range 7 {
		in := c.incoming()
		in.TakenOn = today.AddDate(0, 0, -i/2)
		row := id.New()
		must(t, files.Add(t.Context(), c.deps(), c.Keys, c.who(), row, in, strings.NewReader(letter)))
		all = append(all, row)
	}
	var seen []id.ID
	var from files.Cursor
	for more := true; more; {
		c.read(t, func(ctx context.Context, tx *db.Tx) error {
			list, _, _, err := files.List(ctx, tx, c.Keys, c.patient, from, 3)
			must(t, err)
			heads, next, ok, err := files.Heads(ctx, tx, c.patient, from, 3)
			must(t, err)
			if len(heads) != len(list) {
				t.Errorf("%d heads of %d files", len(heads), len(list))
			}
			for i, f := range list {
				seen = append(seen, f.ID)
				if heads[i].ID != f.ID {
					t.Error("heads and files differ")
				}
			}
			from, more = next, ok
			return nil
		})
	}
	if len(seen) != len(all) {
		t.Errorf("%d of %d files were seen", len(seen), len(all))
	}
	had := map[id.ID]bool{}
	for _, s := range seen {
		had[s] = true
	}
	if len(had) != len(all) {
		t.Error("a file was seen twice")
	}
}
