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
	"paddock/internal/clock"
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

	"GET /{$}":  {path: "/"},
	"GET /live": {path: "/live"},

	"GET /wall":                      {path: "/wall"},
	"GET /wall/board":                {path: "/wall/board"},
	"GET /wall/live":                 {path: "/wall/live"},
	"GET /wall/{code}":               {path: "/wall/{wallcode}"},
	"POST /wall/{code}":              {path: "/wall/{wallcode}", form: url.Values{}, ends: true},
	"GET /wall-screens":              {path: "/wall-screens"},
	"POST /wall-screens":             {path: "/wall-screens", form: url.Values{"new_id": {"{new}"}, "name": {"Prep room"}}},
	"GET /wall-screens/{id}":         {path: "/wall-screens/{screen}"},
	"POST /wall-screens/{id}/ending": {path: "/wall-screens/{screen}/ending", form: url.Values{}},
	"POST /search":                   {path: "/search", form: url.Values{"q": {"Quill"}}},

	"GET /bookings/new":                   {path: "/bookings/new?patient={animal}&type={kind}&with={vet}&waitlist={queued}"},
	"POST /bookings":                      {path: "/bookings", form: url.Values{"new_id": {"{new}"}, "patient": {"{animal}"}, "type": {"{kind}"}, "with": {"{vet}"}, "day": {"+200"}, "at": {"{quarter}"}}},
	"GET /walk-ins/new":                   {path: "/walk-ins/new?patient={animal}"},
	"POST /walk-ins":                      {path: "/walk-ins", form: url.Values{"new_id": {"{new}"}, "client_id": {"{new}"}, "patient_id": {"{new}"}, "patient": {"{animal}"}, "type": {"{kind}"}, "with": {"{vet}"}}},
	"GET /appointments/{id}/check-in":     {path: "/appointments/{appointment}/check-in"},
	"POST /appointments/{id}/check-in":    {path: "/appointments/{appointment}/check-in", form: url.Values{"new_id": {"{new}"}, "reason": {"Itchy"}, "place": {"{room}"}}},
	"GET /appointments/{id}/cancellation": {path: "/appointments/{appointment}/cancellation"},
	"POST /appointments/{id}/cancellation": {path: "/appointments/{appointment}/cancellation", form: url.Values{
		"new_id": {"{new}"}, "by_whom": {"client"}, "reason": {"Better"}, "act": {"cancel"},
	}},
	"GET /waitlist":               {path: "/waitlist?patient={animal}"},
	"POST /waitlist":              {path: "/waitlist", form: url.Values{"new_id": {"{new}"}, "patient": {"{animal}"}, "type": {"{kind}"}, "with": {"{vet}"}}},
	"POST /waitlist/{id}/ending":  {path: "/waitlist/{queued}/ending", form: url.Values{}},
	"GET /resources":              {path: "/resources"},
	"POST /resources":             {path: "/resources", form: url.Values{"new_id": {"{new}"}, "kind": {"nurse"}, "name": {"Nurse Elm"}, "room": {"{room}"}, "position": {"4"}}},
	"GET /resources/{id}/edit":    {path: "/resources/{resource}/edit"},
	"POST /resources/{id}":        {path: "/resources/{resource}", form: url.Values{"version": {"1"}, "kind": {"room"}, "name": {"Consult 9"}, "position": {"9"}}},
	"POST /resources/{id}/ending": {path: "/resources/{resource}/ending", form: url.Values{}},
	"GET /hours":                  {path: "/hours?of={resource}"},
	"POST /hours":                 {path: "/hours", form: url.Values{"of": {"{resource}"}, "work_1": {"0-24"}}},
	"GET /blocks":                 {path: "/blocks"},
	"POST /blocks":                {path: "/blocks", form: url.Values{"new_id": {"{new}"}, "of": {"{resource}"}, "kind": {"away"}, "day": {"+400"}}},
	"POST /blocks/{id}/ending":    {path: "/blocks/{block}/ending", form: url.Values{}},

	"GET /appointment-types":              {path: "/appointment-types"},
	"POST /appointment-types":             {path: "/appointment-types", form: url.Values{"new_id": {"{new}"}, "name": {"Booster"}, "minutes": {"15"}, "colour": {"green"}, "needs": {"vet"}, "position": {"2"}}},
	"GET /appointment-types/{id}/edit":    {path: "/appointment-types/{type}/edit"},
	"POST /appointment-types/{id}":        {path: "/appointment-types/{type}", form: url.Values{"version": {"1"}, "name": {"Booster"}, "minutes": {"20"}, "colour": {"green"}, "needs": {"vet"}, "position": {"2"}}},
	"POST /appointment-types/{id}/ending": {path: "/appointment-types/{type}/ending", form: url.Values{}},
	"GET /schedule-settings":              {path: "/schedule-settings"},
	"POST /schedule-settings": {path: "/schedule-settings", form: url.Values{
		"version": {"0"}, "day_from": {"8:00"}, "day_to": {"18:30"}, "wait_mind": {"9"}, "wait_long": {"15"}, "no_show_grace": {"15"}, "overbook_most": {"1"},
	}},

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

	"GET /today":          {path: "/today"},
	"POST /today":         {path: "/today", form: url.Values{"jump": {"tomorrow"}}},
	"GET /today/schedule": {path: "/today/schedule"},
	"GET /today/board":    {path: "/today/board"},

	"GET /appointments/{id}":             {path: "/appointments/{appointment}"},
	"GET /appointments/{id}/time":        {path: "/appointments/{appointment}/time"},
	"POST /appointments/{id}/time":       {path: "/appointments/{appointment}/time", form: url.Values{"new_id": {"{new}"}, "version": {"1"}, "day": {"+300"}, "at": {"{quarter}"}, "with": {"{vet}"}}},
	"POST /appointments/{id}/moves":      {path: "/appointments/{appointment}/moves", form: url.Values{"new_id": {"{new}"}, "to": {"confirmed"}}},
	"POST /appointments/{id}/undo":       {path: "/appointments/{roomed}/undo", form: url.Values{"new_id": {"{new}"}, "seen": {"{move}"}}},
	"POST /appointments/{id}/assignment": {path: "/appointments/{waiting}/assignment", form: url.Values{"with": {"{vet}"}}},
	"POST /appointments/{id}/place":      {path: "/appointments/{waiting}/place", form: url.Values{"place": {"{room}"}}},

	"GET /visits/{id}/check-out":      {path: "/visits/{visit}/check-out"},
	"GET /visits/{id}/preview":        {path: "/visits/{visit}/preview"},
	"POST /visits/{id}/charges":       {path: "/visits/{visit}/charges", form: url.Values{"new_id": {"{new}"}, "pick": {"{item}"}, "quantity": {"1"}, "patient": {"{guest}"}}},
	"POST /visits/{id}/invoices":      {path: "/visits/{visit}/invoices", form: payment("new_id", "{new}", "payer", "{billed}", "amount", "46.80", "charge", "{charged}", "at", "1")},
	"GET /charges/{id}/edit":          {path: "/charges/{charged}/edit"},
	"POST /charges/{id}":              {path: "/charges/{charged}", form: url.Values{"version": {"1"}, "quantity": {"2"}, "price": {"10"}}},
	"POST /charges/{id}/resolution":   {path: "/charges/{charged}/resolution", form: url.Values{"new_id": {"{new}"}, "version": {"1"}, "as": {"free"}, "reason": {"Colleague"}}},
	"GET /invoices":                   {path: "/invoices"},
	"GET /invoices/{id}":              {path: "/invoices/{invoice}"},
	"GET /invoices/{id}/pdf":          {path: "/invoices/{invoice}/pdf"},
	"GET /invoices/{id}/credit":       {path: "/invoices/{invoice}/credit"},
	"POST /invoices/{id}/credit":      {path: "/invoices/{invoice}/credit", form: url.Values{"new_id": {"{new}"}, "line": {"{line}"}, "as": {"declined"}, "reason": {"Billed twice"}}},
	"GET /payments/{id}":              {path: "/payments/{payment}"},
	"GET /payments/{id}/pdf":          {path: "/payments/{payment}/pdf"},
	"GET /payments/{id}/refund":       {path: "/payments/{payment}/refund"},
	"POST /payments/{id}/refund":      {path: "/payments/{payment}/refund", form: url.Values{"new_id": {"{receipt}"}, "way": {"cash"}, "amount": {"5"}, "reason": {"Moved away"}}},
	"GET /clients/{id}/account":       {path: "/clients/{billed}/account"},
	"POST /clients/{id}/payments":     {path: "/clients/{billed}/payments", form: payment("new_id", "{receipt}", "bill", "{invoice}")},
	"GET /clients/{id}/statement":     {path: "/clients/{billed}/statement"},
	"GET /clients/{id}/statement/pdf": {path: "/clients/{billed}/statement/pdf"},
	"GET /till":                       {path: "/till"},
	"POST /till":                      {path: "/till", form: url.Values{"new_id": {"{receipt}"}, "day": {"{past}"}, "seen": {"0 0 0"}, "cash": {"0"}, "card": {"0"}, "transfer": {"0"}}},

	"GET /patients/{id}/estimates":     {path: "/patients/{guest}/estimates"},
	"GET /patients/{id}/estimates/new": {path: "/patients/{guest}/estimates/new?visit={visit}"},
	"POST /patients/{id}/estimates":    {path: "/patients/{guest}/estimates", form: url.Values{"new_id": {"{new}"}, "visit": {"{visit}"}, "title": {"Ears"}, "what_1": {"Cytology"}, "low_1": {"100"}}},
	"GET /estimates/{id}":              {path: "/estimates/{offer}"},
	"GET /estimates/{id}/pdf":          {path: "/estimates/{offer}/pdf"},

	"GET /prices":              {path: "/prices"},
	"POST /prices/list":        {path: "/prices/list", form: url.Values{"find": {"cons"}}},
	"POST /prices/found":       {path: "/prices/found", form: url.Values{"item": {"cons"}}},
	"GET /prices/new":          {path: "/prices/new"},
	"POST /prices":             {path: "/prices", form: with(priceForm(), "new_id", "{new}")},
	"GET /prices/{id}/edit":    {path: "/prices/{item}/edit"},
	"POST /prices/{id}":        {path: "/prices/{item}", form: with(priceForm(), "version", "1")},
	"POST /prices/{id}/ending": {path: "/prices/{item}/ending", form: url.Values{}},
	"GET /taxes":               {path: "/taxes"},
	"POST /taxes/{id}/rates":   {path: "/taxes/{class}/rates", form: url.Values{"new_id": {"{new}"}, "rate-{class}": {"20"}, "from-{class}": {"1 Jan 2030"}}},
	"GET /money":               {path: "/money"},
	"POST /money":              {path: "/money", form: url.Values{"version": {"{settings}"}, "currency": {"GBP"}, "included": {"yes"}, "by": {"line"}, "cash_step": {"0.01"}, "due_days": {"{days}"}}},

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
			form.Add(put(name), put(v))
		}
	}
	return put(a.path), form
}

// places are the words of rows in a request.
func (a ask) places() []string {
	var out []string
	a.fill(func(w string) string {
		if w != "asset" && w != "email" && w != "quarter" && w != "code" && w != "past" && w != "receipt" && w != "settings" && w != "days" && w != "line" && !slices.Contains(out, w) {
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
		"client", "animal", "number", "draft", "note", "kept", "token", "alert", "clientalert", "weight", "dead", "death", "staged", "checked", "done", "visit", "payment", "offer", "item", "class",
		"appointment", "move", "waiting", "vet", "room", "kind", "queued", "resource", "type", "block", "screen", "wallcode",
	} {
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
		if row.Needs != access.Public && row.Needs != access.Wall && !slices.Contains(access.All(), row.Needs) {
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
		m.clock.Advance(max(0, clock.System.Now().Sub(m.clock.Now()))) // a context holds for a minute of the database's time
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
			return strings.ReplaceAll(s, nobodys(place), "ID")
		}
		if got.status != want.status || blank(got) != blank(want) {
			m.t.Errorf("%s with the other clinic's %s as %s: %d, and %d for nobody's:\n%s\n%s", row.Pattern, place, role, got.status, want.status, blank(got), blank(want))
		}
		if got.status == http.StatusNotFound && place != "token" && place != "wallcode" {
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
