package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/identity"
)

// T75: known and unknown, wrong and not allowed cannot be told apart.
func TestAKnownPersonLooksLikeAnUnknownOne(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	disabled := s.a.people[access.PracticeAdmin].Email
	own := s.shop(t, "gorse")
	s.exec(t, `UPDATE app.people SET state = 'disabled' WHERE tenant_id = $1 AND id = $2`, own.tenant, own.people[access.Nurse].ID)
	type try struct{ what, email, pass string }
	tries := []try{
		{"unknown", "nobody@gorse.example", passphrase},
		{"known, wrong passphrase", own.people[access.Receptionist].Email, "four calm horses gaze"},
		{"known, right passphrase, disabled", own.people[access.Nurse].Email, passphrase},
		{"known, not yet with a passphrase", "founder@gorse.example", passphrase},
		{"another clinic's person", disabled, passphrase},
	}
	var bodies, headers []string
	var costs [][2]int
	for _, c := range tries {
		b := own.browser(t)
		b.from = "198.51.100.7"
		page := b.get("/sign-in")
		r := b.post("/sign-in", with(formOf(t, page), "email", c.email, "passphrase", c.pass))
		costs = append(costs, [2]int{b.meter.Trips(), b.meter.Statements()})
		r.says(t, http.StatusUnprocessableEntity, "[role=alert]", "do not belong together")
		if b.cookies[identity.SessionCookie] != "" {
			t.Errorf("%s is signed in", c.what)
		}
		bodies = append(bodies, strings.ReplaceAll(r.plain(), c.email, "EMAIL"))
		h := r.header.Clone()
		h.Del("Content-Length") // differs by the length of the address typed
		headers = append(headers, reply{header: h}.headers())
	}
	for i := range tries {
		if bodies[i] != bodies[0] || headers[i] != headers[0] {
			t.Errorf("%s is answered otherwise than %s", tries[i].what, tries[0].what)
		}
		if costs[i] != costs[0] {
			t.Errorf("%s costs %v trips and statements, %s %v", tries[i].what, costs[i], tries[0].what, costs[0])
		}
	}
}

// T76: guessing from one address is slowed over all clinics together, and guessing at one account from
// everywhere; the answer does not tell which accounts are there.
func TestGuessingOverManyClinicsIsSlowed(t *testing.T) {
	t.Parallel()
	s := stillShops(t) // an account is slowed by seconds at first
	guess := func(h *shop, from, email, pass string) reply {
		b := h.browser(t)
		b.from = from
		return b.signIn(email, pass)
	}
	// One account, from ever other addresses: four are free.
	for i, email := range []string{s.a.people[access.Nurse].Email, "nobody@alder.example"} {
		var last reply
		for n := range 6 {
			last = guess(s.a, "198.51.100."+string(rune('1'+n))+string(rune('0'+i)), email, "four calm horses gaze")
		}
		last.says(t, http.StatusTooManyRequests, "[role=alert]", "too many attempts")
	}
	if r := guess(s.a, "203.0.113.200", s.a.people[access.Nurse].Email, passphrase); r.status != http.StatusTooManyRequests {
		t.Errorf("the right passphrase meanwhile tells itself apart: %d", r.status)
	}
	if r := guess(s.b, "203.0.113.200", s.b.people[access.Nurse].Email, passphrase); r.status != http.StatusSeeOther {
		t.Errorf("the same name at the other clinic is slowed too: %d", r.status)
	}
	// One address over two clinics, another account each time; what it did at one counts at the other.
	for n := range 3 {
		h := []*shop{s.a, s.b}[n%2]
		if r := guess(h, "203.0.113.9", "guess"+string(rune('a'+n))+"@x.example", passphrase); r.status != http.StatusUnprocessableEntity {
			t.Fatalf("guess %d: %d", n, r.status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM sec.attempts WHERE kind = 'address' AND failures = 3`); n != 1 {
		t.Fatalf("%d addresses stand at three failures over two clinics", n)
	}
	s.exec(t, `UPDATE sec.attempts SET failures = 60 WHERE kind = 'address' AND failures = 3`) // as after sixty
	for _, h := range []*shop{s.a, s.b} {
		if r := guess(h, "203.0.113.9", h.people[access.Receptionist].Email, passphrase); r.status != http.StatusTooManyRequests {
			t.Errorf("an address that guessed at both clinics may go on at %s: %d", h.host, r.status)
		}
		if r := guess(h, "203.0.113.10", h.people[access.Receptionist].Email, passphrase); r.status != http.StatusSeeOther {
			t.Errorf("its neighbour is slowed as well: %d", r.status)
		}
	}
	// An address that nobody trusts cannot name another.
	b := s.a.browser(t)
	b.from = "203.0.113.9"
	page := b.get("/sign-in")
	form := with(formOf(t, page), "email", s.a.people[access.Receptionist].Email, "passphrase", passphrase)
	if r := b.raw(http.MethodPost, "/sign-in", form, "X-Forwarded-For", "203.0.113.77", "X-Real-IP", "203.0.113.77"); r.status != http.StatusTooManyRequests {
		t.Errorf("X-Forwarded-For gives an address a new beginning: %d", r.status)
	}
	s.clock.Advance(16 * time.Minute)
	if r := guess(s.a, "203.0.113.9", s.a.people[access.Receptionist].Email, passphrase); r.status != http.StatusSeeOther {
		t.Errorf("a quarter of an hour later: %d", r.status)
	}
	if n := s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND action = 'failed-sign-in' AND outcome = 'refused'`, s.a.tenant); n < 3 {
		t.Errorf("%d refusals by the throttle are on record", n)
	}
}

// The sign-in leads to where somebody wanted to go, on this host only.
func TestSignInLeadsBackOnThisHostOnly(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	b := s.a.browser(t)
	signedOut(t, "a stranger", b.get("/clients/"+s.a.client.String()))
	if to := b.signIn(s.a.people[access.Nurse].Email, passphrase).location(t); to != "/clients/"+s.a.client.String() {
		t.Errorf("sign-in leads to %s", to)
	}
	for _, target := range []string{"//evil.example/", "https://evil.example/", `/\evil.example`, "javascript:alert(1)", "/patients\r\nSet-Cookie: x=y", "/%2f/evil.example/../.."} {
		b := s.a.browser(t)
		form := with(formOf(t, b.get("/sign-in")), "email", s.a.people[access.Nurse].Email, "passphrase", passphrase, "return", target)
		if to := b.post("/sign-in", form).location(t); to != "/" {
			t.Errorf("return %q leads to %q", target, to)
		}
	}
}

// Somebody who signed out in another window while a page stands open here is asked who they are, and
// comes back to that page.
func TestTheDialogOfASessionThatIsGoneIsNoDeadEnd(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "spindle")
	b := h.browser(t)
	b.partial = true
	dialog := b.get("/patients")
	if dialog.status != http.StatusUnauthorized {
		t.Fatalf("a stranger's fragment: %d", dialog.status)
	}
	if strings.Contains(dialog.body, "readonly") {
		t.Error("the address cannot be typed")
	}
	form := htmltest.Fill(t, htmltest.Form(t, dialog.body, "form[action='/sign-in']"), map[string]string{
		"email": h.people[access.Nurse].Email, "passphrase": passphrase,
	})
	page := "/patients/" + h.animal.String()
	for current, want := range map[string]string{"http://" + h.host + page: page, "http://" + h.host + "//evil.example/": "/patients", "nonsense": "/patients"} {
		r := httptest.NewRequest(http.MethodPost, "http://"+h.host+"/sign-in", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("HX-Current-URL", current)
		next := *b
		next.cookies = maps.Clone(b.cookies)
		if got := next.do(r); got.header.Get("HX-Redirect") != want {
			t.Errorf("from %s: %d, led to %q, not %q", current, got.status, got.header.Get("HX-Redirect"), want)
		}
	}
}
