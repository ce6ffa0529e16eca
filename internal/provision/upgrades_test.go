package provision_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/billing"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/provision"
	"paddock/internal/vault"
)

var toRead = provision.NewRight{Name: "test.read", Roles: []string{access.Receptionist, access.Nurse}, Right: access.AuditRead}

func as(tenant id.Tenant) actor.Who {
	return actor.Who{Clinic: tenant, Placement: dbtest.Placement, Purpose: actor.Provision, Request: id.New(), Route: "test"}
}

// holders are the roles of a clinic that hold a right.
func holders(t *testing.T, e *dbtest.Env, tenant id.Tenant, right access.Permission) []string {
	t.Helper()
	policy, err := identity.NewPolicies(e.Store, e.Vault, 1).For(context.Background(), as(tenant), 1)
	must(t, err)
	return policy.Holders(right)
}

func roleOf(t *testing.T, e *dbtest.Env, tenant id.Tenant, key string) (role db.GetRoleRow) {
	t.Helper()
	must(t, e.Store.Read(context.Background(), as(tenant), func(ctx context.Context, tx *db.Tx) (err error) {
		role, err = tx.GetRole(ctx, db.GetRoleParams{TenantID: tx.Tenant, Key: key})
		return err
	}))
	return role
}

func take(t *testing.T, e *dbtest.Env, tenant id.Tenant, role id.ID, right access.Permission) {
	t.Helper()
	must(t, e.Store.Write(context.Background(), as(tenant), func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.DeleteRoleRight(ctx, db.DeleteRoleRightParams{TenantID: tx.Tenant, RoleID: role, Allowed: string(right)})
		if n != 1 {
			t.Errorf("%d rights were taken away", n)
		}
		return err
	}))
}

func made(t *testing.T, e *dbtest.Env) (id.Tenant, string) {
	t.Helper()
	n := oakvale()
	tenant, _, err := provision.Clinic(context.Background(), deps(e), n, joanne)
	must(t, err)
	return tenant, n.Host
}

func TestANewRightReachesTheClinicsThereAreOnce(t *testing.T) {
	e := dbtest.New(t)
	ctx := context.Background()
	_, err := provision.Canaries(ctx, deps(e))
	must(t, err)
	a, _ := made(t, e)
	b, host := made(t, e)
	_, err = e.Platform.SetState(ctx, host+".localhost", "suspended")
	must(t, err)
	list := []provision.NewRight{toRead}
	if n, err := provision.Upgrade(ctx, deps(e), list, nil); err != nil || n != 2 {
		t.Fatalf("%d clinics were given it, %v", n, err)
	}
	want := []string{"Nurse", "Practice admin", "Receptionist"}
	for _, tenant := range []id.Tenant{a, b} {
		got := holders(t, e, tenant, access.AuditRead)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("it is held by %q", got)
		}
	}
	nurse := roleOf(t, e, a, access.Nurse).ID
	leaves := func() (list []db.ListLeavesRow) {
		must(t, e.Store.Read(ctx, as(a), func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: nurse})
			return err
		}))
		return list
	}
	if l := leaves(); len(l) != 1 || l[0].Action != "changed" || l[0].Object != "role" || l[0].Purpose != string(actor.Provision) || l[0].Commitment == nil {
		t.Errorf("the record says %+v", l)
	}

	// What an admin takes away stays away, at that clinic; the other keeps it.
	take(t, e, a, nurse, access.AuditRead)
	if n, err := provision.Upgrade(ctx, deps(e), list, nil); err != nil || n != 0 {
		t.Errorf("the second time %d clinics were given it, %v", n, err)
	}
	if got := holders(t, e, a, access.AuditRead); slices.Contains(got, "Nurse") {
		t.Errorf("what was taken away came back: %q", got)
	}
	if got := holders(t, e, b, access.AuditRead); !slices.Contains(got, "Nurse") {
		t.Errorf("the other clinic lost it: %q", got)
	}
	if len(leaves()) != 1 {
		t.Error("the second time was recorded")
	}

	// A later one is given without the earlier.
	later := provision.NewRight{Name: "test.later", Roles: []string{access.Receptionist, "groom"}, Right: access.ImportRun}
	if n, err := provision.Upgrade(ctx, deps(e), append(list, later), nil); err != nil || n != 2 {
		t.Errorf("%d clinics were given the later one, %v", n, err)
	}
	if got := holders(t, e, a, access.ImportRun); !slices.Contains(got, "Receptionist") || slices.Contains(holders(t, e, a, access.AuditRead), "Nurse") {
		t.Errorf("the later one is held by %q", got)
	}
}

func TestAClinicMadeNowIsGivenNothingLater(t *testing.T) {
	e := dbtest.New(t)
	ctx := context.Background()
	tenant, _ := made(t, e)
	before := map[access.Permission][]string{}
	for _, n := range provision.NewRights() {
		before[n.Right] = holders(t, e, tenant, n.Right)
		take(t, e, tenant, roleOf(t, e, tenant, n.Roles[0]).ID, n.Right)
	}
	if n, err := provision.Upgrade(ctx, deps(e), provision.NewRights(), provision.Seeds()); err != nil || n != 0 {
		t.Errorf("%d clinics were given something, %v", n, err)
	}
	for right, had := range before {
		if got := holders(t, e, tenant, right); len(got) != len(had)-1 {
			t.Errorf("%s is held by %q, and was by %q", right, got, had)
		}
	}
}

// What a release adds to a seeded role, clinics that were there before must be given too.
func TestEachNewRightIsOfTheSeededRoles(t *testing.T) {
	names := map[string]bool{}
	for _, n := range provision.NewRights() {
		if names[n.Name] || n.Name != strings.ToLower(n.Name) || len(n.Roles) == 0 {
			t.Errorf("%+v", n)
		}
		names[n.Name] = true
		for _, r := range access.Seeded() {
			if slices.Contains(n.Roles, r.Key) != slices.Contains(r.Permissions, n.Right) {
				t.Errorf("%s and the clinics made from now on differ in %s", n.Name, r.Key)
			}
		}
	}
	// Those of the first release; whatever else is seeded must be in NewRights.
	first := "session.own client.read client.write patient.read patient.write clinical.read clinical.write clinical.sign import.run audit.read people.manage"
	for _, p := range access.All() {
		given := slices.ContainsFunc(provision.NewRights(), func(n provision.NewRight) bool { return n.Right == p })
		if !given && !slices.Contains(strings.Fields(first), string(p)) {
			t.Errorf("%s does not reach the clinics made before it", p)
		}
	}
}

// A clinic made before a slice was there is given what it begins with once, and keeps what it does with it.
func TestAnOlderClinicIsGivenWhatASliceBeginsWith(t *testing.T) {
	e := dbtest.New(t)
	ctx := context.Background()
	tenant, _ := made(t, e)
	var countries []string
	seed := provision.Seed{Name: "test.seed", Give: func(_ context.Context, _ *db.Tx, keys *vault.Clinic, country string) error {
		if keys.ID() != tenant {
			t.Errorf("the keys are %s's", keys.ID())
		}
		countries = append(countries, country)
		return nil
	}}
	for _, want := range []int{1, 0} {
		if n, err := provision.Upgrade(ctx, deps(e), nil, []provision.Seed{seed}); err != nil || n != want {
			t.Errorf("%d clinics were given it, %v", n, err)
		}
	}
	if !slices.Equal(countries, []string{"GB"}) {
		t.Errorf("it was given in %q", countries)
	}
	names := map[string]bool{}
	for _, s := range provision.Seeds() {
		if names[s.Name] || s.Name != strings.ToLower(s.Name) {
			t.Errorf("the name %q", s.Name)
		}
		names[s.Name] = true
	}
	for _, n := range provision.NewRights() {
		if names[n.Name] {
			t.Errorf("%q is a right and rows", n.Name)
		}
	}
	var money billing.Settings
	must(t, e.Store.Read(ctx, as(tenant), func(ctx context.Context, tx *db.Tx) (err error) {
		money, err = billing.LoadSettings(ctx, tx)
		return err
	}))
	if money.Currency != "GBP" {
		t.Errorf("a clinic made now counts in %q", money.Currency)
	}
}

func TestTwoProcessesGiveANewRightOnce(t *testing.T) {
	e := dbtest.New(t)
	tenant, _ := made(t, e)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			_, err := provision.Upgrade(context.Background(), deps(e), []provision.NewRight{toRead}, nil)
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := holders(t, e, tenant, access.AuditRead); len(got) != 3 {
		t.Errorf("it is held by %q", got)
	}
}

// Other clinics' roles are out of reach: the database refuses what names another clinic.
func TestANewRightCannotBeGivenAtAnotherClinic(t *testing.T) {
	e := dbtest.New(t)
	a, _ := made(t, e)
	b, _ := made(t, e)
	theirs := roleOf(t, e, b, access.Nurse).ID
	err := e.Store.Write(context.Background(), as(a), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.InsertRoleRight(ctx, db.InsertRoleRightParams{TenantID: b, RoleID: theirs, Allowed: string(access.AuditRead)})
		return err
	})
	if !db.Refused(err) {
		t.Errorf("a right at another clinic: %v", err)
	}
	err = e.Store.Write(context.Background(), as(a), func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertUpgrade(ctx, db.InsertUpgradeParams{TenantID: b, ID: id.New(), Name: "test.read", At: tx.Now()})
	})
	if !db.Refused(err) {
		t.Errorf("an upgrade at another clinic: %v", err)
	}
	if got := holders(t, e, b, access.AuditRead); len(got) != 1 {
		t.Errorf("the other clinic's is held by %q", got)
	}
}
