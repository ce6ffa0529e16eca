package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/records"
)

// A problem is begun by a vet, keeps what was said of it, and gives back what was typed wrong.
func TestAProblemIsBegunChangedAndResolved(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "problem-elder")
	animal := h.newAnimal(t)
	path := "/patients/" + animal.String()
	vet := h.as(t, access.Veterinarian)
	vet.get(path).says(t, http.StatusOK, "#problems", "No problem that lasts")
	page := vet.get(htmltest.Attr(t, vet.get(path).body, "#problems a", "href"))
	form := with(htmltest.Form(t, page.body, "#problem-form"), "title", "ear", "since", "next year", "remark", "Smells <b>")
	for _, vet.partial = range []bool{false, true} {
		r := vet.send(path+"/problems", form)
		r.says(t, http.StatusUnprocessableEntity, "#mistakes", "choose one, or keep yours")
		again := htmltest.Form(t, r.body, "#problem-form")
		if again.Get("title") != "ear" || again.Get("since") != "next year" || again.Get("remark") != "Smells <b>" || again.Get("new_id") != form.Get("new_id") {
			t.Errorf("given back: %v", again)
		}
		htmltest.Has(t, r.body, "#problem-form button[name='code']", "Ear inflammation")
	}
	vet.partial = false
	form.Set("since", "")
	form.Set("title", "EARS") // a code exactly
	for range 2 {
		if r := vet.send(path+"/problems", form); r.location(t) != path {
			t.Fatalf("adding gives %d", r.status)
		}
	}
	page = vet.get(path)
	page.says(t, http.StatusOK, "#problems", "Ear inflammation")
	one := htmltest.Attr(t, page.body, "#problems .list a", "href")
	page = vet.get(one)
	page.says(t, http.StatusOK, "main", "EARS, Clinic's own 1")
	stale := htmltest.Form(t, page.body, "#problem-form")
	change := with(stale, "state", "controlled", "severity", "mild")
	if r := vet.send(one, change); r.location(t) != one {
		t.Fatalf("changing gives %d", r.status)
	}
	stale.Set("new_id", id.New().String())
	stale.Set("state", "resolved")
	stale.Set("remark", "Mine")
	r := vet.send(one, stale)
	r.says(t, http.StatusConflict, "#mistakes", "Somebody else changed")
	again := htmltest.Form(t, r.body, "#problem-form")
	if again.Get("remark") != "Mine" || again.Get("state") != "resolved" {
		t.Errorf("given back: %v", again)
	}
	if r := vet.send(one, again); r.location(t) != one {
		t.Fatalf("saving all the same gives %d", r.status)
	}
	page = vet.get(one)
	for _, word := range []string{"Active", "Watched", "Resolved"} {
		page.says(t, http.StatusOK, ".addenda", word)
	}
	vet.get(path).says(t, http.StatusOK, "#problems details", "Ear inflammation")
}

// Reception's page selects nothing of a problem and names none; a nurse reads and does not write.
func TestWhoSeesProblems(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	h := s.a
	animal := h.newAnimal(t)
	problem := h.problem(t, animal)
	path := "/patients/" + animal.String()
	nurse := h.as(t, access.Nurse)
	nurse.get(path).says(t, http.StatusOK, "#problems", "Ear mites")
	htmltest.Lacks(t, nurse.get(path).body, "#problems a[aria-label]", "Add")
	htmltest.Lacks(t, nurse.get("/problems/"+problem.String()).body, "#problem-form", "")
	for _, table := range []string{"problem_states", "diagnoses", "draft_diagnoses"} {
		s.exec(t, `REVOKE SELECT ON app.`+table+` FROM paddock_app`)
	}
	desk := h.as(t, access.Receptionist)
	r := desk.get(path)
	if r.status != http.StatusOK || strings.Contains(r.body, "Ear mites") {
		t.Errorf("reception's page gives %d", r.status)
	}
	htmltest.Lacks(t, r.body, "#problems", "")
	if r := nurse.get(path); r.status != http.StatusInternalServerError {
		t.Errorf("the nurse's page did without the table: %d", r.status)
	}
	// With the right, but without the field of clinical text.
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertRoleRights(ctx, db.InsertRoleRightsParams{TenantID: tx.Tenant, RoleID: h.roleID(t, access.Receptionist), Allowed: []string{string(access.ClinicalRead), string(access.ClinicalWrite)}})
	})
	for _, p := range []string{"/problems/" + problem.String(), path + "/problems/new"} {
		if r := desk.get(p); r.status != http.StatusNotFound {
			t.Errorf("%s without the field gives %d", p, r.status)
		}
	}
}

// A diagnosis is noted in an open note by its words, a code or a choice, and closed with it; without script and with.
func TestADiagnosisIsNotedAndClosedWithTheNote(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "diagnosis-rowan")
	draft, animal := h.draft(t, access.Veterinarian)
	watched := h.problem(t, animal)
	path, action := "/patients/"+animal.String(), "/drafts/"+draft.String()+"/diagnoses"
	vet := h.as(t, access.Veterinarian)
	form := func() url.Values { return htmltest.Form(t, vet.get(path).body, "#draft") }

	// Without script: words like those of a list ask which, and the whole note comes back as typed.
	r := vet.send(action, with(form(), "plan", "Ears, twice a day", "diagnosis", "ear", "certainty", "confirmed", "lasting", "yes"))
	r.says(t, http.StatusUnprocessableEntity, "#findings", "choose one, or keep yours")
	again := htmltest.Form(t, r.body, "#draft")
	if again.Get("plan") != "Ears, twice a day" || again.Get("diagnosis") != "ear" || again.Get("certainty") != "confirmed" || again.Get("lasting") != "yes" {
		t.Errorf("given back: %v", again)
	}
	code := htmltest.Attr(t, r.body, "#findings button[name='code']", "value")
	for range 2 {
		if r := vet.send(action, with(again, "code", code)); r.location(t) != path {
			t.Fatalf("choosing gives %d", r.status)
		}
	}
	// With script: the part alone comes back, and the letters find the lists.
	vet.partial = true
	vet.send("/codes/found", url.Values{"draft": {draft.String()}, "diagnosis": {"ear inf"}}).says(t, http.StatusOK, "[role=listbox]", "Ear inflammation")
	if r := h.as(t, access.Nurse).send("/codes/found", url.Values{"draft": {draft.String()}, "diagnosis": {"ear"}}); r.status != http.StatusForbidden {
		t.Errorf("a nurse finds codes: %d", r.status)
	}
	vet.partial = false
	now := form()
	vet.partial = true
	vet.send(action, with(now, "diagnosis", "Broken heart", "certainty", "ruled-out", "lasting", "yes")).says(t, http.StatusUnprocessableEntity, "#findings", "kept as no problem")
	r = vet.send(action, with(now, "diagnosis", "Broken heart", "certainty", "ruled-out", "lasting", ""))
	now.Del("lasting")
	if r.status != http.StatusOK { // an empty box is not ticked
		r = vet.send(action, with(now, "diagnosis", "Broken heart", "certainty", "ruled-out"))
	}
	r.says(t, http.StatusOK, "#findings", "Broken heart")
	r = vet.send(action+"/removal", with(now, "version", htmltest.Attr(t, r.body, "input[name='version']", "value"), "drop", htmltest.Attr(t, r.body, "#findings li:last-child button[name='drop']", "value")))
	if r.status != http.StatusOK || strings.Contains(r.body, "Broken heart") {
		t.Errorf("taking it out gives %d", r.status)
	}
	r = vet.send("/drafts/"+draft.String()+"/problems", with(now, "finding_id", id.New().String(), "version", htmltest.Attr(t, r.body, "input[name='version']", "value"), "problem", watched.String()))
	r.says(t, http.StatusOK, "#findings .tag", "Ear mites")
	vet.partial = false
	if r := vet.send("/drafts/"+draft.String()+"/signature", form()); r.location(t) != "/notes/"+draft.String() {
		t.Fatalf("signing gives %d", r.status)
	}
	page := vet.get("/notes/" + draft.String())
	page.says(t, http.StatusOK, ".note", "EARS, Clinic's own 1")
	page.says(t, http.StatusOK, ".note", "Confirmed")
	problem := vet.get(htmltest.Attr(t, page.body, ".soap a[href^='/problems/']", "href"))
	problem.says(t, http.StatusOK, "main", "Came up in the note")
	vet.get(path).says(t, http.StatusOK, "#problems", "Came up in 1 note")
	if n := s.count(t, `SELECT count(*) FROM app.draft_diagnoses WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d are left of the draft", n)
	}
	if r := vet.send(action, with(now, "diagnosis", "Late")); r.location(t) != "/notes/"+draft.String() {
		t.Errorf("after the signature: %d", r.status)
	}
}

// A trainee's note waits for a co-signature and says so wherever it stands, until a vet gives one.
func TestATraineesNoteWaitsAndIsCosigned(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "cosign-aspen")
	draft, animal := h.draft(t, access.Trainee)
	path, note := "/patients/"+animal.String(), "/notes/"+draft.String()
	trainee, vet := h.as(t, access.Trainee), h.as(t, access.Veterinarian)
	page := trainee.get(path)
	page.says(t, http.StatusOK, "#draft", "Sign for co-signature")
	form := htmltest.Form(t, page.body, "#draft")
	for _, p := range []string{"/drafts/" + draft.String() + "/signature", note + "/co-signature"} {
		if r := trainee.send(p, form); r.status != http.StatusForbidden {
			t.Errorf("a trainee at %s gets %d", p, r.status)
		}
	}
	htmltest.Lacks(t, vet.get("/today").body, "#to-cosign", "")
	if r := trainee.send("/drafts/"+draft.String()+"/hand-over", form); r.location(t) != note {
		t.Fatalf("handing over gives %d", r.status)
	}
	htmltest.Lacks(t, trainee.get("/today").body, "#to-cosign", "")
	for role, b := range map[string]*browser{"trainee": trainee, "vet": vet, "nurse": h.as(t, access.Nurse), "reception": h.as(t, access.Receptionist)} {
		if r := b.get(path); !strings.Contains(r.body, "waiting for co-signature") {
			t.Errorf("the history of %s does not say that it waits", role)
		}
	}
	trainee.get(note).says(t, http.StatusOK, ".note", "Not approved")
	htmltest.Lacks(t, trainee.get(note).body, "#cosign-form", "")
	vet.get("/today").says(t, http.StatusOK, "#to-cosign", "Trainee O'")
	page = vet.get(note)
	page.says(t, http.StatusOK, ".note", "Waiting for co-signature")
	form = with(htmltest.Form(t, page.body, "#cosign-form"), "remark", strings.Repeat("x", 50_001))
	r := vet.send(note+"/co-signature", form)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "50,000 letters")
	if htmltest.Form(t, r.body, "#cosign-form").Get("remark") != form.Get("remark") {
		t.Error("the remark is gone")
	}
	form.Set("remark", "Recheck the gut on Friday.")
	for range 2 {
		if r := vet.send(note+"/co-signature", form); r.location(t) != note {
			t.Fatalf("co-signing gives %d", r.status)
		}
	}
	page = vet.get(note)
	page.says(t, http.StatusOK, ".note footer", "Co-signed by "+h.people[access.Veterinarian].Name)
	page.says(t, http.StatusOK, ".addenda", "Recheck the gut on Friday.")
	htmltest.Lacks(t, page.body, ".note", "Not approved")
	htmltest.Lacks(t, vet.get("/today").body, "#to-cosign", "")
	if strings.Contains(vet.get(path).body, "waiting for co-signature") {
		t.Error("the history still says that it waits")
	}
	// A note that needs none, and one that is void.
	plain, _ := h.note(t)
	if r := vet.send("/notes/"+plain.String()+"/co-signature", url.Values{}); r.status != http.StatusConflict {
		t.Errorf("a note that does not wait: %d", r.status)
	}
	void := h.handed(t)
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return records.Void(ctx, tx, h.keys, id.New(), void, "Another animal")
	})
	htmltest.Lacks(t, vet.get("/notes/"+void.String()).body, "#cosign-form", "")
	htmltest.Lacks(t, vet.get("/today").body, "#to-cosign", "")
}
