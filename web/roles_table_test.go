package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
)

// second is another person of a role, by a name of their own.
func (h *shop) second(t *testing.T, name string, roles ...string) *browser {
	t.Helper()
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		p, err := identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: name, Email: id.New().String() + "@x.example", Roles: roles})
		if err != nil {
			return err
		}
		p.State = identity.Active
		h.people[name] = p
		_, err = tx.UpdatePersonActive(ctx, db.UpdatePersonActiveParams{TenantID: tx.Tenant, ID: p.ID})
		return err
	})
	return h.as(t, name)
}

// ticked is the form of the table with these boxes turned, "nurse bill.credit".
func (h *shop) ticked(t *testing.T, page reply, boxes ...string) url.Values {
	t.Helper()
	form := htmltest.Form(t, page.body, "#roles-form")
	for _, box := range boxes {
		role, right, _ := strings.Cut(box, " ")
		name := "may-" + h.roleID(t, role).String()
		if i := slices.Index(form[name], right); i >= 0 {
			form[name] = slices.Delete(slices.Clone(form[name]), i, i+1)
		} else {
			form[name] = append(form[name], right)
		}
	}
	return form
}

// What an admin ticks is shown as a difference, tried out, saved with a reason, and counts at the next request on every
// process (T78).
func TestARightGivenInTheTableCountsOnEveryNodeAtOnce(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "rolerowan")
	two := s.secondNode(t)
	admin, nurse := h.as(t, access.PracticeAdmin), h.as(t, access.Nurse)
	onTwo := nurse.copyOf(t)
	onTwo.site = two
	for _, b := range []*browser{nurse, onTwo} {
		if r := b.get("/prices"); r.status != http.StatusForbidden {
			t.Fatalf("before: %d", r.status)
		}
	}
	page := admin.get("/roles")
	htmltest.Has(t, page.body, ".matrix", "Void or credit an issued bill")
	form := h.ticked(t, page, "nurse price.manage", "nurse label.print")
	form.Set("who", h.people[access.Nurse].ID.String())
	preview := admin.post("/roles/preview", form)
	preview.says(t, http.StatusOK, ".rolediff [data-change=more]", "Change prices and taxes")
	preview.says(t, http.StatusOK, ".rolediff [data-change=less]", "Print medicine labels")
	preview.says(t, http.StatusOK, "#tried", "Change prices and taxes")
	preview.says(t, http.StatusOK, "[aria-labelledby=affected-title]", h.people[access.Nurse].Name)
	if strings.Contains(htmltest.Text(t, preview.body, "[aria-labelledby=affected-title]"), h.people[access.Receptionist].Name) {
		t.Error("somebody is affected who is not")
	}
	if r := nurse.get("/prices"); r.status != http.StatusForbidden {
		t.Errorf("looking at it gave it: %d", r.status)
	}
	save := htmltest.Form(t, preview.body, "#role-preview")
	bad := admin.post("/roles", save)
	bad.says(t, http.StatusUnprocessableEntity, "#mistakes", "Enter why")
	save = htmltest.Form(t, bad.body, "#role-preview")
	save.Set("reason", "Nurses keep the price list")
	for range 2 { // pressed twice
		if r := admin.post("/roles", save); r.status != http.StatusSeeOther {
			t.Fatalf("saving gives %d", r.status)
		}
	}
	for i, b := range []*browser{onTwo, nurse} {
		if r := b.get("/prices"); r.status != http.StatusOK {
			t.Errorf("node %d, the next request: %d", 2-i, r.status)
		}
	}
	role := admin.get("/roles/" + h.roleID(t, access.Nurse).String())
	role.says(t, http.StatusOK, ".rolelog", "Nurses keep the price list")
	role.says(t, http.StatusOK, ".rolelog", h.people[access.PracticeAdmin].Name)
	admin.get("/roles?show=changed").says(t, http.StatusOK, "tr[data-differs]", "Change prices and taxes")

	// Taken away again, it is gone at once too.
	back := htmltest.Form(t, admin.post("/roles/preview", h.ticked(t, admin.get("/roles"), "nurse price.manage")).body, "#role-preview")
	back.Set("reason", "They do not")
	admin.post("/roles", back)
	for i, b := range []*browser{onTwo, nurse} {
		if r := b.get("/prices"); r.status != http.StatusForbidden {
			t.Errorf("node %d after it is taken away: %d", 2-i, r.status)
		}
	}
}

// Two admins at one table: neither takes back what the other gave, and the later one sees it.
func TestWhatAnotherAdminSavedMeanwhileStays(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "rolesorrel")
	one, two := h.as(t, access.PracticeAdmin), h.second(t, "Sol Second", access.PracticeAdmin)
	page := two.get("/roles")
	mine := htmltest.Form(t, one.post("/roles/preview", h.ticked(t, one.get("/roles"), "nurse till.close", "receptionist bill.refund")).body, "#role-preview")
	mine.Set("reason", "Evenings")
	theirs := htmltest.Form(t, two.post("/roles/preview", h.ticked(t, page, "nurse till.close", "nurse audit.read", "trainee lab.result")).body, "#role-preview")
	theirs.Set("reason", "More to do")
	if r := one.post("/roles", mine); r.status != http.StatusSeeOther {
		t.Fatalf("the first: %d", r.status)
	}
	late := two.post("/roles", theirs)
	late.says(t, http.StatusConflict, ".notice", "Somebody changed this meanwhile")
	late.says(t, http.StatusConflict, ".notice", h.people[access.PracticeAdmin].Name)
	late.says(t, http.StatusConflict, ".notice", "Close the till")
	late.says(t, http.StatusConflict, ".rolediff", "Read the audit log")
	late.says(t, http.StatusConflict, "main", "Write down lab results")
	again := htmltest.Form(t, late.body, "#role-preview")
	if again.Get("reason") != "More to do" {
		t.Errorf("the reason is lost: %q", again.Get("reason"))
	}
	if nurse := h.roleID(t, access.Nurse).String(); !slices.Equal(again["add-"+nurse], []string{"audit.read"}) {
		t.Errorf("set against what is saved: %q", again["add-"+nurse])
	}
	if r := two.post("/roles", again); r.status != http.StatusSeeOther {
		t.Fatalf("sent again: %d", r.status)
	}
	// A table that was open all the while: what it knew is not sent as an order.
	preview := two.post("/roles/preview", h.ticked(t, page, "trainee lab.request"))
	preview.says(t, http.StatusOK, ".notice", "meanwhile")
	preview.says(t, http.StatusOK, ".rolediff", "Ask for lab tests")
	if text := htmltest.Text(t, preview.body, "[aria-labelledby=diff-title]"); strings.Contains(text, "Close the till") || strings.Contains(text, "Pay money back") || strings.Contains(text, "audit") {
		t.Errorf("an old table takes back what was given: %s", text)
	}
	rights := func(role string) string {
		return " " + htmltest.Form(t, two.get("/roles").body, "#roles-form").Get("was-"+h.roleID(t, role).String()) + " "
	}
	for role, right := range map[string]string{access.Nurse: "audit.read", access.Receptionist: "bill.refund", access.Trainee: "lab.result"} {
		if !strings.Contains(rights(role), " "+right+" ") {
			t.Errorf("%s lacks %s", role, right)
		}
	}
}

func TestATableThatLocksItsEditorOutIsRefusedAndKept(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "roleteasel")
	admin := h.as(t, access.PracticeAdmin)
	form := htmltest.Form(t, admin.post("/roles/preview", h.ticked(t, admin.get("/roles"), "practice-admin people.manage", "nurse audit.read")).body, "#role-preview")
	form.Set("reason", "Tidy")
	r := admin.post("/roles", form)
	r.says(t, http.StatusUnprocessableEntity, "#mistakes", "nobody could give it back")
	if again := htmltest.Form(t, r.body, "#role-preview"); again.Get("reason") != "Tidy" || again.Get("add-"+h.roleID(t, access.Nurse).String()) != "audit.read" {
		t.Error("the form is not as it was sent")
	}
	if r := admin.get("/roles"); r.status != http.StatusOK {
		t.Errorf("the admin is out: %d", r.status)
	}
	// Back to the table, which has it all ticked.
	edit := htmltest.Form(t, r.body, "#role-preview")
	edit.Set("act", "edit")
	table := admin.post("/roles/preview", edit)
	table.says(t, http.StatusOK, "[data-count]", "2 changes, not saved")
	if n := strings.Count(table.body, `class="changed`); n != 2 {
		t.Errorf("%d boxes are marked", n)
	}
	admin.post("/roles/preview", h.ticked(t, admin.get("/roles"))).says(t, http.StatusUnprocessableEntity, "#mistakes", "Nothing is changed yet")
	// T81 and what else no form of ours sends.
	nurse := h.roleID(t, access.Nurse).String()
	for _, right := range []string{"platform.operate", "public", "session.own", "field:genome", "wall.show"} {
		sent := url.Values{"new_id": {id.New().String()}, "role": {nurse}, "version-" + nurse: {"1"}, "add-" + nurse: {right}, "reason": {"Because"}}
		for _, path := range []string{"/roles", "/roles/preview"} {
			if r := admin.send(path, sent); r.status != http.StatusUnprocessableEntity {
				t.Errorf("%s with %s: %d", path, right, r.status)
			}
		}
	}
}

// What was ticked when the session locked is kept.
func TestATableSentAfterTheLockIsKept(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "umbel")
	admin := h.as(t, access.PracticeAdmin)
	form := h.ticked(t, admin.get("/roles"), "nurse audit.read")
	admin.send("/lock", nil)
	r := admin.post("/roles/preview", form)
	if r.status != http.StatusUnauthorized {
		t.Fatalf("locked: %d", r.status)
	}
	unlock := htmltest.Form(t, r.body, "form[action='/unlock']")
	unlock.Set("passphrase", passphrase)
	r = admin.post("/unlock", unlock)
	again := htmltest.Form(t, admin.get(r.header.Get("Location")).body, "main form")
	again.Set("csrf", admin.token())
	admin.post("/roles/preview", again).says(t, http.StatusOK, ".rolediff", "Read the audit log")
}

func TestARoleOfTheClinicsOwnFromFormToRetirement(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "vetch")
	admin := h.as(t, access.PracticeAdmin)
	form := htmltest.Form(t, admin.get("/roles/new").body, "#role-form")
	form.Set("name", "nurse")
	bad := admin.post("/roles/new", form)
	bad.says(t, http.StatusUnprocessableEntity, ".err", "already")
	bad.says(t, http.StatusUnprocessableEntity, ".err", "Choose which role")
	form = htmltest.Form(t, bad.body, "#role-form")
	form.Set("name", "Locum vet")
	form.Set("from", h.roleID(t, access.Veterinarian).String())
	if r := admin.post("/roles/new", form); r.status != http.StatusSeeOther {
		t.Fatalf("making it: %d", r.status)
	}
	role := form.Get("new_id")
	admin.get("/roles").says(t, http.StatusOK, ".matrix thead", "Locum vet")
	// Somebody holds two roles, shown before it is saved.
	nurse := h.people[access.Nurse]
	path := "/people/" + nurse.ID.String() + "/roles"
	ticks := htmltest.Form(t, admin.get(path).body, "#person-roles")
	none := url.Values{"csrf": ticks["csrf"], "new_id": ticks["new_id"], "version": ticks["version"]}
	admin.post(path, none).says(t, http.StatusUnprocessableEntity, ".err", "at least one role")
	admin.post(path+"/preview", none).says(t, http.StatusUnprocessableEntity, ".err", "at least one role")
	ticks.Add("role", role)
	preview := admin.post(path+"/preview", ticks)
	preview.says(t, http.StatusOK, "#tried", "Sign notes")
	preview.says(t, http.StatusOK, "[data-change=more]", "Locum vet")
	if r := admin.post(path, htmltest.Form(t, preview.body, "#person-roles")); r.status != http.StatusSeeOther {
		t.Fatalf("giving it: %d", r.status)
	}
	admin.post(path, ticks).says(t, http.StatusConflict, "#mistakes", "meanwhile")
	if r := h.as(t, access.Nurse).get("/lab-tests"); r.status != http.StatusOK {
		t.Errorf("the second role opens nothing: %d", r.status)
	}
	page := admin.get("/roles/" + role)
	page.says(t, http.StatusOK, "[aria-labelledby=holders]", nurse.Name)
	page.says(t, http.StatusOK, "main", "when nobody holds it")
	admin.send("/roles/"+role+"/ending", nil).says(t, http.StatusConflict, "#mistakes", "still holds this role")
	admin.send("/roles/"+h.roleID(t, access.Nurse).String()+"/ending", nil).says(t, http.StatusUnprocessableEntity, "#mistakes", "comes with Paddock")
	// Renamed by two: the second name is kept in its form.
	rename := htmltest.Form(t, page.body, "#role-name")
	rename.Set("name", "Locum")
	if r := admin.post("/roles/"+role, rename); r.status != http.StatusSeeOther {
		t.Fatalf("renaming: %d", r.status)
	}
	rename.Set("new_id", id.New().String())
	rename.Set("name", "Stand-in")
	late := admin.post("/roles/"+role, rename)
	late.says(t, http.StatusConflict, "#mistakes", "meanwhile")
	if got := htmltest.Form(t, late.body, "#role-name"); got.Get("name") != "Stand-in" || got.Get("version") != "2" {
		t.Errorf("the form is %v", got)
	}
	ticks = htmltest.Form(t, admin.get(path).body, "#person-roles")
	ticks["role"] = []string{h.roleID(t, access.Nurse).String()}
	if r := admin.post(path, ticks); r.status != http.StatusSeeOther {
		t.Fatalf("taking it: %d", r.status)
	}
	if r := admin.send("/roles/"+role+"/ending", nil); r.status != http.StatusSeeOther {
		t.Fatalf("retiring it: %d", r.status)
	}
	admin.get("/roles/"+role).says(t, http.StatusOK, ".pagehead", "Retired")
	if strings.Contains(admin.get("/roles").body, ">Locum<") {
		t.Error("a retired role stands in the table")
	}
	// The last admin cannot give the right away.
	own := "/people/" + h.people[access.PracticeAdmin].ID.String() + "/roles"
	ticks = htmltest.Form(t, admin.get(own).body, "#person-roles")
	ticks["role"] = []string{h.roleID(t, access.Nurse).String()}
	admin.post(own, ticks).says(t, http.StatusUnprocessableEntity, "#mistakes", "nobody could give it back")
}

func TestWhySomebodyCanOrCannot(t *testing.T) {
	t.Parallel()
	h := onStage(t).shop(t, "willow")
	admin := h.as(t, access.PracticeAdmin)
	ask := func(role, right string) reply {
		r := admin.send("/access", url.Values{"person": {h.people[role].ID.String()}, "right": {right}})
		if r.status != http.StatusSeeOther {
			t.Fatalf("asking: %d", r.status)
		}
		return admin.get(r.header.Get("Location"))
	}
	yes := ask(access.Veterinarian, "clinical.sign")
	yes.says(t, http.StatusOK, "[aria-labelledby=access-answer] .tag", "Yes")
	yes.says(t, http.StatusOK, "[aria-labelledby=access-answer]", "comes with the role Veterinarian")
	no := ask(access.Nurse, "clinical.sign")
	no.says(t, http.StatusOK, "[aria-labelledby=access-answer] .tag", "No")
	no.says(t, http.StatusOK, "dl.facts", h.people[access.Veterinarian].Name)
	no.says(t, http.StatusOK, "dl.facts", h.people[access.PracticeAdmin].Name)
	// With the right and without the field group its pages are made of.
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.DeleteRoleRight(ctx, db.DeleteRoleRightParams{TenantID: tx.Tenant, RoleID: h.roleID(t, access.Receptionist), Allowed: "field:money"})
		return err
	})
	half := ask(access.Receptionist, "bill.read")
	half.says(t, http.StatusOK, "[aria-labelledby=access-answer] .tag", "No")
	half.says(t, http.StatusOK, "[aria-labelledby=access-answer]", "Prices, bills and payments")
	for _, path := range []string{"/access?person=" + id.New().String() + "&right=bill.read", "/access?person=" + h.people[access.Nurse].ID.String() + "&right=platform.operate", "/access?person=x"} {
		if r := admin.get(path); r.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	// The page that refuses leads there, for who could change it.
	note, _ := h.note(t)
	form := url.Values{"new_id": {id.New().String()}, "kind": {"addendum"}, "reason": {"Ring back"}, "text": {"Rang"}}
	refused := admin.send("/notes/"+note.String()+"/addenda", form)
	href := htmltest.Attr(t, refused.body, "main a[href^='/access']", "href")
	admin.get(href).says(t, http.StatusOK, "[aria-labelledby=access-answer]", "Sign notes")
	if r := h.as(t, access.Nurse).send("/notes/"+note.String()+"/addenda", form); strings.Contains(r.body, "/access") {
		t.Error("a nurse is sent to where only admins may ask")
	}
}
