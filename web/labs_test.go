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

// A vet asks within a consult, a nurse writes down what came of it, the vet reads it, and it comes back corrected.
func TestALabResultIsAskedForWrittenReadAndCorrected(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "labalder")
	test := h.labTest(t)
	panel := h.labPanel(t, test)
	draft, animal := h.draft(t, access.Veterinarian)
	nurse, vet, desk := h.as(t, access.Nurse), h.as(t, access.Veterinarian), h.as(t, access.Receptionist)
	path, request := "/patients/"+animal.String(), id.New().String()

	htmltest.Has(t, vet.get(path+"/labs/new").body, ".pagehead", "Within your consult")
	form := url.Values{"new_id": {request}, "panel": {panel.String()}, "why": {"Thin since May"}, "lab": {"Elm Lab"}, "urgent": {"yes"}}
	r := vet.send(path+"/labs", form)
	r.says(t, http.StatusUnprocessableEntity, "#sample-mistake", "Enter the sample")
	typed := htmltest.Form(t, r.body, "#lab-ask")
	if typed.Get("why") != "Thin since May" || typed.Get("panel") != panel.String() || typed.Get("urgent") != "yes" || typed.Get("new_id") != request {
		t.Errorf("what was typed is %v", typed)
	}
	vet.send(path+"/labs", url.Values{"new_id": {request}, "sample": {"Blood"}}).says(t, http.StatusUnprocessableEntity, "#mistakes", "Choose a panel or a test")
	form.Set("sample", "Blood")
	for range 2 { // sent twice it is one
		if r := vet.send(path+"/labs", form); r.status != http.StatusSeeOther {
			t.Fatalf("asking: %d %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.charges WHERE tenant_id = $1 AND patient_id = $2`, h.tenant, animal); n != 1 {
		t.Errorf("a panel is charged %d times", n)
	}
	if n := s.count(t, `SELECT count(*) FROM app.lab_requests WHERE tenant_id = $1 AND id = $2 AND note_id = $3`, h.tenant, request, draft); n != 1 {
		t.Error("the request is not part of the consult")
	}
	htmltest.Has(t, vet.get(path).body, "#labs", "Kidney panel")
	htmltest.Has(t, vet.get(path).body, "#labs", "Awaited")

	lab := "/labs/" + request
	result := url.Values{"new_id": {id.New().String()}, "value-" + test.String(): {"1,200"}, "unit-" + test.String(): {"mmol/L"}, "low-" + test.String(): {"2.5"}, "high-" + test.String(): {"9.6"}, "findings": {"Lipaemic"}}
	r = nurse.send(lab+"/results", result)
	r.says(t, http.StatusUnprocessableEntity, "#value-"+test.String()+"-mistake", "without marks between thousands")
	if typed := htmltest.Form(t, r.body, "#lab-result"); typed.Get("value-"+test.String()) != "1,200" || typed.Get("findings") != "Lipaemic" {
		t.Errorf("what was typed is %v", typed)
	}
	htmltest.Has(t, nurse.get(lab+"/results/new").body, ".labrow", "Urea")
	result.Set("value-"+test.String(), "12")
	for range 2 {
		if r := nurse.send(lab+"/results", result); r.status != http.StatusSeeOther {
			t.Fatalf("a result: %d %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	report := result.Get("new_id")
	page := vet.get(lab)
	for _, text := range []string{"12.0", "2.5–9.6", "high", "Lipaemic", "Elm Lab", "Thin since May"} {
		htmltest.Has(t, page.body, "main", text)
	}
	htmltest.Has(t, vet.get("/today").body, "#unseen", "1 lab result to read")
	htmltest.Has(t, vet.get("/results").body, "#inbox", "Urea 12.0 mmol/L high")
	htmltest.Has(t, vet.get(path).body, ".tl a[href='"+lab+"']", "Lab result")
	if text := strings.Join(htmltest.Texts(t, nurse.get("/results").body, "#inbox"), " "); !strings.Contains(text, "Kidney panel") {
		t.Errorf("a nurse sees what waits: %s", text)
	}

	see := "/lab-reports/" + report + "/acknowledgement"
	if r := nurse.send(see, url.Values{}); r.status != http.StatusForbidden {
		t.Errorf("a nurse acknowledges: %d", r.status)
	}
	long := url.Values{"note-" + report: {strings.Repeat("x", 501)}}
	vet.send(see, long).says(t, http.StatusUnprocessableEntity, "#note-"+report+"-mistake", "")
	for range 2 {
		if r := vet.send(see, url.Values{"note-" + report: {"Rang the owner"}}); r.status != http.StatusSeeOther {
			t.Fatalf("acknowledging: %d %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	htmltest.Has(t, vet.get(lab).body, "main", "Rang the owner")
	htmltest.Has(t, vet.get("/results").body, "#inbox", "Nothing waits for you")

	fix := "/lab-reports/" + report + "/correction"
	right := url.Values{"new_id": {id.New().String()}, "value-" + test.String(): {"7"}, "unit-" + test.String(): {"mmol/L"}, "at": {"yesterday 10:00"}}
	nurse.send(fix, right).says(t, http.StatusUnprocessableEntity, "#reason-mistake", "Enter what was wrong")
	right.Set("reason", "Of another dog")
	if r := nurse.send(fix, right); r.status != http.StatusSeeOther {
		t.Fatalf("correcting: %d %s", r.status, htmltest.Texts(t, r.body, "main"))
	}
	right.Set("new_id", id.New().String())
	nurse.send(fix, right).says(t, http.StatusConflict, "#lab-result", "corrected meanwhile")
	page = vet.get(lab)
	for _, text := range []string{"This was wrong", "Of another dog", "12.0", "7.0"} {
		htmltest.Has(t, page.body, "main", text)
	}
	htmltest.Has(t, vet.get("/results").body, "#inbox", "Corrected")
	if r := vet.send(lab+"/cancellation", url.Values{"reason": {"x"}}); r.status != http.StatusConflict {
		t.Errorf("cancelled after a result: %d", r.status)
	}

	for what, r := range map[string]reply{
		"asks": desk.send(path+"/labs", form), "writes a result": desk.send(lab+"/results", result), "reads": desk.get(lab), "lists": desk.get(path + "/labs"),
		"opens the inbox": desk.get("/results"), "counts": desk.get("/results/count"), "acknowledges": desk.send(see, url.Values{}),
	} {
		if r.status != http.StatusForbidden {
			t.Errorf("reception %s: %d", what, r.status)
		}
	}
	if r := nurse.send(path+"/labs", form); r.status != http.StatusForbidden {
		t.Errorf("a nurse asks: %d", r.status)
	}
}

// Reception learns that something is awaited and nothing of what: nothing sealed of the lab is selected for it.
func TestReceptionSeesThatATestIsAwaitedAndNoMore(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	test, animal := s.a.labTest(t), s.a.newAnimal(t)
	s.a.asked(t, animal, test)
	s.a.reported(t, s.a.asked(t, animal, test), test)
	desk, vet := s.a.as(t, access.Receptionist), s.a.as(t, access.Veterinarian)
	for _, table := range []string{"lab_requests", "lab_reports", "lab_acknowledgements", "lab_cancellations"} {
		s.exec(t, `DO $$ DECLARE cols text; BEGIN
			SELECT string_agg(quote_ident(attname), ', ') INTO cols FROM pg_attribute WHERE attrelid = 'app.`+table+`'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'sealed';
			EXECUTE 'REVOKE SELECT ON app.`+table+` FROM paddock_app';
			EXECUTE 'GRANT SELECT (' || cols || ') ON app.`+table+` TO paddock_app'; END $$`)
	}
	page := desk.get("/patients/" + animal.String())
	if page.status != http.StatusOK {
		t.Fatalf("reception's page needs what is sealed: %d", page.status)
	}
	text := strings.Join(htmltest.Texts(t, page.body, "#labs"), " ")
	if !strings.Contains(text, "A test, asked for") || strings.Count(text, "Awaited") != 1 || strings.Contains(text, "Urea") || strings.Contains(text, "Blood") {
		t.Errorf("reception sees %q", text)
	}
	if strings.Contains(page.body, "/labs/") {
		t.Error("reception is led to the lab")
	}
	if r := desk.get("/today"); strings.Contains(r.body, `id="unseen"`) {
		t.Error("reception counts results")
	}
	if r := vet.get("/patients/" + animal.String()); r.status != http.StatusInternalServerError {
		t.Errorf("the columns were not taken away: %d", r.status)
	}
}

// What a vet who has left asked for is read by all the others.
func TestWhatSomebodyWhoLeftAskedForIsReadByAll(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "labbirch")
	test := h.labTest(t)
	request := h.asked(t, h.newAnimal(t), test)
	h.reported(t, request, test)
	// A nurse's own is nobody's who reads results: the vet has it, as one who has left.
	s.exec(t, `UPDATE app.lab_requests SET asked_by = $2 WHERE id = $1`, request, h.people[access.Nurse].ID)
	vet := h.as(t, access.Veterinarian)
	htmltest.Has(t, vet.get("/results").body, "#inbox", "Urea")
	htmltest.Has(t, vet.get("/today").body, "#unseen", "1 lab result to read")
}

// Values of another unit are not joined, and a value alone is no trend.
func TestATrendIsDrawnOfOneUnit(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "labcedar")
	test := h.labTest(t)
	animal := h.newAnimal(t)
	request := h.asked(t, animal, test)
	lab := "/labs/" + request.String()
	h.reported(t, request, test)
	vet := h.as(t, access.Veterinarian)
	if len(htmltest.Texts(t, vet.get(lab).body, ".spark")) > 0 {
		t.Error("one value has a trend")
	}
	more := url.Values{"new_id": {id.New().String()}, "test-1": {test.String()}, "value-1": {"<5"}, "at": {"yesterday 9:00"}}
	american := url.Values{"new_id": {id.New().String()}, "test-1": {test.String()}, "value-1": {"30"}, "unit-1": {"mg/dL"}}
	for _, form := range []url.Values{more, american} {
		if r := vet.send(lab+"/results", form); r.status != http.StatusSeeOther {
			t.Fatalf("%d %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	body := vet.get(lab).body
	if n := strings.Count(body, `class="spark"`); n != 2 {
		t.Errorf("%d lines are drawn of two values of one unit", n)
	}
	htmltest.Has(t, body, ".labvalues details", "<5.0")
	for _, text := range htmltest.Texts(t, body, ".labvalues details") {
		if strings.Contains(text, "30") {
			t.Errorf("another unit is joined: %s", text)
		}
	}
	htmltest.Has(t, body, "main", "cannot tell")
}

// Tests and panels are kept in Practice; a range that was changed changes no result.
func TestALabTestIsKeptInPractice(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "labdogwood")
	admin, vet, nurse := h.as(t, access.PracticeAdmin), h.as(t, access.Veterinarian), h.as(t, access.Nurse)
	row := id.New().String()
	form := with(labTestForm(), "new_id", row, "low-dog", "140", "high-dog", "40")
	r := admin.send("/lab-tests", form)
	r.says(t, http.StatusUnprocessableEntity, "#low-dog-mistake", "from low to high")
	if got := htmltest.Form(t, r.body, "#lab-test-form").Get("source-dog"); got != "Our analyser" {
		t.Errorf("the source that was typed is %q", got)
	}
	form = with(labTestForm(), "new_id", row)
	for range 2 {
		if r := admin.send("/lab-tests", form); r.status != http.StatusSeeOther {
			t.Fatalf("%d %s", r.status, htmltest.Texts(t, r.body, "main"))
		}
	}
	htmltest.Has(t, vet.get("/lab-tests").body, "main", "Dog 40–140")
	if r := vet.send("/lab-tests/"+row, with(labTestForm(), "version", "1", "name", "Crea")); r.status != http.StatusSeeOther {
		t.Errorf("changing: %d", r.status)
	}
	vet.send("/lab-tests/"+row, with(labTestForm(), "version", "1")).says(t, http.StatusConflict, "#lab-test-form", "Somebody else changed this")
	panel := url.Values{"new_id": {id.New().String()}, "name": {"Kidneys"}}
	admin.send("/lab-panels", panel).says(t, http.StatusUnprocessableEntity, "#tests-mistake", "Choose the tests")
	panel.Set("tests", row)
	if r := admin.send("/lab-panels", panel); r.status != http.StatusSeeOther {
		t.Fatalf("a panel: %d", r.status)
	}
	htmltest.Has(t, admin.get("/lab-tests").body, "main", "Kidneys")
	for _, path := range []string{"/lab-tests", "/lab-tests/new", "/lab-panels/new", "/lab-tests/" + row + "/edit"} {
		if r := nurse.get(path); r.status != http.StatusForbidden {
			t.Errorf("a nurse opens %s: %d", path, r.status)
		}
	}
}
