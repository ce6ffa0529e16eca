package identity_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/identity"
)

func (d *desk) pre(cookies ...*http.Cookie) *identity.Pre {
	r := httptest.NewRequest(http.MethodGet, "https://"+d.Host+"/sign-in", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return identity.OpenPre(r, d.Keys, d.clock)
}

func save(t *testing.T, p *identity.Pre) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	must(t, p.Save(w))
	return cookieOf(t, w)
}

func TestWhatStandsBeforeSignInComesBackOnce(t *testing.T) {
	d := newDesk(t)
	p := d.pre()
	p.SetReturn("/patients/1?day=2026-01-02")
	p.Flash("You were signed out.")
	form := p.FormToken()
	c := save(t, p)
	if c.Name != "__Host-pre" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.MaxAge != 600 || c.SameSite != http.SameSiteLaxMode {
		t.Fatalf("the cookie is %s", c)
	}
	if strings.Contains(c.Value, "patients") {
		t.Fatal("the cookie can be read")
	}
	p = d.pre(c)
	if p.New() || !p.CheckFormToken(form) || p.CheckFormToken(form, "x") || p.CheckFormToken("") {
		t.Fatal("the form token does not hold")
	}
	if got := p.Flashes(); len(got) != 1 || got[0] != "You were signed out." {
		t.Errorf("flashes %q", got)
	}
	if got := p.Return(); got != "/patients/1?day=2026-01-02" {
		t.Errorf("return path %q", got)
	}
	p = d.pre(save(t, p))
	if p.Return() != "" || len(p.Flashes()) != 0 || !p.CheckFormToken(form) {
		t.Error("return path and flashes come twice, or the form token did not last")
	}
	w := httptest.NewRecorder()
	must(t, p.Clear(w))
	if cookieOf(t, w).MaxAge >= 0 {
		t.Error("the cookie is not cleared")
	}
}

// T57
func TestThePreSessionOfOneClinicIsAbsentAtAnother(t *testing.T) {
	a := newDesk(t)
	b := a.neighbour(t)
	p := a.pre()
	p.SetReturn("/patients")
	form := p.FormToken()
	c := save(t, p)
	q := b.pre(c)
	if !q.New() || q.Return() != "" || q.CheckFormToken(form) {
		t.Fatal("clinic B believes clinic A's cookie")
	}
}

func TestThePreSessionIsBelievedForTenMinutes(t *testing.T) {
	d := newDesk(t)
	c := save(t, d.pre())
	d.clock.Advance(identity.PreLife - time.Second)
	if d.pre(c).New() {
		t.Error("forgotten before its time")
	}
	d.clock.Advance(time.Second)
	if !d.pre(c).New() {
		t.Error("believed after ten minutes")
	}
	d.clock.Advance(-time.Hour)
	if !d.pre(c).New() {
		t.Error("believed though it comes from the future")
	}
	c = save(t, d.pre())
	c.Value = c.Value[:len(c.Value)-4] + "AAAA"
	if !d.pre(c).New() {
		t.Error("believed though it was changed")
	}
}

func TestReturnPathsStayOnTheHost(t *testing.T) {
	for _, good := range []string{"/", "/patients", "/patients/1?day=2026-01-02", "/kept/0190"} {
		if !identity.ReturnPath(good) {
			t.Errorf("%q was refused", good)
		}
	}
	for _, bad := range []string{
		"", "patients", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "/a/../../b", "/./a", "/a//b",
		"/a\nb", "/a b", "/a#b", "javascript:alert(1)", "/%5cevil", "/\tevil", "/" + strings.Repeat("a", 600),
	} {
		if identity.ReturnPath(bad) {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestFormTokensAreOfOneSessionAndOneThing(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "Jo", "jo@example.org", passphrase, access.Nurse)
	_, one := d.load(t, d.begin(t, p))
	_, two := d.load(t, d.begin(t, p))
	token := one.FormToken("ab", "c")
	if !one.CheckFormToken(token, "ab", "c") {
		t.Fatal("a token does not hold for its own form")
	}
	if one.CheckFormToken(token, "a", "bc") || one.CheckFormToken(token, "ab") || one.CheckFormToken("", "ab", "c") || two.CheckFormToken(token, "ab", "c") {
		t.Error("a token holds for another form or session")
	}
}
