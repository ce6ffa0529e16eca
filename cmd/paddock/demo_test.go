package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"paddock/internal/demo"
	"paddock/internal/htmltest"
)

func TestDemoClinicsOfAnySize(t *testing.T) {
	m := newMachine(t)
	for words, args := range map[string][]string{
		"the number of clinics is from 1 to 9999":      {"demo", "--clinics", "0"},
		"the number of patients of a clinic is from 1": {"demo", "--patients", "-5"},
		"the number of years is from 1 to 30":          {"demo", "--years", "31"},
		`invalid value "many" for flag -clinics`:       {"demo", "--clinics", "many"},
		`invalid value "-1" for flag -seed`:            {"demo", "--seed", "-1"},
		`demo does not understand "now"`:               {"demo", "now"},
		"flag provided but not defined: -size":         {"demo", "--size", "3"},
	} {
		m.refuses(t, exitUsage, words, args...)
	}
	m.refuses(t, exitFailed, "no Paddock is running", "demo")
	s := m.dev(t)
	args := []string{"demo", "--clinics", "2", "--patients", "60", "--years", "2", "--seed", "5"}
	out := m.succeeds(t, args...)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	made := lines[max(0, len(lines)-2)]
	if !strings.HasPrefix(made, "Made 2 clinics, ") || !strings.Contains(made, " 120 patients and ") || !strings.Contains(made, " patients a second") ||
		!strings.Contains(lines[len(lines)-1], " visits with their bills in ") || !strings.Contains(out, "demo-0001.localhost to demo-0002.localhost") {
		t.Errorf("it said\n%s", out)
	}
	for _, job := range []string{"reception", "nurse", "admin"} {
		s.signIn("demo-0001.localhost", job+"@demo-0001.example", demo.Passphrase)
	}
	vet := s.signIn("demo-0002.localhost", "vet@demo-0002.example", demo.Passphrase)
	_, page := vet.do(http.MethodGet, "/patients", nil)
	if strings.Count(page, `href="/patients/`) < 50 {
		t.Fatalf("the landing page shows no patients:\n%s", page)
	}
	form := htmltest.Form(t, page, "form[action='/search']")
	form.Set("q", htmltest.Texts(t, page, "a[href^='/clients/']:not([href='/clients/new'])")[0])
	_, found := vet.do(http.MethodPost, "/search", form)
	row := regexp.MustCompile(`/patients/[0-9a-f-]{36}`).FindString(found)
	if row == "" {
		t.Fatalf("a search for %q finds no patient:\n%s", form.Get("q"), found)
	}
	if answer, page := vet.do(http.MethodGet, row, nil); answer.StatusCode != http.StatusOK || !strings.Contains(page, form.Get("q")) {
		t.Errorf("a patient's page gives %s\n%s", answer.Status, page)
	}
	if out := m.succeeds(t, args...); !strings.Contains(out, "All 2 clinics and their 120 patients were there already: nothing was made.") {
		t.Errorf("given again it said\n%s", out)
	}
	m.succeeds(t, "clinic", "add", "Mill Lane Vets", "--host", "mill", "--admin", "jo@mill.example")
	m.refuses(t, exitFailed, "this server holds mill.localhost, which is no demo clinic", args...)
}
