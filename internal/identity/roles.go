package identity

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// MostRoles is how many roles a clinic can have at a time: the table of roles has one column for each.
const MostRoles = 20

// longestReason is in letters.
const longestReason = 500

var (
	// ErrRoleOvertaken means that somebody else changed the role, or who holds it, after the form was made.
	ErrRoleOvertaken = fault.New(fault.Conflict, "Somebody changed this meanwhile.")
	// ErrRoleHeld means that a role cannot be retired while somebody holds it.
	ErrRoleHeld = fault.New(fault.Conflict, "Somebody still holds this role. Give them another one first.")
	// ErrRoleSeeded means that a role of every clinic cannot be retired.
	ErrRoleSeeded = fault.New(fault.Invalid, "This role comes with Paddock and stays. What it may do can be changed.")
	// ErrNoManager means that the one who changes roles would not be able to change them back.
	ErrNoManager = fault.New(fault.Invalid, "This would take “"+access.RightOf(access.PeopleManage).Words()+"” from you, and nobody could give it back. Ask another practice admin to do it.")
	// errNotManager means that the right to change roles was taken from somebody while they did.
	errNotManager = fault.New(fault.Forbidden, "You may no longer change roles.")
	// ErrNoRight is the answer to what is no right, or none that a clinic can give.
	ErrNoRight = fault.New(fault.Invalid, "There is no such right, or it is none that a clinic can give.")
)

// Role is a role of the clinic as it can be changed.
type Role struct {
	access.Role
	Version int64
	// Retired is when it was retired; zero for one in use. A retired role is held by nobody and allows nothing.
	Retired time.Time
}

// Roles lists those in use: the seeded ones in their order, then the clinic's own by name.
func Roles(ctx context.Context, tx *db.Tx) ([]Role, error) {
	rows, err := tx.ListRoleRights(ctx, db.ListRoleRightsParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("listing roles: %w", err)
	}
	versions := map[id.ID]int64{}
	for _, r := range rows {
		versions[r.ID] = r.Version
	}
	var list []Role
	for _, r := range rolesOf(rows) {
		list = append(list, Role{Role: r, Version: versions[r.ID]})
	}
	place := map[string]int{}
	for i, r := range access.Seeded() {
		place[r.Key] = i + 1
	}
	slices.SortFunc(list, func(a, b Role) int {
		return cmp.Or(cmp.Compare(cmp.Or(place[a.Key], len(place)+1), cmp.Or(place[b.Key], len(place)+1)), strings.Compare(folded(a.Name), folded(b.Name)), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list, nil
}

// OpenRole is one role of the clinic, a retired one included, with what it allows where it is in use. It gives
// fault.Missing.
func OpenRole(ctx context.Context, tx *db.Tx, row id.ID) (Role, error) {
	var r db.GetRoleByIDRow
	var list []Role
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = tx.GetRoleByID(ctx, db.GetRoleByIDParams{TenantID: tx.Tenant, ID: row})
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = Roles(ctx, tx)
			return err
		})
	if db.NoRows(err) {
		return Role{}, fault.Missing
	}
	if err != nil {
		return Role{}, fmt.Errorf("reading a role: %w", err)
	}
	if i := slices.IndexFunc(list, func(r Role) bool { return r.ID == row }); i >= 0 {
		return list[i], nil
	}
	out := Role{Role: access.Role{ID: r.ID, Key: r.Key, Name: r.Name}, Version: r.Version}
	if r.RetiredAt != nil {
		out.Retired = r.RetiredAt.UTC()
	}
	return out, nil
}

// folded is a name as it is compared.
func folded(name string) string { return strings.ToLower(name) }

// plainRoles are the roles as a table is compiled from them.
func plainRoles(list []Role) []access.Role {
	out := make([]access.Role, len(list))
	for i, r := range list {
		out[i] = r.Role
	}
	return out
}

// AddRole makes a role of the clinic's own that allows what another allows now. Making the same row twice makes one. It
// gives fault.Missing where the other is not in use, and fault.Fields for name and from.
func AddRole(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, name string, from id.ID) error {
	p, err := lockPolicy(ctx, tx)
	if err != nil {
		return err
	}
	if before, err := tx.GetRoleByID(ctx, db.GetRoleByIDParams{TenantID: tx.Tenant, ID: row}); err == nil {
		if before.Name == tidy(name) {
			return nil // sent twice
		}
		return ErrRoleOvertaken
	} else if !db.NoRows(err) {
		return fmt.Errorf("adding a role: %w", err)
	}
	if err := p.check(tx); err != nil {
		return err
	}
	var bad fault.Fields
	name = p.checkName(&bad, row, name)
	like, ok := p.role(from)
	if !from.IsZero() && !ok {
		return fault.Missing
	}
	if from.IsZero() {
		bad.Add("from", "Choose which role it is like at first")
	}
	if len(p.roles) >= MostRoles {
		bad.Add("name", fmt.Sprintf("The clinic has %d roles, which is the most there can be. Retire one first.", MostRoles))
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := tx.InsertRole(ctx, db.InsertRoleParams{TenantID: tx.Tenant, ID: row, Key: ownKey(row), Name: name}); err != nil {
		return fmt.Errorf("adding a role: %w", err)
	}
	var allowed []string
	for _, r := range like.Rights() {
		allowed = append(allowed, string(r))
	}
	if err := tx.InsertRoleRights(ctx, db.InsertRoleRightsParams{TenantID: tx.Tenant, RoleID: row, Allowed: allowed}); err != nil {
		return fmt.Errorf("giving a role its rights: %w", err)
	}
	err = keepRoleChange(ctx, tx, keys, row, RoleChange{Role: row, Kind: RoleMade, Name: name, Like: like.Name, Added: like.Rights()})
	if err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "role", ObjectID: row, Group: string(access.FieldStaff), After: map[string]any{"role": name, "like": like.Name, "rights": allowed},
	})
}

// ownKey is the key of a role of the clinic's own: letters alone, and its own for each row.
func ownKey(row id.ID) string {
	var b strings.Builder
	b.WriteString(access.OwnKey)
	for _, digit := range row {
		b.WriteByte('a' + digit>>4)
		b.WriteByte('a' + digit&15)
	}
	return b.String()
}

// RenameRole gives a role another name. set is the id of the form: sending it twice renames once. It gives
// fault.Missing, ErrRoleOvertaken, and fault.Fields for name.
func RenameRole(ctx context.Context, tx *db.Tx, keys *vault.Clinic, set, row id.ID, version int64, name string) error {
	p, done, err := beginChange(ctx, tx, set)
	if err != nil || done {
		return err
	}
	r, ok := p.role(row)
	if !ok {
		return fault.Missing
	}
	var bad fault.Fields
	name = p.checkName(&bad, row, name)
	if err := bad.Err(); err != nil {
		return err
	}
	if r.Version != version {
		return ErrRoleOvertaken
	}
	if name == r.Name {
		return nil
	}
	if err := p.bump(ctx, tx, r, name); err != nil {
		return err
	}
	if err := keepRoleChange(ctx, tx, keys, set, RoleChange{Role: row, Kind: RoleRenamed, Name: name, Like: r.Name}); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "role", ObjectID: row, Group: string(access.FieldStaff),
		Before: map[string]string{"role": r.Name}, After: map[string]string{"role": name},
	})
}

// RetireRole takes a role of the clinic's own out of use for good. Its history stays. Retiring twice retires once. It
// gives fault.Missing, ErrRoleSeeded, ErrRoleHeld.
func RetireRole(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) error {
	p, err := lockPolicy(ctx, tx)
	if err != nil {
		return err
	}
	if err := p.check(tx); err != nil {
		return err
	}
	r, ok := p.role(row)
	if !ok {
		_, err := OpenRole(ctx, tx, row) // retired before, or not there
		return err
	}
	switch {
	case !r.Own():
		return ErrRoleSeeded
	case slices.ContainsFunc(p.held, func(h db.ListHeldRow) bool { return slices.Contains(h.RoleIds, row) }):
		return ErrRoleHeld
	}
	at := tx.Now()
	n, err := tx.UpdateRoleRetired(ctx, db.UpdateRoleRetiredParams{TenantID: tx.Tenant, ID: row, Version: r.Version, RetiredAt: &at})
	if err != nil {
		return fmt.Errorf("retiring a role: %w", err)
	}
	if n != 1 {
		return ErrRoleOvertaken
	}
	if err := keepRoleChange(ctx, tx, keys, id.New(), RoleChange{Role: row, Kind: RoleRetired, Name: r.Name}); err != nil {
		return err
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "role", ObjectID: row, Group: string(access.FieldStaff),
		Before: map[string]string{"role": r.Name}, After: map[string]string{"role": r.Name, "retired_at": at.Format(time.RFC3339)},
	})
}

// checkName gives the name as it is kept, and notes what is wrong with it. No two roles in use have one name.
func (p policyNow) checkName(bad *fault.Fields, row id.ID, name string) string {
	name = tidy(name)
	switch {
	case name == "":
		bad.Add("name", "Enter a name, like Locum vet")
	case utf8.RuneCountInString(name) > longestName || strings.ContainsFunc(name, unicode.IsControl):
		bad.Add("name", "Enter 60 letters at most")
	case slices.ContainsFunc(p.roles, func(r Role) bool { return r.ID != row && folded(r.Name) == folded(name) }):
		bad.Add("name", "There is a role of this name already. Choose another name")
	}
	return name
}

func tidy(text string) string { return strings.Join(strings.Fields(text), " ") }
