package archtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheRepositoryKeepsItsShape(t *testing.T) {
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the module's root is elsewhere: %v", err)
	}
	found, err := Check(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// clean is a small module in which every rule has something to look at and nothing to say.
func clean() map[string]string {
	return map[string]string{
		"go.mod":                     "module paddock\n",
		"cmd/paddock/main.go":        "package main\nimport (\n_ \"paddock/web\"\n_ \"paddock/internal/postgres\"\n_ \"paddock/internal/demo\"\n_ \"paddock/internal/isolation\"\n)",
		"web/patients.go":            "package web\nimport (\n_ \"paddock/db\"\n_ \"paddock/views\"\n_ \"paddock/internal/records\"\n)",
		"web/patients_test.go":       "package web\nimport (\n_ \"paddock/internal/dbtest\"\n\"time\"\n\"paddock/internal/id\"\n)\nvar now, tenant = time.Now, id.TenantFrom",
		"views/patients.templ":       "package views",
		"views/patients_templ.go":    "package views\nimport _ \"paddock/views/ui\"",
		"views/patients_form.templ":  "package views",
		"views/ui/button.templ":      "package ui",
		"views/ui/button_templ.go":   "package ui\nimport _ \"paddock/static\"",
		"static/static.go":           "package static",
		"db/store.go":                "package db\nimport \"paddock/internal/id\"\nvar tenant = id.TenantFrom",
		"db/bench_on.go":             "//go:build bench\n\npackage db",
		"db/bench_off.go":            "//go:build !bench\n\npackage db",
		"queries/patients.sql":       "-- name: ListPatients :many\nSELECT 1;",
		"internal/id/id.go":          "package id",
		"internal/clock/clock.go":    "package clock\nimport \"time\"\nvar now = time.Now",
		"internal/access/roles.go":   "package access\nimport _ \"github.com/casbin/casbin/v2\"",
		"internal/registry/r.go":     "package registry\nimport _ \"paddock/internal/audit\"",
		"internal/records/notes.go":  "package records\nimport _ \"paddock/internal/registry\"",
		"internal/audit/leaf.go":     "package audit\nimport _ \"paddock/internal/vault\"",
		"internal/vault/keys.go":     "package vault\nimport _ \"paddock/db\"",
		"internal/isolation/lint.go": "package isolation\nimport _ \"paddock/internal/tenancy\"",
		"internal/tenancy/hosts.go":  "package tenancy\nimport \"paddock/internal/id\"\nvar tenant = id.TenantFrom",
		"internal/demo/demo.go":      "package demo\nimport _ \"paddock/internal/registry\"",
		"internal/postgres/run.go":   "package postgres",
		"internal/dbtest/dbtest.go":  "package dbtest\nimport (\n_ \"paddock/internal/postgres\"\n_ \"paddock/db\"\n)",
		"internal/sqlcheck/check.go": "package sqlcheck",
		"tools/go.mod":               "module tools\n",
		"tools/main.go":              "package main\nimport _ \"paddock/internal/dbtest\"",
		"node_modules/x/x.go":        "not Go at all",
	}
}

func run(t *testing.T, files map[string]string) []Finding {
	t.Helper()
	fsys := fstest.MapFS{}
	for p, text := range files {
		fsys[p] = &fstest.MapFile{Data: []byte(text)}
	}
	found, err := Check(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestACleanModuleHasNoFinding(t *testing.T) {
	for _, f := range run(t, clean()) {
		t.Error(f)
	}
}

// Each breach is the clean module with one file written otherwise; exactly the rule it names must say so.
func TestEachBreachIsFound(t *testing.T) {
	for name, breach := range map[string]struct{ rule, file, text string }{
		"a package without a row":      {"layers", "internal/unheard/p.go", "package unheard"},
		"a package at the root":        {"layers", "main.go", "package main"},
		"a leaf imports db":            {"layers", "internal/id/id.go", "package id\nimport _ \"paddock/db\""},
		"db imports a slice":           {"layers", "db/store.go", "package db\nimport _ \"paddock/internal/audit\""},
		"a view imports db":            {"layers", "views/patients_templ.go", "package views\nimport _ \"paddock/db\""},
		"a part imports a page":        {"layers", "views/ui/button_templ.go", "package ui\nimport _ \"paddock/views\""},
		"registry looks rightwards":    {"layers", "internal/registry/r.go", "package registry\nimport _ \"paddock/internal/records\""},
		"billing looks rightwards":     {"layers", "internal/billing/b.go", "package billing\nimport _ \"paddock/internal/scheduling\""},
		"a slice imports web":          {"layers", "internal/records/notes.go", "package records\nimport _ \"paddock/web\""},
		"a slice imports access":       {"layers", "internal/records/notes.go", "package records\nimport _ \"paddock/internal/access\""},
		"web makes demo clinics":       {"layers", "web/patients.go", "package web\nimport _ \"paddock/internal/demo\""},
		"web starts PostgreSQL":        {"layers", "web/patients.go", "package web\nimport _ \"paddock/internal/postgres\""},
		"web imports the program":      {"layers", "web/patients.go", "package web\nimport _ \"paddock/cmd/paddock\""},
		"the program uses a test's":    {"layers", "cmd/paddock/main.go", "package main\nimport _ \"paddock/internal/dbtest\""},
		"the program parses SQL":       {"layers", "cmd/paddock/main.go", "package main\nimport _ \"paddock/internal/sqlcheck\""},
		"a test imports the unknown":   {"layers", "web/patients_test.go", "package web\nimport _ \"paddock/internal/nowhere\""},
		"a handler names a clinic":     {"tenant", "web/patients.go", "package web\nimport \"paddock/internal/id\"\nvar x = id.TenantFrom(id.New())"},
		"a clinic named by alias":      {"tenant", "web/patients.go", "package web\nimport other \"paddock/internal/id\"\nvar x = other.TenantFrom"},
		"a clinic named by dot import": {"tenant", "internal/records/notes.go", "package records\nimport . \"paddock/internal/id\"\nvar x = TenantFrom(New())"},
		"a bench switch elsewhere":     {"bench", "internal/registry/r.go", "//go:build bench\n\npackage registry"},
		"a bench switch by negation":   {"bench", "web/patients.go", "//go:build linux && !bench\n\npackage web"},
		"a bench switch by or":         {"bench", "web/patients.go", "//go:build linux || bench\n\npackage web"},
		"copyfrom in a query":          {"copyfrom", "queries/patients.sql", "-- name: AddPatients :copyfrom\nINSERT"},
		"copyfrom in code":             {"copyfrom", "db/store.go", "package db\nfunc f(c conn) { c.CopyFrom() }"},
		"a page without a handler":     {"stems", "views/clients.templ", "package views"},
		"a part without a handler":     {"stems", "views/clients_form.templ", "package views"},
		"Casbin elsewhere":             {"casbin", "web/patients.go", "package web\nimport _ \"github.com/casbin/casbin/v2\""},
		"Casbin in a test elsewhere":   {"casbin", "web/patients_test.go", "package web\nimport _ \"github.com/casbin/casbin/v2/model\""},
		"the clock called":             {"clock", "web/patients.go", "package web\nimport \"time\"\nvar x = time.Now()"},
		"the clock handed on":          {"clock", "web/patients.go", "package web\nimport \"time\"\nvar x = time.Now"},
		"the clock by Since":           {"clock", "web/patients.go", "package web\nimport \"time\"\nfunc f(t time.Time) { _ = time.Since(t) }"},
		"a query over all clinics":     {"all-tenants", "queries/patients.sql", "-- name: AllTenantsPatients :many\nSELECT 1;"},
		"a function over all clinics":  {"all-tenants", "db/store.go", "package db\nfunc (s *Store) AllTenantsCount() {}"},
		"http.Error":                   {"http-error", "web/patients.go", "package web\nimport \"net/http\"\nfunc f(w http.ResponseWriter) { http.Error(w, \"\", 500) }"},
	} {
		t.Run(name, func(t *testing.T) {
			files := clean()
			files[breach.file] = breach.text
			found := run(t, files)
			if len(found) != 1 || found[0].Rule != breach.rule || !strings.HasPrefix(breach.file, found[0].Where) && found[0].Where != "." {
				t.Errorf("found %v, want one of rule %q in %s", found, breach.rule, breach.file)
			}
		})
	}
}

func TestEveryRuleHasABreachThatShowsIt(t *testing.T) {
	source, err := os.ReadFile("archtest_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if !strings.Contains(string(source), `{"`+r.name+`", "`) {
			t.Errorf("rule %s has no breach in TestEachBreachIsFound", r.name)
		}
	}
}

func TestStemsWaitForTheFirstHandler(t *testing.T) {
	files := clean()
	delete(files, "web/patients.go")
	delete(files, "web/patients_test.go")
	files["cmd/paddock/main.go"] = "package main"
	for _, f := range run(t, files) {
		t.Error(f)
	}
}

func TestAnEmptyModuleIsAnError(t *testing.T) {
	if _, err := Check(fstest.MapFS{"go.mod": {Data: []byte("module paddock\n")}}); err == nil {
		t.Error("nothing was checked and nothing was said")
	}
	if _, err := Check(fstest.MapFS{"x.go": {Data: []byte("pack age")}}); err == nil {
		t.Error("a file that is no Go was passed over")
	}
}
