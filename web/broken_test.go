package web_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
)

// T87: while the keys cannot be reached nothing is shown, nothing saved, and nothing in clear.
func TestWithoutKeysNothingIsShownOrSaved(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	vet := s.a.as(t, access.Veterinarian)
	draft, about := s.a.draft(t, access.Veterinarian)
	form := with(noteForm(), "version", "2", "patient", about.String(), "csrf", vet.token())
	before := s.everything(t, s.a)
	keys := filepath.Join(s.env.KeyDir, "keys")
	if err := os.Rename(keys, keys+".away"); err != nil {
		t.Fatal(err)
	}
	s.env.Vault.Forget(s.a.tenant)
	for _, partial := range []bool{false, true} {
		b := vet.copyOf(t)
		b.partial = partial
		for what, r := range map[string]reply{
			"a page":     b.get("/patients"),
			"a patient":  b.get("/patients/" + s.a.animal.String()),
			"sign-in":    b.get("/sign-in"),
			"a save":     b.post("/drafts/"+draft.String(), form),
			"a client":   b.post("/clients", with(clientForm(), "new_id", id.New().String(), "csrf", form.Get("csrf"))),
			"a sign-out": b.post("/sign-out", form),
		} {
			if r.status != http.StatusServiceUnavailable || strings.Contains(r.body, "Biscuit") || strings.Contains(r.body, "O'alder") {
				t.Errorf("%s without keys: %d", what, r.status)
			}
			htmltest.Has(t, r.body, "body", "keys of this clinic cannot be reached")
		}
	}
	unchanged(t, "without keys", before, s.everything(t, s.a))
	if r := s.b.as(t, access.Nurse).get("/patients"); r.status != http.StatusOK {
		t.Errorf("a clinic whose keys are in memory: %d", r.status)
	}
	if err := os.Rename(keys+".away", keys); err != nil {
		t.Fatal(err)
	}
	if r := vet.post("/drafts/"+draft.String(), form); r.status != http.StatusSeeOther {
		t.Errorf("once the keys are back: %d", r.status)
	}
}

// readPosts are the forms that change nothing.
var readPosts = []string{"POST /search", "POST /clients/new", "POST /clients/alike", "POST /patients/alike", "POST /today", "POST /prices/list", "POST /prices/found", "POST /codes/found", "POST /patients/{id}/prescriptions/dose", "POST /patients/{id}/history/search", "POST /drafts/{id}/presence", "POST /roles/preview", "POST /people/{id}/roles/preview", "POST /access", "POST /audit"}

// adminPaths are for the practice admin alone.
var adminPaths = []string{
	"/imports", "/resources", "/hours", "/blocks", "/appointment-types", "/schedule-settings", "/visits", "/invoices", "/payments", "/till", "/closings", "/letterhead", "/prices", "/taxes", "/money",
	"/files", "/vaccines", "/licences", "/formulary", "/snippets", "/code-lists", "/codes/",
	"/lab-tests", "/lab-panels",
	"/roles", "/people/", "/access",
	"/audit", "/signed-in", "/people", "/sign-in-rules",
}

// T94, T93: where the record cannot be written, no page is sent and no row changed.
func TestWithoutARecordNothingIsShownOrChanged(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{"paddock_scribe", "paddock_app"} {
		t.Run(broken, func(t *testing.T) {
			t.Parallel()
			s := twoShops(t)
			vet, nurse := s.a.as(t, access.Veterinarian), s.a.as(t, access.Nurse)
			rows := s.a.rowsOf(t, access.Veterinarian)
			for _, w := range []string{"client", "animal", "draft", "note", "kept"} {
				rows(w)
			}
			token := vet.token()
			nurse.token()
			admin := s.a.as(t, access.PracticeAdmin)
			admin.token()
			for _, a := range asks { // made while that is recorded
				a.fill(rows)
			}
			s.exec(t, `REVOKE INSERT ON audit.leaf FROM `+broken)
			before := s.everything(t, s.a)
			for _, pattern := range slices.Sorted(maps.Keys(asks)) { // what only reads first: the rest changes what there is to read
				a := asks[pattern]
				if a.ends || strings.Contains(pattern, "welcome") || strings.Contains(pattern, "static") || pattern == "GET /wall/{code}" {
					continue
				}
				if a.file != "" || strings.HasSuffix(a.path, "/progress") || strings.HasSuffix(a.path, "/presence") || strings.HasSuffix(a.path, "/writing") || a.path == "/stay" {
					continue // below; and what is asked each second is not recorded
				}
				path, form := a.fill(rows)
				b, token := vet.copyOf(t), token
				if slices.ContainsFunc(adminPaths, func(p string) bool { return strings.HasPrefix(path, p) }) || strings.HasSuffix(path, "/void") || strings.HasSuffix(path, "/looks") {
					b, token = admin.copyOf(t), admin.token()
				}
				var r reply
				if form == nil {
					r = b.get(path)
				} else {
					r = b.post(path, with(form, "csrf", token))
				}
				reads := form == nil || slices.Contains(readPosts, pattern)
				shows := r.status == http.StatusOK && (strings.Contains(r.body, "Quill") || strings.Contains(r.body, "Pip") || strings.Contains(r.body, soap.Plan))
				switch {
				case broken == "paddock_scribe" && reads && shows:
					t.Errorf("%s shows a page that is not on record", pattern)
				case broken == "paddock_app" && !reads && r.status != http.StatusInternalServerError:
					t.Errorf("%s gives %d where its change cannot be recorded", pattern, r.status)
				}
				if broken == "paddock_scribe" && reads && strings.Contains(a.path, "{") && r.status != http.StatusInternalServerError {
					t.Errorf("%s gives %d", pattern, r.status)
				}
			}
			if broken == "paddock_scribe" {
				// Not even a refusal goes out unrecorded, nor the list that the day begins with.
				for what, r := range map[string]reply{
					"the list": vet.get("/patients"), "a search": vet.send("/search", url.Values{"q": {"Quill"}}), "a refusal": nurse.send("/patients/"+rows("animal")+"/consults", url.Values{"new_id": {id.New().String()}}),
				} {
					if r.status != http.StatusInternalServerError || strings.Contains(r.body, "Quill") || strings.Contains(r.body, "Biscuit") {
						t.Errorf("%s without a record gives %d", what, r.status)
					}
					htmltest.Has(t, r.body, "body", r.request())
				}
			} else {
				unchanged(t, "changes without a record", before, s.everything(t, s.a))
				// Of a file that came in, a row that says it was discarded stays, and nothing of the file.
				if r := admin.uploaded("list.csv", licences("9")); r.status != http.StatusInternalServerError {
					t.Errorf("a file without a record gives %d", r.status)
				}
				stays := s.everything(t, s.a)
				stays["app.imports"], stays["app.import_moves"] = before["app.imports"], before["app.import_moves"]
				unchanged(t, "a file without a record", before, stays)
				if n := s.count(t, `SELECT count(*) FROM app.imports WHERE tenant_id = $1 AND state = 'uploading'`, s.a.tenant); n != 0 {
					t.Errorf("%d uploads stand as if they went on", n)
				}
				if r := s.a.browser(t).signIn(s.a.people[access.Nurse].Email, passphrase); r.status != http.StatusInternalServerError {
					t.Errorf("a sign-in without a record gives %d", r.status)
				}
			}
			s.exec(t, `GRANT INSERT ON audit.leaf TO `+broken)
			if r := vet.get("/patients"); r.status != http.StatusOK {
				t.Errorf("once the record is back: %d", r.status)
			}
		})
	}
}

// A panic becomes the 500 page with an id to quote; what it was about stays out of page and log.
func TestAPanicBecomesAPageWithAnIDToQuote(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	secret := "Ærla Canary 07700 900142"
	for what, do := range map[string]func(){
		"a text": func() { panic(secret) }, "an error": func() { panic(fmt.Errorf("saving %s", secret)) }, "a joined error": func() { panic(errors.Join(errors.New(secret))) },
		"a struct": func() { panic(identity.Person{Name: secret}) },
		"the runtime's own": func() {
			var m map[string]int
			m[secret]++ //nolint:staticcheck // the panic is what is tested
		},
		"a failed assertion": func() {
			var v any = secret
			_ = v.(int)
		},
	} {
		b := s.a.as(t, access.Receptionist)
		node := *s.site
		node.handler = s.server.HandlerWith("GET /boom", do)
		b.site = &node
		for _, b.partial = range []bool{false, true} {
			r := b.get("/boom")
			if r.status != http.StatusInternalServerError || strings.Contains(r.body, "Canary") {
				t.Errorf("%s: %d", what, r.status)
			}
			htmltest.Has(t, r.body, "body", r.request())
			if !strings.Contains(s.log.String(), r.request()) {
				t.Errorf("%s: the log does not know %s", what, r.request())
			}
		}
		b.site, b.partial = s.site, false
		if r := b.get("/patients"); r.status != http.StatusOK {
			t.Errorf("after %s the session gives %d", what, r.status)
		}
	}
	if log := s.log.String(); strings.Contains(log, "Canary") || strings.Contains(log, "900142") {
		t.Errorf("the log holds what a panic was about: %s", log)
	}
}
