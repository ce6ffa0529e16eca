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

// Two windows save one prescription that nobody has signed: the second sees what the first saved beside each field,
// keeps its own words, and decides.
func TestAPreparedPrescriptionThatWasOvertakenSaysWhatWasSaved(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	drug, animal := s.a.newDrug(t), s.a.dosed(t)
	for _, partial := range []bool{false, true} {
		path := "/prescription-drafts/" + s.a.prepared(t, animal, drug).String()
		vet, nurse := s.a.as(t, access.Veterinarian), s.a.as(t, access.Nurse)
		mine := htmltest.Form(t, vet.get(path).body, "#prescription-form")
		theirs := with(mine, "dose", "2", "extra", "With food")
		for range 2 { // the second is the same form again
			if r := nurse.send(path, theirs); r.status != http.StatusSeeOther {
				t.Fatalf("the first to save: %d", r.status)
			}
		}
		vet.partial = partial
		r := vet.send(path+"/signature", with(mine, "cautions", "Wear gloves"))
		r.says(t, http.StatusConflict, "#dose-mistake", "Saved meanwhile: 2")
		r.says(t, http.StatusConflict, "#extra-mistake", "Saved meanwhile: With food")
		r.says(t, http.StatusConflict, "#cautions-mistake", "Saved meanwhile: nothing")
		htmltest.Lacks(t, r.body, "#every-mistake", "")
		form := htmltest.Form(t, r.body, "#prescription-form")
		if form.Get("cautions") != "Wear gloves" || form.Get("dose") != "1.5" || form.Get("version") != "2" {
			t.Errorf("the form came back as %v", form)
		}
		if got := htmltest.Form(t, nurse.get(path).body, "#prescription-form").Get("dose"); got != "2" {
			t.Errorf("saved is %q", got)
		}
		vet.partial = false
		if r := vet.send(path, with(form, "dose", "2")); r.status != http.StatusSeeOther {
			t.Errorf("what was decided is not saved: %d", r.status)
		}
	}
}

// A prescription is signed once however often its form is sent, and its id makes no second one.
func TestASignatureSentTwiceIsOne(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	drug, animal := s.a.newDrug(t), s.a.dosed(t)
	draft := s.a.prepared(t, animal, drug).String()
	vet, nurse := s.a.as(t, access.Veterinarian), s.a.as(t, access.Nurse)
	path := "/prescription-drafts/" + draft
	form := htmltest.Form(t, vet.get(path).body, "#prescription-form")
	for range 2 {
		if r := vet.send(path+"/signature", form); r.status != http.StatusSeeOther || r.location(t) != "/prescriptions/"+draft {
			t.Fatalf("signing gives %d", r.status)
		}
	}
	if r := vet.get(path); r.status != http.StatusSeeOther || r.location(t) != "/prescriptions/"+draft {
		t.Errorf("its form gives %d", r.status)
	}
	nurse.send(path, with(form, "extra", "With food")).says(t, http.StatusConflict, "main", "signed")
	if r := nurse.send("/patients/"+animal.String()+"/prescriptions", with(form, "new_id", draft)); r.status != http.StatusSeeOther {
		t.Errorf("its id sent once more gives %d", r.status)
	}
	if n := s.count(t, `SELECT count(*) FROM app.prescription_drafts WHERE tenant_id = $1 AND id = $2`, s.a.tenant, draft); n != 0 {
		t.Error("a signed prescription is prepared once more")
	}
}

// A prescription is thrown away once, however often the button is pressed: the second press leads to the animal as well.
func TestAPreparedPrescriptionThrownAwayTwice(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	drug, animal := s.a.newDrug(t), s.a.dosed(t)
	vet := s.a.as(t, access.Veterinarian)
	discard := func(draft string) reply {
		return vet.send("/prescription-drafts/"+draft+"/discard", url.Values{"version": {"1"}})
	}
	draft := s.a.prepared(t, animal, drug).String()
	for range 2 {
		if r := discard(draft); r.status != http.StatusSeeOther || r.location(t) != "/patients/"+animal.String()+"/prescriptions" {
			t.Fatalf("throwing it away gives %d", r.status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND object_id = $2`, s.a.tenant, draft); n != 2 {
		t.Errorf("%d leaves of what was prepared and thrown away", n)
	}
	discard(s.a.prescribed(t, animal, drug).String()).says(t, http.StatusConflict, "main", "signed")
	for what, row := range map[string]string{
		"what never was": id.New().String(), "another clinic's": s.b.prepared(t, s.b.dosed(t), s.b.newDrug(t)).String(), "an animal": animal.String(),
	} {
		if r := discard(row); r.status != http.StatusNotFound {
			t.Errorf("%s gives %d", what, r.status)
		}
	}
}

// Reception sees that a medicine was stopped, by whom and when, and not why.
func TestWhyAMedicineWasStoppedIsClinical(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	drug, animal := s.a.newDrug(t), s.a.dosed(t)
	row := s.a.prescribed(t, animal, drug).String()
	vet := s.a.as(t, access.Veterinarian)
	vet.send("/prescriptions/"+row+"/stop", url.Values{"new_id": {id.New().String()}, "reason": {"Liver values have tripled"}}).location(t)
	list := "/patients/" + animal.String() + "/prescriptions"
	told := s.a.as(t, access.Receptionist).get(list)
	told.says(t, http.StatusOK, ".medicines", "Stopped")
	if strings.Contains(told.body, "tripled") {
		t.Error("reception reads why")
	}
	s.a.as(t, access.Nurse).get(list).says(t, http.StatusOK, ".medicines", "Liver values have tripled")
	vet.get("/prescriptions/"+row).says(t, http.StatusOK, ".facts", "Liver values have tripled")
}

// An answer of 409 to a part of a page is a sentence, or the form in its place: never a page or a second form in the bar.
func TestAConflictOfAPartIsASentence(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	drug, animal := s.a.newDrug(t), s.a.dosed(t)
	done := "/prescriptions/" + s.a.prescribed(t, animal, drug).String()
	vet, nurse, admin := s.a.as(t, access.Veterinarian), s.a.as(t, access.Nurse), s.a.as(t, access.PracticeAdmin)
	give := url.Values{"quantity": {"21"}, "batch": {"K2291"}, "expiry": {"11/2040"}}
	for range 2 {
		nurse.send(done+"/supplies", with(give, "new_id", id.New().String())).location(t)
	}
	note, _ := s.a.note(t)
	void := "/notes/" + note.String() + "/void"
	admin.send(void, url.Values{"new_id": {id.New().String()}, "void_reason": {"Another animal"}}).location(t)
	for _, c := range []struct {
		who  *browser
		path string
		form url.Values
	}{
		{nurse, done + "/supplies", give},
		{vet, done + "/stop", url.Values{"reason": {"Better"}}},
		{admin, void, url.Values{"void_reason": {""}}},
	} {
		c.who.partial = true
		r := c.who.send(c.path, with(c.form, "new_id", id.New().String()))
		if r.status != http.StatusConflict || strings.Contains(r.body, "<html") || strings.Contains(r.body, "<form") {
			t.Errorf("%s gives %d %.200s", c.path, r.status, r.body)
		}
	}
	page := vet.get("/snippets")
	if got := htmltest.Attr(t, page.body, "#snippet-form", "hx-status:409"); got != "swap:outerMorph" {
		t.Errorf("the form of a snippet puts a conflict %q", got)
	}
}

// What somebody typed into the list of medicines or of vaccines stays when another was faster, with theirs beside it.
// The same form once more is as good as saved.
func TestAListThatWasOvertakenKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "overtaken-lists")
	admin, vet := h.as(t, access.PracticeAdmin), h.as(t, access.Veterinarian)
	for _, c := range []struct {
		who                          *browser
		path, edit, form             string
		theirs, mine, differ, stands []string
	}{
		{
			vet, "/formulary/" + h.newDrug(t).String(), "", "#drug-form",
			[]string{"strength", "49 mg", "high-dog", "5", "licensed-cat", "yes"},
			[]string{"cautions", "Wear gloves"},
			[]string{"#strength-mistake", "49 mg", "#high-dog-mistake", "5", "#ticks-cat-mistake", "Authorised", "#cautions-mistake", "nothing"},
			[]string{"cautions", "Wear gloves", "strength", "50 mg", "version", "2"},
		},
		{
			admin, "/vaccines/" + h.cooler(t).rabies.ID.String(), "", "#vaccine-form",
			[]string{"volume", "2 ml", "species", "cat"},
			[]string{"manufacturer", "Birch Biologicals"},
			[]string{"#volume-mistake", "2 ml", "#manufacturer-mistake", "Sample", "#species-mistake", "Cat"},
			[]string{"manufacturer", "Birch Biologicals", "version", "2"},
		},
	} {
		form := htmltest.Form(t, c.who.get(c.path+"/edit").body, c.form)
		for range 2 { // the second is the same form again
			if r := c.who.send(c.path, with(form, c.theirs...)); r.status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", c.path, r.status, htmltest.Texts(t, r.body, "main"))
			}
		}
		r := c.who.send(c.path, with(form, c.mine...))
		for i := 0; i < len(c.differ); i += 2 {
			r.says(t, http.StatusConflict, c.differ[i], c.differ[i+1])
		}
		form = htmltest.Form(t, r.body, c.form)
		for i := 0; i < len(c.stands); i += 2 {
			if got := form.Get(c.stands[i]); got != c.stands[i+1] {
				t.Errorf("%s: %s came back as %q", c.path, c.stands[i], got)
			}
		}
		if r := c.who.send(c.path, form); r.status != http.StatusSeeOther {
			t.Errorf("%s: what was decided is not saved: %d", c.path, r.status)
		}
	}
}
