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
	"paddock/internal/scheduling"
)

// consult is a visit of an animal of its own that waits, with the vet's note begun from its card.
func (h *shop) consult(t *testing.T) (visit, animal id.ID, vet *browser) {
	t.Helper()
	_, animal = h.patron(t)
	visit, kind := id.New(), h.rota(t).kind
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		_, err := scheduling.AddWalkIn(ctx, tx, h.desk(), visit, scheduling.WalkIn{Patient: animal, Type: kind, Reason: "Ears"})
		return err
	})
	vet = h.as(t, access.Veterinarian)
	r := vet.submit(vet.get("/appointments/"+visit.String()), "form[action$='/consults']", nil)
	if r.status != http.StatusSeeOther {
		t.Fatalf("starting gives %d", r.status)
	}
	return visit, animal, vet
}

// A consult calls the visit in, adds to plan and bill at once, and signing sends the animal to the desk.
func TestAConsultMovesItsVisitAndChargesWhatIsDone(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "hornbeam")
	h.purse(t)
	visit, animal, vet := h.consult(t)
	if got := h.state(t, visit); got != scheduling.WithVet {
		t.Errorf("a consult begun leaves the visit %s", got)
	}
	h.estimate(t, animal, visit)
	path := "/patients/" + animal.String()
	page := vet.get(path)
	action := htmltest.Attr(t, page.body, "#add-act", "formaction")
	form := with(htmltest.Form(t, page.body, "#draft"), "subjective", "Shakes the head.", "item", "T-CONS", "quantity", "2")
	for range 2 { // the second is the same act sent again
		if r := vet.send(action, form); r.status != http.StatusSeeOther || r.location(t) != path {
			t.Fatalf("adding gives %d", r.status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM app.acts AS a JOIN app.charges AS c ON c.tenant_id = a.tenant_id AND c.id = a.charge_id
		WHERE a.tenant_id = $1 AND a.visit_id = $2 AND c.visit_id = $2 AND c.quantity = 2 AND a.quantity = 2`, h.tenant, visit); n != 1 {
		t.Errorf("%d acts with their charge", n)
	}
	page = vet.get(path)
	page.says(t, http.StatusOK, "#plan-lines", "Test consultation")
	page.says(t, http.StatusOK, "#plan-lines", "Inside the estimate")
	if got := htmltest.Form(t, page.body, "#draft").Get("subjective"); got != "Shakes the head." {
		t.Errorf("what was typed beside it is %q", got)
	}
	page.says(t, http.StatusOK, "#plan-lines", "£93.60 so far")
	form = with(htmltest.Form(t, page.body, "#draft"), "item", "T-CONS", "quantity", "1")
	if r := vet.send(action, form); r.status != http.StatusSeeOther {
		t.Fatalf("adding gives %d", r.status)
	}
	vet.get(path).says(t, http.StatusOK, "#plan-lines", "goes over the estimate")

	// What cannot be added comes back with every word.
	form = with(htmltest.Form(t, vet.get(path).body, "#draft"), "item", "Moonlight", "quantity", "many", "plan", "Drops.")
	r := vet.send(action, form)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "Moonlight")
	if got := htmltest.Form(t, r.body, "#draft"); got.Get("item") != "Moonlight" || got.Get("quantity") != "many" || got.Get("plan") != "Drops." {
		t.Errorf("what was typed is lost: %v", got)
	}

	// Reception sees what to charge, and not a word of the note.
	desk := h.as(t, access.Receptionist).get(path)
	desk.says(t, http.StatusOK, "main", "To charge")
	desk.says(t, http.StatusOK, "main", "Test consultation")
	if strings.Contains(desk.body, "Shakes the head") {
		t.Error("reception's page holds clinical text")
	}

	page = vet.get(path)
	sign, form := htmltest.Press(t, page.body, "#draft button[data-primary]")
	// Words in the field of the plan that are no line of it are not lost by signing, nor by saving.
	for _, to := range []string{sign, strings.TrimSuffix(sign, "/signature")} {
		r := vet.send(to, with(form, "item", "Nail clip"))
		r.says(t, http.StatusUnprocessableEntity, "#mistakes", "not in the plan yet")
		if got := htmltest.Form(t, r.body, "#draft").Get("item"); got != "Nail clip" {
			t.Errorf("%s gives back %q", to, got)
		}
	}
	note := vet.post(sign, form).location(t)
	if got := h.state(t, visit); got != scheduling.Ready {
		t.Errorf("a consult signed leaves the visit %s", got)
	}
	vet.get(note).says(t, http.StatusOK, ".read", "Test consultation")
	if r := vet.send(action, with(form, "new_id", id.New().String(), "item", "T-CONS", "quantity", "1")); r.location(t) != note {
		t.Errorf("an act after the signature gives %d", r.status)
	}
	if n := s.count(t, `SELECT count(*) FROM app.notes WHERE tenant_id = $1 AND visit_id = $2`, h.tenant, visit); n != 1 {
		t.Errorf("%d notes of the visit", n)
	}
}

// By script an act that cannot be added leaves the note as it stands, and one that is sent again brings the words
// that were written meanwhile.
func TestAnActIsAddedToTheNoteAtWork(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "hackberry")
	h.purse(t)
	visit, animal, vet := h.consult(t)
	path := "/patients/" + animal.String()
	page := vet.get(path)
	action := htmltest.Attr(t, page.body, "#add-act", "formaction")
	vet.partial = true
	form := with(htmltest.Form(t, page.body, "#draft"), "plan", "Drops.", "item", "T-CONS", "quantity", "1")
	vet.send(action, form).says(t, http.StatusOK, "#plan-lines", "Test consultation")
	again := vet.send(action, with(form, "version", "2", "plan", "Drops twice a day."))
	again.says(t, http.StatusOK, "#plan-lines", "Test consultation")
	if n := s.count(t, `SELECT count(*) FROM app.acts WHERE tenant_id = $1 AND visit_id = $2`, h.tenant, visit); n != 1 {
		t.Errorf("%d acts", n)
	}
	version := htmltest.Attr(t, again.body, "input[name=version]", "value")
	long := vet.send(action, with(form, "version", version, "new_id", id.New().String(), "plan", strings.Repeat("x", 50_001)))
	long.says(t, http.StatusUnprocessableEntity, "#plan-lines", "The note has a mistake")
	htmltest.Lacks(t, long.body, "#draft", "")
	s.exec(t, `SET session_replication_role = replica; UPDATE app.appointments SET state = 'done' WHERE id = '`+visit.String()+`'; RESET session_replication_role`) // as from elsewhere, with its bill open
	over := vet.send(action, with(form, "version", version, "new_id", id.New().String()))
	over.says(t, http.StatusUnprocessableEntity, "#plan-lines", "This visit is over")
	vet.partial = false
	if got := htmltest.Form(t, vet.get(path).body, "#draft").Get("plan"); got != "Drops twice a day." {
		t.Errorf("the plan is %q", got)
	}
}

// Nobody adds to another's note, and a nurse to none.
func TestAnActIsItsAuthorsToAdd(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "whitebeam")
	h.purse(t)
	draft, animal := h.draft(t, access.Veterinarian)
	form := with(noteForm(), "version", "2", "patient", animal.String(), "new_id", id.New().String(), "item", "T-CONS", "quantity", "1")
	for role, want := range map[string]int{access.Nurse: http.StatusForbidden, access.Receptionist: http.StatusForbidden, access.PracticeAdmin: http.StatusForbidden} {
		if r := h.as(t, role).send("/drafts/"+draft.String()+"/acts", form); r.status != want {
			t.Errorf("%s gets %d", role, r.status)
		}
	}
	other := h.newAnimal(t)
	if r := h.as(t, access.Veterinarian).send("/drafts/"+draft.String()+"/acts", with(form, "patient", other.String())); r.status != http.StatusConflict {
		t.Errorf("an act from another animal's page gives %d", r.status)
	}
	if n := s.count(t, `SELECT count(*) FROM app.acts WHERE tenant_id = $1`, h.tenant); n != 0 {
		t.Errorf("%d acts", n)
	}
}

// The browser's "Rest normal" works without script, and says what it filled.
func TestRestNormalFillsWhatNothingWasSaidOf(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "sallow")
	_, animal := h.draft(t, access.Veterinarian)
	vet := h.as(t, access.Veterinarian)
	page := vet.get("/patients/" + animal.String())
	form := with(htmltest.Form(t, page.body, "#draft"), "exam_ears", "abnormal", "exam_eyes", "normal", "temperature", "boiling", "rest", "normal")
	action := htmltest.Attr(t, page.body, "#draft", "action")
	page = vet.get(vet.send(action, form).location(t))
	got := htmltest.Form(t, page.body, "#draft")
	for name, want := range map[string]string{"exam_ears": "abnormal", "exam_eyes": "normal", "exam_skin": "rest", "temperature": "boiling"} {
		if got.Get(name) != want {
			t.Errorf("%s is %q", name, got.Get(name))
		}
	}
	sign, form := htmltest.Press(t, page.body, "#draft button[data-primary]")
	r := vet.post(sign, form)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "temperature")
	note := vet.send(sign, with(url.Values(form), "temperature", "39.4")).location(t)
	page = vet.get(note)
	for _, want := range []string{"39.4 °C", "Ears", "Normal, with the rest"} {
		page.says(t, http.StatusOK, ".read", want)
	}
}

// snippet is words for notes.
func (h *shop) snippet(t *testing.T) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Veterinarian), func(ctx context.Context, tx *db.Tx) error {
		return records.AddSnippet(ctx, tx, h.keys, row, records.Snippet{Name: "s" + row.String()[28:], Text: "Canals clean. [side?]"})
	})
	return row
}
