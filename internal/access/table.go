package access

import (
	"errors"
	"fmt"

	"paddock/internal/id"
)

// Table is one clinic's compiled policy. It never changes, so it may be shared by any number of
// requests. A nil or zero Table denies everything.
type Table struct {
	clinic id.Tenant
	roles  map[id.ID]rights
	order  []Role // as given, for Holders
}

// rights has one bit per permission, then one per field group.
type rights uint64

// bits gives each permission and field its place; what is missing has none and is denied.
var (
	permissionBits = func() map[Permission]rights {
		m := make(map[Permission]rights, len(permissions))
		for i, p := range permissions {
			m[p] = 1 << i
		}
		return m
	}()
	fieldBits = func() map[Field]rights {
		m := make(map[Field]rights, len(fields))
		for i, f := range fields {
			m[f] = 1 << (len(permissions) + i)
		}
		return m
	}()
)

// Compile asks Casbin every question there is about each role and keeps the answers. It fails where
// the clinic is the zero Tenant, a role has no id or an id comes twice, and where Casbin allows what
// it must deny (enforcement switched off, for example): no table, no access.
func Compile(clinic id.Tenant, roles []Role) (*Table, error) {
	if clinic.IsZero() {
		return nil, errors.New("compiling roles: no clinic is named")
	}
	a, err := newAuthority(policyModel, clinic.String(), roles)
	if err != nil {
		return nil, fmt.Errorf("compiling the roles of clinic %v: %w", clinic, err)
	}
	t, err := a.compile(clinic, roles)
	if err != nil {
		return nil, fmt.Errorf("compiling the roles of clinic %v: %w", clinic, err)
	}
	return t, nil
}

func (a *authority) compile(clinic id.Tenant, roles []Role) (*Table, error) {
	if err := a.deniesNobody(); err != nil {
		return nil, err
	}
	t := &Table{clinic: clinic, roles: make(map[id.ID]rights, len(roles))}
	for _, r := range roles {
		if _, twice := t.roles[r.ID]; twice {
			return nil, fmt.Errorf("role %v comes twice", r.ID)
		}
		// Somebody who holds this role and no other; the prefix keeps the two apart.
		holder := r.ID
		if err := a.hold(holder, r.ID); err != nil {
			return nil, err
		}
		held, err := a.rightsOf(holder)
		if err != nil {
			return nil, err
		}
		t.roles[r.ID] = held
		t.order = append(t.order, Role{ID: r.ID, Name: r.Name})
	}
	return t, nil
}

// rightsOf asks about every permission and field.
func (a *authority) rightsOf(person id.ID) (rights, error) {
	var held rights
	for _, p := range permissions {
		ok, err := a.allows(person, p.words())
		if err != nil {
			return 0, err
		}
		if ok {
			held |= permissionBits[p]
		}
	}
	for _, f := range fields {
		ok, err := a.allows(person, f.words())
		if err != nil {
			return 0, err
		}
		if ok {
			held |= fieldBits[f]
		}
	}
	return held, nil
}

// Clinic is whose policy this is; the guard compares it with the clinic of the request.
func (t *Table) Clinic() id.Tenant {
	if t == nil {
		return id.Tenant{}
	}
	return t.clinic
}

// May reports whether one of the roles carries the permission. Unknown roles and permissions, Public
// included, carry nothing. It does not allocate.
func (t *Table) May(held RoleSet, p Permission) bool { return t.has(held, permissionBits[p]) }

// Sees reports whether one of the roles opens the field group. It does not allocate.
func (t *Table) Sees(held RoleSet, f Field) bool { return t.has(held, fieldBits[f]) }

func (t *Table) has(held RoleSet, bit rights) bool {
	if benchAllow {
		return true
	}
	if t == nil || t.clinic.IsZero() || bit == 0 {
		return false
	}
	for _, r := range held {
		if t.roles[r]&bit != 0 {
			return true
		}
	}
	return false
}

// Holders names the roles that carry a permission, in the order the clinic lists them, for the page
// that refuses.
func (t *Table) Holders(p Permission) []string { return t.RolesWith(RightOf(p)) }

// RolesWith names the roles that carry a permission or open a field group, in the order the clinic lists them.
func (t *Table) RolesWith(r Right) []string {
	if t == nil {
		return nil
	}
	var names []string
	for _, role := range t.order {
		held := RoleSet{role.ID}
		if f, ok := r.Field(); ok && t.Sees(held, f) || !ok && t.May(held, Permission(r)) {
			names = append(names, role.Name)
		}
	}
	return names
}
