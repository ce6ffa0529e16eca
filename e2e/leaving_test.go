package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"paddock/internal/access"
	"paddock/internal/identity"
)

// left is everything a page can leave in a browser: storage, history state, caches, workers.
const left = `(async () => JSON.stringify({
  local: { ...localStorage }, session: { ...sessionStorage }, state: history.state, name: window.name,
  caches: await caches.keys(), databases: await indexedDB.databases(), workers: (await navigator.serviceWorker.getRegistrations()).length,
}))()`

// TestNothingStaysBehindAfterSignOut is T66: what was seen cannot be found in the browser afterwards,
// neither in its stores nor by its back button.
func TestNothingStaysBehindAfterSignOut(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "leaving", access.Veterinarian)
	animal, patient := c.biscuit(t)
	note := c.note(t, animal, soap)
	w := c.window(t).enters(access.Veterinarian)
	w.visit(patient)
	w.visit(note)
	w.write("#q", "thompson")
	w.shows("#found [role=option]", "Biscuit")
	w.visit(patient)
	w.follow("form[action$='/consults'] button")
	w.write("#subjective", "A canary in the draft.")
	w.click("#draft [data-save]")
	w.shows("#draft-status", "Saved ")
	const nothing = `{"local":{},"session":{},"state":null,"name":"","caches":[],"databases":[],"workers":0}`
	world := w.world("look")
	if got := w.run(world, left); got != nothing {
		t.Errorf("while signed in the page keeps %s", got)
	}
	w.click(".avatarbtn")
	w.follow("form[action='/sign-out'] button")
	w.at("/sign-in")
	world = w.world("look")
	if got := w.run(world, left); got != nothing {
		t.Errorf("after sign-out the browser keeps %s", got)
	}
	cookies, err := chromedp.Call(w.ctx, network.GetCookies, network.GetCookiesParams{})
	must(t, err)
	for _, cookie := range cookies.Cookies {
		if cookie.Name == identity.SessionCookie {
			t.Error("the session's cookie is still there")
		}
	}

	// Back, three times: never a page that was seen before.
	for range 3 {
		history, err := chromedp.Run(w.ctx, chromedp.NavigationEntries())
		must(t, err)
		if history.CurrentIndex == 0 {
			break
		}
		w.loads(func() {
			must(t, chromedp.Do(w.ctx, chromedp.Evaluate[chromedp.Void](`void history.back()`)))
		})
		w.at("/sign-in")
		for _, text := range []string{"Biscuit", "Thompson", "Carpal", "canary"} {
			if eval[bool](w, `document.documentElement.outerHTML.includes(`+quoted(text)+`)`) {
				w.fail("the back button shows " + text)
			}
		}
	}
}

// TestCookiesStayAtTheirHost looks at the cookies of two clinics in one browser.
func TestCookiesStayAtTheirHost(t *testing.T) {
	t.Parallel()
	a, b := newClinic(t, "cookiesa", access.Receptionist), newClinic(t, "cookiesb", access.Receptionist)
	w := a.window(t).enters(access.Receptionist)
	at := func(c *clinic) map[string]*network.Cookie {
		got, err := chromedp.Call(w.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{c.origin() + "/patients"}})
		must(t, err)
		out := map[string]*network.Cookie{}
		for _, cookie := range got.Cookies {
			out[cookie.Name] = cookie
		}
		return out
	}
	session := at(a)[identity.SessionCookie]
	if session == nil || !strings.HasPrefix(session.Name, "__Host-") {
		t.Fatalf("the session's cookie is %+v", session)
	}
	for name, cookie := range at(a) {
		if !strings.HasPrefix(name, "__Host-") || !cookie.Secure || !cookie.HTTPOnly || cookie.Path != "/" || strings.HasPrefix(cookie.Domain, ".") || cookie.SameSite != network.CookieSameSiteLax {
			t.Errorf("%s is %+v", name, cookie)
		}
	}
	if got := eval[string](w, `document.cookie`); got != "" {
		t.Errorf("script reads the cookies %q", got)
	}

	// The sibling, in the same browser: no cookie of the other is sent, none can be read, and none can be
	// planted for the other.
	w.visit(b.origin() + "/patients")
	w.at("/sign-in")
	for name, cookie := range at(b) {
		if name == identity.SessionCookie || cookie.Value == session.Value {
			t.Errorf("%s of one clinic is known at the other", name)
		}
	}
	if got := eval[string](w, `document.cookie`); got != "" {
		t.Errorf("script of a sibling reads the cookies %q", got)
	}
	eval[chromedp.Void](w, `void (document.cookie = "`+identity.SessionCookie+`=planted; path=/; secure; domain=localhost")`)
	eval[chromedp.Void](w, `void (document.cookie = "`+identity.SessionCookie+`=planted; path=/; secure; domain=cookiesa.localhost")`)
	if got := at(a)[identity.SessionCookie]; got == nil || got.Value != session.Value {
		t.Errorf("a sibling planted a session: %+v", got)
	}
	w.visit(a.origin() + "/patients")
	w.at("/patients")
	w.shows(".clinic", "Cookiesa")
}
