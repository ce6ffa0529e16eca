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
	"paddock/internal/registry"
)

// client reads a client behind the pages.
func (h *shop) read(t *testing.T, row id.ID) (c registry.ClientView) {
	t.Helper()
	if err := h.site.env.Store.Read(context.Background(), h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = registry.OpenClient(ctx, tx, h.keys, row)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return c
}

// Two windows save one client: what only one changed is joined, what both changed is chosen, and
// nothing of either is lost on the way.
func TestTwoWindowsSaveOneClient(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	for _, partial := range []bool{false, true} {
		row := s.a.newClient(t)
		desk, nurse := s.a.as(t, access.Receptionist), s.a.as(t, access.Nurse)
		mine, theirs := desk.get("/clients/"+row.String()+"/edit"), nurse.get("/clients/"+row.String()+"/edit")
		if r := nurse.submit(theirs, "#client-form", map[string]string{"family_name": "Quillfeather", "email": "new@example.org"}); r.status != http.StatusSeeOther {
			t.Fatalf("the first to save: %d", r.status)
		}
		desk.partial = partial
		r := desk.submit(mine, "#client-form", map[string]string{"family_name": "Quill-O'Hara", "phone_1": "07700 900888"})
		r.says(t, http.StatusConflict, "#conflict", s.a.people[access.Nurse].Name)
		r.says(t, http.StatusConflict, "#conflict", "Quill-O'Hara")
		r.says(t, http.StatusConflict, "#conflict", "Quillfeather")
		if c := s.a.read(t, row); c.LastName != "Quillfeather" || c.Version != 2 {
			t.Fatalf("the second to save changed it unasked: %+v", c)
		}
		if found := s.leaves(t, s.a, r.request()); len(found) == 0 {
			t.Error("the comparison shows what somebody saved, and is not on record")
		}
		// Sent without choosing: the page asks again and still holds both, joined fields too.
		form := htmltest.Form(t, r.body, "#conflict")
		if form.Has("family_name") {
			t.Fatal("something was chosen already")
		}
		again := desk.send("/clients/"+row.String(), form)
		again.says(t, http.StatusConflict, "#conflict", "Choose which")
		again.says(t, http.StatusConflict, "#conflict", "Quill-O'Hara")
		form = htmltest.Form(t, again.body, "#conflict")
		for name, want := range map[string]string{"phone_1": "07700 900888", "email": "new@example.org", "given_name": "Ada"} {
			if got := form.Get(name); got != want {
				t.Errorf("%s, changed by one only, is %q, want %q", name, got, want)
			}
		}
		r = desk.send("/clients/"+row.String(), with(form, "family_name", "Quill-O'Hara"))
		if to := r.location(t); to != "/clients/"+row.String() {
			t.Errorf("after choosing comes %s", to)
		}
		c := s.a.read(t, row)
		if c.LastName != "Quill-O'Hara" || c.Email != "new@example.org" || len(c.Phones) != 1 || c.Phones[0].Number != "07700 900888" || c.FirstName != "Ada" {
			t.Errorf("saved is %+v", c.Client)
		}
	}
}

// A third save while somebody still chooses is not overwritten by the choice.
func TestAThirdSaveWhileChoosingIsNotLost(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	row := s.a.newClient(t)
	path := "/clients/" + row.String()
	desk, nurse := s.a.as(t, access.Receptionist), s.a.as(t, access.Nurse)
	mine := desk.get(path + "/edit")
	nurse.submit(nurse.get(path+"/edit"), "#client-form", map[string]string{"family_name": "Second"})
	r := desk.submit(mine, "#client-form", map[string]string{"family_name": "Mine"})
	nurse.submit(nurse.get(path+"/edit"), "#client-form", map[string]string{"email": "third@example.org"})
	r = desk.send(path, htmltest.Form(t, r.body, "#conflict")) // nothing chosen
	r.says(t, http.StatusConflict, "#conflict", "Choose which")
	for range 3 {
		form := htmltest.Form(t, r.body, "#conflict")
		for _, name := range form["choose"] {
			form.Set(name, form.Get("mine."+name))
			if name == "email" {
				form.Set(name, "third@example.org")
			}
		}
		if r = desk.send(path, form); r.status == http.StatusSeeOther {
			break
		}
	}
	if c := s.a.read(t, row); c.LastName != "Mine" || c.Email != "third@example.org" {
		t.Errorf("saved is %s, %q: the third save was overwritten unseen", c.LastName, c.Email)
	}
}

// The same for a patient, and a form that names no version or a wild one overwrites nothing.
func TestAStaleFormOverwritesNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	vet := s.a.as(t, access.Veterinarian)
	animal := s.a.newAnimal(t)
	path := "/patients/" + animal.String()
	stale := vet.get(path + "/edit")
	if r := vet.submit(vet.get(path+"/edit"), "#patient-form", map[string]string{"name": "Pippa", "age": "3 y"}); r.status != http.StatusSeeOther {
		t.Fatal(r.status)
	}
	r := vet.submit(stale, "#patient-form", map[string]string{"name": "Pipkin", "colour": "tabby"})
	r.says(t, http.StatusConflict, "#conflict", "Pippa")
	r.says(t, http.StatusConflict, "#conflict", "Pipkin")
	for _, version := range []string{"", "0", "1", "-1", "99", "9223372036854775807", "99999999999999999999", "2x", "١"} {
		r := vet.send(path, with(patientForm(), "name", "Overwritten", "version", version))
		if r.status != http.StatusConflict {
			t.Errorf("version %q gives %d", version, r.status)
		}
	}
	htmltest.Has(t, vet.get(path).body, "h1", "Pippa")
	form := htmltest.Form(t, r.body, "#conflict")
	if r := vet.send(path, with(form, "name", "Pipkin")); r.status != http.StatusSeeOther {
		t.Fatalf("chosen: %d", r.status)
	}
	page := htmltest.Form(t, vet.get(path+"/edit").body, "#patient-form")
	if page.Get("name") != "Pipkin" || page.Get("colour") != "tabby" || page.Get("age")+page.Get("born") == "" {
		t.Errorf("saved is %v", page)
	}
}

// A mistake in a patient's form keeps what was typed and whose the animal is.
func TestAMistakeKeepsWhatWasTypedAndTheOwner(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	vet := s.a.as(t, access.Veterinarian)
	path := "/patients/" + s.a.newAnimal(t).String()
	for _, partial := range []bool{false, true} {
		vet.partial = false
		page := vet.get(path + "/edit")
		vet.partial = partial
		r := vet.submit(page, "#patient-form", map[string]string{"name": "Zoë <i>", "born": "31-Feb-2020"})
		r.says(t, http.StatusUnprocessableEntity, ".owner", "Canaryalder")
		if form := htmltest.Form(t, r.body, "#patient-form"); form.Get("name") != "Zoë <i>" || form.Get("born") != "31-Feb-2020" || form.Get("version") != "1" {
			t.Errorf("the form came back as %v", form)
		}
	}
	vet.partial = false
	bad := with(patientForm(), "name", "x", "born", "31-Feb-2020", "version", "1")
	for _, row := range []id.ID{s.b.animal, id.New()} {
		if r := vet.send("/patients/"+row.String(), bad); r.status != http.StatusNotFound {
			t.Errorf("a mistake about an animal that is not here gives %d", r.status)
		}
	}
}

// Two windows on one draft: the autosave says so, and the page compares.
func TestTwoWindowsOnOneDraft(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	vet := s.a.as(t, access.Veterinarian)
	draft, about := s.a.draft(t, access.Veterinarian)
	path := "/drafts/" + draft.String()
	form := func(more ...string) url.Values {
		return with(url.Values{"version": {"2"}, "patient": {about.String()}, "subjective": {soap.Subjective}, "objective": {soap.Objective}, "assessment": {soap.Assessment}, "plan": {soap.Plan}}, more...)
	}
	if r := vet.send(path, form("plan", "Theirs", "objective", "T 38.6")); r.status != http.StatusSeeOther {
		t.Fatal(r.status)
	}
	auto := vet.copyOf(t)
	auto.partial = true
	auto.send(path, form("plan", "Mine")).says(t, http.StatusConflict, "[data-clash]", "another window")
	r := vet.send(path, form("plan", "Mine", "subjective", "Mine too"))
	r.says(t, http.StatusConflict, "#conflict", "Mine")
	r.says(t, http.StatusConflict, "#conflict", "Theirs")
	chosen := with(htmltest.Form(t, r.body, "#conflict"), "plan", "Mine")
	if to := vet.send(path, chosen).location(t); to != "/patients/"+about.String() {
		t.Errorf("after choosing comes %s", to)
	}
	saved := htmltest.Form(t, vet.get("/patients/"+about.String()).body, "#draft")
	if saved.Get("plan") != "Mine" || saved.Get("objective") != "T 38.6" || saved.Get("subjective") != "Mine too" || saved.Get("assessment") != soap.Assessment {
		t.Errorf("saved is %v", saved)
	}
	// Signed in one window, the other is led to the note and changes nothing.
	if r := vet.send(path+"/signature", form("version", "4", "plan", "Mine", "subjective", "Mine too", "objective", "T 38.6")); r.status != http.StatusSeeOther {
		t.Fatalf("signing: %d", r.status)
	}
	for _, to := range []string{path, path + "/signature"} {
		if got := vet.send(to, form("plan", "Overdue")).location(t); got != "/notes/"+draft.String() {
			t.Errorf("%s after signing leads to %s", to, got)
		}
	}
	if body := vet.get("/notes/" + draft.String()).body; !strings.Contains(body, "Mine too") || strings.Contains(body, "Overdue") {
		t.Error("the signed note changed")
	}
}

// The same form with other words, as from a page that came back from the browser's memory, is not taken for
// saved: both are shown, and the choice is saved.
func TestAFormSentAgainWithOtherWordsShowsBoth(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	desk := s.a.as(t, access.Receptionist)
	for _, c := range []struct {
		path  string
		form  url.Values
		field string
	}{
		{"/clients", with(clientForm(), "new_id", newID()), "family_name"},
		{"/patients", with(patientForm(), "new_id", newID()), "name"},
	} {
		first := desk.send(c.path, c.form).location(t)
		other := desk.send(c.path, with(c.form, c.field, "Otherwise"))
		other.says(t, http.StatusConflict, "#conflict", "You saved this in another window")
		other.says(t, http.StatusConflict, "#conflict td", "Otherwise")
		other.says(t, http.StatusConflict, "#conflict td", c.form.Get(c.field))
		sent := htmltest.Form(t, other.body, "#conflict")
		if sent.Has(c.field) {
			t.Errorf("%s: something was chosen already", c.path)
		}
		if to := desk.post(first, with(sent, c.field, "Otherwise")).location(t); to != first {
			t.Errorf("%s: after choosing comes %s", c.path, to)
		}
		htmltest.Has(t, desk.get(first).body, "h1", "Otherwise")
		if again := desk.send(c.path, with(c.form, c.field, "Otherwise")).location(t); again != first {
			t.Errorf("%s: the same once more leads to %s", c.path, again)
		}
	}
}
