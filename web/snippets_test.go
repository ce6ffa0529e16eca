package web_test

import (
	"net/http"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// A vet keeps words for notes, puts them into one without script, and signs only when the prompt in them is filled in.
func TestSnippetsAreKeptAndPutIntoANote(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "osier")
	vet := h.as(t, access.Veterinarian)
	page := vet.get("/snippets")
	form := with(htmltest.Form(t, page.body, "#snippet-form"), "name", "Ears!", "text", "Canals clean. [side?]")
	r := vet.send("/snippets", form)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "short name")
	if got := htmltest.Form(t, r.body, "#snippet-form"); got.Get("name") != "Ears!" || got.Get("text") != "Canals clean. [side?]" {
		t.Errorf("what was typed is lost: %v", got)
	}
	form.Set("name", "/Ears")
	for range 2 { // the second is the same form again
		if r = vet.send("/snippets", form); r.location(t) != "/snippets" {
			t.Fatalf("adding gives %d", r.status)
		}
	}
	vet.get("/snippets").says(t, http.StatusOK, ".list", "/ears")
	vet.send("/snippets", with(form, "new_id", id.New().String())).says(t, http.StatusUnprocessableEntity, "#mistakes", "of this name")
	for _, role := range []string{access.Nurse, access.Receptionist} {
		if r := h.as(t, role).get("/snippets"); r.status != http.StatusForbidden {
			t.Errorf("%s gets %d", role, r.status)
		}
	}

	_, animal := h.draft(t, access.Veterinarian)
	path := "/patients/" + animal.String()
	page = vet.get(path)
	action := htmltest.Attr(t, page.body, "#draft", "action")
	form = with(htmltest.Form(t, page.body, "#draft"), "snippet", htmltest.Attr(t, page.body, "#snippet option", "value"), "into", "objective")
	page = vet.get(vet.send(action, form).location(t))
	if got := htmltest.Form(t, page.body, "#draft").Get("objective"); got != soap.Objective+"\r\nCanals clean. [side?]" {
		t.Errorf("the part holds %q", got)
	}
	sign, form := htmltest.Press(t, page.body, "#draft button[data-primary]")
	vet.post(sign, form).says(t, http.StatusUnprocessableEntity, "#mistakes", "[side?]")

	// Changed, it is another one for notes to come; a page from before meets the change.
	edit := htmltest.Attr(t, vet.get("/snippets").body, ".list a", "href")
	form = with(htmltest.Form(t, vet.get(edit).body, "#snippet-form"), "text", "Canals clean.")
	if r = vet.send(strings.TrimSuffix(edit, "/edit"), form); r.location(t) != "/snippets" {
		t.Fatalf("changing gives %d", r.status)
	}
	r = vet.send(strings.TrimSuffix(edit, "/edit"), with(form, "text", "Canals red."))
	r.says(t, http.StatusConflict, "#mistakes", "Somebody else")
	if got := htmltest.Form(t, r.body, "#snippet-form").Get("text"); got != "Canals red." {
		t.Errorf("what was typed is lost: %q", got)
	}
	if r = vet.send(strings.TrimSuffix(edit, "/edit")+"/ending", form); r.location(t) != "/snippets" {
		t.Fatalf("taking out gives %d", r.status)
	}
	htmltest.Lacks(t, vet.get(path).body, "#snippet-picker", "")
}
