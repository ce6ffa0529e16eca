package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

func newID() string { return id.New().String() }

func TestADeathSoftensThePagesAndIsTakenBackByWhoMay(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	note, animal := s.a.note(t)
	path := "/patients/" + animal.String()
	desk, vet := s.a.as(t, access.Receptionist), s.a.as(t, access.Veterinarian)
	page := desk.get(path + "/status")
	bad := desk.submit(page, "#death-form", map[string]string{"on": "soon", "words": "Found in the garden"})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter a date like")
	if got := htmltest.Form(t, bad.body, "#death-form"); got.Get("words") != "Found in the garden" || got.Get("on") != "soon" {
		t.Errorf("the form came back as %v", got)
	}
	late := desk.get(path + "/status")
	page = desk.get(desk.submit(bad, "#death-form", map[string]string{"on": "yesterday", "manner": "euthanasia", "remains": "ashes"}).location(t))
	htmltest.Has(t, page.body, ".banner.died dt", "Died")
	htmltest.Lacks(t, page.body, ".banner .gap", "")
	page = vet.get(path)
	htmltest.Has(t, page.body, ".c-consult", "Pip has died. No new consult is begun.")
	htmltest.Lacks(t, page.body, "#weight-form", "")
	htmltest.Lacks(t, page.body, "form[action$='/consults']", "")
	vet.send(path+"/consults", url.Values{"new_id": {newID()}}).says(t, http.StatusConflict, "h1", "This animal has died")
	// Later words stay possible, and so do corrections of the record.
	vet.submit(vet.get("/notes/"+note.String()), "#addendum-form", map[string]string{"kind": "addendum", "reason": "Owner rang", "text": "Died at home."}).location(t)
	desk.submit(desk.get(path+"/edit"), "#patient-form", map[string]string{"colour": "grey"}).location(t)
	htmltest.Has(t, desk.get("/clients/"+s.a.client.String()).body, ".hits .gone .tag", "Died")

	// Somebody with a page of before is told, and nothing of theirs is done.
	told := desk.submit(late, "#leaving-form", map[string]string{"to": "transferred", "reason": "Moved to York"})
	told.says(t, http.StatusConflict, "h1", "Somebody else changed this meanwhile")

	page = desk.get(path + "/status")
	htmltest.Has(t, page.body, "main", "Taking it back needs a veterinarian or a practice admin")
	htmltest.Has(t, page.body, "main", "Put to sleep, cremation, ashes come back")
	htmltest.Has(t, page.body, "main", "Found in the garden")
	seen := lastMove(t, vet.get(path+"/status"))
	r := desk.send(path+"/revival", url.Values{"new_id": {newID()}, "seen": {seen}, "reason": {"Wrong animal"}})
	r.says(t, http.StatusForbidden, "main", "Taking back that a patient died")
	htmltest.Has(t, r.body, "main", "a veterinarian or a practice admin")
	page = vet.get(path + "/status")
	vet.submit(page, "#revival-form", map[string]string{"reason": ""}).says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter why it is taken back")
	page = vet.get(vet.submit(page, "#revival-form", map[string]string{"reason": "Wrong animal"}).location(t))
	htmltest.Lacks(t, page.body, ".banner.died", "")
	htmltest.Has(t, page.body, "form[action$='/consults']", "Start consult")
	htmltest.Has(t, vet.get(path+"/status").body, "main", "Death taken back")
}

func lastMove(t *testing.T, page reply) string {
	t.Helper()
	return htmltest.Form(t, page.body, "#revival-form").Get("seen")
}

func TestAPatientLeavesAndComesBack(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	desk, path := s.a.as(t, access.Receptionist), "/patients/"+s.a.newAnimal(t).String()
	first := desk.get(path + "/status")
	page := desk.get(desk.submit(first, "#leaving-form", map[string]string{"to": "transferred", "reason": "Moved to York"}).location(t))
	htmltest.Has(t, page.body, ".banner dd", "Left us")
	// The page of before, sent as a plain form, comes back with its words and how it stands now.
	told := desk.submit(first, "#death-form", map[string]string{"words": "Hit by a car"})
	told.says(t, http.StatusConflict, "#mistakes", "Somebody else changed this meanwhile")
	if got := htmltest.Form(t, told.body, "#death-form"); got.Get("words") != "Hit by a car" {
		t.Errorf("the form came back as %v", got)
	}
	page = desk.get(path + "/status")
	desk.submit(page, "#leaving-form", map[string]string{"to": "active", "since": "31/2"}).says(t, http.StatusUnprocessableEntity, "#since-mistake", "")
	page = desk.get(desk.submit(page, "#leaving-form", map[string]string{"to": "active"}).location(t))
	htmltest.Lacks(t, page.body, ".banner", "Left us")
	r := desk.send(path+"/status", url.Values{"new_id": {newID()}, "seen": {"nonsense"}, "to": {"inactive"}})
	if r.status != http.StatusNotFound || strings.Contains(r.body, "nonsense") {
		t.Errorf("a page that showed nothing there is: %d", r.status)
	}
}
