package web_test

import (
	"net/http"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
)

// A new patient comes with its chip, by the rules of every chip; what is wrong with it keeps what was typed.
func TestANewPatientIsAddedWithItsChip(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "chicory")
	desk := h.as(t, access.Receptionist)
	page := desk.get("/patients/new?client=" + h.newClient(t).String())
	r := desk.submit(page, "#patient-form", map[string]string{"name": "Nutmeg", "species": "dog", "chip": "826 000-000 123 45"})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes a[href='#chip']", "this has 14")
	r = desk.submit(r, "#patient-form", map[string]string{"chip": "826 000-000 123 456"})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes a[href='#chip_again']", "Type the chip number again")
	r = desk.submit(r, "#patient-form", map[string]string{"chip_again": "826000000123465", "species": ""})
	r.says(t, http.StatusUnprocessableEntity, "#mistakes a[href='#chip_again']", "not the same")
	r.says(t, http.StatusUnprocessableEntity, "#mistakes a[href='#species']", "")
	form := htmltest.Form(t, r.body, "#patient-form")
	if form.Get("name") != "Nutmeg" || form.Get("chip") != "826 000-000 123 456" || form.Get("chip_again") != "826000000123465" {
		t.Errorf("a refusal loses what was typed: %v", form)
	}
	if n := s.count(t, `SELECT count(*) FROM app.patients WHERE tenant_id = $1 AND created_at > now() - interval '1 minute' AND id = $2`, h.tenant, form.Get("new_id")); n != 0 {
		t.Error("the patient was added without its chip")
	}
	last := with(form, "chip_again", "826000000123456", "species", "dog")
	nutmeg := desk.post("/patients", last).location(t)
	if again := desk.post("/patients", last).location(t); again != nutmeg {
		t.Errorf("a second sending leads to %s", again)
	}
	record := desk.get(nutmeg)
	htmltest.Has(t, record.body, ".banner", "826 000 000 123 456")
	if n := s.count(t, `SELECT count(*) FROM app.identifiers WHERE tenant_id = $1`, h.tenant); n != 1 {
		t.Errorf("%d numbers are stored", n)
	}
	if to := desk.send("/search", with(nil, "q", "826000000123456")).location(t); to != nutmeg {
		t.Errorf("the chip finds %q", to)
	}

	// One that another animal has is asked about, once scanned it is not typed twice, and without one all goes on.
	page = desk.get("/patients/new")
	r = desk.post("/patients", with(htmltest.Form(t, page.body, "#patient-form"), "name", "Pepper", "species", "dog", "chip", "826000000123456", "chip_scanned", "yes"))
	r.says(t, http.StatusUnprocessableEntity, ".notice a[href='"+nutmeg+"']", "Nutmeg")
	r.says(t, http.StatusUnprocessableEntity, "#mistakes a[href='#chip_anyway']", "Another animal has this chip")
	if found := s.leaves(t, h, r.request()); len(found) == 0 {
		t.Error("who has the chip is shown and not on record")
	}
	form = htmltest.Form(t, r.body, "#patient-form")
	if form.Get("chip_scanned") != "yes" || form.Has("chip_anyway") || form.Get("name") != "Pepper" {
		t.Errorf("the warning holds %v", form)
	}
	if n := s.count(t, `SELECT count(*) FROM app.patients WHERE tenant_id = $1 AND id = $2`, h.tenant, form.Get("new_id")); n != 0 {
		t.Error("the patient was added before the question was answered")
	}
	pepper := desk.post("/patients", with(form, "chip_anyway", "yes")).location(t)
	htmltest.Has(t, desk.get(pepper).body, ".banner", "826 000 000 123 456")
	plain := desk.submit(desk.get("/patients/new"), "#patient-form", map[string]string{"name": "Clove", "species": "cat"}).location(t)
	htmltest.Lacks(t, desk.get(plain).body, ".banner", "826")
	if strings.Contains(desk.get(plain+"/edit").body, `name="chip"`) {
		t.Error("the form of a patient that is there has a chip")
	}
}

// A chip of another clinic's animal is nobody's here.
func TestAChipOfAnotherClinicIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	s.b.chipped(t, "826000000777001", "Other")
	desk := s.a.as(t, access.Receptionist)
	form := htmltest.Form(t, desk.get("/patients/new").body, "#patient-form")
	r := desk.post("/patients", with(form, "name", "Own", "species", "dog", "chip", "826000000777001", "chip_scanned", "yes"))
	if r.status != http.StatusSeeOther || strings.Contains(r.body, "Other") {
		t.Errorf("%d %s", r.status, htmltest.Texts(t, r.body, "#mistakes"))
	}
}
