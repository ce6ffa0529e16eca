package isolation

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paddock/internal/dbtest"
)

// cut is one change of the source text, and the tests that must notice.
type cut struct {
	name, file string
	old, new   string // every place of old, at least one
	pkg        string
	red, green []string
}

var cuts = []cut{
	{
		name: "S18 the server's minor not checked at boot", file: "internal/isolation/boot.go",
		old: "found := version(w.Version)", new: "found := version(990000)", pkg: "./internal/isolation",
		red: []string{"TestBootRefusesATooOldServer"}, green: []string{"TestTheApplicationMayServeACleanDatabase", "TestBootRefusesEveryOtherRole"},
	},
	{
		name: "S18 the role not checked at boot", file: "internal/isolation/boot.go",
		old: "if w.Session != db.RoleApp || w.Current != db.RoleApp {", new: "if w.Session == \"\" {", pkg: "./internal/isolation",
		red: []string{"TestBootRefusesEveryOtherRole"}, green: []string{"TestTheApplicationMayServeACleanDatabase", "TestBootRefusesATooOldServer"},
	},
	{
		name: "S21 the clinic taken out of one query", file: "db/clients.sql.go",
		old: "SELECT count(*) FROM clients WHERE tenant_id = $1", new: "SELECT count(*) FROM clients WHERE $1::uuid IS NOT NULL", pkg: "./db",
		// Only the check of the text notices: run anyway, the query leaks nothing.
		red:   []string{"TestEveryStatementNamesItsClinic"},
		green: []string{"TestAReadSeesItsOwnClinicOnly", "TestARequestCancelledAnywhereLeavesNothingToTheNext"},
	},
	{
		name: "S22 the context set for the session", file: "db/migrations/00001_fences.sql",
		old: "set_config('backtrace_functions', left(ctx, 32), true)", new: "set_config('backtrace_functions', left(ctx, 32), false)", pkg: "./db",
		red: []string{"TestAnOrderlyConnectionIsKept", "TestAClinicIsLeftWithTheTransaction"}, green: []string{"TestAReadCannotWrite"},
	},
	{
		name: "S23 what a connection carries over not checked", file: "db/fence.go",
		old: "sec.enter($1, false)", new: "sec.enter($1, true)", pkg: "./db",
		red:   []string{"TestAChangedSettingCostsTheConnection"},
		green: []string{"TestAnOrderlyConnectionIsKept"},
	},
	{
		name: "S23 the tags of what ran not looked at", file: "db/fence.go",
		old: `f.tainted = true`, new: `f.tainted = false`, pkg: "./db",
		red:   []string{"TestAHeldCursorDoesNotSurviveRelease", "TestAReplacedStatementNeverRunsForAnotherClinic"},
		green: []string{"TestAnOrderlyConnectionIsKept"},
	},
	{
		name: "S24 a transaction inside another switches the clinic", file: "db/store.go",
		old: "if ctx.Value(openKey{}) != nil {", new: "if ctx.Value(openKey{}) == ctx {", pkg: "./db",
		red: []string{"TestATransactionInsideAnotherIsRefused"}, green: []string{"TestAReadCannotWrite"},
	},
	{
		name: "the shares of an animal's owners not summed", file: "internal/registry/owners_form.go",
		old: "case sum != WholeShare:", new: "case sum < 0:", pkg: "./internal/registry",
		red:   []string{"TestTheSharesAlwaysComeToTheWhole", "TestBondsThatMayNotBeAreRefusedInWords"},
		green: []string{"TestOfTwoChangesOfOwnersAtOnceOneWins"},
	},
	{
		name: "an animal not held while its owners change", file: "db/patients.sql.go",
		old: "id = $2 FOR UPDATE", new: "id = $2", pkg: "./internal/registry",
		red:   []string{"TestOfTwoChangesOfOwnersAtOnceOneWins"},
		green: []string{"TestBondsThatMayNotBeAreRefusedInWords"},
	},
	{
		name: "one token for all clinics", file: "internal/live/live.go",
		old: `keys.Commit([]byte("live"), []byte(t))[:tokenSize]`, new: `append([]byte(t), make([]byte, tokenSize)...)[:tokenSize]`, pkg: "./internal/live",
		red:   []string{"TestAChangeReachesTheStreamsOfItsClinicAndNoOthers", "TestAListenerLearnsNothingAndForgesNothing"},
		green: []string{"TestNothingIsToldOfWhatWasNotCommitted"},
	},
	{
		name: "S25 a job runs without its epoch being checked", file: "internal/jobs/worker.go",
		old: "case now.Epoch != o.epoch:", new: "case now.Epoch == 0:", pkg: "./internal/jobs",
		red:   []string{"TestAJobFromBeforeAMoveIsRefused", "TestAJobThatFailsIsNotRetriedAcrossAMove"},
		green: []string{"TestAJobRunsForTheClinicThatAskedForIt"},
	},
	{
		name: "S25 a job runs without its MAC being checked", file: "internal/jobs/worker.go",
		old: "case !o.genuine(keys):", new: "case o.clinic.IsZero():", pkg: "./internal/jobs",
		red: []string{"TestAJobThatNoClinicAskedForIsRefused"}, green: []string{"TestAJobRunsForTheClinicThatAskedForIt"},
	},
	{
		name: "S25 the MAC leaves out who asked", file: "internal/jobs/jobs.go",
		old: "[]byte(o.kind), o.clinic[:], o.id[:], o.object[:], o.person[:], epoch)", new: "[]byte(o.kind), o.clinic[:], o.id[:], o.object[:], epoch)", pkg: "./internal/jobs",
		red: []string{"TestAJobThatNoClinicAskedForIsRefused"}, green: []string{"TestAJobRunsForTheClinicThatAskedForIt"},
	},
}

func TestEachCutInTheSourceIsNoticed(t *testing.T) {
	if os.Getenv(insideCopy) != "" {
		t.Fatal("the copies are not to be cut again: name the tests to run")
	}
	t.Parallel()
	switched := buildSwitched(t, cuts)
	for pkg, binary := range switched {
		t.Run(strings.TrimPrefix(pkg, "./"), func(t *testing.T) {
			t.Parallel()
			dir := copyModule(t)
			own := slices.DeleteFunc(slices.Clone(cuts), func(c cut) bool { return c.pkg != pkg })
			t.Run("uncut", func(t *testing.T) { uncut(t, own, dir, binary) })
			for _, c := range own { // one after the other: they share the copy
				t.Run(c.name, func(t *testing.T) { c.run(t, dir, binary) })
			}
		})
	}
}

// uncut demands that what is to notice the cuts is content without one, in the same program.
func uncut(t *testing.T, cuts []cut, dir, binary string) {
	var names []string
	for _, c := range cuts {
		names = append(append(names, c.red...), c.green...)
	}
	out, err := test(t, binary, filepath.Join(dir, filepath.FromSlash(cuts[0].pkg)), "", names)
	if err != nil {
		t.Error(err)
	}
	for _, name := range names {
		if !strings.Contains(out, "--- PASS: "+name+" ") {
			t.Errorf("%s:\n%s", name, out)
		}
	}
}

// insideCopy keeps a run inside the copy from making copies of its own.
const insideCopy = "PADDOCK_TEST_INSIDE_COPY"

// run cuts the copy, since some tests read the source, and runs the program of the package's tests in which
// the same cut is made.
func (c cut) run(t *testing.T, dir, binary string) {
	path := filepath.Join(dir, filepath.FromSlash(c.file))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.ReplaceAll(string(whole), c.old, c.new)
	if broken == string(whole) {
		t.Fatalf("%q does not stand in %s: the sabotage is out of date", c.old, c.file)
	}
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.WriteFile(path, whole, 0o600); err != nil {
			t.Error(err)
		}
	}()
	if !c.switchable() {
		binary = buildTests(t, map[string]string{c.file: broken}, c.pkg)[c.pkg]
	}
	out, err := test(t, binary, filepath.Join(dir, filepath.FromSlash(c.pkg)), c.name, append(c.red[:len(c.red):len(c.red)], c.green...))
	if err == nil {
		t.Errorf("nothing noticed:\n%s", out)
	}
	for _, name := range c.red {
		if !strings.Contains(out, "--- FAIL: "+name+" ") {
			t.Errorf("%s did not notice:\n%s", name, out)
		}
	}
	for _, name := range c.green {
		if !strings.Contains(out, "--- PASS: "+name+" ") {
			t.Errorf("%s was to stay green:\n%s", name, out)
		}
	}
}

// test runs the named tests of a program, with the named cut made in it.
func test(t *testing.T, binary, dir, cut string, names []string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "-test.v", "-test.run", "^("+strings.Join(names, "|")+")$")
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), dbtest.Variables(t)...), insideCopy+"=1", cutVariable+"="+cut)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// copyModule copies what the tests of the database read.
func copyModule(t *testing.T) string {
	t.Helper()
	root, dir := filepath.Join("..", ".."), t.TempDir()
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		top, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
		switch {
		case d.IsDir() && (d.Name() == "node_modules" || rel != "." && top != "db" && top != "internal" && top != "queries"):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dir, rel), 0o700)
		case !d.Type().IsRegular() || (top == rel && rel != "go.mod" && rel != "go.sum"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		return os.WriteFile(filepath.Join(dir, rel), text, 0o600)
	})
	if err != nil || files < 20 {
		t.Fatalf("copying the module: %d files, %v", files, err)
	}
	return dir
}
