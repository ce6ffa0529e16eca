package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/htmltest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/web"
)

// secondNode is another process's server over the same database: nothing in memory is shared.
func (s *site) secondNode(t *testing.T) *site {
	t.Helper()
	two := *s
	deps := s.deps
	cfg := identity.Config{Store: s.env.Store, Vault: s.env.Vault, Clock: s.env.Clock, AddressKey: identity.AddressKey([]byte("test"))}
	signIns, err := identity.NewSignIns(cfg)
	if err != nil {
		t.Fatal(err)
	}
	deps.SignIns, deps.Sessions = signIns, identity.NewSessions(cfg, signIns, identity.NewPolicies(s.env.Store, s.env.Vault, 16))
	two.deps, two.server = deps, web.New(deps)
	two.handler = two.server.Handler()
	return &two
}

// roleID is the row of a seeded role.
func (h *shop) roleID(t *testing.T, key string) (row id.ID) {
	t.Helper()
	ctx := context.Background()
	if err := h.site.super.QueryRow(ctx, `SELECT id FROM app.roles WHERE tenant_id = $1 AND key = $2`, h.tenant, key).Scan(&row); err != nil {
		t.Fatal(err)
	}
	return row
}

// changeRoles does something to who may do what, as the page for people will.
func (h *shop) changeRoles(t *testing.T, do func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	who := h.who(access.PracticeAdmin)
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		return do(ctx, tx)
	})
}

// T78, T72: a role taken away counts at the next request on every node; so does a person disabled.
func TestARoleTakenAwayCountsOnEveryNodeAtOnce(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "hazel")
	note, _ := h.note(t)
	nodes := []*site{s.site, s.secondNode(t)}
	nurse := h.as(t, access.Nurse)
	on := func(n *site) *browser {
		b := nurse.copyOf(t)
		b.site = n
		return b
	}
	path := "/notes/" + note.String()
	for i, n := range nodes {
		if r := on(n).get(path); r.status != http.StatusOK {
			t.Fatalf("node %d before: %d", i+1, r.status)
		}
	}
	role, person := h.roleID(t, access.Nurse), h.people[access.Nurse].ID
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.DeletePersonRole(ctx, db.DeletePersonRoleParams{TenantID: tx.Tenant, PersonID: person, RoleID: role})
		return err
	})
	for i, n := range nodes {
		for _, p := range []string{path, "/patients", "/clients/" + h.client.String()} {
			if r := on(n).get(p); r.status != http.StatusForbidden || strings.Contains(r.body, soap.Assessment) || strings.Contains(r.body, "Canary") {
				t.Errorf("node %d, %s after the role is gone: %d", i+1, p, r.status)
			}
		}
		// Somebody without any role can still leave.
		if r := on(n).get("/lock"); r.status != http.StatusSeeOther {
			t.Errorf("node %d: without a role /lock gives %d", i+1, r.status)
		}
	}
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertPersonRole(ctx, db.InsertPersonRoleParams{TenantID: tx.Tenant, PersonID: person, RoleID: role})
	})
	for i, n := range nodes {
		if r := on(n).get(path); r.status != http.StatusOK {
			t.Errorf("node %d after it is given back: %d", i+1, r.status)
		}
	}
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdatePersonState(ctx, db.UpdatePersonStateParams{TenantID: tx.Tenant, ID: person, State: string(identity.Disabled)})
		return err
	})
	for i, n := range nodes {
		if r := on(n).get(path); r.status == http.StatusOK || strings.Contains(r.body, soap.Assessment) {
			t.Errorf("node %d after the person is disabled: %d", i+1, r.status)
		}
	}
}

// T77: names that look like roles or rights hold nothing.
func TestNamesThatLookLikeRolesHoldNothing(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "iris")
	note, _ := h.note(t)
	vetRole := h.roleID(t, access.Veterinarian)
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	for _, name := range []string{access.PracticeAdmin, "r:" + vetRole.String(), "u:" + h.people[access.Veterinarian].ID.String(), "*", "root"} {
		h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
			p, err := identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: name, Email: id.New().String() + "@iris.example", Roles: []string{access.Receptionist}})
			if err != nil {
				return err
			}
			p.State = identity.Active
			h.people[name] = p
			_, err = tx.UpdatePersonActive(ctx, db.UpdatePersonActiveParams{TenantID: tx.Tenant, ID: p.ID})
			return err
		})
		if r := h.as(t, name).get("/notes/" + note.String()); r.status != http.StatusForbidden {
			t.Errorf("a receptionist called %q reads notes: %d", name, r.status)
		}
	}
	// A right in the rows that this program does not know opens nothing either.
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertRoleRights(ctx, db.InsertRoleRightsParams{TenantID: tx.Tenant, RoleID: h.roleID(t, access.Receptionist), Allowed: []string{"clinical.everything", "public.read"}})
	})
	if r := h.as(t, access.Receptionist).get("/notes/" + note.String()); r.status == http.StatusOK {
		t.Error("an unknown right opened notes")
	}
}

// T79: reception's pages need no clinical column: they work where the database gives none out, with the
// permission but without the field group too; the vet's do not.
func TestReceptionsPagesSelectNoClinicalText(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	h := s.a
	note, animal := h.note(t)
	draft, second := h.draft(t, access.Veterinarian)
	desk, vet := h.as(t, access.Receptionist), h.as(t, access.Veterinarian)
	paths := []string{"/patients", "/patients/" + animal.String(), "/patients/" + second.String(), "/patients/" + animal.String() + "/edit", "/clients/" + h.client.String(), "/clients/" + h.client.String() + "/edit"}
	for _, table := range []string{"notes", "drafts", "addenda"} {
		s.exec(t, `DO $$ DECLARE cols text; BEGIN
			SELECT string_agg(quote_ident(attname), ', ') INTO cols FROM pg_attribute WHERE attrelid = 'app.`+table+`'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'sealed';
			EXECUTE 'REVOKE SELECT ON app.`+table+` FROM paddock_app';
			EXECUTE 'GRANT SELECT (' || cols || ') ON app.`+table+` TO paddock_app'; END $$`)
	}
	look := func(what string) {
		t.Helper()
		for _, path := range paths {
			r := desk.get(path)
			if r.status != http.StatusOK {
				t.Errorf("%s: %s gives %d", what, path, r.status)
			}
			for _, text := range []string{soap.Subjective, soap.Assessment, soap.Plan, note.String(), draft.String()} {
				if strings.Contains(r.body, text) {
					t.Errorf("%s: %s holds %q", what, path, text)
				}
			}
		}
		if r := desk.send("/search", map[string][]string{"q": {"stasis"}}); r.status != http.StatusOK || strings.Contains(r.body, animal.String()) {
			t.Errorf("%s: clinical words find something", what)
		}
	}
	look("reception")
	htmltest.Has(t, desk.get("/patients/"+animal.String()).body, ".tl", "Consult, signed")
	for _, path := range []string{"/patients/" + animal.String(), "/notes/" + note.String()} { // the twin: who reads notes asks for the column
		if r := vet.get(path); r.status != http.StatusInternalServerError {
			t.Errorf("the vet's %s did without the column: %d", path, r.status)
		}
	}
	// With the permission, but without the field group.
	h.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertRoleRights(ctx, db.InsertRoleRightsParams{TenantID: tx.Tenant, RoleID: h.roleID(t, access.Receptionist), Allowed: []string{string(access.ClinicalRead)}})
	})
	look("reception with clinical.read")
	if r := desk.get("/notes/" + note.String()); r.status == http.StatusOK || r.status >= 500 || strings.Contains(r.body, soap.Plan) {
		t.Errorf("with clinical.read but no clinical field a note gives %d", r.status)
	}
}

// A refusal says what it takes and who has it, and keeps what was typed.
func TestARefusalNamesTheRightAndWhoHoldsIt(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	note, _ := s.a.note(t)
	nurse := s.a.as(t, access.Nurse)
	r := nurse.send("/notes/"+note.String()+"/addenda", map[string][]string{"new_id": {id.New().String()}, "kind": {"addendum"}, "reason": {"Ring back"}, "text": {typed}})
	r.says(t, http.StatusForbidden, "main", "clinical.sign")
	r.says(t, http.StatusForbidden, "main", s.a.people[access.Veterinarian].Name)
	page := nurse.get(htmltest.Attr(t, r.body, "a[href^='/kept/']", "href"))
	if got := htmltest.Form(t, page.body, "main form").Get("text"); got != typed {
		t.Errorf("kept was %q", got)
	}
}
