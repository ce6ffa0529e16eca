package identity_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
)

func TestAPersonIsSealedAndRecorded(t *testing.T) {
	d := newDesk(t)
	p := d.add(t, "  Zoë   O'Neill ", "Zoe@Example.org", "", access.Nurse, access.Nurse)
	var list []identity.Person
	must(t, d.Store.Read(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = identity.People(ctx, tx, d.Keys)
		return err
	}))
	if len(list) != 1 || list[0] != p || p.Name != "Zoë O'Neill" || p.Email != "zoe@example.org" || p.State != identity.Invited {
		t.Fatalf("the people are %+v", list)
	}
	var row string
	must(t, d.Admin(t).QueryRow(context.Background(), `SELECT p::text FROM app.people AS p WHERE tenant_id = $1`, d.Tenant).Scan(&row))
	for _, plain := range []string{"Neill", "zoe"} {
		if strings.Contains(row, plain) || strings.Contains(row, fmt.Sprintf("%x", plain)) {
			t.Errorf("%q stands in the row in clear", plain)
		}
	}
	if n := d.count(t, `SELECT count(*) FROM app.changes WHERE tenant_id = $1 AND object = 'person' AND object_id = $2`, d.Tenant, p.ID); n != 1 {
		t.Errorf("%d changes kept", n)
	}
}

func TestAddPersonSaysWhatIsWrong(t *testing.T) {
	d := newDesk(t)
	d.add(t, "Jo", "jo@example.org", "", access.Nurse)
	for field, n := range map[string]identity.NewPerson{
		"name":       {Name: " ", Email: "a@example.org", Roles: []string{access.Nurse}},
		"email":      {Name: "A", Email: "a at example.org", Roles: []string{access.Nurse}},
		"roles":      {Name: "A", Email: "a@example.org"},
		"passphrase": {Name: "A", Email: "a@example.org", Roles: []string{access.Nurse}, Passphrase: "too short"},
	} {
		err := d.Store.Write(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) error {
			_, err := identity.AddPerson(ctx, tx, d.Keys, n)
			return err
		})
		if bad, ok := errors.AsType[fault.Fields](err); !ok || len(bad) != 1 || bad.Message(field) == "" {
			t.Errorf("a wrong %s gave %v", field, err)
		}
	}
	err := d.Store.Write(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) error {
		_, err := identity.AddPerson(ctx, tx, d.Keys, identity.NewPerson{Name: "B", Email: " JO@example.org", Roles: []string{"nobody"}})
		return err
	})
	if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.Message("roles") == "" {
		t.Errorf("an unknown role gave %v", err)
	}
	err = d.Store.Write(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) error {
		_, err := identity.AddPerson(ctx, tx, d.Keys, identity.NewPerson{Name: "B", Email: " JO@example.org", Roles: []string{access.Nurse}})
		return err
	})
	if bad, ok := errors.AsType[fault.Fields](err); !ok || bad.Message("email") == "" {
		t.Errorf("an address given twice gave %v", err)
	}
	d.neighbour(t).add(t, "Jo", "jo@example.org", "", access.Nurse) // at another clinic it is free
}

func TestAPolicyNamesPeopleAndIsReadOncePerEpoch(t *testing.T) {
	d := newDesk(t)
	vet := d.add(t, "Vera Vet", "vera@example.org", passphrase, access.Veterinarian, access.PracticeAdmin)
	d.add(t, "Ina Invited", "ina@example.org", "", access.Veterinarian)
	d.add(t, "Rita Reception", "rita@example.org", passphrase, access.Receptionist)
	policies := identity.NewPolicies(d.Store, d.Vault, 1)
	_, c := d.load(t, d.begin(t, vet))
	ctx, meter := db.WithMeter(context.Background())
	p, err := policies.For(ctx, c.Who(d.who()), c.Policy.Epoch)
	must(t, err)
	if again, err := policies.For(ctx, c.Who(d.who()), c.Policy.Epoch); err != nil || again != p || meter.Trips() != 1 {
		t.Fatalf("twice the same epoch cost %d trips, %v", meter.Trips(), err)
	}
	if got := p.People(access.ClinicalSign); !slices.Equal(got, []string{"Vera Vet"}) {
		t.Errorf("those who may sign: %q", got)
	}
	if got := p.Holders(access.ClinicalSign); !slices.Equal(got, []string{"Veterinarian"}) {
		t.Errorf("roles that may sign: %q", got)
	}
	if m, ok := p.Member(vet.ID); !ok || m.Name != "Vera Vet" || !slices.Equal(m.Roles, []string{"Practice admin", "Veterinarian"}) {
		t.Errorf("the vet is %+v", m)
	}
	if p.Name(id.New()) == "" {
		t.Error("somebody unknown has no name at all")
	}
	if !p.Sees(c.RoleIDs, access.FieldClinical) || p.Sees(access.RoleSet{d.roles[access.Receptionist]}, access.FieldClinical) {
		t.Error("field groups were not read")
	}
	// The cache holds one clinic: another pushes the first out, and answers are never mixed.
	n := d.neighbour(t)
	q, err := policies.For(context.Background(), n.who(), 1)
	must(t, err)
	if q.Clinic() != n.Tenant || len(q.People(access.ClinicalSign)) != 0 || q.May(c.RoleIDs, access.PatientRead) {
		t.Error("a clinic was answered with another's policy")
	}
	if again, err := policies.For(context.Background(), d.who(), c.Policy.Epoch); err != nil || again == p || again.Clinic() != d.Tenant {
		t.Errorf("after being pushed out: %v", err)
	}
}
