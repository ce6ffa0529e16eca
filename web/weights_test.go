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
	htmltest.Has(t, bad.body, "#weights #mistakes", "This is in the future: enter a day or time that has been")
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
	htmltest.Has(t, page.body, ".tl li:first-child", "Weight 32 kg +7.4 kg since")
	htmltest.Has(t, page.body, ".tl li:nth-child(2)", "Weight 24.6 kg")
	htmltest.Has(t, page.body, ".c-time header", "2 entries")

	page = nurse.get(nurse.submit(page, "#weights tbody tr:first-child form", nil).location(t))
	htmltest.Has(t, page.body, "#weights tbody s", "32 kg")
	htmltest.Has(t, page.body, "#weights tbody", "Entered in error")
	htmltest.Has(t, page.body, ".banner dd", "24.6 kg")
	htmltest.Lacks(t, page.body, "#weights svg.chart", "")
	htmltest.Count(t, page.body, ".tl li", 1) // what was entered in error is no part of it

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

// Weighings stand among the notes by their day, for those who do not open notes too.
func TestTheHistoryHoldsNotesAndWeightsByTheirDay(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	_, animal := s.a.note(t)
	path := "/patients/" + animal.String()
	nurse, desk := s.a.as(t, access.Nurse), s.a.as(t, access.Receptionist)
	for at, weight := range map[string]string{"24-Mar-2019": "4.2", "now": "4.3"} {
		nurse.submit(nurse.get(path), "#weight-form", map[string]string{"at": at, "weight": weight, "source": "stated"}).location(t)
	}
	for _, b := range []*browser{nurse, desk} {
		page := b.get(path)
		htmltest.Has(t, page.body, ".tl li:nth-child(1)", "Weight 4.3 kg")
		htmltest.Has(t, page.body, ".tl li:nth-child(2)", "Consult, signed")
		htmltest.Has(t, page.body, ".tl li:nth-child(3).yr", "2019")
		htmltest.Has(t, page.body, ".tl li:nth-child(4)", "Weight 4.2 kg Said by the owner")
		htmltest.Has(t, page.body, ".c-time header", "3 entries")
	}
	htmltest.Has(t, desk.get(path).body, ".c-time", "Your role does not open clinical notes")
	bare := "/patients/" + s.a.newAnimal(t).String()
	desk.submit(desk.get(bare), "#weight-form", map[string]string{"weight": "4"}).location(t)
	htmltest.Lacks(t, desk.get(bare).body, ".c-time .notice", "")
}
