package web_test

import (
	"net/http"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// A list is taken in whole or not at all; a dry run takes nothing in, and what was typed stays.
func TestAListOfCodesIsTakenIn(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "codes-willow")
	admin := h.as(t, access.PracticeAdmin)
	for _, role := range []string{access.Receptionist, access.Nurse, access.Veterinarian} {
		if r := h.as(t, role).get("/code-lists"); r.status != http.StatusForbidden {
			t.Errorf("%s gets %d", role, r.status)
		}
	}
	page := admin.get("/code-lists")
	page.says(t, http.StatusOK, ".list", "Clinic's own 1")
	form := with(htmltest.Form(t, page.body, "#code-load"), "name", "Made up", "version", "7", "licence", "Ours to use", "source", "A colleague")
	count := func() int {
		return s.count(t, `SELECT count(*) FROM app.code_systems WHERE tenant_id = $1`, h.tenant)
	}
	r := admin.uploadTo("/code-lists", form, "list.csv", "code,name,species\nA1,Abscess,\nA1,Again,unicorn\n,Nothing,\n")
	r.says(t, http.StatusUnprocessableEntity, "#code-load", "Line 3: “unicorn” is no species")
	r.says(t, http.StatusUnprocessableEntity, "#code-load", "Line 4: Enter a code")
	again := htmltest.Form(t, r.body, "#code-load")
	if again.Get("name") != "Made up" || again.Get("version") != "7" || again.Get("licence") != "Ours to use" || again.Get("source") != "A colleague" {
		t.Errorf("given back: %v", again)
	}
	right := "code,name,species,parent\nA1,Abscess,dog,\nA2,\"Abscess, deep\",,A1\n"
	admin.uploadTo("/code-lists", with(form, "dry", "yes"), "list.csv", right).says(t, http.StatusOK, "#code-load", "The file is right: 2 codes.")
	admin.uploadTo("/code-lists", with(form, "name", "", "licence", ""), "list.csv", right).says(t, http.StatusUnprocessableEntity, "#mistakes", "under which licence")
	admin.uploadTo("/code-lists", form, "list.csv", "code,name\n\"A"+strings.Repeat("x", 10<<20)).says(t, http.StatusUnprocessableEntity, "#mistakes", "10 MB at most")
	if n := count(); n != 1 {
		t.Errorf("%d lists after what was refused", n)
	}
	var at string
	for range 2 {
		r := admin.uploadTo("/code-lists", form, "list.csv", right)
		if at = r.location(t); !strings.HasPrefix(at, "/code-lists/") {
			t.Fatalf("taking it in gives %d", r.status)
		}
	}
	if n := count(); n != 2 {
		t.Errorf("%d lists", n)
	}
	page = admin.get(at)
	page.says(t, http.StatusOK, ".list", "below A1")
	htmltest.Lacks(t, page.body, "#code-form", "") // none by hand
	code := htmltest.Attr(t, page.body, ".list li:first-child form", "action")
	if r := admin.send(code, nil); r.status != http.StatusSeeOther {
		t.Errorf("taking a code out gives %d", r.status)
	}
	admin.get(at).says(t, http.StatusOK, ".list", "No longer offered")
	if r := admin.send(at+"/ending", nil); r.status != http.StatusSeeOther {
		t.Errorf("taking the list out gives %d", r.status)
	}
	admin.get(at).says(t, http.StatusOK, "main", "no longer offered")
}

func TestACodeIsAddedToTheClinicsOwnList(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "codes-hazel")
	admin := h.as(t, access.PracticeAdmin)
	own := htmltest.Attr(t, admin.get("/code-lists").body, ".list a", "href")
	form := with(htmltest.Form(t, admin.get(own).body, "#code-form"), "code", "EARS", "name", "Sore ear", "species", "dog")
	for _, admin.partial = range []bool{false, true} {
		r := admin.send(own+"/codes", form)
		r.says(t, http.StatusUnprocessableEntity, "#mistakes", "has this code already")
		again := htmltest.Form(t, r.body, "#code-form")
		if again.Get("name") != "Sore ear" || again.Get("species") != "dog" {
			t.Errorf("given back: %v", again)
		}
	}
	admin.partial = false
	form.Set("code", "PAW")
	for range 2 {
		if r := admin.send(own+"/codes", form); r.location(t) != own {
			t.Fatalf("adding gives %d", r.status)
		}
	}
	admin.get(own).says(t, http.StatusOK, ".list", "Sore ear")
	if r := admin.send(own+"/ending", nil); r.status != http.StatusNotFound {
		t.Errorf("the clinic's own list is taken out: %d", r.status)
	}
	admin.send(own+"/codes", with(form, "new_id", id.New().String(), "code", "", "name", "")).says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter a code")
}
