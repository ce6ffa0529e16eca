package web_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/web"
)

var update = flag.Bool("update", false, "write testdata instead of comparing with it")

// ask is a request that its rightful sender succeeds with. Words in braces stand for rows: the matrix
// puts in the asker's own, then, place by place, another clinic's and nobody's.
type ask struct {
	path string
	form url.Values // nil for GET
	file string     // goes along with the form, which then is one with parts
	ends bool       // what it does to the session ends the others' too
}

var words = regexp.MustCompile(`\{(\w+)\}`)

// fill puts the rows into a request.
func (a ask) fill(word func(string) string) (path string, form url.Values) {
	put := func(s string) string {
		return words.ReplaceAllStringFunc(s, func(w string) string { return word(w[1 : len(w)-1]) })
	}
	if a.form != nil {
		form = url.Values{}
	}
	for name, values := range a.form {
		for _, v := range values {
			form.Add(put(name), put(v))
		}
	}
	return put(a.path), form
}

// places are the words of rows in a request.
func (a ask) places() []string {
	var out []string
	a.fill(func(w string) string {
		if w != "asset" && w != "email" && w != "quarter" && w != "code" && w != "past" && w != "receipt" && w != "settings" && w != "headed" && w != "days" && w != "line" && !slices.Contains(out, w) {
			out = append(out, w)
		}
		return ""
	})
	slices.Sort(out)
	return out
}

// matrix asks every route of the table as everybody.
type matrix struct {
	*stage
	t       *testing.T
	theirs  func(word string) string // B's rows
	signed  map[string]*browser
	crossed map[string]string // requests that must stand in the platform's log once, and what they were
	random  []string          // requests that must not
}

// TestEveryRouteAnswersEveryRoleAsWritten walks route × role × {own clinic, other clinic, signed out}
// against testdata/access.golden (T60; T56 for the record of each attempt).
func TestEveryRouteAnswersEveryRoleAsWritten(t *testing.T) {
	t.Parallel()
	m := &matrix{stage: twoShops(t), t: t, signed: map[string]*browser{}, crossed: map[string]string{}}
	m.theirs = m.b.rowsOf(t, access.Veterinarian)
	for _, w := range []string{
		"client", "animal", "number", "draft", "note", "snippet", "kept", "token", "alert", "clientalert", "weight", "dead", "death", "staged", "checked", "done", "visit", "payment", "closing", "offer", "item", "class",
		"appointment", "expected", "move", "waiting", "vet", "room", "kind", "queued", "resource", "type", "gone", "retired", "block", "screen", "wallcode",
		"file",
		"diagnosiscode", "codelist", "ownlist", "suspected", "draftproblem", "handed", "problem",
		"dose", "certificate", "proof", "vaccine", "unkept", "nurse", "signer",
		"drug", "unused", "dosed", "prepared", "prescription", "supply", "label",
		"labtest", "labpanel", "lab", "labreport",
		"ownrole", "newcomer", "colleague", "parted",
		"ownsession", "idlesession",
	} {
		m.theirs(w)
	}
	// Ids the other clinic has already: another where a draft under the first one is there by then.
	// Ids that B has, one for each role: what a role makes with its own is in the next one's way.
	taken, signed := map[string]string{}, map[string]string{}
	for _, role := range roleKeys {
		taken[role], signed[role] = m.b.newClient(t).String(), m.b.newClient(t).String()
	}
	before := m.everything(t, m.b)

	var golden strings.Builder
	fmt.Fprintf(&golden, "# route, what it needs; then who gets what: %s, signed out, signed out (htmx)\n", strings.Join(roleKeys, ", "))
	for _, row := range m.server.Table() {
		a, ok := asks[row.Pattern]
		if !ok {
			t.Fatalf("%s has no expectation: say in asks how it is asked for", row.Pattern)
		}
		if row.Needs != access.Public && row.Needs != access.Wall && !slices.Contains(access.All(), row.Needs) {
			t.Errorf("%s needs %q, which is no permission", row.Pattern, row.Needs)
		}
		fmt.Fprintf(&golden, "\n%s\t%s\n", row.Pattern, row.Needs)
		fmt.Fprintf(&golden, "  own clinic:\t%s\t%d\t%d\n", m.own(row, a), m.stranger(a, false), m.stranger(a, true))
		for _, place := range a.places() {
			other := func(string) string { return m.theirs(place) }
			if place == "new" {
				other = func(role string) string { return taken[role] }
				if strings.HasSuffix(row.Pattern, "/signed") {
					other = func(role string) string { return signed[role] }
				}
			}
			fmt.Fprintf(&golden, "  other clinic's %s:\t%s\n", place, m.other(row, a, place, other))
		}
		fmt.Fprintf(&golden, "  other clinic in headers:\t%s\n", m.headers(a))
		m.attempts.Settle()
	}
	for pattern := range asks {
		if !slices.ContainsFunc(m.server.Table(), func(r web.Row) bool { return r.Pattern == pattern }) {
			t.Errorf("%s is asked for but no longer a route", pattern)
		}
	}
	unchanged(t, "asking for the other clinic's rows", before, m.everything(t, m.b))
	m.recorded()
	m.twin()
	worded(t, m.site)
	compare(t, "access.golden", golden.String())
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("%s differs at line %d (-update writes it):\n got %q\nwant %q", path, i+1, append(g, "")[min(i, len(g))], append(w, "")[min(i, len(w))])
		}
	}
}

// as is the signed-in browser of a role, renewed where a request may end it.
func (m *matrix) as(role string, a ask) *browser {
	if m.signed[role] == nil || a.ends {
		m.signed[role] = m.a.as(m.t, role)
	}
	b := m.signed[role]
	if a.ends {
		delete(m.signed, role)
	}
	return b
}

func (m *matrix) ask(b *browser, a ask, word func(string) string, header ...string) reply {
	path, form := a.fill(word)
	if form == nil {
		return b.raw(http.MethodGet, path, nil, header...)
	}
	token := ""
	if len(b.cookies) > 0 {
		token = b.token()
	}
	if a.file != "" {
		return b.uploadTo(path, with(form, "csrf", token), "list.csv", a.file, header...)
	}
	return b.raw(http.MethodPost, path, with(form, "csrf", token), append(header, "Sec-Fetch-Site", "same-origin")...)
}

// own asks as each role for the clinic's own rows. A refusal must be on record.
func (m *matrix) own(row web.Row, a ask) string {
	return m.each(func(role string) int {
		r := m.ask(m.as(role, a), a, m.a.rowsOf(m.t, role))
		if r.status == http.StatusForbidden {
			found := m.leaves(m.t, m.a, r.request())
			if !slices.ContainsFunc(found, func(l leaf) bool {
				return l.Action == "refused" && l.Outcome == "refused" && l.Object == string(row.Needs) && l.Route == row.Pattern && l.Actor == m.a.people[role].ID
			}) {
				m.t.Errorf("%s refused to %s is recorded as %+v", row.Pattern, role, found)
			}
		}
		return r.status
	})
}

func (m *matrix) stranger(a ask, partial bool) int {
	b := m.a.browser(m.t)
	b.partial = partial
	r := m.ask(b, a, m.a.rowsOf(m.t, access.Veterinarian))
	if r.status == http.StatusSeeOther && r.header.Get("Location") != "/sign-in" {
		m.t.Errorf("a stranger at %s is sent to %s", a.path, r.header.Get("Location"))
	}
	return r.status
}

// other asks for another clinic's row, then for nobody's: the two answers must be the same.
func (m *matrix) other(row web.Row, a ask, place string, of func(role string) string) string {
	return m.each(func(role string) int {
		theirs := of(role)
		swap := func(b *browser, value string) reply {
			mine := m.a.rowsOf(m.t, role)
			delete(b.cookies, identity.PreCookie) // a sentence left for the next page
			return m.ask(b, a, func(w string) string {
				if w == place {
					return value
				}
				return mine(w)
			})
		}
		got, want := swap(m.as(role, a), theirs), swap(m.as(role, a), nobodys(place))
		blank := func(r reply) string {
			s := strings.ReplaceAll(welcomed.ReplaceAllString(r.headers()+r.plain(), "/welcome/NEW"), theirs, "ID") // each link is new
			return strings.ReplaceAll(s, nobodys(place), "ID")
		}
		if got.status != want.status || blank(got) != blank(want) {
			m.t.Errorf("%s with the other clinic's %s as %s: %d, and %d for nobody's:\n%s\n%s", row.Pattern, place, role, got.status, want.status, blank(got), blank(want))
		}
		if got.status == http.StatusNotFound && place != "token" && place != "wallcode" && place != "proof" {
			m.crossed[got.request()] = row.Pattern + " " + place + " " + role
		} else {
			m.random = append(m.random, got.request())
		}
		m.random = append(m.random, want.request())
		return got.status
	})
}

// headers asks for one's own rows while every header that could name a clinic or a row names B's.
func (m *matrix) headers(a ask) string {
	return m.each(func(role string) int {
		theirs := m.theirs("animal")
		return m.ask(m.as(role, a), a, m.a.rowsOf(m.t, role), "HX-Target", theirs, "HX-Source", theirs, "HX-Trigger", theirs,
			"HX-Current-URL", "http://"+m.b.host+"/patients/"+theirs, "X-Forwarded-Host", m.b.host, "X-Tenant-Id", m.b.tenant.String()).status
	})
}

func (m *matrix) each(do func(role string) int) string {
	var out []string
	for _, role := range roleKeys {
		out = append(out, fmt.Sprint(do(role)))
	}
	return strings.Join(out, "\t")
}

// recorded: each attempt stands in the platform's log exactly once, and nothing else does.
func (m *matrix) recorded() {
	if len(m.crossed) < 40 {
		m.t.Errorf("only %d attempts were made", len(m.crossed))
	}
	for request, what := range m.crossed {
		if n := m.count(m.t, `SELECT count(*) FROM audit.security_event WHERE request_id = $1 AND at_clinic = $2 AND of_clinic = $3 AND actor_id IS NOT NULL AND route <> ''`,
			id.MustParse(request), m.a.tenant, m.b.tenant); n != 1 {
			m.t.Errorf("%s stands in the platform's log %d times", what, n)
		}
	}
	if n := m.count(m.t, `SELECT count(*) FROM audit.security_event`); n != len(m.crossed) {
		m.t.Errorf("the platform's log has %d lines of %d attempts", n, len(m.crossed))
	}
	if n := m.count(m.t, `SELECT count(*) FROM audit.security_event WHERE request_id = ANY($1)`, m.random); n != 0 {
		m.t.Errorf("%d requests for nobody's rows count as attempts", n)
	}
}

// twin: the rows that were refused above are there, and their own people reach them.
func (m *matrix) twin() {
	vet := m.b.as(m.t, access.Veterinarian)
	for _, path := range []string{"/clients/{client}", "/patients/{animal}", "/notes/{note}", "/kept/{kept}", "/welcome/{token}"} {
		path, _ = ask{path: path}.fill(m.theirs)
		if r := vet.get(path); r.status != http.StatusOK {
			m.t.Errorf("%s at its own clinic gives %d", path, r.status)
		}
	}
	a := asks["POST /drafts/{id}"]
	if r := m.ask(vet, a, m.theirs); r.status != http.StatusSeeOther {
		m.t.Errorf("a draft cannot be saved at its own clinic: %d", r.status)
	}
}
