package web_test

import (
	"context"
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

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/static"
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

// asks has a row for every row of the route table.
var asks = map[string]ask{
	"GET /static/":          {path: "{asset}"},
	"GET /sign-in":          {path: "/sign-in"},
	"POST /sign-in":         {path: "/sign-in", form: url.Values{"email": {"{email}"}, "passphrase": {passphrase}, "kept": {"{kept}"}}, ends: true},
	"GET /welcome/{token}":  {path: "/welcome/{token}"},
	"POST /welcome/{token}": {path: "/welcome/{token}", form: url.Values{"passphrase": {"seven quiet owls blink"}, "again": {"seven quiet owls blink"}}, ends: true},

	"POST /sign-out":            {path: "/sign-out", form: url.Values{}, ends: true},
	"POST /sign-out-everywhere": {path: "/sign-out-everywhere", form: url.Values{}, ends: true},
	"GET /lock":                 {path: "/lock"},
	"POST /lock":                {path: "/lock", form: url.Values{}, ends: true},
	"POST /unlock":              {path: "/unlock", form: url.Values{"passphrase": {passphrase}, "kept": {"{kept}"}}, ends: true},
	"GET /kept/{id}":            {path: "/kept/{kept}"},

	"GET /{$}":     {path: "/"},
	"POST /search": {path: "/search", form: url.Values{"q": {"Quill"}}},

	"GET /clients/new":       {path: "/clients/new"},
	"POST /clients/new":      {path: "/clients/new", form: url.Values{"q": {"Ada"}}},
	"POST /clients/alike":    {path: "/clients/alike", form: with(clientForm(), "new_id", "{new}")},
	"POST /clients":          {path: "/clients", form: with(clientForm(), "new_id", "{new}")},
	"GET /clients/{id}":      {path: "/clients/{client}"},
	"GET /clients/{id}/edit": {path: "/clients/{client}/edit"},
	"POST /clients/{id}":     {path: "/clients/{client}", form: with(clientForm(), "version", "1")},

	"GET /patients":           {path: "/patients"},
	"GET /patients/new":       {path: "/patients/new?client={client}"},
	"POST /patients/alike":    {path: "/patients/alike", form: with(patientForm(), "new_id", "{new}", "client", "{client}")},
	"POST /patients":          {path: "/patients", form: with(patientForm(), "new_id", "{new}", "client", "{client}")},
	"GET /patients/{id}":      {path: "/patients/{animal}"},
	"GET /patients/{id}/edit": {path: "/patients/{animal}/edit"},
	"POST /patients/{id}":     {path: "/patients/{animal}", form: with(patientForm(), "name", "Pop", "version", "1")},

	"GET /patients/{id}/owners":       {path: "/patients/{animal}/owners"},
	"POST /patients/{id}/owners":      {path: "/patients/{animal}/owners", form: url.Values{"version": {"1"}, "client_1": {"{client}"}, "role_1": {"owner"}, "share_1": {"100"}}},
	"GET /patients/{id}/identifiers":  {path: "/patients/{animal}/identifiers"},
	"POST /patients/{id}/identifiers": {path: "/patients/{animal}/identifiers", form: url.Values{"new_id": {"{new}"}, "kind": {"tag"}, "number": {"{animal}"}}},
	"POST /identifiers/{id}/ending":   {path: "/identifiers/{number}/ending", form: url.Values{"as": {"not-worn"}}},

	"GET /patients/{id}/alerts":  {path: "/patients/{animal}/alerts"},
	"POST /patients/{id}/alerts": {path: "/patients/{animal}/alerts", form: with(alertForm(), "new_id", "{new}")},
	"GET /alerts/{id}/edit":      {path: "/alerts/{alert}/edit"},
	"POST /alerts/{id}":          {path: "/alerts/{alert}", form: with(alertForm(), "version", "1", "text", "Muzzle always")},
	"POST /alerts/{id}/ending":   {path: "/alerts/{alert}/ending", form: url.Values{}},
	"GET /clients/{id}/alerts":   {path: "/clients/{client}/alerts"},
	"POST /clients/{id}/alerts":  {path: "/clients/{client}/alerts", form: with(alertForm(), "new_id", "{new}")},

	"GET /client-alerts/{id}/edit":    {path: "/client-alerts/{clientalert}/edit"},
	"POST /client-alerts/{id}":        {path: "/client-alerts/{clientalert}", form: with(alertForm(), "version", "1", "text", "Cash only")},
	"POST /client-alerts/{id}/ending": {path: "/client-alerts/{clientalert}/ending", form: url.Values{}},

	"POST /patients/{id}/weights": {path: "/patients/{animal}/weights", form: with(weightForm(), "new_id", "{new}")},
	"POST /weights/{id}/strike":   {path: "/weights/{weight}/strike", form: url.Values{}},
	"GET /patients/{id}/status":   {path: "/patients/{animal}/status"},
	"POST /patients/{id}/status":  {path: "/patients/{animal}/status", form: with(deathForm(), "new_id", "{new}")},
	"POST /patients/{id}/revival": {path: "/patients/{dead}/revival", form: url.Values{"new_id": {"{new}"}, "seen": {"{death}"}, "reason": {"Wrong animal"}}},

	"POST /patients/{id}/consults": {path: "/patients/{animal}/consults", form: url.Values{"new_id": {"{new}"}}},
	"POST /drafts/{id}":            {path: "/drafts/{draft}", form: with(noteForm(), "version", "2", "patient", "{draftanimal}")},
	"POST /drafts/{id}/signature":  {path: "/drafts/{draft}/signature", form: with(noteForm(), "version", "2", "patient", "{draftanimal}")},
	"GET /notes/{id}":              {path: "/notes/{note}"},
	"POST /notes/{id}/addenda": {path: "/notes/{note}/addenda", form: url.Values{
		"new_id": {"{new}"}, "kind": {"addendum"}, "reason": {"Owner rang"}, "text": {"Eating again."},
	}},

	"GET /imports":                  {path: "/imports"},
	"POST /imports":                 {path: "/imports", form: url.Values{"new_id": {"{new}"}}, file: licences("5")},
	"GET /imports/{id}":             {path: "/imports/{checked}"},
	"GET /imports/{id}/progress":    {path: "/imports/{checked}/progress"},
	"GET /imports/{id}/columns":     {path: "/imports/{checked}/columns"},
	"POST /imports/{id}/columns":    {path: "/imports/{staged}/columns", form: url.Values{"version": {"2"}, "column_3": {"name"}, "column_4": {"species"}}},
	"GET /imports/{id}/problems":    {path: "/imports/{checked}/problems"},
	"POST /imports/{id}/run":        {path: "/imports/{checked}/run", form: url.Values{"version": {"4"}}},
	"GET /imports/{id}/withdrawal":  {path: "/imports/{done}/withdrawal"},
	"POST /imports/{id}/withdrawal": {path: "/imports/{done}/withdrawal", form: url.Values{"version": {"6"}}},
	"POST /imports/{id}/discard":    {path: "/imports/{staged}/discard", form: url.Values{"version": {"2"}}},

	"/": {path: "/no-such-page"},
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
			form.Add(name, put(v))
		}
	}
	return put(a.path), form
}

// places are the words of rows in a request.
func (a ask) places() []string {
	var out []string
	a.fill(func(w string) string {
		if w != "asset" && w != "email" && !slices.Contains(out, w) {
			out = append(out, w)
		}
		return ""
	})
	slices.Sort(out)
	return out
}

// rowsOf makes rows of a shop as they are asked for, for one person's request.
func (h *shop) rowsOf(t *testing.T, role string) func(word string) string {
	made := map[string]string{}
	word := func(w string) string {
		if made[w] != "" {
			return made[w]
		}
		switch w {
		case "asset":
			made[w] = static.Path("logo.svg")
		case "email":
			made[w] = h.people[role].Email
		case "new":
			made[w] = id.New().String()
		case "client":
			made[w] = h.newClient(t).String()
		case "animal":
			made[w] = h.newAnimal(t).String()
		case "draft", "draftanimal":
			draft, animal := h.draft(t, role)
			made["draft"], made["draftanimal"] = draft.String(), animal.String()
		case "note":
			note, _ := h.note(t)
			made[w] = note.String()
		case "number":
			made[w] = h.newNumber(t, h.newAnimal(t)).String()
		case "alert", "clientalert":
			made["alert"], made["clientalert"] = h.alerts(t)
		case "weight":
			made[w] = h.weight(t).String()
		case "dead", "death":
			made["dead"], made["death"] = h.dead(t)
		case "kept":
			made[w] = h.keep(t, role).String()
		case "staged", "checked", "done":
			made[w] = h.newImport(t, w).String()
		case "token":
			made[w] = h.setupLink(t)
		default:
			t.Fatalf("no row is called %q", w)
		}
		return made[w]
	}
	return word
}

func (h *shop) keep(t *testing.T, role string) id.ID {
	t.Helper()
	who := h.who(role)
	who.Purpose = actor.Session
	row, err := h.site.deps.KeptForms.Keep(context.Background(), who, who.Person, identity.Kept{Path: "/clients", Values: clientForm()})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// setupLink is the token of a person who has no passphrase yet.
func (h *shop) setupLink(t *testing.T) (token string) {
	t.Helper()
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		p, err := identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: "New Person", Email: id.New().String() + "@x.example", Roles: []string{access.Nurse}})
		if err != nil {
			return err
		}
		token, err = identity.NewSetupLink(ctx, tx, p.ID)
		return err
	})
	return token
}

// nobodys is a value of the right form that is no row's.
func nobodys(word string) string {
	if word == "token" {
		return strings.Repeat("A", 43)
	}
	return id.New().String()
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
	for _, w := range []string{"client", "animal", "number", "draft", "note", "kept", "token", "alert", "clientalert", "weight", "dead", "death", "staged", "checked", "done"} {
		m.theirs(w)
	}
	taken := m.b.newClient(t).String() // an id the other clinic has already
	before := m.everything(t, m.b)

	var golden strings.Builder
	fmt.Fprintf(&golden, "# route, what it needs; then who gets what: %s, signed out, signed out (htmx)\n", strings.Join(roleKeys, ", "))
	for _, row := range m.server.Table() {
		a, ok := asks[row.Pattern]
		if !ok {
			t.Fatalf("%s has no expectation: say in asks how it is asked for", row.Pattern)
		}
		if row.Needs != access.Public && !slices.Contains(access.All(), row.Needs) {
			t.Errorf("%s needs %q, which is no permission", row.Pattern, row.Needs)
		}
		fmt.Fprintf(&golden, "\n%s\t%s\n", row.Pattern, row.Needs)
		fmt.Fprintf(&golden, "  own clinic:\t%s\t%d\t%d\n", m.own(row, a), m.stranger(a, false), m.stranger(a, true))
		for _, place := range a.places() {
			other := m.theirs
			if place == "new" {
				other = func(string) string { return taken }
			}
			fmt.Fprintf(&golden, "  other clinic's %s:\t%s\n", place, m.other(row, a, place, other(place)))
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
		return b.upload(with(form, "csrf", token), "list.csv", a.file, header...)
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
func (m *matrix) other(row web.Row, a ask, place, theirs string) string {
	return m.each(func(role string) int {
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
			s := strings.ReplaceAll(r.headers()+r.plain(), theirs, "ID")
			return strings.ReplaceAll(s, nobodys("token"), "ID")
		}
		if got.status != want.status || blank(got) != blank(want) {
			m.t.Errorf("%s with the other clinic's %s as %s: %d, and %d for nobody's:\n%s\n%s", row.Pattern, place, role, got.status, want.status, blank(got), blank(want))
		}
		if got.status == http.StatusNotFound && place != "token" {
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
