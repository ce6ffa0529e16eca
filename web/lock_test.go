package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
)

const quarter = identity.IdleLimit

// typed is text of every sort a person types, as a browser sends it.
const typed = "Möhre, «ç», 獣医, 🐎, e\u0301.\r\n\r\n\tSecond line:  two spaces  \r\n<b>&amp; \"quoted\" 'single' \\ %41 + =\r\nlast "

// T71: after 15 minutes without a page the session is locked, and what a post held is shown back, every
// character of it, after the passphrase.
func TestALockKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := stillShops(t) // it comes to a second
	vet := s.a.as(t, access.Veterinarian)
	draft, about := s.a.draft(t, access.Veterinarian)
	form := url.Values{"version": {"2"}, "patient": {about.String()}, "subjective": {typed}, "objective": {"T 38,9 °C"}, "assessment": {" "}, "plan": {strings.Repeat("long ü ", 2000)}}
	vet.token()
	s.clock.Advance(quarter - time.Second)
	if r := vet.get("/patients"); r.status != http.StatusOK {
		t.Fatalf("a second before the limit: %d", r.status)
	}
	s.clock.Advance(quarter)
	r := vet.send("/drafts/"+draft.String(), form)
	if r.status != http.StatusUnauthorized {
		t.Fatalf("at the limit: %d", r.status)
	}
	holdsNothing(t, r)
	if n := s.count(t, `SELECT version FROM app.drafts WHERE id = $1`, draft); n != 2 {
		t.Errorf("the locked session saved version %d", n)
	}
	// Nothing else opens meanwhile, to the page or to htmx.
	for _, path := range []string{"/patients", "/patients/" + about.String(), "/clients/" + s.a.client.String(), "/notes/" + draft.String()} {
		b := vet.copyOf(t)
		for _, b.partial = range []bool{false, true} {
			locked := b.get(path)
			if locked.status != http.StatusUnauthorized {
				t.Errorf("%s while locked: %d", path, locked.status)
			}
			holdsNothing(t, locked)
		}
	}
	// A wrong passphrase keeps the lock and the text.
	again := vet.submit(r, "form[action='/unlock']", map[string]string{"passphrase": "four calm horses gaze"})
	again.says(t, http.StatusUnprocessableEntity, "[role=alert]", "That is not your passphrase.")
	old := vet.cookies[identity.SessionCookie]
	back := vet.submit(again, "form[action='/unlock']", map[string]string{"passphrase": passphrase}).location(t)
	if vet.cookies[identity.SessionCookie] == old {
		t.Error("the session's token is the same after unlocking (T73)")
	}
	if !strings.HasPrefix(back, "/kept/") {
		t.Fatalf("after unlocking comes %s", back)
	}
	page := vet.get(back)
	if page.status != http.StatusOK {
		t.Fatalf("the kept text: %d", page.status)
	}
	htmltest.Lacks(t, page.body, "main", "because .")
	got := htmltest.Form(t, page.body, "main form")
	for name := range form {
		if !got.Has(name) || got.Get(name) != form.Get(name) {
			t.Errorf("%s came back as %q, typed was %q", name, got.Get(name), form.Get(name))
		}
	}
	if action := htmltest.Attr(t, page.body, "main form", "action"); action != "/drafts/"+draft.String() {
		t.Errorf("it would be sent to %s", action)
	}
	if r := vet.post("/drafts/"+draft.String(), got); r.status != http.StatusSeeOther {
		t.Errorf("sent again: %d", r.status)
	}
	saved := htmltest.Form(t, vet.get("/patients/"+about.String()).body, "#draft")
	if saved.Get("subjective") != typed {
		t.Errorf("saved was %q", saved.Get("subjective"))
	}
	// Nobody else opens it, at this clinic or the other.
	for _, b := range []*browser{s.a.as(t, access.Nurse), s.a.as(t, access.PracticeAdmin), s.b.as(t, access.Veterinarian)} {
		if r := b.get(back); r.status != http.StatusNotFound {
			t.Errorf("somebody else's kept text gives %d", r.status)
		}
	}
}

// holdsNothing fails where a page shows anything of the clinic's work.
func holdsNothing(t *testing.T, r reply) {
	t.Helper()
	for _, part := range []string{"Biscuit", "Canary", "Ærla", soap.Assessment, soap.Plan, "Möhre"} {
		if strings.Contains(r.body, part) {
			t.Errorf("a locked answer holds %q", part)
		}
	}
}

// T71: activity puts the lock off; questions the page asks by itself do not.
func TestOnlyAPersonsActsPutTheLockOff(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	busy, idle := s.a.as(t, access.Veterinarian), s.a.as(t, access.Nurse)
	idle.partial = true
	for range 4 {
		s.clock.Advance(quarter / 3)
		if r := busy.get("/patients"); r.status != http.StatusOK {
			t.Fatalf("somebody at work is locked out: %d", r.status)
		}
		idle.get("/lock")
	}
	idle.partial = false
	if r := idle.get("/patients"); r.status != http.StatusUnauthorized {
		t.Errorf("a page left open kept the session alive: %d", r.status)
	}
}

// T71: twelve hours after sign-in the session ends, however busy; what was typed is kept for the person.
func TestASessionEndsAfterTwelveHours(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	desk := s.a.as(t, access.Receptionist)
	desk.token()
	for range 72 {
		s.clock.Advance(10 * time.Minute)
		desk.get("/patients")
	}
	row := id.New().String()
	r := desk.send("/clients", with(clientForm(), "new_id", row, "family_name", "Ünsal"))
	if r.status != http.StatusUnauthorized {
		t.Fatalf("after 12 hours: %d", r.status)
	}
	htmltest.Has(t, r.body, "main", "signed out after 12 hours")
	if n := s.count(t, `SELECT count(*) FROM app.clients WHERE id = $1`, row); n != 0 {
		t.Error("an ended session saved")
	}
	if r := desk.copyOf(t).send("/unlock", url.Values{"passphrase": {passphrase}}); r.status != http.StatusUnauthorized {
		t.Errorf("an ended session can be unlocked: %d", r.status)
	}
	old := desk.cookies[identity.SessionCookie]
	back := desk.submit(r, "form[action='/sign-in']", map[string]string{"email": s.a.people[access.Receptionist].Email, "passphrase": passphrase}).location(t)
	page := desk.get(back)
	if page.status != http.StatusOK || htmltest.Form(t, page.body, "main form").Get("family_name") != "Ünsal" {
		t.Errorf("after signing in again %s gives %d", back, page.status)
	}
	if desk.cookies[identity.SessionCookie] == old {
		t.Error("the token is the same after signing in again")
	}
	stale := s.a.browser(t)
	stale.cookies[identity.SessionCookie] = old
	signedOut(t, "the old token", stale.get("/patients"))
}

// T71 under clock skew: a clock set back opens nothing that was locked, and a session from the future
// has no age to be believed.
func TestAClockSetBackOpensNothing(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	locked := s.a.as(t, access.Nurse)
	s.clock.Advance(quarter + time.Minute)
	if r := locked.get("/patients"); r.status != http.StatusUnauthorized {
		t.Fatalf("idle: %d", r.status)
	}
	late := s.a.as(t, access.Receptionist) // begun by a clock that is fast
	s.clock.Advance(-quarter - time.Minute)
	for what, b := range map[string]*browser{"a locked session": locked, "a session from the future": late} {
		r := b.get("/patients")
		if r.status != http.StatusUnauthorized {
			t.Errorf("%s after the clock was set back: %d", what, r.status)
		}
		holdsNothing(t, r)
	}
}

// T73: the token changes with everything that changes who is believed, and signing out ends it.
func TestTheTokenChangesAndEnds(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	b := s.a.browser(t)
	planted := strings.Repeat("A", 43)
	b.cookies[identity.SessionCookie] = planted // fixation: a token somebody else chose
	b.get("/sign-in")
	b.cookies[identity.SessionCookie] = planted
	b.signIn(s.a.people[access.Nurse].Email, passphrase)
	seen := map[string]bool{planted: true}
	fresh := func(when string) {
		t.Helper()
		token := b.cookies[identity.SessionCookie]
		if token == "" || seen[token] {
			t.Errorf("%s the token is %q again", when, token)
		}
		for old := range seen {
			stale := s.a.browser(t)
			stale.cookies[identity.SessionCookie] = old
			signedOut(t, "an older token "+when, stale.get("/patients"))
		}
		seen[token] = true
	}
	fresh("after signing in")
	b.send("/lock", url.Values{})
	if r := b.get("/patients"); r.status != http.StatusUnauthorized {
		t.Fatalf("locked by hand: %d", r.status)
	}
	b.submit(b.get("/lock"), "form[action='/unlock']", map[string]string{"passphrase": passphrase})
	fresh("after unlocking")
	if r := b.get("/patients"); r.status != http.StatusOK {
		t.Fatalf("unlocked: %d", r.status)
	}
	second := s.a.as(t, access.Nurse)
	b.csrf = nil
	out := b.copyOf(t)
	if r := out.send("/sign-out", url.Values{}); r.location(t) != "/sign-in" || r.header.Get("Clear-Site-Data") == "" {
		t.Errorf("signing out: %d", r.status)
	}
	signedOut(t, "after signing out", b.get("/patients"))
	if r := second.get("/patients"); r.status != http.StatusOK {
		t.Errorf("signing out here ended the session there: %d", r.status)
	}
	third := s.a.as(t, access.Nurse)
	third.send("/sign-out-everywhere", url.Values{})
	signedOut(t, "after signing out everywhere", second.get("/patients"))
}
