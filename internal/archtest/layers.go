// Package archtest holds the rules about the shape of this repository that a compiler does not: who
// may import whom, who may name a clinic, where the clock, Casbin and the bench switches live. It reads
// files and asks no other program, so that its result is never cached past a change.
package archtest

import (
	"path"
	"slices"
	"strings"
)

// module is the first element of every import path of ours.
const module = "paddock"

// Groups of packages that rows name together.
var (
	leaves = []string{
		"internal/actor", "internal/clock", "internal/config", "internal/fault", "internal/id", "internal/money", "internal/packs", "internal/paper",
		"internal/plain",
	}
	slice = join(leaves, "db", "internal/audit", "internal/vault")
	// testSupport is imported by tests and by other test support only.
	testSupport = []string{
		"e2e", "internal/archtest", "internal/dbtest", "internal/dbtest/server", "internal/htmltest",
		"internal/isolation/sabotage", "internal/sqlcheck",
	}
)

// row says what a package's own files, tests apart, may import of ours.
type row struct {
	may []string
	// all lets it import every package but test support and those with a list of importers.
	all bool
	// by, where given, lists the only packages that may import this one. Tests and test support may as
	// well.
	by []string
}

// rows is the table of docs/ARCHITECTURE.md: a package without a row is refused, as is an import that
// its row does not name. Slices look leftwards only: registry, billing, scheduling, records.
var rows = map[string]row{
	"cmd/paddock": {all: true},
	"web":         {all: true},
	"views":       {may: []string{"views/ui", "static"}},
	"views/ui":    {may: []string{"static"}},
	"static":      {},
	// The program that bundles and compresses the browser's files.
	"static/build": {by: []string{}},
	"db":           {may: leaves},

	"internal/tenancy":  {may: join(leaves, "db")},
	"internal/access":   {may: leaves},
	"internal/vault":    {may: join(leaves, "db")},
	"internal/audit":    {may: join(leaves, "db", "internal/vault")},
	"internal/identity": {may: join(slice, "internal/access", "internal/live")},
	"internal/isolation": {
		may: join(slice, "internal/tenancy"), by: []string{"cmd/paddock", "web"},
	},
	// What brings a clinic into being: keys, control plane, roles, its first person, what each slice begins with.
	"internal/provision": {
		may: join(slice, "internal/tenancy", "internal/access", "internal/identity", "internal/billing", "internal/scheduling", "internal/vaccines", "internal/pharmacy", "internal/labs", "internal/records"),
		by:  []string{"cmd/paddock", "internal/demo", "bench"},
	},
	// The queue. Works are given to it, so it knows no slice.
	"internal/jobs": {may: join(leaves, "db", "internal/vault")},
	// What tells open pages that something changed. Slices touch a topic, web hands out the streams.
	"internal/live": {may: join(leaves, "db", "internal/vault")},
	// How a clinic calls itself on paper, and whose rules hold there.
	"internal/practice":   {may: slice},
	"internal/registry":   {may: slice},
	"internal/imports":    {may: join(slice, "internal/registry", "internal/jobs", "internal/records", "internal/vaccines")},
	"internal/billing":    {may: join(slice, "internal/practice", "internal/registry", "internal/live")},
	"internal/scheduling": {may: join(slice, "internal/registry", "internal/billing", "internal/live")},
	"internal/records":    {may: join(slice, "internal/registry", "internal/billing", "internal/scheduling", "internal/live")},
	// Files of patients, and the store they lie in.
	"internal/files":    {may: join(slice, "internal/registry", "internal/billing", "internal/scheduling", "internal/jobs")},
	"internal/vaccines": {may: join(slice, "internal/practice", "internal/registry", "internal/billing")},
	// The drug list, prescriptions and labels.
	"internal/pharmacy": {may: join(slice, "internal/practice", "internal/registry", "internal/billing")},
	// The history of a patient: it reads what the slices keep, and changes nothing.
	"internal/timeline": {
		may: join(slice, "internal/registry", "internal/scheduling", "internal/records", "internal/vaccines", "internal/pharmacy", "internal/files", "internal/labs"), by: []string{"web", "bench"},
	},
	// Lab tests, requests, results and who has read them.
	"internal/labs": {may: join(slice, "internal/registry", "internal/billing", "internal/live")},

	"internal/actor":  {may: leaves},
	"internal/clock":  {may: leaves},
	"internal/config": {may: leaves},
	"internal/fault":  {may: leaves},
	"internal/id":     {may: leaves},
	"internal/money":  {may: leaves},
	"internal/packs":  {may: leaves},
	"internal/paper":  {may: leaves},
	"internal/plain":  {may: leaves},

	// The private server of `paddock dev` and of the tests.
	"internal/postgres": {may: leaves, by: []string{"cmd/paddock", "bench"}},
	// The demo clinics, which `paddock serve` cannot make.
	"internal/demo": {all: true, by: []string{"cmd/paddock", "bench"}},

	"internal/archtest":           {may: leaves},
	"internal/dbtest":             {all: true},
	"internal/dbtest/server":      {may: []string{"internal/postgres"}},
	"internal/htmltest":           {},
	"internal/isolation/sabotage": {all: true},
	"internal/sqlcheck":           {},
	"e2e":                         {all: true},
	// The floor and the driver of `make bench`.
	"bench": {all: true, by: []string{}},
}

func join(a []string, b ...string) []string { return append(slices.Clone(a), b...) }

// layers checks the imports of one file against the table.
func layers(t *tree, report func(where, what string)) {
	for _, dir := range t.packages() {
		if _, ok := t.rows[dir]; !ok {
			report(dir, "the package has no row in the table of layers")
		}
	}
	for _, f := range t.files {
		for _, to := range f.ours() {
			if to == f.dir {
				continue // an external test of its own package
			}
			if wrong := t.refuses(f, to); wrong != "" {
				report(f.path, wrong)
			}
		}
	}
}

// refuses says why a file may not import a package, or "".
func (t *tree) refuses(f *file, to string) string {
	if f.test {
		if _, ok := t.rows[to]; !ok {
			return "imports " + to + ", which has no row"
		}
		return ""
	}
	from, target := t.rows[f.dir], t.rows[to]
	supporting := slices.Contains(testSupport, f.dir)
	switch {
	case slices.Contains(testSupport, to) && !supporting:
		return "imports " + to + ", which is for tests only"
	case slices.Contains(from.may, to):
		return ""
	case !from.all:
		return "imports " + to + ", which the row of " + f.dir + " does not allow"
	case target.by != nil && !supporting && !slices.Contains(target.by, f.dir):
		return "imports " + to + ", which only " + listed(target.by) + " may"
	case to == "cmd/paddock" || strings.HasPrefix(to, "cmd/"):
		return "imports the program " + to
	default:
		return ""
	}
}

func listed(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}

// ours lists the packages of this module that a file imports, as folders.
func (f *file) ours() []string {
	var dirs []string
	for p := range f.imports {
		if rest, ok := strings.CutPrefix(p, module+"/"); ok {
			dirs = append(dirs, path.Clean(rest))
		}
	}
	slices.Sort(dirs)
	return dirs
}
