package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// past is the history of an animal as another program gives it out.
const past = "Type,Microchip,Date,Author,Reason,Subjective,Text,Weight,Vaccine,Batch\n" +
	"visit,985112345670001,2021-06-14 14:30,Dr Old Vet,Limps since Sunday,,,,,\n" +
	"note,985112345670001,2021-06-14,Dr Old Vet,,Lame on the left fore,,,,\n" +
	"note,985112345670001,2021-06-20,,,,Sound again.,,,\n" +
	"weight,985112345670001,2021-06-14,,,,,24.6 kg,,\n" +
	"vaccination,985112345670001,2021-06-01,Dr Old Vet,,,,,Samplevac Rabies 3,L7\n" +
	"vaccination,985112345670001,2021-06-02,,,,,,Forgotten Vaccine,\n" +
	"weight,985112345679999,2021-06-14,,,,,3 kg,,\n"

// leadsOf are where the links of a page lead.
func leadsOf(t *testing.T, page, selector string) (out []string) {
	t.Helper()
	htmltest.Parse(t, page).Find(selector).Each(func(_ int, a *goquery.Selection) { out = append(out, a.AttrOr("href", "")) })
	return out
}

// History goes all its way without script, stands in the record as what it is, and is taken back but for what was used.
func TestHistoryIsImportedAndTakenBackByPlainForms(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "history-linden")
	h.cooler(t)
	animal := h.chipped(t, "985112345670001", "Tansy")
	record := "/patients/" + animal.String()
	admin, vet, desk := h.as(t, access.PracticeAdmin), h.as(t, access.Veterinarian), h.as(t, access.Receptionist)

	form := func() url.Values {
		return with(htmltest.Form(t, admin.get("/imports").body, "#upload-form"), "holds", "history")
	}
	bad := admin.upload(form(), "x.csv", "%PDF-1.7")
	bad.says(t, http.StatusUnprocessableEntity, "#file-mistake", "PDF")
	if v := htmltest.Form(t, bad.body, "#upload-form").Get("holds"); v != "history" {
		t.Errorf("the choice came back as %q", v)
	}
	admin.get("/imports").says(t, http.StatusOK, "#upload-form", "Columns of clinical history")
	if r := admin.get("/imports/sample"); r.status != http.StatusOK || !strings.HasPrefix(r.body, "kind,patient number") {
		t.Errorf("the sample is %d %q", r.status, r.body)
	}
	path := admin.upload(form(), "history.csv", past).location(t)
	page := admin.get(path)
	columns := htmltest.Form(t, page.body, "#columns-form")
	for name, want := range map[string]string{"column_1": "kind", "column_2": "chip", "column_3": "when", "column_4": "who", "column_5": "reason", "column_7": "text", "column_9": "vaccine", "column_10": "lot"} {
		if columns.Get(name) != want {
			t.Errorf("%s is guessed as %q, want %q", name, columns.Get(name), want)
		}
	}
	bad = admin.submit(page, "#columns-form", map[string]string{"column_2": "", "column_4": ""})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "a number of the animal that the clinic knows")
	if v := htmltest.Form(t, bad.body, "#columns-form").Get("column_4"); v != "" {
		t.Errorf("the choice came back as %q", v)
	}
	if r := admin.submit(page, "#columns-form", nil); r.status != http.StatusSeeOther {
		t.Fatalf("the columns give %d: %s", r.status, r.body)
	}
	h.works(t)
	page = admin.get(path)
	page.says(t, http.StatusOK, "[data-primary]", "Import 6 entries")
	for _, want := range []string{"1 visit", "2 notes", "1 weight", "2 vaccinations"} {
		page.says(t, http.StatusOK, ".tally", want)
	}
	page.says(t, http.StatusOK, "[aria-labelledby=problems-refused]", "No patient of the clinic has microchip 985112345679999")
	page.says(t, http.StatusOK, "[aria-labelledby=problems-note]", "not counted for what is due, because the clinic has no vaccine of this name")
	if n := s.count(t, `SELECT count(*) FROM app.notes WHERE tenant_id = $1 AND import_id IS NOT NULL`, h.tenant); n != 0 {
		t.Errorf("the dry run wrote %d notes", n)
	}
	if r := admin.submit(page, "form[action$='/run']", nil); r.status != http.StatusSeeOther {
		t.Fatalf("the run gives %d: %s", r.status, r.body)
	}
	h.works(t)
	admin.get(path).says(t, http.StatusOK, ".tally", "added")

	page = vet.get(record)
	for _, want := range []string{"From the earlier practice system", "Limps since Sunday", "Lame on the left fore", "Weight 24.6 kg", "not counted"} {
		page.says(t, http.StatusOK, ".tl", want)
	}
	htmltest.Lacks(t, page.body, ".tl", "signed")
	closed := desk.get(record)
	closed.says(t, http.StatusOK, ".tl", "From the earlier practice system")
	for _, text := range []string{"Limps", "Lame", "Sound again", "Old Vet", "Forgotten"} {
		if strings.Contains(closed.body, text) {
			t.Errorf("reception reads %q", text)
		}
	}
	var note string
	for _, href := range leadsOf(t, page.body, ".tl a[href^='/notes/']") {
		if strings.Contains(vet.get(href).body, "Lame on the left fore") {
			note = href
		}
	}
	page = vet.get(note)
	page.says(t, http.StatusOK, ".note header", "From the earlier practice system")
	page.says(t, http.StatusOK, ".note footer", "Written there by Dr Old Vet. Brought in")
	htmltest.Lacks(t, page.body, ".note footer", "Signed by")
	doses := vet.get(record + "/vaccinations")
	doses.says(t, http.StatusOK, "main", "From elsewhere: the earlier practice system")
	doses.says(t, http.StatusOK, "main", "Rabies")
	for _, href := range leadsOf(t, doses.body, "a[href^='/vaccinations/']") {
		dose := vet.get(href)
		dose.says(t, http.StatusOK, "main", "Came with an import")
		if strings.Contains(dose.body, "Forgotten") {
			dose.says(t, http.StatusOK, "main", "Nothing is due by this dose, because")
		}
	}

	// One is voided, as any note, and stays where the import is taken back.
	if r := admin.submit(admin.get(note), "#void-form", map[string]string{"void_reason": "Of another animal"}); r.location(t) != note {
		t.Fatalf("voiding gives %d", r.status)
	}
	page = admin.get(path + "/withdrawal")
	page.says(t, http.StatusOK, "[data-primary]", "Take back 5 entries")
	page.says(t, http.StatusOK, "[aria-labelledby=kept]", "marked as entered in error")
	if r := admin.submit(page, "form[action$='/withdrawal']", nil); r.status != http.StatusSeeOther {
		t.Fatalf("taking back gives %d: %s", r.status, r.body)
	}
	h.works(t)
	admin.get(path).says(t, http.StatusOK, "main", "1 entry stayed")
	page = vet.get(record)
	page.says(t, http.StatusOK, ".tl", "Entered in error")
	htmltest.Lacks(t, page.body, ".tl", "Weight 24.6 kg")
	if found := s.count(t, `SELECT count(*) FROM app.doses WHERE tenant_id = $1 AND patient_id = '`+animal.String()+`'`, h.tenant); found != 0 {
		t.Errorf("%d doses stay", found)
	}
}

// What an import of history brought and nobody used is gone as if it had never come.
func TestHistoryTakenBackLeavesNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "history-larch")
	h.cooler(t)
	h.chipped(t, "985112345670001", "Tansy")
	admin := h.as(t, access.PracticeAdmin)
	form := with(htmltest.Form(t, admin.get("/imports").body, "#upload-form"), "holds", "history")
	before := s.everything(t, h, "app.imports", "app.import_moves")
	path := admin.upload(form, "history.csv", past).location(t)
	for _, press := range []string{"columns", "run"} {
		if r := admin.submit(admin.get(path), "form[action$='/"+press+"']", nil); r.status != http.StatusSeeOther {
			t.Fatalf("%s gives %d: %s", press, r.status, r.body)
		}
		h.works(t)
	}
	if s.everything(t, h)["app.notes"] == before["app.notes"] {
		t.Error("it brought no note")
	}
	if r := admin.submit(admin.get(path+"/withdrawal"), "form[action$='/withdrawal']", nil); r.status != http.StatusSeeOther {
		t.Fatalf("taking back gives %d: %s", r.status, r.body)
	}
	h.works(t)
	after := s.everything(t, h, "app.imports", "app.import_moves", "app.import_problems")
	delete(before, "app.import_problems") // they say why rows were refused, and stay with the batch
	unchanged(t, "an import taken back", before, after)
}

// Who may import but not read clinical text is not offered such a file, and finds none.
func TestHistoryIsForWhoMayReadIt(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "history-medlar")
	h.chipped(t, "985112345670001", "Tansy")
	admin := h.as(t, access.PracticeAdmin)
	path := admin.upload(with(htmltest.Form(t, admin.get("/imports").body, "#upload-form"), "holds", "history"), "history.csv", past).location(t)
	columns := htmltest.Form(t, admin.get(path).body, "#columns-form")
	s.exec(t, `DELETE FROM app.role_rights WHERE tenant_id = '`+h.tenant.String()+`' AND role_id = '`+h.roleID(t, access.PracticeAdmin).String()+`' AND allowed LIKE 'field:clin%'`)
	list := admin.get("/imports")
	htmltest.Lacks(t, list.body, "main", "Clinical history")
	htmltest.Lacks(t, list.body, "main", "history.csv")
	for _, p := range []string{path, path + "/progress", path + "/columns", path + "/problems", path + "/withdrawal"} {
		if r := admin.get(p); r.status != http.StatusNotFound || strings.Contains(r.body, "Limps") {
			t.Errorf("GET %s gives %d", p, r.status)
		}
	}
	for p, form := range map[string]url.Values{"/columns": columns, "/run": columns, "/withdrawal": columns, "/discard": columns} {
		if r := admin.send(path+p, form); r.status != http.StatusNotFound {
			t.Errorf("POST %s gives %d", p, r.status)
		}
	}
	fields := url.Values{"csrf": {admin.token()}, "new_id": {id.New().String()}, "holds": {"notes"}}
	if r := admin.upload(with(fields, "holds", "note"), "x.csv", past); r.status != http.StatusForbidden {
		t.Errorf("a file of notes gives %d", r.status)
	}
	if n := s.count(t, `SELECT count(*) FROM app.imports WHERE tenant_id = $1`, h.tenant); n != 1 {
		t.Errorf("%d imports were begun", n)
	}
}
