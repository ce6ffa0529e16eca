package archtest

import (
	"bufio"
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// rule is one rule under the name its findings carry.
type rule struct {
	name  string
	check func(t *tree, report func(where, what string))
}

var rules = []rule{
	{"layers", layers},
	{"tenant", tenantNamers},
	{"bench", benchSwitches},
	{"copyfrom", noCopy},
	{"stems", stems},
	{"casbin", casbinInAccess},
	{"clock", oneClock},
	{"all-tenants", allTenants},
	{"http-error", noHTTPError},
}

// Check reads a module and reports every breach of every rule, in the order of the rules.
func Check(module fs.FS) ([]Finding, error) { return check(module, rows) }

func check(module fs.FS, rows map[string]row) ([]Finding, error) {
	t, err := read(module, rows)
	if err != nil {
		return nil, err
	}
	if len(t.files) == 0 {
		return nil, fmt.Errorf("no Go file in the module: nothing was checked")
	}
	var all []Finding
	for _, r := range rules {
		r.check(t, func(where, what string) { all = append(all, Finding{r.name, where, what}) })
	}
	return all, nil
}

// mayNameTenant lists the packages that may make an id.Tenant of an identifier. In a request the
// fenced transaction is the only source of one.
var mayNameTenant = []string{
	"db", "internal/id", "internal/tenancy", "internal/dbtest", "internal/isolation", "internal/isolation/sabotage",
	"internal/provision", "internal/jobs",
}

func tenantNamers(t *tree, report func(where, what string)) {
	for _, f := range t.files {
		if !f.test && !slices.Contains(mayNameTenant, f.dir) && f.uses(module+"/internal/id", "TenantFrom") {
			report(f.path, "makes an id.Tenant; only "+strings.Join(mayNameTenant, ", ")+" may")
		}
	}
}

// benchPackages may have one pair of files, bench_on.go and bench_off.go, that differ by the build tag:
// each switch in them lets a request past a fence, so nothing but `make bench` is built with it.
var benchPackages = []string{"db", "web", "internal/access", "internal/audit", "internal/vault"}

func benchSwitches(t *tree, report func(where, what string)) {
	for _, f := range t.files {
		if f.build == nil || !names(f.build, "bench") || f.dir == "bench" {
			continue
		}
		pair := path.Base(f.path) == "bench_on.go" || path.Base(f.path) == "bench_off.go"
		if !pair || !slices.Contains(benchPackages, f.dir) {
			report(f.path, "is built or left out by the tag bench")
		}
	}
}

// names reports whether a build constraint mentions a tag, negated or not.
func names(e constraint.Expr, tag string) bool {
	found := false
	e.Eval(func(t string) bool {
		found = found || t == tag
		return false
	})
	// Eval stops at the first term that decides, so ask again with the answer turned round.
	e.Eval(func(t string) bool {
		found = found || t == tag
		return true
	})
	return found
}

var copyAnnotation = regexp.MustCompile(`(?m)^\s*--\s*name:.*:copyfrom`)

// noCopy refuses COPY, which PostgreSQL refuses under row security (0A000).
func noCopy(t *tree, report func(where, what string)) {
	for _, p := range t.paths(".sql") {
		if copyAnnotation.Match(t.other[p]) {
			report(p, "uses :copyfrom, which row security refuses; insert by unnest")
		}
	}
	for _, f := range t.files {
		if f.test || f.dir == "internal/isolation" { // the probe that shows the refusal
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "CopyFrom" {
				report(f.path, "calls CopyFrom, which row security refuses; insert by unnest")
			}
			return true
		})
	}
}

// stems demands web/x.go for each views/x.templ and views/x_part.templ, once web has any code.
func stems(t *tree, report func(where, what string)) {
	var web []string
	for _, f := range t.files {
		if f.dir == "web" && !f.test {
			web = append(web, strings.TrimSuffix(path.Base(f.path), ".go"))
		}
	}
	if len(web) == 0 {
		return
	}
	for _, p := range t.paths(".templ") {
		stem := strings.TrimSuffix(path.Base(p), ".templ")
		handled := slices.ContainsFunc(web, func(w string) bool { return stem == w || strings.HasPrefix(stem, w+"_") })
		if path.Dir(p) == "views" && !handled {
			report(p, "has no file of its stem in web")
		}
	}
}

func casbinInAccess(t *tree, report func(where, what string)) {
	for _, f := range t.files {
		for target := range f.imports {
			if strings.HasPrefix(target, "github.com/casbin/") && f.dir != "internal/access" {
				report(f.path, "imports Casbin; only internal/access may")
			}
		}
	}
}

// oneClock keeps the wall clock in internal/clock, so that a test can turn it. Since and Until read it
// too. Tests may measure.
func oneClock(t *tree, report func(where, what string)) {
	for _, f := range t.files {
		if !f.test && f.dir != "internal/clock" && f.uses("time", "Now", "Since", "Until") {
			report(f.path, "reads the clock itself; take a clock.Clock")
		}
	}
}

// crossClinics lists the queries that look over all clinics. Each runs as another database role than
// the application's, and is here with the reason it exists.
var crossClinics = map[string]string{
	"AllTenantsClinics":    "paddock_platform: the list of clinics, for the operator; no clinic data",
	"AllTenantsOwnerOf":    "paddock_watch: whether an id refused here exists elsewhere, for the security event",
	"AllTenantsEndScreen":  "paddock_watch: ends a screen on the wall whose cookie was met on another clinic's host",
	"AllTenantsEndSession": "paddock_watch: ends a session whose cookie was met on another clinic's host",
	"AllTenantsHear":       "paddock_live: that something changed somewhere; tokens that only the clinic's key can tell apart",
	"AllTenantsRelay":      "paddock_jobs: takes what was asked for out of the outboxes into the queue; ids and a MAC, no clinic data",
}

var queryName = regexp.MustCompile(`^\s*--\s*name:\s*(\w+)`)

func allTenants(t *tree, report func(where, what string)) {
	judge := func(where, name string) {
		if _, ok := crossClinics[name]; !ok && strings.HasPrefix(strings.ToLower(name), "alltenants") {
			report(where, name+" is not in the list of what crosses clinics")
		}
	}
	for _, p := range t.paths(".sql") {
		lines := bufio.NewScanner(bytes.NewReader(t.other[p]))
		for lines.Scan() {
			if m := queryName.FindStringSubmatch(lines.Text()); m != nil {
				judge(p, m[1])
			}
		}
	}
	for _, f := range t.files {
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.dir != "internal/archtest" {
				judge(f.path, fn.Name.Name)
			}
		}
	}
}

// noHTTPError refuses http.Error: a handler returns its error, and one place writes the page. A test
// may play a foreign server with it.
func noHTTPError(t *tree, report func(where, what string)) {
	for _, f := range t.files {
		if !f.test && f.uses("net/http", "Error") {
			report(f.path, "writes http.Error; return the error")
		}
	}
}

// paths lists the files of one kind, sorted.
func (t *tree) paths(ext string) []string {
	var out []string
	for p := range t.other {
		if path.Ext(p) == ext {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}
