package web_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/files"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// letter is a small PDF.
const letter = "%PDF-1.7\nReferred by Bridge House Surgery\n%%EOF"

// film is a small picture.
func film() string {
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	img.SetGray(0, 0, color.Gray{Y: 200})
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return b.String()
}

// newFile is a picture on a patient's record.
func (h *shop) newFile(t *testing.T, animal id.ID) id.ID {
	t.Helper()
	row, day := id.New(), time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC)
	must(t, files.Add(t.Context(), files.Deps{Store: h.site.env.Store, Shelf: h.site.deps.Shelf}, h.keys, h.who(access.Veterinarian), row,
		files.Incoming{Patient: animal, Kind: files.Imaging, Title: "Left hip of Pip", TakenOn: day, Today: day}, strings.NewReader(film())))
	return row
}

func (b *browser) addFile(animal id.ID, row id.ID, content string, more ...string) reply {
	form := url.Values{"csrf": {b.token()}, "new_id": {row.String()}, "kind": {"imaging"}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.uploadTo("/patients/"+animal.String()+"/files", form, "hip.png", content)
}

func TestAFileIsAddedSeenAndRecorded(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	animal, row := s.a.newAnimal(t), id.New()
	vet := s.a.as(t, access.Veterinarian)
	path := "/patients/" + animal.String()
	if r := vet.addFile(animal, row, film(), "title", "Left hip", "taken_on", "yesterday"); r.status != http.StatusSeeOther || r.header.Get("Location") != path+"/files" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := vet.addFile(animal, row, film(), "title", "Left hip"); r.status != http.StatusSeeOther {
		t.Errorf("the form sent twice: %d", r.status)
	}
	for _, page := range []string{path, path + "/files"} {
		r := vet.get(page)
		htmltest.Has(t, r.body, "ul.shots a[href='/files/"+row.String()+"']", "Left hip")
		htmltest.Has(t, r.body, "ul.shots img[src='/files/"+row.String()+"/thumbnail']", "")
	}
	htmltest.Has(t, vet.get(path).body, ".tl a[href='/files/"+row.String()+"']", "X-ray or scan")
	one := vet.get("/files/" + row.String())
	htmltest.Has(t, one.body, ".large img[width='40'][height='30']", "")
	r := vet.get("/files/" + row.String() + "/content")
	for name, want := range map[string]string{
		"Content-Type": "image/png", "Content-Disposition": `inline; filename="picture.png"`, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "Vary": "Cookie, HX-Request-Type",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if _, err := png.Decode(strings.NewReader(r.body)); err != nil || r.status != http.StatusOK {
		t.Errorf("%d, %v", r.status, err)
	}
	seen := s.leaves(t, s.a, r.request())
	if len(seen) != 2 || seen[0].Action != "opened" || seen[0].Object != "file" || seen[1].ObjectID != animal {
		t.Errorf("recorded as %+v", seen)
	}
	if r := vet.get("/files/" + row.String() + "/thumbnail"); r.header.Get("Content-Type") != "image/jpeg" || len(s.leaves(t, s.a, r.request())) != 1 {
		t.Errorf("the thumbnail: %v", r.header)
	}
	if r := vet.get("/files/" + row.String() + "/content?save=yes"); r.header.Get("Content-Disposition") != `attachment; filename="picture.png"` {
		t.Errorf("to be saved: %v", r.header)
	}
	other := id.New()
	if r := vet.addFile(animal, other, letter, "kind", "letter"); r.status != http.StatusSeeOther {
		t.Fatalf("%d", r.status)
	}
	r = vet.get("/files/" + other.String() + "/content")
	if r.body != letter || r.header.Get("Content-Disposition") != `attachment; filename="document.pdf"` || r.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("a PDF: %v %q", r.header, r.body)
	}
	if r := vet.get("/files/" + other.String() + "/thumbnail"); r.status != http.StatusNotFound {
		t.Errorf("the thumbnail of a PDF: %d", r.status)
	}
}

func TestAFileThatIsNotTakenKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	animal := s.a.newAnimal(t)
	vet := s.a.as(t, access.Veterinarian)
	r := vet.addFile(animal, id.New(), "MZ\x90\x00", "title", "The <b> leg", "taken_on", "next week", "kind", "lab")
	if r.status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", r.status)
	}
	htmltest.Has(t, r.body, "#taken_on[value='next week'][aria-invalid]", "")
	htmltest.Has(t, r.body, "#title[value='The <b> leg']", "")
	htmltest.Has(t, r.body, "#kind option[value=lab][selected]", "")
	htmltest.Has(t, r.body, "[role=alert]", "future")
	r = vet.addFile(animal, id.New(), "MZ\x90\x00")
	htmltest.Has(t, r.body, "#file-mistake", "This is none of the files that can be kept. Pictures (JPEG, PNG, WebP), PDF and plain text are kept.")
	htmltest.Has(t, r.body, "#file-form input[name=new_id]", "")
	token := vet.token()
	for what, r := range map[string]reply{
		"no file":           vet.uploadTo("/patients/"+animal.String()+"/files", url.Values{"csrf": {token}, "new_id": {id.New().String()}, "kind": {"photo"}}, "", ""),
		"a strange kind":    vet.addFile(animal, id.New(), letter, "kind", "virus"),
		"nothing in a file": vet.addFile(animal, id.New(), ""),
	} {
		if r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, r.status)
		}
	}
	if r := vet.addFile(animal, id.New(), letter, "visit", id.New().String()); r.status != http.StatusNotFound {
		t.Errorf("a visit that is not there: %d", r.status)
	}
	if r := vet.uploadTo("/patients/"+animal.String()+"/files", url.Values{"csrf": {"wrong"}, "new_id": {id.New().String()}, "kind": {"photo"}}, "a.pdf", letter); r.status != http.StatusForbidden {
		t.Errorf("with another's form: %d", r.status)
	}
	htmltest.Has(t, vet.get("/patients/"+animal.String()+"/files").body, ".empty", "No files yet")
}

// Reception adds what comes in by post, and sees that it is there: its name is not selected, its content refused.
func TestReceptionAddsFilesAndOpensNone(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	animal := s.a.newAnimal(t)
	file := s.a.newFile(t, animal)
	desk := s.a.as(t, access.Receptionist)
	if r := desk.addFile(animal, id.New(), letter, "kind", "letter", "title", "From Bridge House"); r.status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.status, r.body)
	}
	for _, page := range []string{"/patients/" + animal.String(), "/patients/" + animal.String() + "/files"} {
		r := desk.get(page)
		if strings.Contains(r.body, "Left hip") || strings.Contains(r.body, "Bridge House") || strings.Contains(r.body, file.String()) {
			t.Errorf("%s shows the name of a file", page)
		}
		htmltest.Has(t, r.body, "ul.shots b", "X-ray or scan")
	}
	for _, path := range []string{"", "/content", "/thumbnail"} {
		if r := desk.get("/files/" + file.String() + path); r.status != http.StatusForbidden || strings.Contains(r.body, "Left hip") {
			t.Errorf("%s: %d", path, r.status)
		}
	}
}

func TestAFileTakenOffIsShownNoMore(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	animal := s.a.newAnimal(t)
	file := s.a.newFile(t, animal)
	path := "/files/" + file.String()
	vet, admin := s.a.as(t, access.Veterinarian), s.a.as(t, access.PracticeAdmin)
	if r := vet.post(path+"/void", url.Values{"csrf": {vet.token()}, "new_id": {id.New().String()}, "reason": {"Not hers"}}); r.status != http.StatusForbidden {
		t.Errorf("a vet: %d", r.status)
	}
	htmltest.Has(t, vet.get(path).body, "footer", "to take it off the record")
	form := url.Values{"csrf": {admin.token()}, "new_id": {id.New().String()}, "reason": {" "}}
	r := admin.post(path+"/void", form)
	if r.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", r.status)
	}
	htmltest.Has(t, r.body, "#reason-mistake", "Say why")
	form.Set("reason", "Of another cat")
	for range 2 {
		if r := admin.post(path+"/void", form); r.status != http.StatusSeeOther {
			t.Errorf("%d", r.status)
		}
	}
	r = vet.get(path)
	htmltest.Has(t, r.body, ".notice", "Of another cat")
	if strings.Contains(r.body, "/content") || vet.get(path+"/content").status != http.StatusNotFound || vet.get(path+"/thumbnail").status != http.StatusNotFound {
		t.Error("a file off the record is shown")
	}
	if r := admin.get(path + "/content"); r.status != http.StatusOK {
		t.Errorf("who may take it off looks at it: %d", r.status)
	}
	htmltest.Has(t, vet.get("/patients/"+animal.String()+"/files").body, ".shots .off", "Off the record")
	if strings.Contains(vet.get("/patients/"+animal.String()).body, path) {
		t.Error("the patient's page still has it")
	}
}

// T67 at the door: another clinic's file is not there, whatever of it is asked for, and what lies in the store in
// another's place does not open.
func TestAFileOfAnotherClinicIsNotThere(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	theirs, mine := s.b.newFile(t, s.b.newAnimal(t)), s.a.newFile(t, s.a.newAnimal(t))
	vet, nurse := s.a.as(t, access.Veterinarian), s.a.as(t, access.Nurse)
	for _, part := range []string{"", "/content", "/thumbnail"} {
		their, nobodys := vet.get("/files/"+theirs.String()+part), vet.get("/files/"+id.New().String()+part)
		if their.status != http.StatusNotFound || nobodys.status != http.StatusNotFound {
			t.Errorf("%s: %d and %d", part, their.status, nobodys.status)
		}
	}
	for _, path := range []string{"/files/..%2f..%2froot.key/content", "/files/" + strings.ToUpper(mine.String()) + "/content", "/files/" + mine.String() + "%2f..%2f" + theirs.String() + "/content"} {
		if r := vet.get(path); r.status == http.StatusOK {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	// Somebody who can write to the store puts their blob in the place of mine.
	blob := func(h *shop, file id.ID) string {
		var name string
		must(t, s.super.QueryRow(t.Context(), "SELECT tenant_id || '/' || blob FROM app.files WHERE tenant_id = $1 AND id = $2", h.tenant, file).Scan(&name))
		return filepath.Join(s.env.KeyDir, "files", name)
	}
	raw, err := os.ReadFile(blob(s.b, theirs))
	must(t, err)
	must(t, os.WriteFile(blob(s.a, mine), raw, 0o600))
	if r := nurse.get("/files/" + mine.String() + "/content"); r.status != http.StatusInternalServerError || bytes.Contains([]byte(r.body), []byte("PNG")) {
		t.Errorf("another clinic's blob in the place of mine: %d", r.status)
	}
	must(t, os.Remove(blob(s.a, mine)))
	if r := nurse.get("/files/" + mine.String() + "/content"); r.status != http.StatusInternalServerError || !strings.Contains(r.body, "not in the store of files any more") {
		t.Errorf("a store without the file: %d", r.status)
	}
	// A session that was ended opens nothing any more.
	fresh := s.a.newFile(t, s.a.newAnimal(t))
	if r := nurse.get("/files/" + fresh.String() + "/content"); r.status != http.StatusOK {
		t.Fatalf("%d", r.status)
	}
	nurse.post("/sign-out", url.Values{"csrf": {nurse.token()}})
	if r := nurse.get("/files/" + fresh.String() + "/content"); r.status != http.StatusSeeOther || strings.Contains(r.body, "PNG") {
		t.Errorf("after signing out: %d", r.status)
	}
}

func TestOlderFilesStandOnTheNextPage(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	animal := s.a.newAnimal(t)
	last := s.a.newFile(t, animal)
	s.a.write(t, s.a.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		f, err := tx.GetFileKey(ctx, db.GetFileKeyParams{TenantID: tx.Tenant, ID: last})
		if err != nil {
			return err
		}
		for range files.PageMost {
			row := id.New()
			sealed, err := s.a.keys.SealJSON(vault.Slot{Table: "files", Group: "clinical", Row: row}, map[string]string{"title": "Another"})
			if err != nil {
				return err
			}
			if err := tx.InsertFile(ctx, db.InsertFileParams{
				TenantID: tx.Tenant, ID: row, PatientID: animal, Kind: "photo", Media: f.Media, TakenOn: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Bytes: 1, Blob: "B" + strings.ReplaceAll(row.String(), "-", ""),
				AddedAt: tx.Now(), Sealed: sealed, KeyVersion: s.a.keys.KeyVersion(),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	vet := s.a.as(t, access.Veterinarian)
	r := vet.get("/patients/" + animal.String() + "/files")
	if strings.Contains(r.body, last.String()+"/thumbnail") {
		t.Error("one page has them all")
	}
	older := htmltest.Attr(t, r.body, "footer a.push", "href")
	htmltest.Has(t, vet.get(older).body, "ul.shots a[href='/files/"+last.String()+"']", "Left hip")
}
