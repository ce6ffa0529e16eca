package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/live"
)

// newScreen is a screen that waits for its code.
func (h *shop) newScreen(t *testing.T) (screen, code string) {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return identity.AddWallScreen(ctx, tx, h.keys, row, "Prep room")
	})
	return row.String(), identity.WallScreen{ID: row}.Code(h.keys)
}

// wall is the browser of a screen that was opened.
func (h *shop) wall(t *testing.T) (b *browser, screen string) {
	t.Helper()
	screen, code := h.newScreen(t)
	b = h.browser(t)
	page := b.get("/wall/" + code)
	if r := b.submit(page, "main form", nil); r.location(t) != "/wall" {
		t.Fatalf("the code was answered with %d", r.status)
	}
	return b, screen
}

func TestAScreenIsMadeOpenedAndEnded(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "bramble-wall")
	admin := h.as(t, access.PracticeAdmin)
	list := admin.get("/wall-screens")
	made := admin.submit(list, "form[action='/wall-screens']", map[string]string{"name": " Prep  room "})
	page := admin.get(made.location(t))
	code := strings.TrimPrefix(htmltest.Attr(t, page.body, "a[href^='/wall/']", "href"), "/wall/")
	if address := htmltest.Text(t, page.body, ".walladdress"); address != h.host+"/wall/"+code {
		t.Errorf("the address is %q", address)
	}
	again := admin.submit(list, "form[action='/wall-screens']", map[string]string{"name": "Prep room"})
	if again.location(t) != made.location(t) {
		t.Error("pressed twice it made two")
	}

	wall := h.browser(t)
	if r := wall.get("/wall"); r.status != http.StatusUnauthorized {
		t.Errorf("a browser that is no screen: %d", r.status)
	}
	ask := wall.get("/wall/" + strings.ToLower(strings.ReplaceAll(code, "-", "%20")))
	htmltest.Has(t, ask.body, "main", "Prep room")
	wall.submit(ask, "main form", nil)
	if r := wall.get("/wall"); r.status != http.StatusOK || !strings.Contains(r.body, "In the building") {
		t.Fatalf("the screen shows %d", r.status)
	}
	if strings.Contains(wall.get("/wall").body, wall.cookies[identity.WallCookie]) {
		t.Error("the credential stands in the page")
	}
	if r := admin.get(made.location(t)); r.location(t) != "/wall-screens" {
		t.Error("the code is shown after it was used")
	}
	other := h.browser(t)
	if r := other.get("/wall/" + code); r.status != http.StatusNotFound {
		t.Errorf("the code works twice: %d", r.status)
	}

	admin.submit(admin.get("/wall-screens"), "form[action$='/ending']", nil)
	for _, path := range []string{"/wall", "/wall/board", "/wall/live"} {
		if r := wall.get(path); r.status != http.StatusUnauthorized {
			t.Errorf("%s of an ended screen: %d", path, r.status)
		}
	}
	if r := admin.send("/wall-screens", with(nil, "new_id", id.New().String(), "name", " ")); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a screen without a name: %d", r.status)
	}
}

// The credential of a screen opens the three addresses of a wall, and a session opens none of them.
func TestAScreenCanDoNothingElse(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	wall, _ := s.a.wall(t)
	open := 0
	for _, row := range s.server.Table() {
		a, ok := asks[row.Pattern]
		if row.Needs == access.Public || !ok { // the matrix demands an expectation of each
			continue
		}
		path, form := a.fill(nobodys)
		method := http.MethodGet
		if form != nil {
			method = http.MethodPost
		}
		r := wall.copyOf(t).raw(method, path, form, "Sec-Fetch-Site", "same-origin")
		switch {
		case row.Needs == access.Wall && r.status == http.StatusOK:
			open++
		case row.Needs == access.Wall || r.status != http.StatusSeeOther && r.status != http.StatusUnauthorized:
			t.Errorf("%s gives a screen %d", row.Pattern, r.status)
		}
	}
	if open != 3 {
		t.Errorf("a screen opens %d addresses", open)
	}
	for _, role := range roleKeys {
		if r := s.a.as(t, role).get("/wall"); r.status != http.StatusUnauthorized {
			t.Errorf("%s opens the wall without a screen: %d", role, r.status)
		}
	}
	for _, p := range access.All() {
		if p == access.Wall {
			t.Error("a role can hold the right of a screen")
		}
	}
}

// A screen of another clinic is refused like one that never was, to the last byte.
func TestAScreenOfAnotherClinicIsNone(t *testing.T) { // T69
	t.Parallel()
	s := onStage(t)
	wall, _ := s.b.wall(t)
	wall.host = s.a.host
	nobody := s.a.browser(t)
	nobody.cookies[identity.WallCookie] = strings.Repeat("A", 43)
	for _, path := range []string{"/wall", "/wall/board", "/wall/live"} {
		got, want := wall.get(path), nobody.get(path)
		if got.status != http.StatusUnauthorized || got.status != want.status || got.plain() != want.plain() || got.headers() != want.headers() {
			t.Errorf("%s: %d %s, and %d %s for nobody's", path, got.status, got.headers(), want.status, want.headers())
		}
	}
	_, code := s.b.newScreen(t)
	a := s.a.browser(t)
	got, want := a.get("/wall/"+code), a.get("/wall/0000-0000-0000")
	if got.status != http.StatusNotFound || got.plain() != want.plain() {
		t.Errorf("the code of another clinic: %d, and %d for nobody's", got.status, want.status)
	}
	two := s.b.browser(t)
	r := httptest.NewRequest(http.MethodGet, "http://"+s.b.host+"/wall", nil)
	for _, value := range []string{wall.cookies[identity.WallCookie], strings.Repeat("B", 43)} {
		r.AddCookie(&http.Cookie{Name: identity.WallCookie, Value: value})
	}
	if got := two.do(r); got.status != http.StatusUnauthorized {
		t.Errorf("one of two cookies is believed: %d", got.status)
	}
}

func TestACodeIsTooOldAfterAnHour(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	screen, code := s.a.newScreen(t)
	b := s.a.browser(t)
	page := b.get("/wall/" + code)
	s.clock.Advance(identity.WallCodeLife)
	if r := b.submit(page, "main form", nil); r.status != http.StatusNotFound || b.cookies[identity.WallCookie] != "" {
		t.Errorf("an old code: %d", r.status)
	}
	admin := s.a.as(t, access.PracticeAdmin)
	if r := admin.get("/wall-screens/" + screen); r.location(t) != "/wall-screens" {
		t.Error("an old code is shown")
	}
	htmltest.Has(t, admin.get("/wall-screens").body, "main", "Its code is too old")
}

// A screen hears that the board changed, never of bills, and no longer than it stands.
func TestAScreenHearsOfTheBoardUntilItIsEnded(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.awaitLive(t)
	at := quickened(t, s.site)
	wall, screen := s.a.wall(t)
	l := wall.listenTo(t, at, "/wall/live"+s.now())
	s.a.touch(t, live.Board, live.Bills, live.Schedule)
	l.hears(t, "board-changed")
	time.Sleep(150 * time.Millisecond)
	s.a.write(t, s.a.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return identity.EndWallScreen(ctx, tx, s.a.keys, id.MustParse(screen))
	})
	if last := l.ends(t); strings.Join(last, " ") != "over" {
		t.Errorf("the stream ended with %v", last)
	}
}

// T56, T98: the cookie of a screen that is carried to another clinic shows nothing there, is over from then on, and
// stands once in the platform's log and in both clinics' records.
func TestAScreenTakenToAnotherClinicShowsNothingAndEnds(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "bramble-stray")
	wall, screen := h.wall(t)
	if r := wall.get("/wall"); r.status != http.StatusOK {
		t.Fatalf("at home the screen gives %d", r.status)
	}
	for i, path := range []string{"/wall/board", "/wall"} { // the second time there is no such screen any more
		abroad := wall.copyOf(t)
		abroad.host = s.b.host
		r := abroad.get(path)
		if r.status != http.StatusUnauthorized {
			t.Errorf("%s at the other clinic gives %d", path, r.status)
		}
		s.attempts.Settle()
		n := s.count(t, `SELECT count(*) FROM audit.security_event WHERE request_id = $1 AND kind = 'cross-tenant-screen'
			AND at_clinic = $2 AND of_clinic = $3 AND session_id = $4 AND route = $5`,
			id.MustParse(r.request()), s.b.tenant, h.tenant, id.MustParse(screen), "GET "+path)
		if want := 1 - i; n != want {
			t.Errorf("%s: %d lines in the platform's log, want %d", path, n, want)
		}
		for _, shop := range []*shop{s.b, h} {
			if got, want := len(s.leaves(t, shop, r.request())), 1-i; got != want {
				t.Errorf("%s: %d lines in the record of %s, want %d", path, got, shop.host, want)
			}
		}
	}
	if r := wall.get("/wall"); r.status != http.StatusUnauthorized {
		t.Errorf("afterwards the screen at home gives %d", r.status)
	}
}
