package web_test

import (
	"context"
	"net/url"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/identity"
)

// ownRole is a new role of the shop's own that is like the nurse's and held by nobody. Those there were go, since a
// clinic has only so many.
func (h *shop) ownRole(t *testing.T) id.ID {
	t.Helper()
	h.site.exec(t, `UPDATE app.roles SET retired_at = now() WHERE tenant_id = $1 AND key LIKE 'own-%' AND retired_at IS NULL`, h.tenant)
	row := id.New()
	h.write(t, h.who(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return identity.AddRole(ctx, tx, h.keys, row, "Role "+row.String()[24:], h.roleID(t, access.Nurse))
	})
	return row
}

// newcomer is somebody with the nurse's role who has not signed in yet.
func (h *shop) newcomer(t *testing.T) id.ID {
	t.Helper()
	who := h.who(access.PracticeAdmin)
	who.Purpose = actor.Provision
	var p identity.Person
	h.write(t, who, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = identity.AddPerson(ctx, tx, h.keys, identity.NewPerson{Name: "Nova Newcomer", Email: id.New().String() + "@x.example", Roles: []string{access.Nurse}})
		return err
	})
	return p.ID
}

// rightsForm is what the page that shows the changes sends: of one role one right more.
func rightsForm() url.Values {
	return url.Values{"role": {"{ownrole}"}, "version-{ownrole}": {"1"}, "add-{ownrole}": {"audit.read"}}
}
