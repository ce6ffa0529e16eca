package provision_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/provision"
)

func deps(e *dbtest.Env) provision.Deps {
	return provision.Deps{Store: e.Store, Platform: e.Platform, Vault: e.Vault, BaseDomain: "localhost", Placement: dbtest.Placement}
}

func label() string { return "p" + strings.ReplaceAll(id.New().String(), "-", "")[8:24] }

func oakvale() provision.NewClinic {
	return provision.NewClinic{Name: "Oakvale  Veterinary Centre", Host: label(), TimeZone: "Europe/London", Country: "GB"}
}

var joanne = provision.Admin{Name: "Joanne Pettigrew", Email: "joanne@oakvale.example"}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestANewClinicHasItsRolesAndAnAdminWhoCanComeIn(t *testing.T) {
	e := dbtest.Shared(t)
	ctx := context.Background()
	n := oakvale()
	tenant, token, err := provision.Clinic(ctx, deps(e), n, joanne)
	must(t, err)
	h, ok, err := e.Store.ClinicAt(ctx, n.Host+".localhost")
	if err != nil || !ok || h.ID != tenant.ID() || h.State != "active" || h.Name != "Oakvale Veterinary Centre" || h.TimeZone != "Europe/London" {
		t.Fatalf("at the host is %+v, %v, %v", h, ok, err)
	}
	who := actor.Who{Clinic: tenant, Placement: dbtest.Placement, Purpose: actor.Work, Request: id.New(), Route: "test"}
	signIns, err := identity.NewSignIns(identity.Config{Store: e.Store, Vault: e.Vault, Clock: clock.System, AddressKey: make([]byte, 32)})
	must(t, err)
	p, err := signIns.SetFirstPassphrase(ctx, who, token, "four calm horses graze")
	must(t, err)
	if in, err := signIns.SignIn(ctx, who, joanne.Email, "four calm horses graze", netip.Addr{}); err != nil || in != p {
		t.Fatalf("the admin signs in as %+v, %v", in, err)
	}
	policy, err := identity.NewPolicies(e.Store, e.Vault, 1).For(ctx, who, 1)
	must(t, err)
	for _, role := range access.Seeded() {
		for _, perm := range role.Permissions {
			found := false
			for _, name := range policy.Holders(perm) {
				found = found || name == role.Name
			}
			if !found {
				t.Errorf("%s may not %s", role.Name, perm)
			}
		}
	}
	if got := policy.People(access.PeopleManage); len(got) != 1 || got[0] != "Joanne Pettigrew" {
		t.Errorf("those who manage people: %q", got)
	}
	if got := policy.Holders(access.ClinicalSign); len(got) != 1 || got[0] != "Veterinarian" {
		t.Errorf("those who sign: %q", got)
	}
}

func TestATakenHostIsRefusedAndNothingIsLeft(t *testing.T) {
	e := dbtest.Shared(t)
	ctx := context.Background()
	n := oakvale()
	_, _, err := provision.Clinic(ctx, deps(e), n, joanne)
	must(t, err)
	before, err := e.Platform.AllTenantsClinics(ctx)
	must(t, err)
	n.Host = strings.ToUpper(n.Host) + ".LOCALHOST"
	_, _, err = provision.Clinic(ctx, deps(e), n, joanne)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "lives at") {
		t.Fatalf("a taken host gave %v", err)
	}
	after, err := e.Platform.AllTenantsClinics(ctx)
	must(t, err)
	if len(after) != len(before) {
		t.Error("the control plane knows a clinic more")
	}
}

func TestWrongSettingsOfAClinicAreNamed(t *testing.T) {
	e := dbtest.Shared(t)
	try := func(change func(n *provision.NewClinic, a *provision.Admin)) fault.Fields {
		n, a := oakvale(), joanne
		change(&n, &a)
		_, _, err := provision.Clinic(context.Background(), deps(e), n, a)
		bad, ok := errors.AsType[fault.Fields](err)
		if !ok {
			t.Fatalf("%+v gave %v", n, err)
		}
		return bad
	}
	for _, host := range []string{"", "a.b.localhost", "localhost", ".localhost", "oakvale.example.org", "oak vale", "oakvale.localhost:80", "www", "xn--oakvle-rva", "-oak", "evil.notlocalhost", "oakvale.localhost."} {
		if try(func(n *provision.NewClinic, _ *provision.Admin) { n.Host = host }).Message("host") == "" {
			t.Errorf("host %q was taken", host)
		}
	}
	for _, zone := range []string{"", "Local", "Europe/Nowhere", "../etc/passwd"} {
		if try(func(n *provision.NewClinic, _ *provision.Admin) { n.TimeZone = zone }).Message("timezone") == "" {
			t.Errorf("time zone %q was taken", zone)
		}
	}
	for _, country := range []string{"", "gb", "GBR"} {
		if try(func(n *provision.NewClinic, _ *provision.Admin) { n.Country = country }).Message("country") == "" {
			t.Errorf("country %q was taken", country)
		}
	}
	if try(func(n *provision.NewClinic, _ *provision.Admin) { n.Name = " " }).Message("name") == "" {
		t.Error("a clinic without a name was made")
	}
	if try(func(_ *provision.NewClinic, a *provision.Admin) { a.Email = "joanne" }).Message("email") == "" {
		t.Error("an admin without an address was made")
	}
}

// A crash before the last step: the command given again simply works.
func TestAClinicCutShortCanBeMadeAgain(t *testing.T) {
	e := dbtest.New(t)
	n := oakvale()
	ctx := context.Background()
	admin := e.Admin(t)
	_, err := admin.Exec(ctx, `REVOKE INSERT ON platform.clinic FROM paddock_platform`)
	must(t, err)
	if _, _, err := provision.Clinic(ctx, deps(e), n, joanne); err == nil {
		t.Fatal("a clinic nobody could write down was made")
	}
	if _, ok, err := e.Store.ClinicAt(ctx, n.Host+".localhost"); ok || err != nil {
		t.Fatalf("half a clinic can be reached: %v", err)
	}
	_, err = admin.Exec(ctx, `GRANT INSERT ON platform.clinic TO paddock_platform`)
	must(t, err)
	_, token, err := provision.Clinic(ctx, deps(e), n, joanne)
	if err != nil || token == "" {
		t.Fatalf("the second time: %v", err)
	}
}

func TestTheCanariesAreMadeOnceAndMendedAfterACrash(t *testing.T) {
	e := dbtest.New(t)
	ctx := context.Background()
	admin := e.Admin(t)
	_, err := admin.Exec(ctx, `REVOKE INSERT ON app.patients FROM paddock_app`)
	must(t, err)
	if _, err := provision.Canaries(ctx, deps(e)); err == nil {
		t.Fatal("canaries without rows were made")
	}
	_, err = admin.Exec(ctx, `GRANT INSERT ON app.patients TO paddock_app`)
	must(t, err)
	var tenants []id.Tenant
	for range 3 {
		tenants, err = provision.Canaries(ctx, deps(e))
		must(t, err)
	}
	if len(tenants) != 2 || tenants[0] == tenants[1] {
		t.Fatalf("the canaries are %v", tenants)
	}
	known, err := e.Platform.AllTenantsClinics(ctx)
	must(t, err)
	if len(known) != 2 {
		t.Fatalf("the control plane knows %+v", known)
	}
	for i, c := range known {
		if c.State != "canary" || c.Host != "" || c.ID != tenants[i].ID() {
			t.Errorf("a canary is %+v", c)
		}
		who := actor.Who{Clinic: tenants[i], Placement: dbtest.Placement, Purpose: actor.Probe, Request: id.New(), Route: "test"}
		must(t, e.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
			clients, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
			if err != nil {
				return err
			}
			patients, err := tx.CountPatients(ctx, db.CountPatientsParams{TenantID: tx.Tenant})
			if clients != 1 || patients != 1 {
				t.Errorf("a canary has %d clients and %d patients", clients, patients)
			}
			return err
		}))
	}
}

func TestTwoProcessesMayMakeTheCanariesAtOnce(t *testing.T) {
	e := dbtest.New(t)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			_, err := provision.Canaries(context.Background(), deps(e))
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	known, err := e.Platform.AllTenantsClinics(context.Background())
	must(t, err)
	if len(known) != 2 {
		t.Fatalf("%d canaries were made", len(known))
	}
}
