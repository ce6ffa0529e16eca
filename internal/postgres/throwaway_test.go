package postgres

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAThrowawayServerLeavesNothingBehind(t *testing.T) {
	// What a killed run leaves: a folder whose lock nobody holds. It goes at the next start.
	left, err := os.MkdirTemp(throwawayBase(), throwawayPrefix)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "lock"), []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := StartThrowaway(t.Context(), map[string]string{"max_connections": "31"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	if got := query(t, s.AdminURL("postgres"), "SHOW max_connections"); got != "31" {
		t.Errorf("max_connections is %s", got)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of a killed run is still there: %v", err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.layout.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its own folder is still there: %v", err)
	}
}

func TestTheLogStaysWithinItsBounds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	line := []byte(strings.Repeat("x", 1023) + "\n")
	for range 3 * logMax / len(line) {
		if _, err := l.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + ".1"} {
		info, err := os.Stat(name)
		if err != nil || info.Size() == 0 || info.Size() > logMax {
			t.Errorf("%s: %v (%v)", name, info, err)
		}
	}
	if files, _ := filepath.Glob(path + "*"); len(files) != 2 {
		t.Errorf("the logs are %v", files)
	}
}

func TestTheReasonIsTheLastFatalLine(t *testing.T) {
	for said, want := range map[string]string{
		"LOG:  hello\nFATAL:  no room\nLOG:  shut down\n":       "no room",
		"initdb: error: could not create\nremoving directory\n": "could not create",
		"only this": "only this",
		"":          "it said nothing",
	} {
		var last tail
		_, _ = last.Write([]byte(said))
		if got := last.reason(); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
