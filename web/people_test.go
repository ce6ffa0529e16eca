package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/htmltest"
)

var welcomed = regexp.MustCompile(`/welcome/[A-Za-z0-9_-]{43}`)

// Somebody is invited by plain forms, comes by the link, and is out at the next request when their access is ended.
func TestAPersonIsInvitedComesAndLeaves(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "hr-rowan")
	admin := h.as(t, access.PracticeAdmin)
	form := htmltest.Form(t, admin.get("/people/new").body, "#invitation-form")
	bad := admin.send("/people", with(form, "name", "Ella Brook", "email", "ella at home", "roles", "nurse"))
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "like jo@example.org")
	if back := htmltest.Form(t, bad.body, "#invitation-form"); back.Get("name") != "Ella Brook" || back.Get("email") != "ella at home" || back.Get("roles") != "nurse" {
		t.Errorf("the form came back as %v", back)
	}
	admin.send("/people", with(form, "name", "Ella Brook", "email", h.people[access.Nurse].Email, "roles", "nurse")).
		says(t, http.StatusUnprocessableEntity, "#mistakes", "already")
	form = with(form, "name", "Ella Brook", "email", "ella@hr-rowan.example", "roles", "nurse")
	answer := admin.send("/people", form)
	link := welcomed.FindString(answer.body)
	if answer.status != http.StatusOK || link == "" {
		t.Fatalf("inviting gives %d without a link", answer.status)
	}
	if again := admin.send("/people", form); welcomed.MatchString(again.body) || again.status != http.StatusOK {
		t.Error("the link is shown twice")
	}
	list := admin.get("/people")
	list.says(t, http.StatusOK, "main table", "Ella Brook")
	list.says(t, http.StatusOK, "#people-title", ", 2 invited")
	path := htmltest.Attr(t, list.body, "main tr:contains('Ella Brook') a", "href")
	if welcomed.MatchString(admin.get(path).body) {
		t.Error("the person's page shows the link")
	}

	ella := h.browser(t)
	welcome := ella.get(link)
	ella.post(link, with(htmltest.Form(t, welcome.body, "form"), "passphrase", "seven quiet owls blink", "again", "seven quiet owls blink")).location(t)
	if r := ella.get("/patients"); r.status != http.StatusOK {
		t.Fatalf("who came sees %d", r.status)
	}
	page := admin.get(path)
	page.says(t, http.StatusOK, ".tag", "Active")
	bad = admin.submit(page, "#ending-form", map[string]string{"reason": ""})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Say why")
	admin.submit(page, "#ending-form", map[string]string{"reason": "Left in May"}).location(t)
	if r := ella.get("/patients"); r.status != http.StatusSeeOther {
		t.Errorf("who left sees %d", r.status)
	}
	if r := admin.submit(page, "#ending-form", map[string]string{"reason": "Twice"}); r.status != http.StatusSeeOther {
		t.Errorf("twice gives %d", r.status)
	}
	page = admin.get(path)
	page.says(t, http.StatusOK, ".tag", "Left")
	admin.submit(page, "form[action$='/return']", nil).location(t)
	admin.get(path).says(t, http.StatusOK, ".tag", "Active")
	if n := s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND object = 'person' AND action = 'changed'`, h.tenant); n != 2 {
		t.Errorf("%d changes of people stand in the record", n)
	}
}

// Whose access is ended hears no more within a second, at a server that shares nothing with the one it was ended at.
func TestTheEndOfAccessEndsStreamsOnEveryServer(t *testing.T) { // T72
	t.Parallel()
	s := twoShops(t)
	h := s.a
	s.awaitLive(t)
	two := s.otherServer(t)
	vet, admin := h.as(t, access.Veterinarian), h.as(t, access.PracticeAdmin)
	ends := vet.listenTo(t, two.serving(t), "/live"+s.now())
	path := "/people/" + h.people[access.Veterinarian].ID.String()
	form := admin.get(path)
	time.Sleep(100 * time.Millisecond)
	began := time.Now()
	admin.submit(form, "#ending-form", map[string]string{"reason": "Left in May"}).location(t)
	last := ends.ends(t)
	took := time.Since(began)
	if took > toldIn || !slices.Equal(last, []string{"over"}) {
		t.Errorf("after %v the stream ended with %v", took, last)
	}
	t.Logf("from the click to the end of the stream at the other server: %v", took)
	b := vet.copyOf(t)
	b.site = two
	signedOut(t, "at the other server", b.get("/patients"))
}

// The last one who manages people keeps the page, with what was typed.
func TestTheLastAdminCannotLeave(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "hr-hazel")
	admin := h.as(t, access.PracticeAdmin)
	path := "/people/" + h.people[access.PracticeAdmin].ID.String()
	r := admin.submit(admin.get(path), "#ending-form", map[string]string{"reason": "A new job"})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Nobody else can sign in and manage people")
	if back := htmltest.Form(t, r.body, "#ending-form"); back.Get("reason") != "A new job" {
		t.Errorf("the form came back as %v", back)
	}
	if r := h.as(t, access.Nurse).send(path+"/ending", url.Values{"version": {"1"}, "reason": {"Revenge"}}); r.status != http.StatusForbidden || !strings.Contains(r.body, "needs") {
		t.Errorf("a nurse gets %d", r.status)
	}
}
