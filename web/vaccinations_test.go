package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// A nurse writes a dose down, the vet certifies it, and anybody with its code can check that, and no more.
func TestADoseIsRecordedCertifiedAndChecked(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "vaccineash")
	c := h.cooler(t)
	_, animal := h.vaccinated(t)
	nurse, vet := h.as(t, access.Nurse), h.as(t, access.Veterinarian)
	path, row := "/patients/"+animal.String()+"/vaccinations", id.New().String()
	form := url.Values{"new_id": {row}, "product": {c.rabies.ID.String()}, "lot": {"R90-2"}, "expiry": {"06-2020"}, "giver": {h.people[access.Nurse].ID.String()}, "vet": {h.people[access.Veterinarian].ID.String()}, "first": {"booster"}}
	r := nurse.send(path, form)
	r.says(t, http.StatusUnprocessableEntity, "#expiry-mistake", "expired on 30-Jun-2020")
	if got := htmltest.Form(t, r.body, "#dose-form").Get("lot"); got != "R90-2" {
		t.Errorf("the lot that was typed is %q", got)
	}
	form.Set("expiry", "06-2099")
	for range 2 { // sent twice it is one
		if r := nurse.send(path, form); r.status != http.StatusSeeOther {
			t.Fatalf("%d %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.doses AS d JOIN app.charges AS g ON g.tenant_id = d.tenant_id AND g.id = d.charge_id WHERE d.tenant_id = $1 AND d.patient_id = $2`, h.tenant, animal); n != 2 {
		t.Errorf("%d doses are charged", n)
	}
	page := vet.get(path)
	htmltest.Has(t, page.body, "#vaccinations", "Up to date")
	htmltest.Has(t, page.body, "#vaccinations", "Because an earlier rabies dose is documented")
	htmltest.Has(t, vet.get("/patients/"+animal.String()).body, "#vaccinations", "Rabies")
	htmltest.Has(t, vet.get("/patients/"+animal.String()).body, ".tl a[href='/vaccinations/"+row+"']", "Vaccination")

	if r := nurse.get("/vaccinations/" + row + "/certificate"); r.status != http.StatusForbidden {
		t.Errorf("a nurse issues: %d", r.status)
	}
	if r := nurse.send("/vaccinations/"+row+"/void", url.Values{"reason": {"x"}}); r.status != http.StatusForbidden {
		t.Errorf("a nurse voids: %d", r.status)
	}
	htmltest.Has(t, vet.get("/vaccinations/"+row+"/certificate").body, "main", "No microchip is on file")
	certificate := id.New().String()
	if r := vet.send("/vaccinations/"+row+"/certificate", url.Values{"new_id": {certificate}, "size": {"middle"}}); r.status != http.StatusSeeOther {
		t.Fatalf("issuing: %d %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	paper := vet.get("/certificates/" + certificate)
	for _, text := range []string{"Rabies vaccination certificate", "VC-0001", "Ward", "3 Tanner Court", "Whippet", "None on file", "MRCVS 4711", "R90-2", "3 years", "20 to 50 lb"} {
		htmltest.Has(t, paper.body, ".cert", text)
	}
	pdf := vet.get("/certificates/" + certificate + "/pdf")
	if pdf.status != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF") {
		t.Errorf("the file is %d %.20q", pdf.status, pdf.body)
	}
	if found := s.leaves(t, h, pdf.request()); len(found) != 2 || found[0].Action != "downloaded" || found[0].Object != "certificate" {
		t.Errorf("printing is recorded as %+v", found)
	}
	if r := vet.send("/vaccinations/"+row+"/void", url.Values{"reason": {"Wrong animal"}}); r.status != http.StatusConflict {
		t.Errorf("a certified dose is voided: %d", r.status)
	}
	code := htmltest.Texts(t, paper.body, ".cert .sign b")[0]
	check := func(at *shop, code string) reply {
		t.Helper()
		b := at.browser(t)
		return b.post("/verification", with(formOf(t, b.get("/verification")), "code", code))
	}
	r = check(h, strings.ToLower(code))
	r.says(t, http.StatusOK, "main", "VC-0001")
	for _, secret := range []string{"Ward", "Pippin", "Tanner", "R90-2"} {
		if strings.Contains(r.body, secret) {
			t.Errorf("anybody learns %q", secret)
		}
	}
	for what, r := range map[string]reply{"of another clinic": check(s.a, code), "nobody's": check(h, "0000-0000-0000-0000")} {
		r.says(t, http.StatusNotFound, "#code-mistake", "No certificate of this practice has this code")
		if strings.Contains(r.body, "VC-0001") {
			t.Errorf("a code %s tells a serial", what)
		}
	}
	if r := vet.send("/certificates/"+certificate+"/void", url.Values{"reason": {"Wrong animal"}}); r.status != http.StatusSeeOther {
		t.Fatalf("voiding: %d", r.status)
	}
	check(h, code).says(t, http.StatusOK, "main", "no longer valid")
}

// Who guesses codes waits longer and longer.
func TestWrongCodesOfCertificatesAreSlowedDown(t *testing.T) {
	t.Parallel()
	s := twoShops(t) // an address of their own
	b := s.a.browser(t)
	form := formOf(t, b.get("/verification"))
	last, tries := 0, 0
	for ; tries < 60 && last != http.StatusTooManyRequests; tries++ {
		last = b.raw(http.MethodPost, "/verification", with(form, "code", fmt.Sprintf("0000-0000-0000-00%02d", tries))).status
	}
	if last != http.StatusTooManyRequests || tries < 40 {
		t.Errorf("after %d wrong codes: %d", tries, last)
	}
}

// Reception sees what is due and no dose: nothing sealed of doses is selected for it.
func TestReceptionSeesWhatIsDueAndNoDose(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	dose, animal := s.a.vaccinated(t)
	desk := s.a.as(t, access.Receptionist)
	for _, table := range []string{"doses", "due_dates", "certificates", "dose_voids"} {
		s.exec(t, `DO $$ DECLARE cols text; BEGIN
			SELECT string_agg(quote_ident(attname), ', ') INTO cols FROM pg_attribute WHERE attrelid = 'app.`+table+`'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'sealed';
			EXECUTE 'REVOKE SELECT ON app.`+table+` FROM paddock_app';
			EXECUTE 'GRANT SELECT (' || cols || ') ON app.`+table+` TO paddock_app'; END $$`)
	}
	for _, path := range []string{"/patients/" + animal.String(), "/patients/" + animal.String() + "/vaccinations"} {
		r := desk.get(path)
		r.says(t, http.StatusOK, "#vaccinations", "Rabies")
		if strings.Contains(r.body, "R88-41") || strings.Contains(r.body, dose.String()) {
			t.Errorf("%s shows a dose", path)
		}
	}
	for _, path := range []string{"/vaccinations/" + dose.String(), "/patients/" + animal.String() + "/vaccinations/new", "/vaccinations/" + dose.String() + "/certificate"} {
		if r := desk.get(path); r.status != http.StatusForbidden {
			t.Errorf("%s gives reception %d", path, r.status)
		}
	}
	if r := s.a.as(t, access.Veterinarian).get("/patients/" + animal.String() + "/vaccinations"); r.status != http.StatusInternalServerError {
		t.Errorf("the vet's page did without what is sealed: %d", r.status)
	}
}
