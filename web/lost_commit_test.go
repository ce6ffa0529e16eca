package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// T49: a form whose COMMIT was lost, or only the answer to it, is answered by the page that says so. The
// bar of htmx leaves the form as it stands; and sent once more as it is, the form makes its one row,
// whichever of the two it was.
func TestAFormWhoseCommitWasLostMakesOneRowWhenSentAgain(t *testing.T) {
	t.Parallel()
	fake := clock.NewRunning(time.Now())
	e := dbtest.NewAt(t, fake)
	cutter := dbtest.PutCutter(t, e)
	s := siteOn(t, e, fake)
	h := s.shop(t, "alder")
	vet := h.as(t, access.Veterinarian)
	note, _ := h.note(t)
	for _, c := range []struct {
		table string
		fill  func(t *testing.T) (path string, form url.Values)
	}{
		{"app.clients", func(*testing.T) (string, url.Values) { return "/clients", clientForm() }},
		{"app.patients", func(*testing.T) (string, url.Values) {
			return "/patients", with(patientForm(), "client", h.client.String())
		}},
		{"app.drafts", func(t *testing.T) (string, url.Values) {
			return "/patients/" + h.newAnimal(t).String() + "/consults", url.Values{}
		}},
		{"app.addenda", func(*testing.T) (string, url.Values) {
			return "/notes/" + note.String() + "/addenda", url.Values{"kind": {"addendum"}, "reason": {"Owner rang"}, "text": {"Better."}}
		}},
	} {
		for _, at := range []dbtest.Cut{dbtest.CutBeforeCommit, dbtest.CutBeforeAnswers, dbtest.CutBeforeItsAnswer} {
			for _, partial := range []bool{false, true} {
				what := c.table + ", " + string(at)
				if partial {
					what += ", by htmx"
				}
				t.Run(what, func(t *testing.T) {
					b := vet.copyOf(t)
					b.partial = partial
					row := id.New().String()
					path, form := c.fill(t)
					form = with(form, "new_id", row, "csrf", b.token())
					rows := func() int {
						return s.count(t, `SELECT count(*) FROM `+c.table+` WHERE tenant_id = $1 AND id = $2`, h.tenant, row)
					}
					var r reply
					cutter.During(t, at, func() { r = b.post(path, form) })
					if n := rows(); (n == 1) != (at != dbtest.CutBeforeCommit) {
						t.Fatalf("%d rows: another COMMIT was cut than that of the form", n)
					}
					saysUnknown(t, r, partial)
					for range 2 {
						again := b.post(path, form)
						for range 3 { // told to come again in a few seconds, one does
							if again.header.Get("Retry-After") != "" {
								again = b.post(path, form)
							}
						}
						if again.status >= http.StatusBadRequest {
							t.Errorf("sent again it gives %d: %.300s", again.status, htmltest.Texts(t, again.body, "body"))
						}
					}
					if n := rows(); n != 1 {
						t.Errorf("sent again there are %d rows", n)
					}
					if n := s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND object_id = $2 AND action = 'created'`, h.tenant, row); n > 1 {
						t.Errorf("it is on record %d times", n)
					}
				})
			}
		}
	}
}

// T49: without script the page of the form is gone when the answer comes. It gives back every character,
// in a form or by a link to one, and under the id the form had, so that sending it makes no second row.
func TestAPlainFormWhoseCommitWasLostGivesBackWhatWasTyped(t *testing.T) {
	t.Parallel()
	fake := clock.NewRunning(time.Now())
	e := dbtest.NewAt(t, fake)
	cutter := dbtest.PutCutter(t, e)
	h := siteOn(t, e, fake).shop(t, "alder")
	b := h.as(t, access.Receptionist)
	row := id.New().String()
	form := with(clientForm(), "new_id", row, "csrf", b.token())
	var r reply
	cutter.During(t, dbtest.CutBeforeItsAnswer, func() { r = b.post("/clients", form) })
	r.says(t, http.StatusServiceUnavailable, "h1", "lost while saving")
	for _, href := range hrefs(t, r.body) {
		if strings.HasPrefix(href, "/kept/") {
			r = b.get(href)
		}
	}
	for name, values := range form {
		if name != "csrf" && !strings.Contains(r.body, values[0]) {
			t.Errorf("%s, %q, is not given back", name, values[0])
		}
	}
}

// What proves who somebody is, is no text to be kept: the passphrase of a sign-in that broke is nowhere,
// also where somebody was signed in already.
func TestAPassphraseIsNeverKept(t *testing.T) {
	t.Parallel()
	fake := clock.NewRunning(time.Now())
	e := dbtest.NewAt(t, fake)
	cutter := dbtest.PutCutter(t, e)
	s := siteOn(t, e, fake)
	h := s.shop(t, "alder")
	b := h.as(t, access.Receptionist)
	form := with(url.Values{}, "csrf", b.token(), "email", h.people[access.Receptionist].Email, "passphrase", passphrase)
	var r reply
	cutter.During(t, dbtest.CutBeforeAnswers, func() { r = b.post("/sign-in", form) })
	r.says(t, http.StatusServiceUnavailable, "h1", "lost while saving")
	htmltest.Lacks(t, r.body, "a[href^='/kept/']", "")
	if n := s.count(t, `SELECT count(*) FROM app.kept_forms WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d forms are kept", n)
	}
}

// hrefs are where the links of a page lead.
func hrefs(t *testing.T, page string) (out []string) {
	t.Helper()
	htmltest.Parse(t, page).Find("a[href]").Each(func(_ int, a *goquery.Selection) { out = append(out, a.AttrOr("href", "")) })
	return out
}

// saysUnknown fails unless an answer says that nobody knows, neither "saved" nor "not saved".
func saysUnknown(t *testing.T, r reply, partial bool) {
	t.Helper()
	r.says(t, http.StatusServiceUnavailable, "body", "It may be saved or not")
	if strings.Contains(r.body, "added") || strings.Contains(r.body, "did not save") || strings.Contains(r.body, "did not work") {
		t.Errorf("the page claims to know: %.300s", htmltest.Texts(t, r.body, "body"))
	}
	if partial {
		// Only the bar above the form is replaced: what is typed stays where it is.
		htmltest.Lacks(t, r.body, "form, main, h1", "")
	}
}
