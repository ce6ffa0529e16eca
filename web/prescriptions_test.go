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

// From the form to the label: the vet signs, the nurse hands out, the desk prints, and prints again.
func TestAMedicineFromTheFormToTheLabel(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	s.a.headed(t)
	drug, animal := s.a.newDrug(t), s.a.dosed(t)
	vet, nurse, desk := s.a.as(t, access.Veterinarian), s.a.as(t, access.Nurse), s.a.as(t, access.Receptionist)
	path := "/patients/" + animal.String() + "/prescriptions"
	form := url.Values{"new_id": {id.New().String()}, "drug": {drug.String()}, "dose": {"1.5"}, "every": {"12"}, "days": {"7"}, "supplies": {"1"}, "indication": {"Stiff in the cold"}}

	// The calculator, with script and without.
	vet.get(path+"/new").says(t, http.StatusOK, "#prescription-form", "Sign prescription")
	page := vet.send(path+"/dose", form)
	page.says(t, http.StatusOK, "#dosing", "75 mg, 3.05 mg/kg")
	page.says(t, http.StatusOK, "#dosing", "Give ONE AND A HALF tablets by mouth TWICE a day for 7 days.")
	htmltest.Has(t, page.body, "#dosing", "21 tablets")

	// What stops is refused whatever the form says, and what was typed comes back.
	tenfold := vet.send(path+"/signed", with(form, "dose", "15.5", "reason", "I know"))
	tenfold.says(t, http.StatusUnprocessableEntity, "#dose-mistake", "10.5 times the usual")
	if got := htmltest.Attr(t, tenfold.body, "#dose", "value"); got != "15.5" {
		t.Errorf("what was typed came back as %q", got)
	}
	vet.send(path+"/signed", with(form, "dose", "3")).says(t, http.StatusUnprocessableEntity, "#reason-mistake", "above the range")

	// A nurse prepares and cannot sign; the desk can do neither.
	htmltest.Lacks(t, nurse.get(path+"/new").body, "[formaction$=signed]", "")
	for who, b := range map[string]*browser{"nurse": nurse, "desk": desk} {
		if r := b.send(path+"/signed", form); r.status != http.StatusForbidden {
			t.Errorf("the %s signs: %d", who, r.status)
		}
	}
	if r := desk.send(path, form); r.status != http.StatusForbidden {
		t.Errorf("the desk prescribes: %d", r.status)
	}
	if to := nurse.send(path, form).location(t); to != path {
		t.Errorf("prepared goes to %s", to)
	}
	draft := form.Get("new_id")
	vet.get(path).says(t, http.StatusOK, ".medicines", "To sign")
	desk.get("/supplies/"+draft+"/label").says(t, http.StatusNotFound, "main", "")
	// Looking at the dose without script leaves the draft a draft.
	looked := htmltest.Form(t, vet.get("/prescription-drafts/"+draft).body, "#prescription-form")
	looked.Set("dose", "2")
	page = vet.send(path+"/dose", looked)
	if got := htmltest.Attr(t, page.body, "#prescription-form", "action"); got != "/prescription-drafts/"+draft {
		t.Errorf("after a look at the dose the form goes to %s", got)
	}
	if again := htmltest.Form(t, page.body, "#prescription-form"); again.Get("dose") != "2" || again.Get("version") != "1" {
		t.Errorf("it came back as %v", again)
	}
	other := s.a.newAnimal(t)
	vet.send("/patients/"+other.String()+"/prescriptions/dose", looked).says(t, http.StatusNotFound, "main", "")
	if to := vet.send("/prescription-drafts/"+draft+"/signature", with(form, "version", "1")).location(t); to != "/prescriptions/"+draft {
		t.Errorf("signed goes to %s", to)
	}
	vet.get("/prescriptions/"+draft).says(t, http.StatusOK, ".facts", "Stiff in the cold")

	// One supply was approved: a second one is refused in words.
	supply := id.New().String()
	bad := nurse.send("/prescriptions/"+draft+"/supplies", url.Values{"new_id": {supply}, "quantity": {"21"}, "batch": {"K2291"}, "expiry": {"01-2020"}})
	bad.says(t, http.StatusUnprocessableEntity, "#expiry-mistake", "expired in January 2020")
	given := url.Values{"new_id": {supply}, "quantity": {"21"}, "batch": {"K2291"}, "expiry": {"11/2040"}}
	for range 2 {
		if to := nurse.send("/prescriptions/"+draft+"/supplies", given).location(t); to != "/supplies/"+supply+"/label" {
			t.Errorf("supplied goes to %s", to)
		}
	}
	nurse.send("/prescriptions/"+draft+"/supplies", with(given, "new_id", id.New().String())).says(t, http.StatusConflict, "main", "All supplies approved")

	// It stands in the history, which opens it for those who may.
	history := "/patients/" + animal.String()
	htmltest.Has(t, vet.get(history).body, ".tl a[href='/prescriptions/"+draft+"']", "Testoprofen 50 mg tablets")
	told := desk.get(history)
	told.says(t, http.StatusOK, ".tl", "Testoprofen 50 mg tablets")
	told.says(t, http.StatusOK, ".tl a[href='/supplies/"+supply+"/label']", "Supplied, Testoprofen 50 mg tablets")
	told.says(t, http.StatusOK, ".tl", "21 tablets, batch K2291")
	vet.get(history+"/history?show=medicines").says(t, http.StatusOK, ".tl", "Supplied, Testoprofen 50 mg tablets")
	vet.get(history+"/history/print").says(t, http.StatusOK, "main", "11-2040")
	vet.send(history+"/history/search", url.Values{"q": {"k2291"}}).says(t, http.StatusOK, ".tl", "Supplied")
	htmltest.Lacks(t, told.body, "a[href^='/prescriptions/']", "")

	// The desk prints what is approved, and reads nothing clinical on the way.
	list := desk.get(path)
	list.says(t, http.StatusOK, ".medicines", "All given")
	htmltest.Lacks(t, list.body, ".medicines a[href^='/prescriptions']", "")
	preview := desk.get("/supplies/" + supply + "/label")
	preview.says(t, http.StatusOK, ".rx .dir", "Give ONE AND A HALF tablets")
	if strings.Contains(list.body+preview.body, "Stiff in the cold") {
		t.Error("the desk reads why")
	}
	first := desk.send("/supplies/"+supply+"/labels", url.Values{"new_id": {id.New().String()}}).location(t)
	label := desk.get(first)
	label.says(t, http.StatusOK, ".rx", "Keep out of reach of children.")
	htmltest.Lacks(t, label.body, ".rx .again", "")
	again := desk.send("/supplies/"+supply+"/labels", url.Values{"new_id": {id.New().String()}}).location(t)
	desk.get(again).says(t, http.StatusOK, ".rx .again", "Reprint")
	if r := desk.get(again + "/pdf"); r.status != http.StatusOK || !strings.HasPrefix(r.body, "%PDF") {
		t.Errorf("the file: %d", r.status)
	}
}

// A ban of the drug list is a hard stop on the server.
func TestABannedMedicineIsNotSigned(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	drug, cat := s.a.newDrug(t), s.a.newCat(t)
	vet := s.a.as(t, access.Veterinarian)
	form := url.Values{"new_id": {id.New().String()}, "drug": {drug.String()}, "dose": {"0.5"}, "every": {"24"}, "days": {"7"}, "supplies": {"1"}, "reason": {"I know"}}
	r := vet.send("/patients/"+cat.String()+"/prescriptions/signed", form)
	r.says(t, http.StatusUnprocessableEntity, "#drug-mistake", "Testoprofen is never given to this species (cat)")
}

func TestTheDrugListIsKeptInPractice(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	vet := s.a.as(t, access.Veterinarian)
	row := id.New().String()
	form := url.Values{
		"new_id": {row}, "name": {"Listozepam 5 mg tablets"}, "ingredients": {"listozepam"}, "strength": {"5 mg"}, "unit": {"tablet"}, "route": {"mouth"}, "milligrams": {"5"}, "step": {"0.5"},
		"per_item": {"1"}, "low-dog": {"2"}, "high-dog": {"1"},
	}
	bad := vet.send("/formulary", form)
	bad.says(t, http.StatusUnprocessableEntity, "#low-dog-mistake", "from low to high")
	if got := htmltest.Attr(t, bad.body, "#high-dog", "value"); got != "1" {
		t.Errorf("what was typed came back as %q", got)
	}
	if to := vet.send("/formulary", with(form, "high-dog", "4")).location(t); to != "/formulary" {
		t.Errorf("added goes to %s", to)
	}
	vet.get("/formulary").says(t, http.StatusOK, "tbody", "Listozepam")
	vet.get("/formulary/"+row+"/edit").says(t, http.StatusOK, "#drug-form", "2–4 mg/kg")
	if r := s.a.as(t, access.Nurse).get("/formulary"); r.status != http.StatusForbidden {
		t.Errorf("a nurse keeps the list: %d", r.status)
	}
}
