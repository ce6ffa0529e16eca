package identity

import (
	"container/list"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Member is a person with the names of the roles they hold.
type Member struct {
	Person
	Roles []string
}

// Policy is who may do what at a clinic, at one epoch, with the names pages show. It never changes.
type Policy struct {
	*access.Table
	Epoch   int64
	members map[id.ID]member
	order   []id.ID
}

type member struct {
	Member
	held access.RoleSet
}

// Member gives a person of the clinic, disabled ones included: they still stand under what they wrote.
func (p *Policy) Member(person id.ID) (Member, bool) {
	m, ok := p.members[person]
	return m.Member, ok
}

// Name is what a person is called, or "Somebody who is not listed" where the clinic has none of that id.
func (p *Policy) Name(person id.ID) string {
	if m, ok := p.members[person]; ok {
		return m.Name
	}
	return "Somebody who is not listed"
}

// People names those who hold a permission and can sign in, in the order they joined: whom to ask.
func (p *Policy) People(perm access.Permission) []string {
	var names []string
	for _, row := range p.order {
		if m := p.members[row]; m.State == Active && p.May(m.held, perm) {
			names = append(names, m.Name)
		}
	}
	return names
}

// Members are the people of the clinic in the order they joined, disabled ones included.
func (p *Policy) Members() []Member {
	out := make([]Member, len(p.order))
	for i, row := range p.order {
		out[i] = p.members[row].Member
	}
	return out
}

// Holds reports whether a person of the clinic can sign in and has a permission.
func (p *Policy) Holds(person id.ID, perm access.Permission) bool {
	m, ok := p.members[person]
	return ok && m.State == Active && p.May(m.held, perm)
}

// Held are the roles of a person, none for somebody the clinic does not know.
func (p *Policy) Held(person id.ID) access.RoleSet { return p.members[person].held }

// Can reports whether a person of the clinic can sign in and do what a right stands for.
func (p *Policy) Can(person id.ID, r access.Right) bool {
	m, ok := p.members[person]
	return ok && m.State == Active && p.Gives(m.held, r)
}

// Policies keeps the compiled policy of the clinics seen last, one epoch each.
type Policies struct {
	store  *db.Store
	vault  *vault.Vault
	tables *access.Tables

	mu    sync.Mutex
	size  int
	known map[id.Tenant]*list.Element
	used  *list.List // of *Policy, the one used last in front
}

// NewPolicies keeps at most size clinics, at least one.
func NewPolicies(store *db.Store, v *vault.Vault, size int) *Policies {
	return &Policies{
		store: store, vault: v, tables: access.NewTables(size), size: max(size, 1),
		known: map[id.Tenant]*list.Element{}, used: list.New(),
	}
}

// For gives the policy of a clinic at the epoch read with the session, or a newer one. Only the first
// request after a change reads: one trip, outside any transaction.
func (p *Policies) For(ctx context.Context, who actor.Who, epoch int64) (*Policy, error) {
	if known := p.lookup(who.Clinic, epoch); known != nil {
		return known, nil
	}
	read, roles, err := p.read(ctx, who)
	if err != nil {
		return nil, fmt.Errorf("reading who may do what: %w", err)
	}
	read.Table, err = p.tables.For(ctx, who.Clinic, max(epoch, read.Epoch), func(context.Context) ([]access.Role, int64, error) {
		return roles, read.Epoch, nil
	})
	if err != nil {
		return nil, fmt.Errorf("compiling who may do what: %w", err)
	}
	p.keep(read)
	return read, nil
}

// read takes the epoch first: what is read after it is at least as new as it says.
func (p *Policies) read(ctx context.Context, who actor.Who) (*Policy, []access.Role, error) {
	keys, err := p.vault.Clinic(ctx, who.Clinic)
	if err != nil {
		return nil, nil, err
	}
	out := &Policy{members: map[id.ID]member{}}
	var rights []db.ListRoleRightsRow
	var people []db.ListPeopleRow
	err = p.store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		return db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) (err error) {
				out.Epoch, err = tx.GetPolicyEpoch(ctx, db.GetPolicyEpochParams{TenantID: tx.Tenant})
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				rights, err = tx.ListRoleRights(ctx, db.ListRoleRightsParams{TenantID: tx.Tenant})
				return err
			},
			func(ctx context.Context, tx *db.Tx) (err error) {
				people, err = tx.ListPeople(ctx, db.ListPeopleParams{TenantID: tx.Tenant})
				return err
			})
	})
	if err != nil {
		return nil, nil, err
	}
	roles := rolesOf(rights)
	names := map[id.ID]string{}
	for _, r := range roles {
		names[r.ID] = r.Name
	}
	for _, row := range people {
		person, err := openPerson(keys, row.ID, row.Sealed, row.State)
		if err != nil {
			return nil, nil, err
		}
		m := member{Member: Member{Person: person}, held: row.RoleIds}
		for _, r := range row.RoleIds {
			if names[r] != "" { // in use
				m.Roles = append(m.Roles, names[r])
			}
		}
		slices.Sort(m.Roles)
		out.members[row.ID] = m
		out.order = append(out.order, row.ID)
	}
	return out, roles, nil
}

// rolesOf gathers the rights of each role; the rows come role by role.
func rolesOf(rows []db.ListRoleRightsRow) []access.Role {
	var roles []access.Role
	for _, r := range rows {
		if len(roles) == 0 || roles[len(roles)-1].ID != r.ID {
			roles = append(roles, access.Role{ID: r.ID, Key: r.Key, Name: r.Name})
		}
		role := &roles[len(roles)-1]
		if field, ok := strings.CutPrefix(r.Allowed, FieldRight); ok {
			role.Fields = append(role.Fields, access.Field(field))
		} else if r.Allowed != "" {
			role.Permissions = append(role.Permissions, access.Permission(r.Allowed))
		}
	}
	return roles
}

// FieldRight begins the stored form of a right to a field group: "field:contact".
const FieldRight = "field:"

func (p *Policies) lookup(clinic id.Tenant, epoch int64) *Policy {
	p.mu.Lock()
	defer p.mu.Unlock()
	el, ok := p.known[clinic]
	if !ok {
		return nil
	}
	known, ok := el.Value.(*Policy)
	if !ok || known.Epoch != epoch {
		return nil
	}
	p.used.MoveToFront(el)
	return known
}

// keep stores a policy unless a newer one of the same clinic came first.
func (p *Policies) keep(n *Policy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	clinic := n.Clinic()
	if el, ok := p.known[clinic]; ok {
		if known, ok := el.Value.(*Policy); ok && known.Epoch < n.Epoch {
			el.Value = n
		}
		p.used.MoveToFront(el)
		return
	}
	p.known[clinic] = p.used.PushFront(n)
	for p.used.Len() > p.size {
		oldest := p.used.Back()
		if o, ok := oldest.Value.(*Policy); ok {
			delete(p.known, o.Clinic())
		}
		p.used.Remove(oldest)
	}
}
