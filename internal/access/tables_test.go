package access

import (
	"context"
	"errors"
	"sync"
	"testing"

	"paddock/internal/id"
)

// clinicRoles is a database of one clinic's roles.
type clinicRoles struct {
	mu    sync.Mutex
	roles []Role
	epoch int64
	reads int
}

func (c *clinicRoles) load(context.Context) ([]Role, int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	return c.roles, c.epoch, nil
}

func ask(t *testing.T, tables *Tables, clinic id.Tenant, epoch int64, load Load) *Table {
	t.Helper()
	table, err := tables.For(t.Context(), clinic, epoch, load)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestARoleTakenAwayIsGoneAtTheNextEpochOnEveryNode(t *testing.T) {
	role := Role{ID: id.New(), Name: "vet", Permissions: []Permission{ClinicalRead}}
	held, clinic := RoleSet{role.ID}, id.TenantFrom(id.New())
	store := &clinicRoles{roles: []Role{role}, epoch: 1}
	nodes := []*Tables{NewTables(8), NewTables(8)}
	for _, node := range nodes {
		if !ask(t, node, clinic, 1, store.load).May(held, ClinicalRead) {
			t.Fatal("the right is not there to begin with")
		}
	}
	store.roles, store.epoch = []Role{{ID: role.ID, Name: "vet"}}, 2
	for i, node := range nodes {
		if ask(t, node, clinic, 2, store.load).May(held, ClinicalRead) {
			t.Errorf("node %d still allows", i)
		}
	}
}

func TestTheKeyOfATableContainsTheClinic(t *testing.T) {
	role := id.New()
	a, b := id.TenantFrom(id.New()), id.TenantFrom(id.New())
	tables := NewTables(8)
	mighty := &clinicRoles{roles: []Role{{ID: role, Permissions: All()}}, epoch: 7}
	meek := &clinicRoles{roles: []Role{{ID: role}}, epoch: 7}
	for range 2 {
		if ta := ask(t, tables, a, 7, mighty.load); !ta.May(RoleSet{role}, PeopleManage) || ta.Clinic() != a {
			t.Error("clinic A was answered by another clinic's table")
		}
		if tb := ask(t, tables, b, 7, meek.load); tb.May(RoleSet{role}, PeopleManage) || tb.Clinic() != b {
			t.Error("clinic B was answered by another clinic's table")
		}
	}
	if mighty.reads != 1 || meek.reads != 1 {
		t.Errorf("roles read %d and %d times, want once each", mighty.reads, meek.reads)
	}
}

func TestRolesOlderThanAskedForAreRefused(t *testing.T) {
	clinic, tables := id.TenantFrom(id.New()), NewTables(8)
	store := &clinicRoles{epoch: 3}
	if _, err := tables.For(t.Context(), clinic, 4, store.load); !errors.Is(err, ErrStalePolicy) {
		t.Errorf("got %v", err)
	}
}

func TestNewerRolesAnswerAndAreNeverReplacedByOlderOnes(t *testing.T) {
	role := Role{ID: id.New(), Permissions: []Permission{AuditRead}}
	clinic, tables := id.TenantFrom(id.New()), NewTables(8)
	store := &clinicRoles{roles: []Role{{ID: role.ID}}, epoch: 6}
	if ask(t, tables, clinic, 5, store.load).May(RoleSet{role.ID}, AuditRead) {
		t.Error("roles changed while the request ran, and the old right was used")
	}
	ask(t, tables, clinic, 6, store.load)
	if store.reads != 1 {
		t.Errorf("read %d times: the table was not kept under the epoch that was read", store.reads)
	}
	// A slow reader that comes in with what was true before.
	slow := &clinicRoles{roles: []Role{role}, epoch: 5}
	ask(t, tables, clinic, 5, slow.load)
	if ask(t, tables, clinic, 6, store.load).May(RoleSet{role.ID}, AuditRead) {
		t.Error("an older epoch answered for a newer one")
	}
	if store.reads != 1 {
		t.Errorf("read %d times: the older table took the newer one's place", store.reads)
	}
}

func TestAFailedReadGivesNoTable(t *testing.T) {
	broken := errors.New("no database")
	table, err := NewTables(8).For(t.Context(), id.TenantFrom(id.New()), 1,
		func(context.Context) ([]Role, int64, error) { return nil, 0, broken })
	if !errors.Is(err, broken) || table != nil {
		t.Errorf("got %v, %v", table, err)
	}
}

func TestOnlySoManyClinicsAreKept(t *testing.T) {
	tables, store := NewTables(2), &clinicRoles{epoch: 1}
	a, b, c := id.TenantFrom(id.New()), id.TenantFrom(id.New()), id.TenantFrom(id.New())
	for _, clinic := range []id.Tenant{a, b, a, c} { // b was used longest ago when c comes
		ask(t, tables, clinic, 1, store.load)
	}
	store.reads = 0
	ask(t, tables, a, 1, store.load)
	ask(t, tables, c, 1, store.load)
	if store.reads != 0 {
		t.Error("a clinic used lately was dropped")
	}
	ask(t, tables, b, 1, store.load)
	if store.reads != 1 {
		t.Error("more clinics are kept than asked for")
	}
	if n := tables.used.Len(); n != 2 || len(tables.known) != 2 {
		t.Errorf("%d listed and %d known, want 2", n, len(tables.known))
	}
}

func TestManyRequestsAtOnceGetTheirOwnClinicsTable(t *testing.T) {
	tables := NewTables(3)
	var wg sync.WaitGroup
	for range 5 {
		role, clinic := id.New(), id.TenantFrom(id.New())
		store := &clinicRoles{roles: []Role{{ID: role, Permissions: []Permission{ClientRead}}}, epoch: 1}
		for range 4 {
			wg.Go(func() {
				for range 20 {
					table, err := tables.For(t.Context(), clinic, 1, store.load)
					if err != nil || table.Clinic() != clinic || !table.May(RoleSet{role}, ClientRead) {
						t.Errorf("got the table of %v: %v", table.Clinic(), err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
}
