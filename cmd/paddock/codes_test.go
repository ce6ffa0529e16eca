package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"paddock/internal/demo"
)

// coding loads lists of codes beside a running dev.
func coding(t *testing.T, m machine, s *process) {
	write := func(name, rows string) string {
		file := filepath.Join(m.dir, name)
		if err := os.WriteFile(file, []byte(rows), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	load := func(file string, more ...string) []string {
		return append([]string{"codes", "load", "--clinic", "oakvale", "--system", "Made up", "--version", "7", "--licence", "Ours to use", file}, more...)
	}
	lists := func(host, email string) string {
		_, page := s.signIn(host, email, demo.Passphrase).do(http.MethodGet, "/code-lists", nil)
		return page
	}
	right := write("right.csv", "code,name,species,parent\nA1,Abscess,dog,\nA2,\"Abscess, deep\",,A1\n")
	wrong := write("wrong.csv", "code,name,species\nA1,Abscess,\nA1,Again,unicorn\n,Nothing,\n")

	status, out, bad := m.run(t, load(wrong)...)
	if status != exitFailed || !strings.Contains(out, "line 3: “unicorn” is no species") || !strings.Contains(out, "line 4: Enter a code") ||
		!strings.Contains(bad, "wrong.csv has lines to mend, so nothing was taken in") || strings.Count(bad, "\n") != 1 {
		t.Errorf("a wrong file ended with %d and said\n%s%s", status, out, bad)
	}
	m.refuses(t, exitFailed, "cannot be read: no such file", load(right+".missing")...)
	m.refuses(t, exitFailed, "cannot be read: is a directory", load(m.dir)...)
	m.refuses(t, exitFailed, "no clinic lives at nowhere.localhost", load(right, "--clinic", "nowhere")...)
	m.refuses(t, exitFailed, "--licence: At most 300 letters", load(right, "--licence", strings.Repeat("x", 301))...)
	m.with("PADDOCK_PASSPHRASE", "not the passphrase of anybody").refuses(t, exitFailed, "do not belong together", load(right, "--as", "admin@oakvale.example")...)
	known := m.with("PADDOCK_PASSPHRASE", demo.Passphrase)
	known.refuses(t, exitFailed, "vet@oakvale.example may not load lists of codes", load(right, "--as", "vet@oakvale.example")...)
	if out := m.succeeds(t, load(right, "--dry-run")...); !strings.Contains(out, "The file is right. Codes: 2.") {
		t.Errorf("the dry run said\n%s", out)
	}
	if strings.Contains(lists("oakvale.localhost", "admin@oakvale.example"), "Made up") {
		t.Error("something was taken in by what was refused or only tried")
	}

	if out := known.succeeds(t, load(right, "--as", "admin@oakvale.example")...); !strings.Contains(out, "Made up 7 was taken in. Codes: 2.") {
		t.Errorf("loading said\n%s", out)
	}
	for _, again := range [][]string{load(right), load(right, "--dry-run")} {
		m.refuses(t, exitFailed, "--version: This version of the list is there already", again...)
	}
	m.succeeds(t, load(right, "--version", "8")...) // by nobody, which dev allows
	page := lists("oakvale.localhost", "admin@oakvale.example")
	for _, name := range []string{"Made up 7", "Made up 8"} {
		if !strings.Contains(page, name) {
			t.Errorf("the page of lists lacks %s:\n%s", name, page)
		}
	}
	recorded := counted(t, filepath.Join(m.dir, "var", "postgres"), `SELECT count(*) FILTER (WHERE actor_id IS NOT NULL AND route = 'codes load') * 10 + count(*) FILTER (WHERE actor_id IS NULL AND route = 'cli codes load')
		FROM audit.leaf WHERE action = 'created' AND object = 'code-list' AND purpose = 'import'`)
	if recorded != 11 {
		t.Errorf("the record has %d, want one by a person and one by nobody", recorded)
	}
	if strings.Contains(lists("harbour.localhost", "admin@harbour.example"), "Made up") {
		t.Error("another clinic has it too")
	}
}
