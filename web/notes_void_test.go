package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// A note entered in error stays readable under its mark, counts in no summary, and is marked once, by who may.
func TestASignedNoteIsVoidedAndStaysReadable(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "wayfaring")
	note, animal := h.note(t)
	path := "/notes/" + note.String()
	admin := h.as(t, access.PracticeAdmin)
	for _, role := range []string{access.Veterinarian, access.Nurse, access.Receptionist} {
		if r := h.as(t, role).send(path+"/void", htmltest.Form(t, admin.get(path).body, "#void-form")); r.status != http.StatusForbidden {
			t.Errorf("%s gets %d", role, r.status)
		}
	}
	form := htmltest.Form(t, admin.get(path).body, "#void-form")
	admin.send(path+"/void", form).says(t, http.StatusUnprocessableEntity, "#mistakes", "Say why")
	form.Set("void_reason", "Written about another animal")
	for range 2 { // the second is the same form again
		if r := admin.send(path+"/void", form); r.location(t) != path {
			t.Fatalf("voiding gives %d", r.status)
		}
	}
	if r := admin.send(path+"/void", with(form, "new_id", id.New().String(), "void_reason", "Once more")); r.location(t) != path {
		t.Errorf("voiding twice gives %d", r.status)
	}
	page := h.as(t, access.Veterinarian).get(path)
	page.says(t, http.StatusOK, ".note", "Entered in error")
	page.says(t, http.StatusOK, ".note", "Written about another animal")
	page.says(t, http.StatusOK, ".struck", soap.Assessment)
	htmltest.Lacks(t, admin.get(path).body, "#void-form", "")
	list := h.as(t, access.Veterinarian).get("/patients/" + animal.String())
	list.says(t, http.StatusOK, ".tl", "Entered in error")
	if strings.Contains(list.body, soap.Assessment) {
		t.Error("the history sums it up")
	}
	h.as(t, access.Receptionist).get("/patients/"+animal.String()).says(t, http.StatusOK, ".tl", "Entered in error")
	if n := s.count(t, `SELECT count(*) FROM app.note_voids WHERE tenant_id = $1 AND note_id = $2`, h.tenant, note); n != 1 {
		t.Errorf("%d voids", n)
	}
}

// The author of a note that waits for more than a day is told so on Today, and nobody else is.
func TestAnUnsignedNoteIsNaggedAbout(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "void-medlar")
	draft, animal := h.draft(t, access.Veterinarian)
	vet := h.as(t, access.Veterinarian)
	htmltest.Lacks(t, vet.get("/today").body, ".unsigned", "")
	s.exec(t, `UPDATE app.drafts SET event_at = event_at - interval '25 hours' WHERE tenant_id = '`+h.tenant.String()+`' AND id = '`+draft.String()+`'`)
	page := vet.get("/today")
	page.says(t, http.StatusOK, ".unsigned", "Not signed for more than a day")
	if !strings.Contains(page.body, "/patients/"+animal.String()) {
		t.Error("the note is not linked")
	}
	htmltest.Lacks(t, h.as(t, access.Nurse).get("/today").body, ".unsigned", "")

	// Signed now, it says that it was written down later than it happened.
	page = vet.get("/patients/" + animal.String())
	sign, form := htmltest.Press(t, page.body, "#draft button[data-primary]")
	vet.get(vet.post(sign, form).location(t)).says(t, http.StatusOK, ".note", "Late entry")
	htmltest.Lacks(t, vet.get("/today").body, ".unsigned", "")
}

// Who opened an animal's record stands in a list that the practice admin reads, page by page.
func TestWhoLookedAtARecord(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "sorb")
	note, animal := h.note(t)
	path := "/patients/" + animal.String()
	nurse, admin := h.as(t, access.Nurse), h.as(t, access.PracticeAdmin)
	nurse.get(path)
	nurse.get("/notes/" + note.String())
	page := admin.get(path + "/looks")
	page.says(t, http.StatusOK, "table", h.people[access.Nurse].Name)
	if n := strings.Count(strings.Join(htmltest.Texts(t, page.body, "tbody"), " "), h.people[access.Nurse].Name); n != 2 {
		t.Errorf("the nurse stands there %d times", n)
	}
	for _, role := range []string{access.Veterinarian, access.Nurse, access.Receptionist} {
		if r := h.as(t, role).get(path + "/looks"); r.status != http.StatusForbidden {
			t.Errorf("%s gets %d", role, r.status)
		}
		if strings.Contains(h.as(t, role).get(path).body, "/looks") {
			t.Errorf("%s is offered it", role)
		}
	}
	for range 50 {
		nurse.get(path)
	}
	page = admin.get(path + "/looks")
	older := htmltest.Attr(t, page.body, ".panel footer a", "href")
	if r := admin.get(older); r.status != http.StatusOK || strings.Contains(r.body, "Older") {
		t.Errorf("the page before gives %d", r.status)
	}
	for _, bad := range []string{"_", "yesterday_" + id.New().String(), time.Now().UTC().Format(time.RFC3339) + "_x"} {
		if r := admin.get(path + "/looks?before=" + bad); r.status != http.StatusNotFound {
			t.Errorf("%q gives %d", bad, r.status)
		}
	}
}
