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
	told.says(t, http.StatusConflict, "#overtaken", "You recorded “Died” in another window today")
	told.says(t, http.StatusConflict, "#overtaken .diff", "Moved to York")

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

// Two record one death at once, and two take it back: the second sees who was faster and what that was,
// beside what was typed.
func TestTheSecondToRecordADeathSeesTheFirst(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	for _, partial := range []bool{false, true} {
		animal := s.a.newAnimal(t)
		path := "/patients/" + animal.String() + "/status"
		desk, vet, admin := s.a.as(t, access.Receptionist), s.a.as(t, access.Veterinarian), s.a.as(t, access.PracticeAdmin)
		mine := desk.get(path)
		vet.submit(vet.get(path), "#death-form", map[string]string{"on": "yesterday", "manner": "euthanasia", "remains": "ashes", "words": "Kidneys"}).location(t)
		desk.partial = partial
		told := desk.submit(mine, "#death-form", map[string]string{"on": "2 days ago", "manner": "died", "remains": "home", "words": "Owner rang, very sad"})
		told.says(t, http.StatusConflict, "#overtaken", s.a.people[access.Veterinarian].Name+" recorded “Died” today")
		for _, text := range []string{"2 days ago", "Died, home with the owner", "Owner rang, very sad", "Put to sleep, cremation, ashes come back", "Kidneys"} {
			htmltest.Has(t, told.body, "#overtaken .diff", text)
		}
		if whole := strings.Contains(told.body, "<html"); whole == partial {
			t.Errorf("htmx: %v, a whole page: %v", partial, whole)
		}
		if found := s.leaves(t, s.a, told.request()); len(found) == 0 {
			t.Error("what somebody recorded is shown and not on record")
		}
		// A slip in the late form is told the same way: there is no form to show it in.
		told = desk.submit(mine, "#death-form", map[string]string{"on": "soon", "words": "Owner rang"})
		told.says(t, http.StatusConflict, "#overtaken .diff", "soon")

		early := admin.get(path)
		vet.submit(vet.get(path), "#revival-form", map[string]string{"reason": "Wrong animal"}).location(t)
		admin.partial = partial
		told = admin.submit(early, "#revival-form", map[string]string{"reason": "It was Pop"})
		told.says(t, http.StatusConflict, "#overtaken", "recorded “Death taken back”")
		htmltest.Has(t, told.body, "#overtaken .diff", "It was Pop")

		// Where the form can still be sent, it comes back saying so, and the next press counts.
		late := vet.get(path)
		admin.partial = false
		admin.submit(admin.get(path), "#leaving-form", map[string]string{"to": "inactive"}).location(t)
		vet.partial = partial
		told = vet.submit(late, "#death-form", map[string]string{"words": "Found dead"})
		told.says(t, http.StatusConflict, "#death-form #mistakes", s.a.people[access.PracticeAdmin].Name+" recorded “Not coming at present” today")
		vet.submit(told, "#death-form", nil).location(t)
	}
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
	told.says(t, http.StatusConflict, "#mistakes", s.a.people[access.Receptionist].Name+" recorded “Left us” today")
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
