package web_test

import (
	"net/http"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
)

func TestAWeightIsAddedAskedAboutAndStruck(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	nurse, path := s.a.as(t, access.Nurse), "/patients/"+s.a.newAnimal(t).String()
	page := nurse.get(path)
	htmltest.Has(t, page.body, "#weights", "No weight yet")
	bad := nurse.submit(page, "#weight-form", map[string]string{"weight": "24kg600", "at": "tomorrow", "source": "stated"})
	bad.says(t, http.StatusUnprocessableEntity, "#weights #mistakes", "Enter the weight as a number, like 24.6")
	htmltest.Has(t, bad.body, "#weights #mistakes", "Enter a date")
	if !strings.HasPrefix(htmltest.Text(t, bad.body, "head title"), "Error:") {
		t.Errorf("the tab says %q", htmltest.Text(t, bad.body, "head title"))
	}
	if got := htmltest.Form(t, bad.body, "#weight-form"); got.Get("weight") != "24kg600" || got.Get("at") != "tomorrow" || got.Get("source") != "stated" {
		t.Errorf("the form came back as %v", got)
	}
	page = nurse.get(nurse.submit(bad, "#weight-form", map[string]string{"weight": "24,6 kg", "at": "yesterday 2pm", "source": "measured"}).location(t))
	htmltest.Has(t, page.body, ".banner dd", "24.6 kg 54.2 lb")

	page = nurse.submit(page, "#weight-form", map[string]string{"weight": "31.2"})
	page.says(t, http.StatusUnprocessableEntity, "#mistakes", "31.2 kg is 27 % more than 24.6 kg")
	htmltest.Has(t, page.body, "#weight-form .tick", "24.6 to 31.2 kg is right")
	sure := func(page reply, kilograms, grams string) reply {
		return nurse.post(path+"/weights", with(htmltest.Form(t, page.body, "#weight-form"), "weight", kilograms, "sure", grams))
	}
	page = sure(page, "32", "31200")
	page.says(t, http.StatusUnprocessableEntity, "#weight-form .tick", "24.6 to 32 kg is right")
	page = nurse.get(sure(page, "32", htmltest.Attr(t, page.body, "#sure", "value")).location(t))
	htmltest.Has(t, page.body, ".banner dd", "32 kg 70.5 lb, today")
	htmltest.Has(t, page.body, "#weights svg title", "Weight of Pip")
	htmltest.Has(t, page.body, "#weights svg desc", "now 32 kg")
	htmltest.Has(t, page.body, "#weights header", "+7.4 kg since")
	htmltest.Count(t, page.body, "#weights tbody tr", 2)

	page = nurse.get(nurse.submit(page, "#weights tbody tr:first-child form", nil).location(t))
	htmltest.Has(t, page.body, "#weights tbody s", "32 kg")
	htmltest.Has(t, page.body, "#weights tbody", "Entered in error")
	htmltest.Has(t, page.body, ".banner dd", "24.6 kg")
	htmltest.Lacks(t, page.body, "#weights svg.chart", "")

	// The last weight stands in the banner of the other pages too.
	htmltest.Has(t, nurse.get(path+"/alerts").body, ".banner dd", "24.6 kg")
	htmltest.Has(t, nurse.get(path+"/edit").body, ".banner dd", "24.6 kg")
}

func TestAWeightOfAFewGramsBeginsInGrams(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	nurse := s.a.as(t, access.Nurse)
	row := nurse.send("/patients", with(patientForm(), "new_id", newID(), "species", "hamster", "name", "Nut")).location(t)
	page := nurse.get(row)
	if got := htmltest.Form(t, page.body, "#weight-form").Get("unit"); got != "g" {
		t.Errorf("a hamster is weighed in %q", got)
	}
	for _, typed := range []string{"38", "41"} {
		page = nurse.get(nurse.submit(page, "#weight-form", map[string]string{"weight": typed}).location(t))
	}
	htmltest.Has(t, page.body, "#weights svg", "41")
	htmltest.Has(t, page.body, ".banner dd", "41 g 1.4 oz")
}
