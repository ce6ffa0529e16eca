package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"paddock/internal/access"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/htmltest"
	"paddock/internal/id"
)

// twoTexts is a draft that the vet has saved in one window and then, from the same beginning, in another, which met
// the first by itself.
func (h *shop) twoTexts(t *testing.T) (vet *browser, draft, animal id.ID, mine url.Values) {
	t.Helper()
	vet = h.as(t, access.Veterinarian)
	draft, animal = h.draft(t, access.Veterinarian)
	window := func(w string, more ...string) url.Values {
		return with(url.Values{"version": {"2"}, "patient": {animal.String()}, "window": {w}, "subjective": {soap.Subjective}, "objective": {soap.Objective}, "assessment": {soap.Assessment}, "plan": {soap.Plan}}, more...)
	}
	if r := vet.send("/drafts/"+draft.String(), window(newID(), "plan", "First window's plan", "objective", "T 38.6")); r.status != http.StatusSeeOther {
		t.Fatal(r.status)
	}
	mine = window(newID(), "plan", "Second window's plan", "subjective", "Mine alone")
	auto := vet.copyOf(t)
	auto.partial = true
	auto.send("/drafts/"+draft.String(), mine).says(t, http.StatusConflict, "[data-clash]", "This text is kept too")
	return vet, draft, animal, mine
}

func (s *site) sides(t *testing.T, draft id.ID) int {
	t.Helper()
	return s.count(t, `SELECT count(*) FROM app.draft_sides WHERE draft_id = $1`, draft)
}

// What a second window wrote is on the server before anybody chooses: it is found at another computer, after this
// window is gone, and whichever is pressed nothing goes unasked.
func TestASecondTextIsKeptUntilItsAuthorChose(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	for _, partial := range []bool{false, true} {
		_, draft, animal, mine := s.a.twoTexts(t)
		path := "/drafts/" + draft.String()
		elsewhere := s.a.as(t, access.Veterinarian)
		page := elsewhere.get("/patients/" + animal.String())
		if href := htmltest.Attr(t, page.body, "#draft a[href$='/texts']", "href"); href != path+"/texts" {
			t.Fatalf("the open note leads to its second text at %q", href)
		}
		if got := htmltest.Form(t, page.body, "#draft").Get("plan"); got != "First window's plan" {
			t.Errorf("the note holds %q", got)
		}
		// Not signed before that.
		if to := elsewhere.send(path+"/signature", htmltest.Form(t, page.body, "#draft")).location(t); to != path+"/texts" {
			t.Errorf("signing leads to %s", to)
		}
		elsewhere.partial = partial
		both := elsewhere.get(path + "/texts")
		both.says(t, http.StatusOK, ".diff", "Second window's plan")
		both.says(t, http.StatusOK, ".diff", "First window's plan")
		if found := s.leaves(t, s.a, both.request()); len(found) == 0 {
			t.Error("the comparison is not on record")
		}
		form := htmltest.Form(t, both.body, "#conflict")
		if form.Get("subjective") != "Mine alone" || form.Get("objective") != "T 38.6" {
			t.Errorf("what one window alone changed is not joined: %v", form)
		}
		again := elsewhere.send(path, form) // without a choice
		again.says(t, http.StatusConflict, "#conflict", "Choose which")
		if s.sides(t, draft) != 1 {
			t.Fatal("the second text is gone before a choice")
		}
		form = htmltest.Form(t, again.body, "#conflict")
		joined := htmltest.Attr(t, again.body, "input[aria-label$='one under the other']", "value")
		if joined != "First window's plan\n\nSecond window's plan" {
			t.Errorf("both are %q", joined)
		}
		if to := elsewhere.send(path, with(form, "plan", joined)).location(t); to != "/patients/"+animal.String() {
			t.Errorf("after choosing comes %s", to)
		}
		elsewhere.partial = false
		page = elsewhere.get("/patients/" + animal.String())
		htmltest.Lacks(t, page.body, "#draft a[href$='/texts']", "")
		saved := htmltest.Form(t, page.body, "#draft")
		if got := strings.ReplaceAll(saved.Get("plan"), "\r\n", "\n"); got != joined || saved.Get("subjective") != "Mine alone" || saved.Get("objective") != "T 38.6" {
			t.Errorf("saved is %v", saved)
		}
		// The window that was left open writes on: its words meet the choice, and are kept again.
		stale := elsewhere.copyOf(t)
		stale.partial = true
		stale.send(path, with(mine, "plan", "Second window's plan, and more")).says(t, http.StatusConflict, "[data-clash]", "kept too")
		if s.sides(t, draft) != 1 {
			t.Error("words after the choice are kept nowhere")
		}
		// Keeping what is saved takes the other away, from the note and not from the record of changes.
		form = htmltest.Form(t, elsewhere.get(path+"/texts").body, "#conflict")
		if to := elsewhere.send(path, with(form, "keep", "saved")).location(t); to != "/patients/"+animal.String() {
			t.Errorf("keeping what is saved leads to %s", to)
		}
		if to := elsewhere.get(path + "/texts").location(t); s.sides(t, draft) != 0 || to != "/patients/"+animal.String() {
			t.Errorf("the second text is still there, or %s", to)
		}
		if n := s.count(t, `SELECT count(*) FROM app.changes WHERE object = 'draft-side' AND object_id = $1`, mine.Get("window")); n < 3 {
			t.Errorf("its history has %d entries", n)
		}
		if to := elsewhere.send(path+"/signature", saved).location(t); to != "/notes/"+draft.String() {
			t.Errorf("signing at last leads to %s", to)
		}
	}
}

// The database keeps a draft from going while it has a second text, whatever a program forgets.
func TestADraftWithASecondTextCannotGo(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	_, draft, _, _ := s.a.twoTexts(t)
	if _, err := s.super.Exec(t.Context(), `DELETE FROM app.drafts WHERE id = $1`, draft); err == nil || !strings.Contains(err.Error(), "draft_sides_draft") {
		t.Errorf("deleting it gives %v", err)
	}
}

// A second text is its author's: nobody else sees or drops it, and a form that names a foreign one drops nothing.
func TestASecondTextIsItsAuthors(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	_, draft, animal, mine := s.a.twoTexts(t)
	theirs, _, _, other := s.b.twoTexts(t)
	for _, role := range []string{access.Receptionist, access.Nurse, access.PracticeAdmin} {
		if r := s.a.as(t, role).get("/drafts/" + draft.String() + "/texts"); r.status != http.StatusForbidden || strings.Contains(r.body, "plan") && strings.Contains(r.body, "window's") {
			t.Errorf("%s asks for both texts: %d", role, r.status)
		}
	}
	colleague := s.a.colleague(t)
	for what, r := range map[string]reply{
		"both texts": colleague.get("/drafts/" + draft.String() + "/texts"),
		"a choice":   colleague.send("/drafts/"+draft.String(), with(mine, "side", mine.Get("window"), "keep", "saved")),
	} {
		if r.status != http.StatusForbidden || strings.Contains(r.body, "window's plan") {
			t.Errorf("another vet at %s: %d", what, r.status)
		}
	}
	vet := s.a.as(t, access.Veterinarian)
	second, about := s.a.draft(t, access.Veterinarian)
	for _, side := range []string{mine.Get("window"), other.Get("window"), newID(), "x"} {
		vet.send("/drafts/"+second.String(), url.Values{"patient": {about.String()}, "keep": {"saved"}, "side": {side}})
	}
	if r := theirs.send("/drafts/"+draft.String(), with(mine, "keep", "saved", "side", mine.Get("window"))); r.status != http.StatusNotFound {
		t.Errorf("another clinic's vet gets %d", r.status)
	}
	if s.sides(t, draft) != 1 {
		t.Error("a text was dropped by somebody else's form")
	}
	// A window of another note is no window of this one, and of another animal's page nothing is kept.
	clash := vet.copyOf(t)
	clash.partial = true
	if r := clash.send("/drafts/"+second.String(), with(mine, "patient", about.String(), "version", "1", "plan", "Stray")); r.status != http.StatusNotFound {
		t.Errorf("another note's window gives %d", r.status)
	}
	if r := clash.send("/drafts/"+second.String(), with(mine, "patient", animal.String(), "version", "1", "window", newID())); r.status != http.StatusConflict || s.sides(t, second) != 0 {
		t.Errorf("another animal's page: %d", r.status)
	}
}

// After an idle lock, and after the session ended, what could not be sent is kept as a form; sent from there it meets
// what was saved meanwhile, and both stay.
func TestAKeptDraftMeetsWhatWasSavedMeanwhile(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	vet := s.a.as(t, access.Veterinarian)
	draft, animal := s.a.draft(t, access.Veterinarian)
	path := "/drafts/" + draft.String()
	form := with(noteForm(), "version", "2", "patient", animal.String(), "window", newID(), "plan", "Typed before the lock")
	token := vet.token()
	vet.send("/lock", url.Values{})
	r := vet.post(path, with(form, "csrf", token))
	if r.status != http.StatusUnauthorized {
		t.Fatalf("into the lock: %d", r.status)
	}
	if other := s.a.as(t, access.Veterinarian).send(path, with(form, "plan", "Saved at another computer", "window", newID())); other.status != http.StatusSeeOther {
		t.Fatal(other.status)
	}
	unlock := htmltest.Form(t, r.body, "form[action='/unlock']")
	vet.csrf = nil
	to := vet.post("/unlock", with(unlock, "passphrase", passphrase)).location(t)
	if !strings.HasPrefix(to, "/kept/") {
		t.Fatalf("unlocking leads to %s", to)
	}
	again := vet.get(to)
	kept := htmltest.Form(t, again.body, "main form")
	both := vet.post(htmltest.Attr(t, again.body, "main form", "action"), kept)
	both.says(t, http.StatusConflict, ".diff", "Typed before the lock")
	both.says(t, http.StatusConflict, ".diff", "Saved at another computer")
	if s.sides(t, draft) != 1 {
		t.Error("the kept text is in no row when the comparison is shown")
	}
}

// A lost line while a second text is kept loses none and makes no third.
func TestALostLineKeepsOneSecondText(t *testing.T) {
	t.Parallel()
	fake := clock.NewFake(time.Now())
	e := dbtest.NewAt(t, fake)
	cutter := dbtest.PutCutter(t, e)
	s := siteOn(t, e, fake)
	h := s.shop(t, "alder")
	for _, at := range []dbtest.Cut{dbtest.CutBeforeCommit, dbtest.CutBeforeAnswers, dbtest.CutBeforeItsAnswer} {
		vet, draft, animal, mine := h.twoTexts(t)
		path, form := "/drafts/"+draft.String(), with(mine, "plan", "Written while the line went", "csrf", vet.token())
		var r reply
		cutter.During(t, at, func() { r = vet.post(path, form) })
		if r.status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", at, r.status)
		}
		both := vet.post(path, form)
		both.says(t, http.StatusConflict, ".diff", "Written while the line went")
		if n := s.sides(t, draft); n != 1 {
			t.Errorf("%s: %d second texts", at, n)
		}
		choice := with(htmltest.Form(t, both.body, "#conflict"), "plan", "Chosen")
		cutter.During(t, at, func() { r = vet.post(path, choice) })
		if r.status != http.StatusServiceUnavailable {
			t.Errorf("%s, choosing: %d", at, r.status)
		}
		if to := vet.post(path, choice).location(t); to != "/patients/"+animal.String() || s.sides(t, draft) != 0 {
			t.Errorf("%s: chosen again it leads to %s", at, to)
		}
		if got := htmltest.Form(t, vet.get("/patients/"+animal.String()).body, "#draft").Get("plan"); got != "Chosen" {
			t.Errorf("%s: saved is %q", at, got)
		}
	}
}
