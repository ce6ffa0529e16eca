package identity_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
)

// by is one person's act.
func (d *desk) by(p identity.Person) actor.Who {
	w := d.who()
	w.Person, w.Request = p.ID, id.New()
	return w
}

func (d *desk) do(who actor.Who, do func(ctx context.Context, tx *db.Tx) error) error {
	return d.Store.Write(context.Background(), who, do)
}

func (d *desk) listRoles(t *testing.T) (list []identity.Role) {
	t.Helper()
	must(t, d.Store.Read(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.Roles(ctx, tx)
		return err
	}))
	return list
}

func (d *desk) role(t *testing.T, row id.ID) (r identity.Role) {
	t.Helper()
	must(t, d.Store.Read(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = identity.OpenRole(ctx, tx, row)
		return err
	}))
	return r
}

func (d *desk) history(t *testing.T, row id.ID) (list []identity.RoleChange) {
	t.Helper()
	must(t, d.Store.Read(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.RoleHistory(ctx, tx, d.Keys, row)
		return err
	}))
	return list
}

func (d *desk) policy(t *testing.T) *identity.Policy {
	t.Helper()
	p, err := identity.NewPolicies(d.Store, d.Vault, 1).For(context.Background(), d.who(), 1)
	must(t, err)
	return p
}

// change is a form of the table of roles as the page makes it from what it read.
func (d *desk) change(t *testing.T, add, take []access.Cell) identity.NewRights {
	t.Helper()
	n := identity.NewRights{ID: id.New(), ChangeSet: access.ChangeSet{Add: add, Take: take}, Versions: map[id.ID]int64{}, Reason: "Asked for"}
	for _, r := range d.listRoles(t) {
		n.Versions[r.ID] = r.Version
	}
	return n
}

func (d *desk) changeRights(who actor.Who, n identity.NewRights) error {
	return d.do(who, func(ctx context.Context, tx *db.Tx) error { return identity.ChangeRights(ctx, tx, d.Keys, n) })
}

func (d *desk) assign(who actor.Who, n identity.NewHolding) error {
	return d.do(who, func(ctx context.Context, tx *db.Tx) error { return identity.AssignRoles(ctx, tx, d.Keys, n) })
}

func (d *desk) addRole(who actor.Who, row id.ID, name string, from id.ID) error {
	return d.do(who, func(ctx context.Context, tx *db.Tx) error { return identity.AddRole(ctx, tx, d.Keys, row, name, from) })
}

func cell(role id.ID, p access.Permission) access.Cell {
	return access.Cell{Role: role, Right: access.RightOf(p)}
}

func (d *desk) admin(t *testing.T, email string) identity.Person {
	t.Helper()
	return d.add(t, "Ada Admin", email, passphrase, access.PracticeAdmin)
}

func TestAChangeOfRightsCountsAndIsKeptWithItsReason(t *testing.T) {
	d := newDesk(t)
	admin, nurse := d.admin(t, "ada@example.org"), d.add(t, "Nia", "nia@example.org", passphrase, access.Nurse)
	role := d.roles[access.Nurse]
	before := d.policy(t)
	n := d.change(t, []access.Cell{cell(role, access.BillCredit), cell(role, access.ClinicalRead), {Role: d.roles[access.Receptionist], Right: access.RightToSee(access.FieldStaff)}}, []access.Cell{cell(role, access.LabelPrint)})
	n.Reason = "  Nurses close\nup alone  "
	must(t, d.changeRights(d.by(admin), n))
	after := d.policy(t)
	if after.Epoch <= before.Epoch {
		t.Errorf("epoch %d after %d", after.Epoch, before.Epoch)
	}
	if !after.Holds(nurse.ID, access.BillCredit) || after.Holds(nurse.ID, access.LabelPrint) || !after.Holds(nurse.ID, access.ClinicalRead) || before.Holds(nurse.ID, access.BillCredit) {
		t.Error("what was given or taken does not count")
	}
	list := d.history(t, role)
	if len(list) != 1 || list[0].Kind != identity.RoleRights || list[0].By != admin.ID || list[0].Reason != "Nurses close up alone" ||
		!slices.Equal(list[0].Added, []access.Right{access.RightOf(access.BillCredit)}) || !slices.Equal(list[0].Taken, []access.Right{access.RightOf(access.LabelPrint)}) {
		t.Errorf("the history is %+v", list)
	}
	if n := d.count(t, `SELECT count(*) FROM app.changes WHERE tenant_id = $1 AND object = 'role' AND object_id = $2 AND actor_id = $3`, d.Tenant, role, admin.ID); n != 1 {
		t.Errorf("%d changes kept", n)
	}
	var row string
	must(t, d.Admin(t).QueryRow(context.Background(), `SELECT string_agg(r::text, ' ') FROM app.role_changes AS r WHERE tenant_id = $1`, d.Tenant).Scan(&row))
	if strings.Contains(row, "alone") || strings.Contains(row, fmt.Sprintf("%x", "alone")) {
		t.Error("the reason stands in the row in clear")
	}
	// Sent once more it changes nothing, and neither does an old form.
	must(t, d.changeRights(d.by(admin), n))
	if list := d.history(t, role); len(list) != 1 {
		t.Errorf("sent twice, kept %d times", len(list))
	}
	n.ID = id.New()
	if err := d.changeRights(d.by(admin), n); !errors.Is(err, identity.ErrRoleOvertaken) {
		t.Errorf("an old form: %v", err)
	}
}

// T81, and what else a form may not say.
func TestWhatAFormOfRolesIsRefused(t *testing.T) {
	d := newDesk(t)
	n := d.neighbour(t)
	admin, nurse := d.admin(t, "ada@example.org"), d.add(t, "Nia", "nia@example.org", passphrase, access.Nurse)
	role, own := d.roles[access.Nurse], d.roles[access.PracticeAdmin]
	both := id.New()
	must(t, d.addRole(d.by(admin), both, "Deputy", own))
	was := d.listRoles(t)
	for _, right := range []access.Right{"platform.operate", "platform:all", "public", "wall.show", "session.own", "field:genome", "", "till.open"} {
		if err := d.changeRights(d.by(admin), d.change(t, []access.Cell{{Role: role, Right: right}}, nil)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", right, err)
		}
	}
	for what, c := range map[string]struct {
		who  actor.Who
		n    identity.NewRights
		want func(error) bool
	}{
		"another clinic's role": {d.by(admin), d.change(t, []access.Cell{cell(n.roles[access.Nurse], access.AuditRead)}, nil), is(fault.Missing)},
		"nobody's role":         {d.by(admin), d.change(t, []access.Cell{cell(id.New(), access.AuditRead)}, nil), is(fault.Missing)},
		"a nurse":               {d.by(nurse), d.change(t, []access.Cell{cell(role, access.PeopleManage)}, nil), kind(fault.Forbidden)},
		"nobody":                {d.who(), d.change(t, []access.Cell{cell(role, access.PeopleManage)}, nil), kind(fault.Forbidden)},
		"a lock-out":            {d.by(admin), d.change(t, nil, []access.Cell{cell(own, access.PeopleManage)}), is(identity.ErrNoManager)},
		"nothing":               {d.by(admin), d.change(t, []access.Cell{cell(role, access.ClinicalRead)}, nil), kind(fault.Invalid)},
		"no reason": {d.by(admin), func() identity.NewRights {
			n := d.change(t, []access.Cell{cell(role, access.AuditRead)}, nil)
			n.Reason = "  "
			return n
		}(), func(err error) bool {
			bad, ok := errors.AsType[fault.Fields](err)
			return ok && bad.Message("reason") != ""
		}},
	} {
		if err := d.changeRights(c.who, c.n); !c.want(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := d.listRoles(t); fmt.Sprint(got) != fmt.Sprint(was) {
		t.Error("something changed")
	}
	// The right may go where the editor holds it by another role as well.
	version := d.versionOf(t, admin)
	must(t, d.assign(d.by(admin), identity.NewHolding{ID: id.New(), Person: admin.ID, Version: version, Roles: []id.ID{own, both}}))
	must(t, d.changeRights(d.by(admin), d.change(t, nil, []access.Cell{cell(own, access.PeopleManage)})))
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
func kind(want fault.Kind) func(error) bool {
	return func(err error) bool { return fault.KindOf(err) == want }
}

// versionOf is the version of a person, as a form of their roles knows it.
func (d *desk) versionOf(t *testing.T, p identity.Person) (version int64) {
	t.Helper()
	must(t, d.Store.Read(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		_, version, err = identity.Holding(ctx, tx, p.ID)
		return err
	}))
	return version
}

func TestTheDatabaseRefusesThePlatformsRightsAndAnotherHistory(t *testing.T) {
	d := newDesk(t)
	admin := d.admin(t, "ada@example.org")
	if err := d.do(d.by(admin), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.InsertRoleRight(ctx, db.InsertRoleRightParams{TenantID: tx.Tenant, RoleID: d.roles[access.Nurse], Allowed: "platform.operate"})
		return err
	}); !db.Violates(err, "role_rights_of_clinic") {
		t.Errorf("a right of the platform: %v", err)
	}
	for _, verb := range []string{"UPDATE", "DELETE", "TRUNCATE"} {
		if n := d.count(t, `SELECT has_table_privilege('paddock_app', 'app.role_changes', $1)::int`, verb); n != 0 {
			t.Errorf("the history can be changed by %s", verb)
		}
	}
}

func TestARoleOfTheClinicsOwn(t *testing.T) {
	d := newDesk(t)
	admin, vet := d.admin(t, "ada@example.org"), d.add(t, "Lee", "lee@example.org", passphrase, access.Veterinarian)
	row, like := id.New(), d.roles[access.Veterinarian]
	for range 2 { // sent twice, made once
		must(t, d.addRole(d.by(admin), row, "  Locum  vet", like))
	}
	r := d.role(t, row)
	if r.Name != "Locum vet" || !r.Own() || !slices.Equal(r.Rights(), d.role(t, like).Rights()) {
		t.Fatalf("the role is %+v", r)
	}
	list := d.listRoles(t)
	if len(list) != len(access.Seeded())+1 || list[0].Key != access.Receptionist || list[len(list)-1].ID != row {
		t.Errorf("the roles are %+v", list)
	}
	for name, sends := range map[string]func() error{
		"the name of another": func() error { return d.addRole(d.by(admin), id.New(), "NURSE", like) },
		"no name":             func() error { return d.addRole(d.by(admin), id.New(), " ", like) },
		"no model":            func() error { return d.addRole(d.by(admin), id.New(), "Free", id.ID{}) },
		"a long name":         func() error { return d.addRole(d.by(admin), id.New(), strings.Repeat("x", 61), like) },
	} {
		if bad, ok := errors.AsType[fault.Fields](sends()); !ok || len(bad) != 1 {
			t.Errorf("%s: %v", name, bad)
		}
	}
	if err := d.addRole(d.by(admin), id.New(), "Theirs", d.neighbour(t).roles[access.Nurse]); !errors.Is(err, fault.Missing) {
		t.Errorf("like another clinic's: %v", err)
	}
	if err := d.addRole(d.by(vet), id.New(), "Mine", like); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a vet makes a role: %v", err)
	}
	rename := func(who identity.Person, row id.ID, version int64, name string) error {
		return d.do(d.by(who), func(ctx context.Context, tx *db.Tx) error {
			return identity.RenameRole(ctx, tx, d.Keys, id.New(), row, version, name)
		})
	}
	must(t, rename(admin, row, 1, "Locum"))
	if err := rename(admin, row, 1, "Stand-in"); !errors.Is(err, identity.ErrRoleOvertaken) {
		t.Errorf("an old form: %v", err)
	}
	if err := rename(admin, row, 2, "veterinarian"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two of one name: %v", err)
	}
	retire := func(row id.ID) error {
		return d.do(d.by(admin), func(ctx context.Context, tx *db.Tx) error { return identity.RetireRole(ctx, tx, d.Keys, row) })
	}
	version := d.versionOf(t, vet)
	must(t, d.assign(d.by(admin), identity.NewHolding{ID: id.New(), Person: vet.ID, Version: version, Roles: []id.ID{row}}))
	if err := retire(row); !errors.Is(err, identity.ErrRoleHeld) {
		t.Errorf("a role that is held: %v", err)
	}
	if err := retire(like); !errors.Is(err, identity.ErrRoleSeeded) {
		t.Errorf("a seeded role: %v", err)
	}
	must(t, d.assign(d.by(admin), identity.NewHolding{ID: id.New(), Person: vet.ID, Version: version + 1, Roles: []id.ID{like}}))
	for range 2 {
		must(t, retire(row))
	}
	if r := d.role(t, row); r.Retired.IsZero() || len(r.Rights()) != 0 {
		t.Errorf("retired it is %+v", r)
	}
	if err := d.assign(d.by(admin), identity.NewHolding{ID: id.New(), Person: vet.ID, Version: version + 2, Roles: []id.ID{row}}); !errors.Is(err, fault.Missing) {
		t.Errorf("a retired role is given: %v", err)
	}
	var kinds []identity.RoleKind
	for _, c := range d.history(t, row) {
		kinds = append(kinds, c.Kind)
	}
	if want := []identity.RoleKind{identity.RoleRetired, identity.RoleTaken, identity.RoleGiven, identity.RoleRenamed, identity.RoleMade}; !slices.Equal(kinds, want) {
		t.Errorf("the history is %v", kinds)
	}
}

func TestAClinicHasOnlySoManyRoles(t *testing.T) {
	d := newDesk(t)
	admin := d.admin(t, "ada@example.org")
	var err error
	n := len(access.Seeded())
	for ; err == nil && n < 40; n++ {
		err = d.addRole(d.by(admin), id.New(), fmt.Sprintf("Role %d", n), d.roles[access.Nurse])
	}
	if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.Message("name") == "" || n != 21 {
		t.Errorf("at the %d. role: %v", n, err)
	}
}

func TestSomebodyHoldsSeveralRoles(t *testing.T) {
	d := newDesk(t)
	n := d.neighbour(t)
	admin, vet := d.admin(t, "ada@example.org"), d.add(t, "Lee", "lee@example.org", passphrase, access.Veterinarian)
	both := []id.ID{d.roles[access.Veterinarian], d.roles[access.PracticeAdmin]}
	version := d.versionOf(t, vet)
	form := identity.NewHolding{ID: id.New(), Person: vet.ID, Version: version, Roles: both}
	for range 2 {
		must(t, d.assign(d.by(admin), form))
	}
	if p := d.policy(t); !p.Holds(vet.ID, access.PeopleManage) || !p.Holds(vet.ID, access.ClinicalSign) {
		t.Error("two roles do not add up")
	}
	for what, c := range map[string]struct {
		n    identity.NewHolding
		want func(error) bool
	}{
		"an old form":             {identity.NewHolding{ID: id.New(), Person: vet.ID, Version: version, Roles: both[:1]}, is(identity.ErrRoleOvertaken)},
		"no role":                 {identity.NewHolding{ID: id.New(), Person: vet.ID, Version: version + 1}, kind(fault.Invalid)},
		"nobody":                  {identity.NewHolding{ID: id.New(), Person: id.New(), Version: 1, Roles: both}, is(fault.Missing)},
		"another clinic's role":   {identity.NewHolding{ID: id.New(), Person: vet.ID, Version: version + 1, Roles: []id.ID{n.roles[access.Nurse]}}, is(fault.Missing)},
		"another clinic's person": {identity.NewHolding{ID: id.New(), Person: n.admin(t, "nell@example.org").ID, Version: 1, Roles: both}, is(fault.Missing)},
	} {
		if err := d.assign(d.by(admin), c.n); !c.want(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	version = d.versionOf(t, admin)
	if err := d.assign(d.by(admin), identity.NewHolding{ID: id.New(), Person: admin.ID, Version: version, Roles: both[:1]}); !errors.Is(err, identity.ErrNoManager) {
		t.Errorf("an admin takes the right from themselves: %v", err)
	}
	must(t, d.assign(d.by(vet), identity.NewHolding{ID: id.New(), Person: admin.ID, Version: version, Roles: both[:1]})) // another may
}

// Two admins who take the right from each other at once, in every way there is: one of them is too late.
func TestTwoAdminsCannotLockTheClinicOut(t *testing.T) {
	d := newDesk(t)
	for round := range 6 {
		one, two := d.admin(t, fmt.Sprintf("one%d@example.org", round)), d.admin(t, fmt.Sprintf("two%d@example.org", round))
		own := id.New() // the second holds it by a role of its own
		must(t, d.addRole(d.by(one), own, fmt.Sprintf("Deputy %d", round), d.roles[access.PracticeAdmin]))
		must(t, d.assign(d.by(one), identity.NewHolding{ID: id.New(), Person: two.ID, Version: 1, Roles: []id.ID{own}}))
		rights := d.change(t, nil, []access.Cell{cell(own, access.PeopleManage)})
		acts := []func() error{
			func() error {
				if round%2 == 0 {
					return d.changeRights(d.by(one), rights)
				}
				return d.assign(d.by(one), identity.NewHolding{ID: id.New(), Person: two.ID, Version: 2, Roles: []id.ID{d.roles[access.Nurse]}})
			},
			func() error {
				return d.assign(d.by(two), identity.NewHolding{ID: id.New(), Person: one.ID, Version: 1, Roles: []id.ID{d.roles[access.Nurse]}})
			},
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, act := range acts {
			wg.Go(func() { errs[i] = act() })
		}
		wg.Wait()
		p := d.policy(t)
		if a, b := p.Holds(one.ID, access.PeopleManage), p.Holds(two.ID, access.PeopleManage); a == b {
			t.Fatalf("round %d: the one manages %t, the other %t; %v", round, a, b, errs)
		}
		for i, err := range errs {
			if err != nil && fault.KindOf(err) != fault.Forbidden {
				t.Errorf("round %d, %d: %v", round, i, err)
			}
		}
	}
}
