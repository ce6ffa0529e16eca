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
)

// member adds a person with a role of their own making: the rights of a seeded one, but some.
func (h *shop) member(t *testing.T, name, like string, but ...string) {
	t.Helper()
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	h.write(t, who, func(ctx context.Context, tx *db.Tx) error {
		for _, r := range access.Seeded() {
			if r.Key != like {
				continue
			}
			var allowed []string
			for _, p := range r.Permissions {
				allowed = append(allowed, string(p))
			}
			for _, f := range r.Fields {
				allowed = append(allowed, identity.FieldRight+string(f))
			}
			kept := allowed[:0]
			for _, a := range allowed {
				if !strings.Contains(" "+strings.Join(but, " ")+" ", " "+a+" ") {
					kept = append(kept, a)
				}
			}
			row := id.New()
			if err := tx.InsertRole(ctx, db.InsertRoleParams{TenantID: tx.Tenant, ID: row, Key: name, Name: name}); err != nil {
				return err
			}
			if err := tx.InsertRoleRights(ctx, db.InsertRoleRightsParams{TenantID: tx.Tenant, RoleID: row, Allowed: kept}); err != nil {
				return err
			}
		}
		p, err := identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: name, Email: name + "@" + h.tenant.String() + ".example", Roles: []string{name}})
		if err != nil {
			return err
		}
		p.State = identity.Active
		h.people[name] = p
		_, err = tx.UpdatePersonActive(ctx, db.UpdatePersonActiveParams{TenantID: tx.Tenant, ID: p.ID})
		return err
	})
}

// Who holds every right to do with bills and does not see the field of money opens no page of them, sees no sum on any
// other, and none is selected for them.
func TestWithoutTheFieldOfMoneyNoSumIsSelected(t *testing.T) {
	t.Parallel()
	s := onStage(t)
	h := s.shop(t, "sumac")
	h.member(t, "blind", access.PracticeAdmin, identity.FieldRight+string(access.FieldMoney))
	h.member(t, "sees", access.PracticeAdmin)
	visit, client, charge := h.readyVisit(t)
	invoice, debtor := h.issued(t)
	blind, sees := h.as(t, "blind"), h.as(t, "sees")

	for _, path := range []string{
		"/invoices", "/invoices/list", "/invoices/" + invoice.String(), "/invoices/" + invoice.String() + "/pdf", "/visits/" + visit.String() + "/check-out",
		"/visits/" + visit.String() + "/preview", "/charges/" + charge.String() + "/edit", "/clients/" + debtor.String() + "/account",
		"/clients/" + debtor.String() + "/statement/pdf", "/till", "/prices", "/taxes", "/money", "/letterhead", "/patients/" + h.animal.String() + "/estimates",
	} {
		if r := blind.get(path); r.status != http.StatusForbidden || strings.Contains(r.body, "£") {
			t.Errorf("%s gives %d", path, r.status)
		}
		if r := sees.get(path); r.status != http.StatusOK {
			t.Errorf("%s gives %d to who sees it", path, r.status)
		}
	}
	if r := blind.send("/prices/found", with(nil, "item", "T-CONS")); r.status != http.StatusForbidden || strings.Contains(r.body, "£") {
		t.Errorf("the prices are found: %d", r.status)
	}

	for path, fewer := range map[string]bool{
		"/today": true, "/today/board": true, "/clients/" + client.String(): true, "/clients/" + debtor.String(): true, "/appointments/" + visit.String(): true,
		"/appointments/" + visit.String() + "/cancellation": true, "/patients": false, "/waitlist": false,
	} {
		full := sees.get(path)
		most := sees.meter.Statements()
		r := blind.get(path)
		if r.status != http.StatusOK || full.status != http.StatusOK {
			t.Errorf("%s gives %d and %d", path, r.status, full.status)
		}
		if strings.Contains(r.body, "£") || strings.Contains(r.body, "/check-out") {
			t.Errorf("%s shows money: %s", path, htmltest.Texts(t, r.body, "body"))
		}
		if got := blind.meter.Statements(); fewer && got >= most {
			t.Errorf("%s runs %d statements for who sees no sums, and %d for who does", path, got, most)
		}
	}
}
