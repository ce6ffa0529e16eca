//go:build !race

package access

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"paddock/internal/id"
)

// person is somebody with a set of roles, known to Casbin under a name of their own.
type person struct {
	id   id.ID
	held RoleSet
}

// town is one clinic's roles and people, in the table and in Casbin.
type town struct {
	clinic    id.Tenant
	table     *Table
	authority *authority
	people    []person
}

func build(t *testing.T, roles []Role, sets []RoleSet) town {
	t.Helper()
	w := town{clinic: id.TenantFrom(id.New())}
	var err error
	if w.table, err = Compile(w.clinic, roles); err != nil {
		t.Fatal(err)
	}
	if w.authority, err = newAuthority(policyModel, w.clinic.String(), roles); err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		p := person{id.New(), set}
		for _, r := range set {
			if err := w.authority.hold(p.id, r); err != nil {
				t.Fatal(err)
			}
		}
		w.people = append(w.people, p)
	}
	return w
}

// agree asks both about one right and reports whether it was allowed.
func (w town) agree(t *testing.T, p person, right string) bool {
	t.Helper()
	var (
		got bool
		ask words
	)
	if f, ok := strings.CutPrefix(right, fieldPrefix); ok {
		got, ask = w.table.Sees(p.held, Field(f)), Field(f).words()
	} else {
		got, ask = w.table.May(p.held, Permission(right)), Permission(right).words()
	}
	want, err := w.authority.allows(p.id, ask)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Fatalf("%d roles, %s: the table says %t, Casbin says %t", len(p.held), right, got, want)
	}
	return want
}

// rightsToAsk are all permissions and fields there are, and texts that are none.
func rightsToAsk() []string {
	asked := []string{"", "public", "till.open", "client", "client.", ".read", "field:", "field:genome", "client.read ", "*.*"}
	for _, p := range All() {
		asked = append(asked, string(p))
	}
	for _, f := range AllFields() {
		asked = append(asked, fieldPrefix+string(f))
	}
	return asked
}

// Every subset of the seeded roles and a stranger's, asked about every right.
func TestTableEqualsCasbinForEveryCombinationOfSeededRoles(t *testing.T) {
	roles := withIDs(Seeded())
	var sets []RoleSet
	for mask := range 1 << len(roles) {
		var set RoleSet
		for i, r := range roles {
			if mask&(1<<i) != 0 {
				set = append(set, r.ID)
			}
		}
		sets = append(sets, set, append(set[:len(set):len(set)], id.New()))
	}
	w := build(t, roles, sets)
	allowed, asked := 0, 0
	for _, p := range w.people {
		for _, right := range rightsToAsk() {
			if asked++; w.agree(t, p, right) {
				allowed++
			}
		}
	}
	if allowed == 0 || allowed == asked {
		t.Errorf("%d of %d allowed: the comparison says nothing", allowed, asked)
	}
}

// 100,000 requests by people with random roles in clinics with random roles of their own.
func TestTableEqualsCasbinForRandomRolesAndRequests(t *testing.T) {
	const towns, requests = 50, 100_000
	var allowed atomic.Int64
	t.Run("towns", func(t *testing.T) {
		for n := range towns {
			t.Run(strconv.Itoa(n), func(t *testing.T) {
				t.Parallel()
				rnd := rand.New(rand.NewPCG(20_250_729, uint64(n))) // repeatable on purpose
				w, asked := randomTown(t, rnd), rightsToAsk()
				for range requests / towns {
					if w.agree(t, w.people[rnd.IntN(len(w.people))], asked[rnd.IntN(len(asked))]) {
						allowed.Add(1)
					}
				}
			})
		}
	})
	if n := allowed.Load(); n < requests/20 || n > requests*19/20 {
		t.Errorf("%d of %d allowed: the comparison says little", n, requests)
	}
}

// randomTown has up to six roles, each with about a third of all rights, and twenty people with about
// a third of the roles.
func randomTown(t *testing.T, rnd *rand.Rand) town {
	t.Helper()
	var roles []Role
	for i := range 1 + rnd.IntN(6) {
		r := Role{ID: id.New(), Name: "custom " + strconv.Itoa(i)}
		for _, p := range append(All(), "till.open", Public) {
			if rnd.IntN(3) == 0 {
				r.Permissions = append(r.Permissions, p)
			}
		}
		for _, f := range append(AllFields(), "genome") {
			if rnd.IntN(3) == 0 {
				r.Fields = append(r.Fields, f)
			}
		}
		roles = append(roles, r)
	}
	var sets []RoleSet
	for range 20 {
		var set RoleSet
		for _, r := range roles {
			if rnd.IntN(3) == 0 {
				set = append(set, r.ID)
			}
		}
		sets = append(sets, set)
	}
	return build(t, roles, sets)
}

// What clinics make of their roles: after each change set, whatever it names, the table is what Casbin says of the roles
// as they are then, and what it says somebody can really do is the right and the field group its pages are made of.
func TestTableEqualsCasbinAfterEveryChangeSet(t *testing.T) {
	rnd := rand.New(rand.NewPCG(20_261_124, 6)) // repeatable on purpose
	changed := 0
	for range 6 {
		roles := withIDs(Seeded())
		for _, like := range roles[:2] { // and two of the clinic's own
			like.ID, like.Key = id.New(), OwnKey+"x"
			roles = append(roles, like)
		}
		for range 4 {
			set := randomSet(rnd, roles)
			before := roles
			if roles = set.Apply(roles); !set.Against(before).Empty() {
				changed++
			}
			var sets []RoleSet
			for i, r := range roles {
				sets = append(sets, RoleSet{r.ID}, RoleSet{r.ID, roles[rnd.IntN(len(roles))].ID, roles[i/2].ID})
			}
			w := build(t, roles, sets)
			for _, p := range w.people {
				for _, right := range rightsToAsk() {
					allowed := w.agree(t, p, right)
					f := Right(right).Needs()
					if want := allowed && (f == "" || w.agree(t, p, fieldPrefix+string(f))); w.table.Gives(p.held, Right(right)) != want {
						t.Fatalf("%s: really given is %t", right, !want)
					}
				}
			}
		}
	}
	if changed < 20 {
		t.Errorf("%d change sets changed something: the comparison says little", changed)
	}
}

// randomSet gives and takes a few rights, some of which are none, to and from roles, some of which are none.
func randomSet(rnd *rand.Rand, roles []Role) (set ChangeSet) {
	rights := rightsToAsk()
	for range 2 + rnd.IntN(12) {
		cell := Cell{roles[rnd.IntN(len(roles))].ID, Right(rights[rnd.IntN(len(rights))])}
		if rnd.IntN(10) == 0 {
			cell.Role = id.New()
		}
		if rnd.IntN(2) == 0 {
			set.Add = append(set.Add, cell)
		} else {
			set.Take = append(set.Take, cell)
		}
	}
	return set
}
