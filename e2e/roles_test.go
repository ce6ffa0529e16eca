package e2e

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/identity"
)

// seeded is the id of a seeded role.
func (c *clinic) seeded(t *testing.T, key string) (row id.ID) {
	t.Helper()
	c.write(t, c.by(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.GetRole(ctx, db.GetRoleParams{TenantID: tx.Tenant, Key: key})
		row = r.ID
		return err
	})
	return row
}

// TestRolesAreChangedByKeyboard gives a right in the table, a role of the clinic's own to somebody, and asks why, all
// without a mouse; who it is about is let in at the next click.
func TestRolesAreChangedByKeyboard(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "rolecall", access.PracticeAdmin, access.Nurse, access.Veterinarian, access.Receptionist)
	nurse := c.window(t).as(access.Nurse)
	nurse.visit("/prices")
	nurse.lacks("Why, and who can")
	w := c.window(t).as(access.PracticeAdmin)
	w.visit("/roles")
	w.accessible("roles")

	role := c.seeded(t, access.Nurse).String()
	w.tabTo("[name=show][value=most]")
	w.key(kb.ArrowRight) // All
	w.tabTo(".matrix td input")
	w.key(kb.ArrowRight)
	w.focused("[data-n='2'] input")
	w.key(kb.ArrowDown)
	w.focused("[data-n='2'] input[value='schedule.write']")
	w.until(`(document.querySelector("[name='may-` + role + `'][value='price.manage']").focus(), true)`)
	w.key(" ")
	w.shows("[data-count]", "1 change, not saved")
	w.key(kb.ArrowUp)
	w.focused("[value='till.reopen']")
	w.key(" ")
	w.shows("[data-count]", "2 changes, not saved")
	w.accessible("roles-ticked")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at("/roles/preview")
	w.shows(".rolediff", "Change prices and taxes")
	w.tabTo("#who")
	w.types("Owen")
	w.tabTo("button[formaction='/roles/preview']:not([name])")
	w.loads(func() { w.key(kb.Enter) })
	w.shows("#tried", "Open a closed day again")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("#mistakes", "Enter why")
	w.accessible("roles-preview")
	w.tabTo("#reason")
	w.types("Nurses close up alone")
	meanwhile := access.ChangeSet{Add: []access.Cell{{Role: c.seeded(t, access.Nurse), Right: access.RightOf(access.TillReopen)}, {Role: c.seeded(t, access.Nurse), Right: access.RightOf(access.TillClose)}}}
	c.write(t, c.by(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) error {
		return identity.ChangeRights(ctx, tx, c.keys, identity.NewRights{ID: id.New(), ChangeSet: meanwhile, Versions: map[id.ID]int64{meanwhile.Add[0].Role: 1}, Reason: "Evenings"})
	})
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows(".notice", "Somebody changed this meanwhile")
	w.holds("#reason", "Nurses close up alone")
	w.accessible("roles-conflict", desk)
	w.loads(func() { w.tabTo("[data-primary]"); w.key(kb.Enter) })
	w.at("/roles")
	nurse.visit("/prices")
	nurse.shows("h1", "Prices")
	w.visit("/roles/" + role)
	w.shows(".rolelog", "Nurses close up alone")
	w.shows(".rolelog", "Evenings")
	w.accessible("role")

	w.visit("/roles/new")
	w.tabTo("#name")
	w.types("Locum vet")
	w.tabTo("#from")
	w.types("Vet")
	w.accessible("role-new", desk)
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at("/roles")
	w.shows(".matrix thead", "Locum vet")

	w.visit("/people/" + c.people[access.Receptionist].ID.String() + "/roles")
	w.tabTo("#roles label:last-of-type input")
	w.key(" ")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("#tried", "Prescribe")
	w.accessible("person-roles")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.at("/roles")
	w.shows("[aria-labelledby=holders]", "Locum vet, Receptionist")

	w.visit("/access")
	w.tabTo("#person")
	w.types("Owen")
	w.tabTo("#right")
	w.types("Prescribe")
	w.loads(func() { w.key(kb.Enter, ctrl) })
	w.shows("[aria-labelledby=access-answer]", "Owen Achebe cannot: Prescribe")
	w.accessible("access")
	w.lacks("undefined")
}

// TestTheTableOfRolesOnAPhoneAndWithoutScript: one role at a time, nothing that is ticked is lost by looking at another,
// and the same without script.
func TestTheTableOfRolesOnAPhoneAndWithoutScript(t *testing.T) {
	t.Parallel()
	c := newClinic(t, "rolefone", access.PracticeAdmin, access.Nurse)
	for _, script := range []bool{true, false} {
		w := c.window(t).as(access.PracticeAdmin)
		w.resize(phone)
		w.script(script)
		w.visit("/roles")
		w.click("[name=show][value=all]")
		w.until(`document.querySelector("[data-n='1'] [value='audit.read']").offsetParent !== null && document.querySelector("[data-n='2'] [value='audit.read']").offsetParent === null`)
		w.click("[data-n='1'] [value='audit.read']")
		w.click("[name=column][value='2']")
		w.until(`document.querySelector("[data-n='2'] [value='audit.read']").offsetParent !== null && document.querySelector("[data-n='1'] [value='audit.read']").offsetParent === null`)
		w.click("[data-n='2'] [value='audit.read']")
		w.click("[name=show][value=changed]")
		w.follow("#roles-form button[type=submit]")
		w.shows("[aria-labelledby=diff-title]", "Receptionist")
		w.shows("[aria-labelledby=diff-title]", "Nurse")
		w.follow("[name=act]")
		w.shows("[data-count]", "2 changes, not saved")
		w.follow("#roles-form button[type=submit]")
		w.write("#reason", "Tried")
		w.follow("#role-preview .btn.go")
		w.at("/roles")
	}
	w := c.window(t).as(access.PracticeAdmin)
	w.foresee("dialog beforeunload")
	leave := func() { w.follow(".rail a[href='/patients']") }
	w.visit("/roles")
	w.asks(0, "a table without a tick", leave)
	w.visit("/roles")
	w.click("[data-n='1'] [value='audit.read']")
	w.asks(1, "a table with a tick", leave)
	w.visit("/roles")
	w.click("[data-n='1'] [value='audit.read']")
	w.click("button[type=reset]")
	w.shows("[data-count]", "Tick and untick")
	w.asks(0, "a table whose ticks were undone", leave)
	var list []identity.Role
	c.write(t, c.by(access.PracticeAdmin), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.Roles(ctx, tx)
		return err
	})
	for _, r := range list { // given with script, taken without
		if r.Allows(access.RightOf(access.AuditRead)) != (r.Key == access.PracticeAdmin) {
			t.Errorf("%s reads the audit log: %t", r.Name, r.Allows(access.RightOf(access.AuditRead)))
		}
	}
}
