package imports_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/imports"
)

// The licences of one city, 66,042 rows, where they are at hand: in $PADDOCK_SHARED/data, or in
// shared/data beside the repository.
func TestACitysLicencesAreImportedInUnderAMinute(t *testing.T) {
	folder := os.Getenv("PADDOCK_SHARED")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared")
	}
	file, err := os.Open(filepath.Join(folder, "data", "seattle-pet-licences.csv"))
	if errors.Is(err, os.ErrNotExist) {
		t.Log("the list of 66,042 licences is not here, so the import was not tried at its size")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	whole, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	c := newClinic(t)
	began := clock.System.Now()
	lap := func(what string) { // told, not judged: the machine may be busy
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		t.Logf("%s: %v, %d MiB taken from the system", what, clock.System.Now().Sub(began), m.Sys>>20)
		began = clock.System.Now()
	}
	row := c.staged(t, string(whole))
	lap("staged")
	said := c.check(t, row)
	lap("checked")
	c.start(t, row)
	got, err := imports.Run(t.Context(), c.env.Store, c.Keys, c.who, row, nil)
	if err != nil {
		t.Fatal(err)
	}
	lap("run")
	if got != said {
		t.Errorf("the dry run said %+v, the run came to %+v", said, got)
	}
	t.Logf("%+v", got)
	if got.Total != 66042 || got.Added+got.Merged+got.Skipped != 66042 || got.Refused != 0 || got.Unnamed != 1365 || got.Added-got.Conflicts != 64130 ||
		got.Conflicts < 45 || got.Conflicts > 65 {
		t.Errorf("%+v", got)
	}
	if n := c.countPatients(t); n != int64(got.Added) {
		t.Errorf("%d patients", n)
	}
	for typed, has := range map[string]string{"schrod": "Schrödinger", "s103809": "Señor Diego", "theodore logan": `Ted "Theodore" Logan`} {
		if found := names(c.search(t, typed)); !strings.Contains(found, has) {
			t.Errorf("%q finds %q", typed, found)
		}
	}
	lap("three searches")
	_, again := c.run(t, string(whole))
	if again.Added != 0 || again.Merged != 0 || again.Skipped != got.Total || c.countPatients(t) != int64(got.Added) {
		t.Errorf("the same file again: %+v", again)
	}
	lap("the same again")
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		w, err := imports.PreviewWithdrawal(ctx, tx, c.Keys, row, 10)
		if w.Patients != got.Added || w.Numbers != got.Merged || w.Used != 0 {
			t.Errorf("to be taken back: %+v", w)
		}
		return err
	})
	lap("looked at what would be taken back")
	if kept := c.takeBack(t, row); kept != 0 || c.countPatients(t) != 0 {
		t.Errorf("taken back: %d kept, %d patients are there", kept, c.countPatients(t))
	}
	lap("taken back")
}
