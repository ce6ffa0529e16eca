package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/imports"
)

// A file goes all its way without script: chosen, its columns named, checked, run, found, taken back.
func TestAFileIsImportedAndTakenBackByPlainForms(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "linden")
	admin := h.as(t, access.PracticeAdmin)
	page := admin.get("/imports")
	page.says(t, http.StatusOK, ".panel", "Nothing has been imported yet")
	form := htmltest.Form(t, page.body, "#upload-form")
	r := admin.upload(form, `C:\Users\jo\licences.csv`, licences("77"))
	if r.status != http.StatusSeeOther {
		t.Fatalf("a list of animals gives %d: %s", r.status, r.body)
	}
	path := r.location(t)
	if again := admin.upload(form, "licences.csv", licences("77")); again.status != http.StatusSeeOther || again.location(t) != path {
		t.Errorf("the same form again gives %d to %q", again.status, again.header.Get("Location"))
	}
	page = admin.get(path)
	page.says(t, http.StatusOK, "h1", "licences.csv")
	got := htmltest.Form(t, page.body, "#columns-form")
	for name, want := range map[string]string{"column_1": "issued", "column_2": "number", "column_3": "name", "column_4": "species", "column_5": "breed", "column_6": ""} {
		if got.Get(name) != want {
			t.Errorf("%s is guessed as %q, want %q", name, got.Get(name), want)
		}
	}
	page.says(t, http.StatusOK, ".columns", "98101")

	// A column twice, and none for what there must be: the form comes back as it was sent.
	bad := admin.submit(page, "#columns-form", map[string]string{"column_3": "number"})
	bad.says(t, http.StatusUnprocessableEntity, "#column_3-mistake", "chosen for another column already")
	if v := htmltest.Form(t, bad.body, "#columns-form").Get("column_3"); v != "number" {
		t.Errorf("the choice came back as %q", v)
	}
	bad = admin.submit(page, "#columns-form", map[string]string{"column_4": ""})
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "kind of animal")

	if r := admin.submit(page, "#columns-form", nil); r.status != http.StatusSeeOther || r.location(t) != path {
		t.Fatalf("the columns give %d: %s", r.status, r.body)
	}
	page = admin.get(path)
	page.says(t, http.StatusOK, "#progress", "Checking each row")
	htmltest.Has(t, page.body, "noscript", "See how far it is now")
	if r := admin.submit(admin.get("/imports"), "#upload-form", nil); r.status != http.StatusBadRequest {
		t.Errorf("a form without parts gives %d", r.status)
	}
	h.works(t)

	page = admin.get(path)
	page.says(t, http.StatusOK, "[data-primary]", "Import 3 patients")
	for _, want := range []string{"3 to add", "1 renewal to merge", "0 to skip", "1 refused", "1 without a name", "1 with the number of another animal"} {
		number, words, _ := strings.Cut(want, " ")
		if text := strings.Join(htmltest.Texts(t, page.body, ".tally > div"), "|"); !strings.Contains(text, number) || !strings.Contains(text, words) {
			t.Errorf("the counts say %q, not %q", text, want)
		}
	}
	page.says(t, http.StatusOK, "[aria-labelledby=problems-refused]", "Dragon")
	page.says(t, http.StatusOK, "[aria-labelledby=problems-conflict]", "Waldorf")
	csv := admin.get(path + "/problems")
	if csv.status != http.StatusOK || csv.header.Get("Content-Type") != "text/csv; charset=utf-8" || csv.header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(csv.header.Get("Content-Disposition"), "attachment") || strings.Count(csv.body, "\n") != 3 {
		t.Errorf("the download is %d %v %q", csv.status, csv.header, csv.body)
	}
	if found := s.leaves(t, h, csv.request()); len(found) != 1 || found[0].Action != "downloaded" || found[0].ObjectID.String() != path[len("/imports/"):] {
		t.Errorf("the download is recorded as %+v", found)
	}
	admin.get(path+"/columns").says(t, http.StatusOK, "#columns-form a", "Cancel")

	if r := admin.submit(page, "form[action$='/run']", nil); r.status != http.StatusSeeOther {
		t.Fatalf("the run gives %d: %s", r.status, r.body)
	}
	admin.get(path).says(t, http.StatusOK, "#progress", "Importing")
	h.works(t)
	page = admin.get(path)
	page.says(t, http.StatusOK, ".tally", "added")
	admin.get("/imports").says(t, http.StatusOK, "table", "3 added, 1 merged, 1 refused")
	desk := h.as(t, access.Receptionist)
	desk.send("/search", url.Values{"q": {"waldorf"}}).says(t, http.StatusOK, ".hits", "Waldorf")

	// One is used meanwhile; it stays and is named.
	quincy := htmltest.Attr(t, desk.send("/search", url.Values{"q": {"quincy"}}).body, ".hits a", "href")
	edit := desk.get(quincy + "/edit")
	if r := desk.submit(edit, "#patient-form", map[string]string{"colour": "Tricolour"}); r.status != http.StatusSeeOther {
		t.Fatalf("an imported animal cannot be changed: %d %s", r.status, r.body)
	}
	page = admin.get(path + "/withdrawal")
	page.says(t, http.StatusOK, "[data-primary]", "Take back 2 patients")
	page.says(t, http.StatusOK, "[aria-labelledby=kept] a[href='"+quincy+"']", "Quincy")
	if r := admin.submit(page, "form[action$='/withdrawal']", nil); r.status != http.StatusSeeOther {
		t.Fatalf("taking back gives %d: %s", r.status, r.body)
	}
	admin.get(path).says(t, http.StatusOK, "#progress", "Taking the import back")
	h.works(t)
	page = admin.get(path)
	page.says(t, http.StatusOK, "main", "1 patient stayed")
	page.says(t, http.StatusOK, "[aria-labelledby=kept]", "Quincy")
	htmltest.Lacks(t, desk.send("/search", url.Values{"q": {"waldorf"}}).body, ".hits", "Waldorf")
	desk.send("/search", url.Values{"q": {"quincy"}}).says(t, http.StatusOK, ".hits", "Quincy")
}

// What is no list of animals is told so in a sentence, and nothing of it stays.
func TestAFileThatCannotBeTakenInIsToldWhy(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "medlar")
	admin := h.as(t, access.PracticeAdmin)
	for content, want := range map[string]string{
		"":                       "The file is empty",
		"\uFEFF":                 "The file is empty",
		"PK\x03\x04 and so on":   "Excel workbook",
		"%PDF-1.7":               "PDF",
		"a\x00b":                 "holds no text",
		"Name,Species\n":         "one line only",
		"<!DOCTYPE html><p>list": "web page",
	} {
		r := admin.uploaded("list.csv", content)
		r.says(t, http.StatusUnprocessableEntity, "#file-mistake", want)
		htmltest.Has(t, r.body, "#mistakes a[href='#file']", want)
		htmltest.Has(t, r.body, "title", "Error:")
	}
	admin.uploaded("", "").says(t, http.StatusUnprocessableEntity, "#file-mistake", "Choose a file")

	// One that says it is too big is not read; one that does not say so is read as far as it may go.
	for _, known := range []bool{true, false} {
		fields := url.Values{"csrf": {admin.token()}, "new_id": {id.New().String()}}
		kind, body := multipartOf(t, fields, "list.csv", strings.Repeat("Name,Species\n", 4_200_000))
		r := httptest.NewRequest(http.MethodPost, "http://"+h.host+"/imports", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		if !known {
			r.ContentLength = -1
		}
		admin.do(r).says(t, http.StatusUnprocessableEntity, "#file-mistake", "larger than 50 MB")
	}
	if n := s.count(t, `SELECT count(*) FROM app.imports WHERE tenant_id = $1 AND state <> 'discarded'`, h.tenant); n != 0 {
		t.Errorf("%d imports were begun", n)
	}
	if n := s.count(t, `SELECT count(*) FROM app.import_parts WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d parts stay", n)
	}
}

// T62 for a form with a file: without its token, with the token behind the file, or as another kind of
// form, nothing of the file is read.
func TestAFileComesInWithItsTokenOnly(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "quince")
	admin, vet := h.as(t, access.PracticeAdmin), h.as(t, access.Veterinarian)
	token, row := admin.token(), id.New().String()
	file := licences("88")
	behind := func() reply {
		text := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"l.csv\"\r\n\r\n" + file + "\r\n--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + token + "\r\n--b--\r\n"
		r := postOf(admin, "/imports", text)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		return admin.do(r)
	}
	for what, c := range map[string]struct {
		r    reply
		want int
	}{
		"no token":              {admin.upload(url.Values{"new_id": {row}}, "l.csv", file), http.StatusForbidden},
		"another's token":       {admin.upload(url.Values{"new_id": {row}, "csrf": {vet.token()}}, "l.csv", file), http.StatusForbidden},
		"the token behind it":   {behind(), http.StatusForbidden},
		"another site":          {admin.upload(url.Values{"new_id": {row}, "csrf": {token}}, "l.csv", file, "Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		"a plain form":          {admin.raw(http.MethodPost, "/imports", url.Values{"csrf": {token}, "new_id": {row}, "file": {file}}), http.StatusBadRequest},
		"another kind of body":  {admin.upload(url.Values{"csrf": {token}, "new_id": {row}}, "l.csv", file, "Content-Type", "text/csv"), http.StatusBadRequest},
		"a long field before":   {admin.upload(url.Values{"csrf": {token}, "new_id": {row}, "note": {strings.Repeat("x", 5000)}}, "l.csv", file), http.StatusBadRequest},
		"who may not, a vet":    {vet.upload(url.Values{"csrf": {vet.token()}, "new_id": {row}}, "l.csv", file), http.StatusForbidden},
		"nobody":                {h.browser(t).upload(url.Values{"csrf": {token}, "new_id": {row}}, "l.csv", file), http.StatusSeeOther},
		"an id nobody has made": {admin.upload(url.Values{"csrf": {token}, "new_id": {"1"}}, "l.csv", file), http.StatusNotFound},
	} {
		if c.r.status != c.want {
			t.Errorf("%s: %d, want %d", what, c.r.status, c.want)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.imports WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d imports were begun", n)
	}
	if n := s.count(t, `SELECT count(*) FROM app.kept_forms WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d forms with files are kept", n)
	}
}

// A button pressed twice does its act once and leads to the same page; one that somebody else's act has
// overtaken is told so.
func TestAnImportMovesOnOnce(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "larch")
	admin := h.as(t, access.PracticeAdmin)
	checked, other := h.newImport(t, "checked"), h.newImport(t, "checked")
	path := "/imports/" + checked.String()
	page := admin.get(path)
	for range 2 {
		if r := admin.submit(page, "form[action$='/run']", nil); r.status != http.StatusSeeOther || r.location(t) != path {
			t.Errorf("the button gives %d: %s", r.status, r.body)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.outbox WHERE tenant_id = $1`, h.tenant); n != 1 {
		t.Errorf("%d jobs were asked for", n)
	}
	for what, r := range map[string]reply{
		"discarding what runs":  admin.submit(page, "form[action$='/discard']", nil),
		"a second at once":      admin.submit(admin.get("/imports/"+other.String()), "form[action$='/run']", nil),
		"columns of what runs":  admin.send(path+"/columns", url.Values{"version": {"4"}, "column_3": {"name"}, "column_4": {"species"}}),
		"taking back what runs": admin.send(path+"/withdrawal", url.Values{"version": {"5"}}),
		"without a version":     admin.send("/imports/"+other.String()+"/discard", nil),
	} {
		if r.status != http.StatusConflict {
			t.Errorf("%s gives %d: %s", what, r.status, r.body)
		}
	}
	htmltest.Has(t, admin.send(path+"/withdrawal", url.Values{"version": {"5"}}).body, "main", "has moved on")
	// The one that has to wait leads to the one it waits for, and can be begun from there afterwards.
	busy := admin.submit(admin.get("/imports/"+other.String()), "form[action$='/run']", nil)
	busy.says(t, http.StatusConflict, ".notice a[href='"+path+"']", "licences.csv")
	busy.says(t, http.StatusConflict, ".notice", "chosen by "+h.people[access.PracticeAdmin].Name+": being imported")
	htmltest.Has(t, busy.body, "form[action$='/run']", "Import")
	for _, part := range []string{"columns", "withdrawal", "progress"} { // pages that are of no use now lead back
		if r := admin.get(path + "/" + part); r.status != http.StatusSeeOther || r.location(t) != path {
			t.Errorf("%s of an import that runs gives %d", part, r.status)
		}
	}
	h.works(t)
	if state := h.importOf(t, checked); state != imports.Done {
		t.Errorf("it is %s", state)
	}
	if r := admin.submit(admin.get("/imports/"+other.String()), "form[action$='/discard']", nil); r.status != http.StatusSeeOther || r.location(t) != "/imports" {
		t.Errorf("discarding gives %d", r.status)
	}
	if r := admin.get("/imports/" + other.String()); r.status != http.StatusNotFound {
		t.Errorf("what was discarded gives %d", r.status)
	}
}

// The fragment that asks each second says how far the job is and nothing of the file, is not recorded, and
// brings the page anew where the job has ended or stands still.
func TestProgressIsAskedForQuietly(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	h := s.a
	admin := h.as(t, access.PracticeAdmin)
	row := h.newImport(t, "checked")
	path := "/imports/" + row.String()
	if r := admin.submit(admin.get(path), "form[action$='/run']", nil); r.status != http.StatusSeeOther {
		t.Fatalf("the run gives %d", r.status)
	}
	page := admin.get(path)
	htmltest.Has(t, page.body, "#progress[hx-get='"+path+"/progress'][hx-trigger='every 1s']", "Importing")
	admin.partial = true
	seen := s.count(t, `SELECT extract(epoch FROM max(last_seen_at))::integer FROM sec.sessions WHERE tenant_id = $1`, h.tenant)
	s.clock.Advance(90 * time.Second)
	r := admin.get(path + "/progress")
	r.says(t, http.StatusOK, "progress", "")
	r.says(t, http.StatusOK, "[role=status]", "0 % of the rows")
	if strings.Contains(r.body, "licences.csv") || len(s.leaves(t, h, r.request())) != 0 {
		t.Errorf("the fragment tells too much, or is recorded: %s", r.body)
	}
	if now := s.count(t, `SELECT extract(epoch FROM max(last_seen_at))::integer FROM sec.sessions WHERE tenant_id = $1`, h.tenant); now != seen {
		t.Error("a question the page asks by itself counts as activity")
	}
	s.clock.Advance(time.Minute)
	if r := admin.get(path + "/progress"); r.header.Get("HX-Redirect") != path {
		t.Errorf("where nothing moves: %d %v", r.status, r.header)
	}
	admin.partial = false
	page = admin.get(path)
	page.says(t, http.StatusOK, "[data-primary]", "Go on")
	s.exec(t, `DELETE FROM app.outbox WHERE tenant_id = $1`, h.tenant) // the job was lost
	if r := admin.submit(page, "form[action$='/run']", nil); r.status != http.StatusSeeOther {
		t.Errorf("going on gives %d: %s", r.status, r.body)
	}
	h.works(t)
	admin.partial = true
	if r := admin.get(path + "/progress"); r.header.Get("HX-Redirect") != path {
		t.Errorf("at the end: %d %v", r.status, r.header)
	}
}

// Only who may import sees the way there; others are told who may.
func TestOnlyWhoMayImportsReachesThePractice(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	for role, practice := range map[string]int{access.Receptionist: 0, access.Nurse: 0, access.Veterinarian: 1} { // a vet keeps the drug list
		b := s.a.as(t, role)
		htmltest.Count(t, b.get("/patients").body, ".rail .last a", practice)
		htmltest.Count(t, b.get("/patients").body, "a[href='/imports']", 0)
		r := b.get("/imports")
		r.says(t, http.StatusForbidden, "main", s.a.people[access.PracticeAdmin].Name)
		r.says(t, http.StatusForbidden, "main", "import.run")
	}
	htmltest.Count(t, s.a.as(t, access.Veterinarian).get("/formulary").body, ".places a[href='/imports']", 0)
	admin := s.a.as(t, access.PracticeAdmin)
	htmltest.Count(t, admin.get("/patients").body, ".rail .last a", 1)
	htmltest.Count(t, admin.get("/imports").body, ".rail .last a[aria-current]", 1)
	htmltest.Count(t, admin.get("/imports").body, ".places a[href='/imports'][aria-current]", 1)
}

// T63, T65 for pages that the vet of the other tests does not reach: reading changes nothing, is on record,
// and every answer is private.
func TestReadingImportsChangesNothingAndIsOnRecord(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "maple")
	admin := h.as(t, access.PracticeAdmin)
	staged, checked, done := h.newImport(t, "staged"), h.newImport(t, "checked"), h.newImport(t, "done")
	admin.token()
	before := s.everything(t, h)
	for path, want := range map[string]string{
		"/imports": "listed import", "/imports/" + staged.String(): "opened import", "/imports/" + checked.String(): "opened import",
		"/imports/" + checked.String() + "/columns": "opened import", "/imports/" + checked.String() + "/problems": "downloaded import",
		"/imports/" + done.String(): "opened import", "/imports/" + done.String() + "/withdrawal": "opened import",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := admin.raw(method, path, nil)
			if r.status != http.StatusOK || method == http.MethodHead && r.body != "" {
				t.Errorf("%s %s gives %d and %d bytes", method, path, r.status, len(r.body))
			}
			if got := r.header.Get("Cache-Control") + r.header.Get("X-Content-Type-Options"); got != "no-storenosniff" {
				t.Errorf("%s: %q", path, got)
			}
			found := s.leaves(t, h, r.request())
			if !slices.ContainsFunc(found, func(l leaf) bool { return l.Action+" "+l.Object == want }) {
				t.Errorf("%s is recorded as %+v", path, found)
			}
		}
	}
	unchanged(t, "reading imports", before, s.everything(t, h))
}

// Numbers are read by people.
func TestCountsHaveCommas(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "oaklet")
	row := h.newImport(t, "checked")
	s.exec(t, `UPDATE app.imports SET rows_total = 66042, rows_done = 66042, added = 64612, merged = 1430, skipped = 0, refused = 0 WHERE tenant_id = $1 AND id = $2`, h.tenant, row)
	page := h.as(t, access.PracticeAdmin).get("/imports/" + row.String())
	page.says(t, http.StatusOK, "[data-primary]", "Import 64,612 patients")
	page.says(t, http.StatusOK, "main", "66,042 rows")
	page.says(t, http.StatusOK, ".tally", "1,430")
}

// What a renewal says otherwise than is known is counted in the dry run, listed and downloaded.
func TestChangesOfARenewalAreCountedAndListed(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "medick")
	admin := h.as(t, access.PracticeAdmin)
	path := admin.uploaded("list.csv", "License Number,Issued,Name,Species,Breed\n7,2 March 2015,Ada,Dog,Pug\n7,2 March 2016,Ada,Dog,Beagle\n7,2 March 2017,Ada,Dog,Pug\n8,2 March 2017,Zoë,Dog,\n9,2 March 2017,M\xeb,Dog,\n").location(t)
	admin.submit(admin.get(path), "#columns-form", nil).location(t)
	h.works(t)
	const said = "Breed “Beagle” was not taken over, since the licence is one more of the dog “Ada” of line 2"
	page := admin.get(path)
	page.says(t, http.StatusOK, ".tally .share", "1 with changes that are not taken over")
	page.says(t, http.StatusOK, "#main", "Changes not taken over 1")
	page.says(t, http.StatusOK, "table.lines", said)
	page.says(t, http.StatusOK, "table.lines", "“Name” holds letters that cannot be read")
	if r := admin.get(path + "/problems"); !strings.Contains(r.body, "3,note,\"breed “Beagle” was not taken over") {
		t.Errorf("the download says %q", r.body)
	}
	admin.submit(page, "form[action$='/run']", nil).location(t)
	h.works(t)
	admin.get(path).says(t, http.StatusOK, "table.lines", said)
}
