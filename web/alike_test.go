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
)

// hinted is a client form that looks like the client every shop has.
func hinted() url.Values {
	return url.Values{"given_name": {"Ada"}, "family_name": {"Someone"}, "phone_1": {"+44 7700 900777"}, "email": {""}, "street": {"12 Rosewood Lane"}}
}

func TestAHintNamesWhoHasTheNumberAlready(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	mine, theirs := s.a.newClient(t).String(), s.b.newClient(t).String()
	desk := s.a.as(t, access.Receptionist)
	desk.partial = true
	r := desk.send("/clients/alike", with(hinted(), "new_id", id.New().String()))
	if r.status != http.StatusOK || !strings.Contains(r.body, mine) || strings.Contains(r.body, theirs) {
		t.Fatalf("%d: %s", r.status, r.body)
	}
	htmltest.Has(t, r.body, ".notice a[href='/clients/"+mine+"']", "Open")
	htmltest.Has(t, r.body, ".notice", "Ada Quill has this number.")
	if found := s.leaves(t, s.a, r.request()); len(found) != 1 || found[0].Action != "searched" || found[0].Object != "client" {
		t.Errorf("recorded as %+v", found)
	}
	if n := s.count(t, `SELECT count(*) FROM audit.leaf WHERE request_id = $1 AND $2 = ANY(ids)`, id.MustParse(r.request()), id.MustParse(mine)); n != 1 {
		t.Errorf("who was shown stands in %d leaves", n)
	}
	for what, form := range map[string]url.Values{
		"the client itself": with(hinted(), "row", mine), "nothing typed": {"new_id": {id.New().String()}}, "another number": with(hinted(), "new_id", id.New().String(), "phone_1", "07700 900778"),
	} {
		if r := desk.send("/clients/alike", form); r.status != http.StatusOK || strings.TrimSpace(r.body) != "" {
			t.Errorf("%s: %d %q", what, r.status, r.body)
		}
	}
	if r := desk.send("/clients/alike", hinted()); r.status != http.StatusNotFound {
		t.Errorf("a form about no row: %d", r.status)
	}
}

func TestWhoMayNotReadClientsIsToldOfNone(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	client := s.a.newClient(t).String()
	role := s.a.roleID(t, access.Receptionist)
	s.a.changeRoles(t, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.DeleteRoleRight(ctx, db.DeleteRoleRightParams{TenantID: tx.Tenant, RoleID: role, Allowed: string(access.ClientRead)})
		return err
	})
	desk := s.a.as(t, access.Receptionist)
	if r := desk.send("/clients/alike", with(hinted(), "new_id", id.New().String())); r.status != http.StatusForbidden || strings.Contains(r.body, client) {
		t.Errorf("the hint: %d", r.status)
	}
	if r := desk.send("/clients", with(hinted(), "new_id", id.New().String())); r.status != http.StatusSeeOther {
		t.Errorf("a new client is asked about: %d", r.status)
	}
	r := desk.get("/clients/new")
	htmltest.Lacks(t, r.body, "#alike", "")
}

// Without script nobody has seen a hint: the form comes back whole, with the question.
func TestAFormNobodySawTheHintOfIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	h := s.a
	client := h.newClient(t).String()
	desk := h.as(t, access.Receptionist)
	row := id.New().String()
	asked := desk.send("/clients", with(hinted(), "new_id", row))
	if asked.status != http.StatusUnprocessableEntity || s.count(t, `SELECT count(*) FROM app.clients WHERE id = $1`, id.MustParse(row)) != 0 {
		t.Fatalf("%d", asked.status)
	}
	htmltest.Has(t, asked.body, "#mistakes a[href='#alike']", "Ada Quill has this number")
	htmltest.Has(t, asked.body, "#alike a[href='/clients/"+client+"']", "Open")
	form := htmltest.Form(t, asked.body, "#client-form")
	for name, want := range map[string]string{"family_name": "Someone", "phone_1": "+44 7700 900777", "street": "12 Rosewood Lane", "new_id": row, "alike": client} {
		if form.Get(name) != want {
			t.Errorf("%s came back as %q", name, form.Get(name))
		}
	}
	if found := s.leaves(t, h, asked.request()); len(found) != 1 || found[0].Action != "searched" {
		t.Errorf("recorded as %+v", found)
	}
	_, anyway := htmltest.Press(t, asked.body, "#alike button")
	for _, one := range []struct {
		what, path string
		form       url.Values
	}{
		{"the form again, with the hint in it", "/clients", form},
		{"the same form twice", "/clients", form},
		{"save anyway", "/clients", with(anyway, "new_id", id.New().String())},
		{"somebody new", "/clients", url.Values{"new_id": {id.New().String()}, "family_name": {"Featherstone"}, "phone_1": {"01632 960 999"}}},
		{"a change", "/clients/" + client, with(hinted(), "version", "1")},
	} {
		if r := desk.send(one.path, one.form); r.status != http.StatusSeeOther {
			t.Errorf("%s: %d", one.what, r.status)
		}
	}
	// Another clinic's client is no reason to ask.
	if r := s.b.as(t, access.Receptionist).send("/clients", with(hinted(), "new_id", id.New().String())); r.status != http.StatusSeeOther {
		t.Errorf("the other clinic is asked: %d", r.status)
	}
}

func TestASecondAnimalOfTheSameNameIsAskedAbout(t *testing.T) {
	t.Parallel()
	s := twoShops(t)
	h := s.a
	owner := h.newClient(t).String()
	desk := h.as(t, access.Receptionist)
	form := with(patientForm(), "client", owner)
	form.Del("anyway")
	first, second := id.New().String(), id.New().String()
	if r := desk.send("/patients", with(form, "new_id", first)); r.status != http.StatusSeeOther {
		t.Fatalf("the first: %d", r.status)
	}
	asked := desk.send("/patients", with(form, "new_id", second))
	if asked.status != http.StatusUnprocessableEntity {
		t.Fatalf("the second: %d", asked.status)
	}
	htmltest.Has(t, asked.body, "#alike a[href='/patients/"+first+"']", "Open the record")
	if got := htmltest.Form(t, asked.body, "#patient-form").Get("name"); got != "Pip" {
		t.Errorf("the name came back as %q", got)
	}
	_, values := htmltest.Press(t, asked.body, "#alike button")
	if r := desk.send("/patients", values); r.status != http.StatusSeeOther {
		t.Errorf("save anyway: %d", r.status)
	}
	desk.partial = true
	r := desk.send("/patients/alike", with(form, "new_id", id.New().String()))
	if r.status != http.StatusOK || !strings.Contains(r.body, first) || !strings.Contains(r.body, second) {
		t.Errorf("the hint: %d %s", r.status, r.body)
	}
	for what, f := range map[string]url.Values{
		"another name": with(form, "name", "Pop"), "another species": with(form, "species", "dog"), "no owner": with(form, "client", ""),
	} {
		if r := desk.send("/patients/alike", with(f, "new_id", id.New().String())); r.status != http.StatusOK || strings.TrimSpace(r.body) != "" {
			t.Errorf("%s: %d %q", what, r.status, r.body)
		}
	}
	if r := desk.send("/patients/alike", with(form, "new_id", id.New().String(), "client", s.b.newClient(t).String())); r.status != http.StatusNotFound {
		t.Errorf("the other clinic's owner: %d", r.status)
	}
}
