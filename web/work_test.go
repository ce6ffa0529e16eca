package web_test

import (
	"net/http"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
)

// TestAMorningAtTheClinic walks the thin path as a browser without script does: a receptionist
// registers a client and a patient and finds them again, a vet writes a note and signs it.
func TestAMorningAtTheClinic(t *testing.T) {
	s := newSite(t)
	h := s.shop(t, "oakvale")
	desk := h.browser(t)
	if r := desk.signIn(h.people[access.Receptionist].Email, passphrase); r.location(t) != "/" {
		t.Fatalf("after sign-in comes %s", r.location(t))
	}

	page := desk.get("/clients/new")
	r := desk.submit(page, "#client-form", map[string]string{"given_name": "Zoë", "family_name": "O'Brien", "phone_1": "07700 900 555", "email": "zoe@example.com"})
	client := r.location(t)
	page = desk.get(client)
	htmltest.Has(t, page.body, "h1", "Zoë O'Brien")
	page = desk.get("/patients/new?client=" + strings.TrimPrefix(client, "/clients/"))
	r = desk.submit(page, "#patient-form", map[string]string{"name": "Clover", "species": "rabbit", "breed": "Lop", "sex": "female", "age": "3 y"})
	patient := r.location(t)
	page = desk.get(patient)
	htmltest.Has(t, page.body, "h1", "Clover")
	htmltest.Lacks(t, page.body, "#draft", "")

	for _, typed := range []string{"zoe obr", "OBRIEN", "clov", "900555", "zoe@example.com"} {
		page = desk.submit(desk.get("/patients"), "#search", map[string]string{"q": typed})
		if page.status != http.StatusOK || !strings.Contains(page.body, client) && !strings.Contains(page.body, patient) {
			t.Errorf("searching for %q found neither client nor patient", typed)
		}
	}

	vet := h.as(t, access.Veterinarian)
	page = vet.get(patient)
	r = vet.submit(page, "form[action$='/consults']", nil)
	page = vet.get(r.location(t))
	r = vet.submit(page, "#draft", map[string]string{"subjective": "Off her hay since Monday.", "assessment": "Early gut stasis."})
	page = vet.get(r.location(t))
	if got := htmltest.Form(t, page.body, "#draft").Get("subjective"); got != "Off her hay since Monday." {
		t.Fatalf("the draft holds %q", got)
	}
	action, form := htmltest.Press(t, page.body, "#draft button[data-primary]")
	note := vet.post(action, form).location(t)
	page = vet.get(note)
	htmltest.Has(t, page.body, ".read", "Early gut stasis.")
	r = vet.submit(page, "#addendum-form", map[string]string{"kind": "late-entry", "happened": "yesterday 16:30", "reason": "Owner rang", "text": "Eating again."})
	htmltest.Has(t, vet.get(r.location(t)).body, ".addenda", "Eating again.")

	// The nurse reads it, reception learns only that there was a consult.
	htmltest.Has(t, h.as(t, access.Nurse).get(note).body, ".read", "Early gut stasis.")
	page = desk.get(patient)
	htmltest.Has(t, page.body, ".tl", "Consult, signed")
	if strings.Contains(page.body, "gut stasis") || strings.Contains(page.body, note) {
		t.Error("reception's page holds clinical text or a link to it")
	}
}
