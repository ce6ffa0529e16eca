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

// bonds reads who is linked to an animal behind the pages: names, roles and shares in order.
func (h *shop) bonds(t *testing.T, animal id.ID) string {
	t.Helper()
	var out []string
	err := h.site.env.Store.Read(context.Background(), h.who(access.Nurse), func(ctx context.Context, tx *db.Tx) error {
		p, err := registry.OpenPatient(ctx, tx, h.keys, animal)
		for _, o := range p.Owners {
			out = append(out, o.LastName+" "+o.Bond.Role+" "+registry.FormatShare(o.Bond.Share))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, ", ")
}

func (h *shop) called(t *testing.T, last string) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterClient(ctx, tx, h.keys, row, registry.Client{LastName: last, Phones: []registry.Phone{{Number: "07700 900321"}}})
	})
	return row
}

func (h *shop) ownedBy(t *testing.T, owner id.ID) id.ID {
	t.Helper()
	row := id.New()
	h.write(t, h.who(access.Receptionist), func(ctx context.Context, tx *db.Tx) error {
		return registry.RegisterPatient(ctx, tx, h.keys, row, owner, registry.Patient{Name: "Biscuit", Species: "dog", Sex: "male", Neutered: "no"})
	})
	return row
}

// As a browser without script does: somebody is found, added, given a share, and another removed.
func TestOwnersAreFoundAddedSplitAndRemoved(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	animal := s.a.ownedBy(t, s.a.called(t, "Featherstonehaugh"))
	s.a.called(t, "Cholmondeley")
	path := "/patients/" + animal.String()
	desk := s.a.as(t, access.Receptionist)
	page := desk.get(path)
	htmltest.Has(t, page.body, "a[href$='/owners']", "Change")
	page = desk.get(path + "/owners")
	page.says(t, http.StatusOK, "h1", "Who answers for Biscuit")
	form := func(r reply, changes ...string) url.Values {
		return with(htmltest.Form(t, r.body, "#owners-form"), changes...)
	}

	r := desk.post(path+"/owners", form(page, "find", "zzyzx", "act", "find"))
	r.says(t, http.StatusOK, "#owners-form", "No client called “zzyzx”")
	r = desk.post(path+"/owners", form(r, "find", "cholmon", "act", "enter", "share_1", "66.67"))
	r.says(t, http.StatusOK, ".picks", "Cholmondeley")
	if got := htmltest.Form(t, r.body, "#owners-form").Get("share_1"); got != "66.67" {
		t.Errorf("a search loses what was typed: %q", got)
	}
	if found := s.leaves(t, s.a, r.request()); len(found) < 2 {
		t.Errorf("a search that shows clients is recorded as %+v", found)
	}
	r = desk.post(path+"/owners", form(r, "act", "add"))
	r.says(t, http.StatusOK, ".bond:nth-child(2) legend", "Cholmondeley")
	bad := desk.post(path+"/owners", form(r, "role_2", "payer", "share_2", "23.33 %", "act", "save"))
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes a[href='#share_1']", "The shares come to 90 %. They must come to 100 %.")
	if got := form(bad); got.Get("share_2") != "23.33 %" || got.Get("role_2") != "payer" || got.Get("consent_2") != "yes" {
		t.Errorf("a refusal loses what was typed: %v", got)
	}
	if got := s.a.bonds(t, animal); got != "Featherstonehaugh owner 100 %" {
		t.Errorf("stored before it was right: %s", got)
	}
	r = desk.post(path+"/owners", form(bad, "act", "split"))
	if got := form(r); got.Get("share_1") != "50 %" || got.Get("share_2") != "50 %" {
		t.Errorf("split: %v", got)
	}
	last := form(r, "act", "save")
	last.Del("reminders_2")
	if to := desk.post(path+"/owners", last).location(t); to != path {
		t.Errorf("after saving comes %s", to)
	}
	if got := s.a.bonds(t, animal); got != "Featherstonehaugh owner 50 %, Cholmondeley payer 50 %" {
		t.Errorf("stored %s", got)
	}
	page = desk.get(path)
	htmltest.Has(t, page.body, ".c-side", "Pays 50 %, may consent, gets no reminders")
	page = desk.get(path + "/owners")
	r = desk.post(path+"/owners", form(page, "remove_1", "yes", "share_2", "100"))
	if to := r.location(t); to != path {
		t.Fatalf("after removing comes %s", to)
	}
	if got := s.a.bonds(t, animal); got != "Cholmondeley payer 100 %" {
		t.Errorf("stored %s", got)
	}
	htmltest.Has(t, desk.get(path+"/owners").body, "#past-owners", "1")

	// The clients' pages say so.
	page = desk.submit(desk.get("/patients"), "#search", map[string]string{"q": "cholmondeley"})
	client := htmltest.Attr(t, page.body, "#main a[href^='/clients/']", "href")
	page = desk.get(client)
	htmltest.Has(t, page.body, ".hits .tag", "Payer 100 %")
}

func TestWhatIsWrongWithAFormOfOwnersIsSaid(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	owner := s.a.called(t, "Oddie")
	animal := s.a.ownedBy(t, owner)
	path := "/patients/" + animal.String() + "/owners"
	nurse := s.a.as(t, access.Nurse)
	one := url.Values{"version": {"1"}, "client_1": {owner.String()}, "role_1": {"owner"}, "share_1": {"100"}}
	for what, try := range map[string]struct {
		form  url.Values
		input string
		says  string
	}{
		"a word as share":       {with(one, "share_1", "half"), "share_1", "like 50 or 33.33"},
		"a role nobody has":     {with(one, "role_1", "friend"), "role_1", "Choose owner"},
		"looked for, not added": {with(one, "find", "Quill"), "find", "Find and add “Quill”"},
		"nobody chosen":         {with(one, "find", "Oddie", "act", "add"), "pick", "Choose who it is"},
		"nothing looked for":    {with(one, "act", "find"), "find", "Enter a name"},
	} {
		r := nurse.send(path, try.form)
		r.says(t, http.StatusUnprocessableEntity, "#mistakes a[href='#"+try.input+"'], #mistakes", try.says)
		if got := htmltest.Form(t, r.body, "#owners-form"); got.Get("share_1") != try.form.Get("share_1") || got.Get("find") != try.form.Get("find") {
			t.Errorf("%s: the form holds %v", what, got)
		}
	}
	nurse.partial = true
	r := nurse.send(path, with(one, "share_1", "half"))
	r.says(t, http.StatusUnprocessableEntity, "#owners-form", "There is a problem")
	if strings.Contains(r.body, "<html") {
		t.Error("htmx got a whole page")
	}
	if r := nurse.send(path, with(one, "client_1", "x")); r.status != http.StatusNotFound {
		t.Errorf("a client that is no id: %d", r.status)
	}
	// A client of another clinic, wherever the form takes one, is nobody.
	theirs := s.b.called(t, "Oddie")
	for what, form := range map[string]url.Values{
		"saved":   with(one, "client_1", theirs.String()),
		"shown":   with(one, "client_1", theirs.String(), "act", "split"),
		"refused": with(one, "client_1", theirs.String(), "share_1", "x"),
		"picked":  with(one, "pick", theirs.String(), "act", "add"),
	} {
		if r := nurse.send(path, form); r.status != http.StatusNotFound {
			t.Errorf("another clinic's client %s: %d", what, r.status)
		}
	}
	if r := nurse.send(path, with(one, "find", "Oddie", "client_1", owner.String(), "act", "find")); strings.Contains(r.body, theirs.String()) {
		t.Error("another clinic's client is found")
	}
}

func TestTwoWindowsSaveTheOwnersOfOneAnimal(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	first, second, third := s.a.called(t, "Ash"), s.a.called(t, "Birch"), s.a.called(t, "Cedar")
	animal := s.a.ownedBy(t, first)
	path := "/patients/" + animal.String() + "/owners"
	desk, nurse := s.a.as(t, access.Receptionist), s.a.as(t, access.Nurse)
	form := func(other id.ID, role, share string) url.Values {
		return url.Values{
			"version": {"1"}, "client_1": {first.String()}, "role_1": {"owner"}, "share_1": {share}, "consent_1": {"yes"}, "reminders_1": {"yes"},
			"client_2": {other.String()}, "role_2": {role}, "share_2": {"50"}, "consent_2": {"yes"},
		}
	}
	if r := nurse.send(path, form(second, "payer", "50")); r.status != http.StatusSeeOther {
		t.Fatalf("the first to save: %d", r.status)
	}
	r := desk.send(path, form(third, "payer", "50"))
	r.says(t, http.StatusConflict, "#conflict", s.a.people[access.Nurse].Name)
	// Each added one: nothing is to choose, so what both come to is shown with one button.
	htmltest.Lacks(t, r.body, "#conflict input[type=radio]", "")
	r.says(t, http.StatusConflict, "#conflict", "The two changes do not touch each other")
	r.says(t, http.StatusConflict, "#conflict .diff tr", "Role of Birch")
	r.says(t, http.StatusConflict, "#conflict button", "Save both")
	sent := htmltest.Form(t, r.body, "#conflict")
	// Both are joined, and the shares of all three are for a person to put right.
	if got := sent.Get("client_3"); got != second.String() || sent.Get("role_2") != "Payer" || sent.Get("role_3") != "Payer" {
		t.Errorf("the choice holds %v", sent)
	}
	r = desk.send(path, sent)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "The shares come to 150 %")
	last := with(htmltest.Form(t, r.body, "#owners-form"), "share_1", "0", "act", "save")
	if r = desk.send(path, last); r.status != http.StatusSeeOther {
		t.Fatalf("put right: %d %s", r.status, htmltest.Texts(t, r.body, "#mistakes"))
	}
	if got := s.a.bonds(t, animal); got != "Ash owner 0 %, Birch payer 50 %, Cedar payer 50 %" {
		t.Errorf("stored %s", got)
	}

	// Changes that do not touch are saved together by that button.
	mine, theirs := desk.get(path), nurse.get(path)
	quiet := with(htmltest.Form(t, theirs.body, "#owners-form"))
	quiet.Del("reminders_1")
	nurse.post(path, quiet)
	r = desk.post(path, with(htmltest.Form(t, mine.body, "#owners-form"), "role_3", "owner"))
	r.says(t, http.StatusConflict, "#conflict .diff tr", "Reminders to Ash")
	if to := desk.send(path, htmltest.Form(t, r.body, "#conflict")).location(t); to != "/patients/"+animal.String() {
		t.Errorf("after saving both comes %s", to)
	}
	if got := s.a.bonds(t, animal); got != "Ash owner 0 %, Cedar owner 50 %, Birch payer 50 %" {
		t.Errorf("stored %s", got)
	}
	page := desk.get(path)
	if got := htmltest.Form(t, page.body, "#owners-form"); got.Has("reminders_1") {
		t.Errorf("the form holds %v", got)
	}
	desk.post(path, with(htmltest.Form(t, page.body, "#owners-form"), "role_2", "payer")).location(t)

	// Both change one share: nothing is chosen until somebody does.
	mine, theirs = desk.get(path), nurse.get(path)
	nurse.post(path, with(htmltest.Form(t, theirs.body, "#owners-form"), "share_2", "40", "share_3", "60"))
	r = desk.post(path, with(htmltest.Form(t, mine.body, "#owners-form"), "share_2", "30", "share_3", "70"))
	r.says(t, http.StatusConflict, "#conflict", "Share of Birch")
	sent = htmltest.Form(t, r.body, "#conflict")
	if sent.Has("share_2") || sent.Get("role_2") != "Payer" {
		t.Errorf("the choice holds %v", sent)
	}
	r = desk.send(path, sent)
	r.says(t, http.StatusConflict, "#conflict", "Choose which share of Birch to keep")
	sent = with(htmltest.Form(t, r.body, "#conflict"), "share_2", "30 %", "share_3", "70 %")
	if r = desk.send(path, sent); r.status != http.StatusSeeOther {
		t.Fatalf("chosen: %d", r.status)
	}
	if got := s.a.bonds(t, animal); got != "Ash owner 0 %, Birch payer 30 %, Cedar payer 70 %" {
		t.Errorf("stored %s", got)
	}
}

// Who may change patients but not open clients does not get to see them here.
func TestOwnersNeedTheRightToOpenClients(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "rowan")
	animal := h.ownedBy(t, h.called(t, "Sorrel"))
	path := "/patients/" + animal.String()
	nurse := h.as(t, access.Nurse)
	htmltest.Has(t, nurse.get(path).body, "a[href$='/owners']", "Change")
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.DeleteRoleRight(ctx, db.DeleteRoleRightParams{TenantID: tx.Tenant, RoleID: h.roleID(t, access.Nurse), Allowed: string(access.ClientRead)})
		return err
	})
	page := nurse.get(path)
	page.says(t, http.StatusOK, "h1", "Biscuit")
	htmltest.Lacks(t, page.body, "a[href$='/owners']", "")
	htmltest.Lacks(t, page.body, "a[href^='/clients/']", "")
	form := url.Values{"version": {"1"}, "find": {"Sorrel"}, "act": {"find"}}
	for what, r := range map[string]reply{"the form": nurse.get(path + "/owners"), "a search in it": nurse.send(path+"/owners", form), "saving it": nurse.send(path+"/owners", url.Values{"version": {"1"}})} {
		if r.status != http.StatusForbidden || strings.Contains(htmltest.Text(t, r.body, "main"), "Sorrel") {
			t.Errorf("%s without the right to open clients: %d", what, r.status)
		}
	}
	if got := h.bonds(t, animal); got != "Sorrel owner 100 %" {
		t.Errorf("stored %s", got)
	}
	if r := h.as(t, access.Receptionist).send(path+"/owners", form); r.status != http.StatusOK {
		t.Errorf("with the right: %d", r.status)
	}
}
