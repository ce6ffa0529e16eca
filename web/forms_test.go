package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
)

// T61: fields that no form has change nothing: neither whose a row is, nor who made it, nor what
// somebody may.
func TestFieldsThatNoFormHasChangeNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	quiet := s.shop(t, "rosewood") // whose rows nobody else changes meanwhile
	before := s.everything(t, quiet)
	vet := s.a.as(t, access.Veterinarian)
	person := s.a.people[access.Veterinarian].ID
	stuff := func(form url.Values) url.Values {
		form = with(form)
		for _, name := range []string{"tenant_id", "tenant", "TenantID", "clinic", "clinic_id", "Clinic"} {
			form.Set(name, quiet.tenant.String())
		}
		for _, name := range []string{"author", "author_id", "actor", "actor_id", "person", "person_id", "updated_by", "created_by", "signed_by"} {
			form.Set(name, s.a.people[access.PracticeAdmin].ID.String())
		}
		for _, name := range []string{"owner", "owner_id", "patient_id", "client_id"} {
			form.Set(name, quiet.client.String())
		}
		form["role"], form["roles"], form["permission"] = []string{access.PracticeAdmin}, []string{access.PracticeAdmin}, []string{"people.manage"}
		form["signed_at"], form["created_at"], form["state"], form["id"], form["key_version"] = []string{"1999-01-01"}, []string{"1999-01-01"}, []string{"active"}, []string{quiet.animal.String()}, []string{"9"}
		return form
	}
	rolesBefore := s.count(t, `SELECT count(*) FROM app.person_roles WHERE tenant_id = $1 AND person_id = $2`, s.a.tenant, person)
	client, animal := id.New(), id.New()
	draft, about := s.a.draft(t, access.Veterinarian)
	for _, c := range []struct {
		path string
		form url.Values
	}{
		{"/clients", with(clientForm(), "new_id", client.String())},
		{"/clients/" + client.String(), with(clientForm(), "given_name", "Adele", "version", "1")},
		{"/patients", with(patientForm(), "new_id", animal.String(), "client", client.String())},
		{"/patients/" + animal.String(), with(patientForm(), "name", "Pop", "version", "1")},
		{"/drafts/" + draft.String(), with(noteForm(), "version", "2", "patient", about.String())},
		{"/drafts/" + draft.String() + "/signature", with(noteForm(), "version", "3", "patient", about.String())},
		{"/notes/" + draft.String() + "/addenda", url.Values{"new_id": {id.New().String()}, "kind": {"addendum"}, "reason": {"x"}, "text": {"y"}}},
	} {
		if r := vet.send(c.path, stuff(c.form)); r.status != http.StatusSeeOther {
			t.Errorf("%s: %d %.300s", c.path, r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	for what, n := range map[string]int{
		"client":   s.count(t, `SELECT count(*) FROM app.clients WHERE tenant_id = $1 AND id = $2 AND updated_by = $3 AND version = 2 AND created_at > now() - interval '1 hour'`, s.a.tenant, client, person),
		"patient":  s.count(t, `SELECT count(*) FROM app.patients WHERE tenant_id = $1 AND id = $2 AND updated_by = $3 AND version = 2`, s.a.tenant, animal, person),
		"owner":    s.count(t, `SELECT count(*) FROM app.patients AS p JOIN app.ownerships AS o ON o.tenant_id = p.tenant_id AND o.patient_id = p.id WHERE p.id = $1 AND o.client_id = $2`, animal, client),
		"note":     s.count(t, `SELECT count(*) FROM app.notes WHERE tenant_id = $1 AND id = $2 AND author_id = $3 AND patient_id = $4 AND signed_at > now() - interval '1 hour'`, s.a.tenant, draft, person, about),
		"addendum": s.count(t, `SELECT count(*) FROM app.addenda WHERE tenant_id = $1 AND note_id = $2 AND author_id = $3 AND patient_id = $4`, s.a.tenant, draft, person, about),
	} {
		if n != 1 {
			t.Errorf("the %s is not what its form said: %d rows", what, n)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.person_roles WHERE tenant_id = $1 AND person_id = $2`, s.a.tenant, person); n != rolesBefore {
		t.Errorf("%d roles are held, before %d", n, rolesBefore)
	}
	// Signing in takes no role either.
	desk := s.a.browser(t)
	desk.post("/sign-in", stuff(with(formOf(t, desk.get("/sign-in")), "email", s.a.people[access.Receptionist].Email, "passphrase", passphrase)))
	if r := desk.get("/notes/" + draft.String()); r.status != http.StatusForbidden {
		t.Errorf("reception signed in with the role of its form: %d", r.status)
	}
	unchanged(t, "fields that no form has", before, s.everything(t, quiet))
}

// T62: a post that another site could have caused is refused, whatever cookie it carries.
func TestAPostFromElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	own := s.shop(t, "fir") // whose rows nobody else changes meanwhile
	desk := own.as(t, access.Receptionist)
	token := desk.token()
	form := func(token string) url.Values { return with(clientForm(), "new_id", id.New().String(), "csrf", token) }
	count := func() int { return s.count(t, `SELECT count(*) FROM app.clients WHERE tenant_id = $1`, own.tenant) }
	before := s.everything(t, own, "app.kept_forms")
	for what, header := range map[string][]string{
		"another site":               {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"another site, old browser":  {"Origin", "https://evil.example"},
		"a sibling":                  {"Sec-Fetch-Site", "same-site", "Origin", "http://birch.localhost"},
		"a sibling, old browser":     {"Origin", "http://birch.localhost"},
		"an opaque origin":           {"Origin", "null"},
		"a word nobody defined":      {"Sec-Fetch-Site", "same-origin, cross-site"},
		"same-origin in capitals":    {"Sec-Fetch-Site", "SAME-ORIGIN"},
		"the apex":                   {"Origin", "http://localhost"},
		"the own host, another port": {"Origin", "http://fir.localhost:9999"},
	} {
		r := desk.copyOf(t).raw(http.MethodPost, "/clients", form(token), header...)
		if r.status != http.StatusForbidden {
			t.Errorf("a post from %s gives %d", what, r.status)
		}
		if found := s.leaves(t, own, r.request()); len(found) != 1 || found[0].Action != "refused" || found[0].Object != "origin" {
			t.Errorf("a post from %s is recorded as %+v", what, found)
		}
	}
	// Cookie, no sign of where it came from, and no form token, or one of another session.
	other := own.as(t, access.Nurse).token()
	pre := own.browser(t)
	for what, token := range map[string]string{
		"none": "", "another person's": other, "the other clinic's": s.b.as(t, access.Receptionist).token(),
		"that of before sign-in": formOf(t, pre.get("/sign-in")).Get("csrf"), "a cut one": token[:len(token)-1], "a longer one": token + "A",
	} {
		for _, header := range [][]string{nil, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}} {
			if r := desk.copyOf(t).raw(http.MethodPost, "/clients", form(token), header...); r.status != http.StatusForbidden {
				t.Errorf("a form token that is %s, with %q, gives %d", what, header, r.status)
			}
		}
	}
	// A token in the address or a header is none.
	for _, r := range []reply{
		desk.copyOf(t).raw(http.MethodPost, "/clients?csrf="+token, form("")), desk.copyOf(t).raw(http.MethodPost, "/clients", form(""), "X-CSRF-Token", token),
		desk.copyOf(t).raw(http.MethodPost, "/clients", nil, "Content-Type", "application/json"),
	} {
		if r.status != http.StatusForbidden {
			t.Errorf("a post without a token in its form gives %d", r.status)
		}
	}
	unchanged(t, "posts from elsewhere", before, s.everything(t, own, "app.kept_forms"))
	// The twin, without headers as from an old browser and with those of a new one.
	had := count()
	for _, header := range [][]string{nil, {"Sec-Fetch-Site", "same-origin"}, {"Origin", "http://fir.localhost"}} {
		if r := desk.copyOf(t).raw(http.MethodPost, "/clients", form(token), header...); r.status != http.StatusSeeOther {
			t.Errorf("the clinic's own form with %q gives %d", header, r.status)
		}
	}
	if n := count(); n != had+3 {
		t.Errorf("%d clients instead of %d", n, had+3)
	}
}

// T62 before sign-in: nobody can be signed in by a form they did not open.
func TestNobodyIsSignedInByAnotherSite(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	form := url.Values{"email": {s.a.people[access.Nurse].Email}, "passphrase": {passphrase}}
	victim := s.a.browser(t)
	victim.get("/sign-in")
	attacker := s.a.browser(t)
	stolen := formOf(t, attacker.get("/sign-in")).Get("csrf")
	for what, r := range map[string]reply{
		"no form token":         victim.copyOf(t).raw(http.MethodPost, "/sign-in", form),
		"another browser's":     victim.copyOf(t).raw(http.MethodPost, "/sign-in", with(form, "csrf", stolen)),
		"a token and no cookie": s.a.browser(t).raw(http.MethodPost, "/sign-in", with(form, "csrf", stolen)),
		"a sibling's page":      attacker.copyOf(t).raw(http.MethodPost, "/sign-in", with(form, "csrf", stolen), "Sec-Fetch-Site", "same-site"),
	} {
		if r.status != http.StatusForbidden || strings.Contains(strings.Join(r.header.Values("Set-Cookie"), " "), identity.SessionCookie) {
			t.Errorf("%s: %d %q", what, r.status, r.header.Values("Set-Cookie"))
		}
	}
}

// T63: no GET changes a row.
func TestNoGetChangesARow(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	rows := s.a.rowsOf(t, access.Veterinarian)
	vet := s.a.as(t, access.Veterinarian)
	var paths []string
	for pattern, a := range asks {
		if strings.HasPrefix(pattern, "GET ") {
			path, _ := a.fill(rows)
			paths = append(paths, path)
		}
	}
	paths = append(paths, "/clients", "/search?q=x", "/sign-out", "/drafts/"+rows("draft"), "/drafts/"+rows("draft")+"/signature", "/patients/"+rows("animal")+"/consults", "/unlock")
	before := s.everything(t, s.a)
	sessions := s.count(t, `SELECT count(*) FROM sec.sessions WHERE tenant_id = $1 AND locked_at IS NULL`, s.a.tenant)
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := vet.raw(method, path, nil)
			if r.status >= http.StatusInternalServerError {
				t.Errorf("%s %s gives %d", method, path, r.status)
			}
			if method == http.MethodHead && r.body != "" {
				t.Errorf("HEAD %s has a body", path)
			}
		}
	}
	unchanged(t, "reading", before, s.everything(t, s.a))
	if n := s.count(t, `SELECT count(*) FROM sec.sessions WHERE tenant_id = $1 AND locked_at IS NULL`, s.a.tenant); n != sessions {
		t.Errorf("%d sessions, before %d", n, sessions)
	}
}

// T65: every answer, refusals and errors too, carries what keeps it private and inert.
func TestEveryAnswerIsPrivateAndInert(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	want := map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "Vary": "Cookie, HX-Request-Type",
	}
	nonces, files := map[string]bool{}, 0
	inert := map[string]bool{"GET /files/{id}/content as " + access.Veterinarian: true, "GET /files/{id}/thumbnail as " + access.Veterinarian: true}
	check := func(what string, r reply, asset bool) {
		for name, value := range want {
			if asset && (name == "Cache-Control" || name == "Vary") {
				continue // holds no clinic data
			}
			if got := strings.Join(r.header.Values(name), "; "); got != value {
				t.Errorf("%s (%d): %s is %q", what, r.status, name, got)
			}
		}
		csp := r.header.Get("Content-Security-Policy")
		if inert[what] && r.status == http.StatusOK { // a file that somebody sent: nothing in it may act
			if csp != "default-src 'none'; frame-ancestors 'none'; sandbox" {
				t.Errorf("%s: the policy of a file is %s", what, csp)
			}
			files++
			return
		}
		for _, part := range []string{"default-src 'none'", "script-src 'nonce-", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "require-trusted-types-for 'script'", "trusted-types"} {
			if !strings.Contains(csp, part) {
				t.Errorf("%s: the policy lacks %s: %s", what, part, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: the policy is open: %s", what, csp)
		}
		if nonces[csp] {
			t.Errorf("%s: a nonce was used twice", what)
		}
		nonces[csp] = true
		if _, err := id.Parse(r.request()); err != nil {
			t.Errorf("%s: no request id", what)
		}
		for _, line := range r.header.Values("Set-Cookie") {
			site := "SameSite=Lax"
			if strings.HasPrefix(line, "__Host-wall=") { // no link leads a screen on the wall anywhere
				site = "SameSite=Strict"
			}
			for _, part := range []string{"__Host-", "Path=/", "HttpOnly", "Secure", site} {
				if !strings.Contains(line, part) || strings.Contains(line, "Domain") {
					t.Errorf("%s: cookie %q", what, line)
				}
			}
		}
	}
	m := &matrix{stage: s, t: t, signed: map[string]*browser{}}
	for _, row := range s.server.Table() {
		a := asks[row.Pattern]
		for _, partial := range []bool{false, true} {
			for _, role := range []string{access.Receptionist, access.Veterinarian} {
				b := m.as(role, a)
				b.partial = partial
				check(row.Pattern+" as "+role, m.ask(b, a, s.a.rowsOf(t, role)), row.Pattern == "GET /static/")
				b.partial = false
			}
			stranger := s.a.browser(t)
			stranger.partial = partial
			check(row.Pattern+" as nobody", m.ask(stranger, a, s.a.rowsOf(t, access.Nurse)), row.Pattern == "GET /static/")
		}
	}
	if files != 2*len(inert) { // asked for whole and by htmx
		t.Errorf("%d answers held a file", files)
	}
	b := s.a.as(t, access.Receptionist)
	check("a missing row", b.get("/clients/"+id.New().String()), false)
	check("an unknown host", b.raw(http.MethodGet, "/", nil, "Host", "nobody.localhost"), false)
	check("a path that is not clean", b.get("//patients"), false)
	check("too long a form", b.send("/clients", url.Values{"given_name": {strings.Repeat("x", 1<<20)}}), false)
	check("a post from elsewhere", b.raw(http.MethodPost, "/clients", url.Values{}, "Sec-Fetch-Site", "cross-site"), false)
}

// A form sent twice, by a double click or a retry, makes one row and answers the same.
func TestAFormSentTwiceMakesOneRow(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	vet := s.a.as(t, access.Veterinarian)
	client, animal, draft, addendum := id.New().String(), id.New().String(), id.New().String(), id.New().String()
	for _, c := range []struct {
		path  string
		form  url.Values
		table string
		row   string
	}{
		{"/clients", with(clientForm(), "new_id", client), "app.clients", client},
		{"/patients", with(patientForm(), "new_id", animal, "client", client), "app.patients", animal},
		{"/patients/" + animal + "/consults", url.Values{"new_id": {draft}}, "app.drafts", draft},
		{"/drafts/" + draft + "/signature", with(noteForm(), "version", "1", "patient", animal), "app.notes", draft},
		{"/notes/" + draft + "/addenda", url.Values{"new_id": {addendum}, "kind": {"addendum"}, "reason": {"Owner rang"}, "text": {"Better."}}, "app.addenda", addendum},
	} {
		first := vet.send(c.path, c.form)
		second := vet.send(c.path, c.form)
		if first.status != http.StatusSeeOther || second.status != http.StatusSeeOther || first.header.Get("Location") != second.header.Get("Location") {
			t.Errorf("%s: %d to %q, then %d to %q", c.path, first.status, first.header.Get("Location"), second.status, second.header.Get("Location"))
		}
		if n := s.count(t, `SELECT count(*) FROM `+c.table+` WHERE tenant_id = $1 AND id = $2`, s.a.tenant, c.row); n != 1 {
			t.Errorf("%s made %d rows", c.path, n)
		}
		if n := s.count(t, `SELECT count(*) FROM app.changes WHERE tenant_id = $1 AND object_id = $2`, s.a.tenant, c.row); c.table == "app.clients" && n != 1 {
			t.Errorf("%s kept %d changes", c.path, n)
		}
	}
	// The consult begun again after signing opens no second draft of the same id.
	vet.send("/patients/"+animal+"/consults", url.Values{"new_id": {draft}})
	if n := s.count(t, `SELECT count(*) FROM app.drafts WHERE tenant_id = $1 AND id = $2`, s.a.tenant, draft); n != 0 {
		t.Errorf("a signed note has a draft again")
	}
	// At once, from two clicks.
	row := id.New().String()
	form, done := with(clientForm(), "new_id", row, "csrf", vet.token()), make(chan int)
	for range 4 {
		b := vet.copyOf(t)
		go func() { done <- b.post("/clients", form).status }()
	}
	for range 4 {
		if status := <-done; status != http.StatusSeeOther {
			t.Errorf("one of four at once gave %d", status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.clients WHERE tenant_id = $1 AND id = $2`, s.a.tenant, row); n != 1 {
		t.Errorf("four at once made %d rows", n)
	}
}

func TestAFormOfMoreThanAMegabyteIsRefusedWhole(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	vet := s.a.as(t, access.Veterinarian)
	draft, about := s.a.draft(t, access.Veterinarian)
	fill := func(n int) url.Values {
		return url.Values{"csrf": {vet.token()}, "version": {"2"}, "patient": {about.String()}, "plan": {strings.Repeat("x", n)}}
	}
	for _, partial := range []bool{false, true} {
		b := vet.copyOf(t)
		b.partial = partial
		if r := b.post("/drafts/"+draft.String(), fill(1<<20)); r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("a megabyte gives %d", r.status)
		}
	}
	if n := s.count(t, `SELECT version FROM app.drafts WHERE id = $1`, draft); n != 2 {
		t.Errorf("the draft is at version %d", n)
	}
	if r := vet.post("/drafts/"+draft.String(), fill(49_000)); r.status != http.StatusSeeOther {
		t.Errorf("49,000 letters give %d", r.status)
	}
	// Signed out, the body is not read at all.
	if r := s.a.browser(t).post("/clients", fill(1<<20)); r.status != http.StatusSeeOther {
		t.Errorf("a stranger's megabyte gives %d", r.status)
	}
	for what, r := range map[string]reply{
		"a form that cannot be read": vet.copyOf(t).do(postOf(vet, "/clients", "given_name=%zz")),
		"a thousand fields":          vet.copyOf(t).do(postOf(vet, "/clients", strings.Repeat("a=b&", 1000))),
	} {
		if r.status >= http.StatusInternalServerError || r.status < http.StatusBadRequest {
			t.Errorf("%s gives %d", what, r.status)
		}
	}
}

func postOf(b *browser, path, body string) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+b.host+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.RemoteAddr = "192.0.2.1:1234"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// T96: what is typed stays text: on pages, and in the log, where it never is.
func TestTypedMarkupAndControlCharactersStayHarmless(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	vet := s.a.as(t, access.Veterinarian)
	row := id.New().String()
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)>"'><b hx-post=/sign-out>`
	line := "\u001b[31mred\u0007\nlevel=ERROR msg=forged"
	r := vet.send("/clients", with(clientForm(), "new_id", row, "given_name", "Eve", "family_name", evil))
	if r.status != http.StatusSeeOther {
		t.Fatalf("markup is a name too: %d", r.status)
	}
	draft, about := s.a.draft(t, access.Veterinarian)
	vet.send("/drafts/"+draft.String(), url.Values{"version": {"2"}, "patient": {about.String()}, "plan": {evil + line}})
	for _, path := range []string{"/clients/" + row, "/clients/" + row + "/edit", "/patients/" + about.String(), "/patients"} {
		r := vet.get(path)
		if strings.Contains(r.body, "<script>alert") || strings.Contains(r.body, "<img src=x") || strings.Contains(r.body, "<b hx-post") {
			t.Errorf("%s holds markup that was typed", path)
		}
		if strings.Contains(r.body, "\u001b") || strings.Contains(r.body, "\u0007") {
			t.Errorf("%s holds control characters", path)
		}
	}
	htmltest.Has(t, vet.get("/clients/"+row).body, "h1", evil)
	// The log, of requests that fail with such values in every place that could be logged.
	for _, b := range []*browser{vet, s.a.browser(t)} {
		b.copyOf(t).raw(http.MethodGet, "/patients/"+url.PathEscape(line+evil), nil, "User-Agent", line, "HX-Target", line, "X-Request-Id", line)
		b.copyOf(t).raw(http.MethodPost, "/search", url.Values{"q": {line + evil}, "csrf": {line}}, "Sec-Fetch-Site", line)
		b.copyOf(t).raw(http.MethodGet, "/", nil, "Host", "forged"+line, "X-Forwarded-For", line)
	}
	for _, trace := range []string{"forged", "\u001b", "alert(", "onerror"} {
		if strings.Contains(s.log.String(), trace) {
			t.Errorf("the log holds %q", trace)
		}
	}
}
