package imports_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
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
	if said.Total != 66042 || said.Added+said.Merged+said.Skipped != 66042 || said.Refused != 0 || said.Unnamed != 1365 || said.Added-said.Conflicts != 64130 ||
		said.Conflicts < 55 || said.Conflicts > 65 {
		t.Errorf("%+v", said)
	}
	if raced() { // ten times slower: the whole list is only looked at, and a tenth of it goes all the way
		lines := strings.SplitAfter(string(whole), "\n")
		whole, c = []byte(strings.Join(lines[:6600], "")), newClinic(t)
		row = c.staged(t, string(whole))
		said = c.check(t, row)
		lap("a tenth of it staged and checked")
	}
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
	if n := c.countPatients(t); n != int64(got.Added) {
		t.Errorf("%d patients", n)
	}
	for typed, has := range map[string]string{"schrod": "Schrödinger", "s103809": "Señor Diego", "theodore logan": `Ted "Theodore" Logan`} {
		if found := names(c.search(t, typed)); !raced() && !strings.Contains(found, has) {
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

// raced reports whether this test was built with the race detector.
func raced() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.ContainsFunc(info.Settings, func(s debug.BuildSetting) bool { return s.Key == "-race" && s.Value == "true" })
}
