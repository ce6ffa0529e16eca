package identity_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
)

func (d *desk) staff(t *testing.T, row id.ID) (s identity.Staff) {
	t.Helper()
	must(t, d.Store.Read(context.Background(), d.who(), func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = identity.OpenStaff(ctx, tx, d.Keys, row)
		return err
	}))
	return s
}

func (d *desk) invite(by identity.Person, n identity.NewPerson) (token string, err error) {
	err = d.do(d.by(by), func(ctx context.Context, tx *db.Tx) (err error) {
		token, err = identity.Invite(ctx, tx, d.Keys, n)
		return err
	})
	return token, err
}

func (d *desk) deactivate(by identity.Person, row id.ID, version int64, reason string) error {
	return d.do(d.by(by), func(ctx context.Context, tx *db.Tx) error {
		return identity.Deactivate(ctx, tx, d.Keys, row, version, reason)
	})
}

// Somebody invited sets a passphrase by the link, which works once; a new link ends the older one.
func TestAnInvitationIsOneLink(t *testing.T) {
	d := newDesk(t)
	admin := d.admin(t, "ada@example.org")
	n := identity.NewPerson{ID: id.New(), Name: "Ella Brook", Email: "ella@example.org", Roles: []string{access.Receptionist}}
	first, err := d.invite(admin, n)
	must(t, err)
	if again, err := d.invite(admin, n); err != nil || again != "" {
		t.Errorf("sent twice: %q %v", again, err)
	}
	if s := d.staff(t, n.ID); s.State != identity.Invited || !s.Waits(d.clock.Now()) || s.SignsIn {
		t.Errorf("invited is %+v", s)
	}
	if _, err := d.invite(admin, identity.NewPerson{Name: "Ella B", Email: "ELLA@example.org", Roles: []string{access.Nurse}}); !errors.As(err, new(fault.Fields)) {
		t.Errorf("a second person of one address: %v", err)
	}
	var second string
	must(t, d.do(d.by(admin), func(ctx context.Context, tx *db.Tx) (err error) {
		second, err = identity.InviteAgain(ctx, tx, d.Keys, n.ID)
		return err
	}))
	if _, err := d.set(first, passphrase); !errors.Is(err, identity.ErrLinkOver) {
		t.Errorf("the older link: %v", err)
	}
	_, err = d.set(second, passphrase)
	must(t, err)
	if s := d.staff(t, n.ID); s.State != identity.Active || s.Waits(d.clock.Now()) || !s.SignsIn {
		t.Errorf("who came is %+v", s)
	}
	err = d.do(d.by(admin), func(ctx context.Context, tx *db.Tx) error {
		_, err := identity.InviteAgain(ctx, tx, d.Keys, n.ID)
		return err
	})
	if !errors.Is(err, identity.ErrNotInvited) {
		t.Errorf("a link for somebody who signs in: %v", err)
	}
	if _, err := d.invite(d.add(t, "Nia", "nia@example.org", passphrase, access.Nurse), identity.NewPerson{Name: "X", Email: "x@example.org", Roles: []string{access.PracticeAdmin}}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a nurse invites: %v", err)
	}
}

// Whoever is deactivated is out of every session and link at once, and comes back with the roles of before.
func TestAnEndOfAccessEndsEverything(t *testing.T) {
	d := newDesk(t)
	admin, nurse := d.admin(t, "ada@example.org"), d.add(t, "Nia", "nia@example.org", passphrase, access.Nurse)
	token := d.begin(t, nurse)
	if _, c := d.load(t, token); c == nil || c.Ended {
		t.Fatal("the nurse is not signed in")
	}
	version := d.staff(t, nurse.ID).Version
	if err := d.deactivate(admin, nurse.ID, version, " "); !errors.As(err, new(fault.Fields)) {
		t.Errorf("without a reason: %v", err)
	}
	if err := d.deactivate(admin, nurse.ID, version+1, "Left"); !errors.Is(err, identity.ErrPersonOvertaken) {
		t.Errorf("of another version: %v", err)
	}
	if err := d.deactivate(nurse, admin.ID, 1, "Revenge"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a nurse ends an admin's access: %v", err)
	}
	must(t, d.deactivate(admin, nurse.ID, version, "Left in May"))
	must(t, d.deactivate(admin, nurse.ID, version, "Left in May")) // sent twice
	if _, c := d.load(t, token); c != nil && !c.Ended {
		t.Error("the session goes on")
	}
	if n := d.count(t, `SELECT count(*) FROM sec.sessions WHERE tenant_id = $1 AND person_id = $2`, d.Tenant, nurse.ID); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	if _, err := d.signIn(t, "nia@example.org", passphrase); err == nil {
		t.Error("who left signs in")
	}
	if d.policy(t).Holds(nurse.ID, access.ClinicalRead) {
		t.Error("who left may still do something")
	}
	must(t, d.do(d.by(admin), func(ctx context.Context, tx *db.Tx) error {
		return identity.Reactivate(ctx, tx, d.Keys, nurse.ID, d.staff(t, nurse.ID).Version)
	}))
	if _, err := d.signIn(t, "nia@example.org", passphrase); err != nil {
		t.Errorf("who came back: %v", err)
	}
	if !d.policy(t).Holds(nurse.ID, access.ClinicalRead) {
		t.Error("who came back lost the role")
	}
	if n := d.leaves(t, "changed", "done"); n < 2 {
		t.Errorf("%d changes stand in the record", n)
	}
}

// Of two admins who end each other's access at once, one stays; the last one cannot leave.
func TestTheLastWhoManagesPeopleStays(t *testing.T) {
	d := newDesk(t)
	two := []identity.Person{d.admin(t, "ada@example.org"), d.admin(t, "bea@example.org")}
	var wg sync.WaitGroup
	for i, other := range []identity.Person{two[1], two[0]} {
		wg.Go(func() { _ = d.deactivate(two[i], other.ID, 1, "Quarrel") })
	}
	wg.Wait()
	left := d.policy(t).People(access.PeopleManage)
	if len(left) != 1 {
		t.Fatalf("%d who manage people are left", len(left))
	}
	for _, p := range two {
		s := d.staff(t, p.ID)
		if s.State != identity.Active {
			continue
		}
		if err := d.deactivate(p, p.ID, s.Version, "Off"); !errors.Is(err, identity.ErrLastManager) {
			t.Errorf("the last one leaves: %v", err)
		}
	}
}

// Another clinic's people are nowhere.
func TestNobodyManagesAnotherClinicsPeople(t *testing.T) {
	d := newDesk(t)
	n := d.neighbour(t)
	admin, theirs := d.admin(t, "ada@example.org"), n.add(t, "Nia", "nia@example.org", passphrase, access.Nurse)
	for what, do := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"end": func(ctx context.Context, tx *db.Tx) error {
			return identity.Deactivate(ctx, tx, d.Keys, theirs.ID, 1, "Left")
		},
		"return": func(ctx context.Context, tx *db.Tx) error { return identity.Reactivate(ctx, tx, d.Keys, theirs.ID, 1) },
		"link": func(ctx context.Context, tx *db.Tx) error {
			_, err := identity.InviteAgain(ctx, tx, d.Keys, theirs.ID)
			return err
		},
	} {
		if err := d.do(d.by(admin), do); !errors.Is(err, fault.Missing) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
