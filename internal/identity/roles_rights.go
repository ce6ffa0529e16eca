package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// policyNow is who may do what, read under the lock that everybody takes who changes it: until the transaction ends
// nobody else does.
type policyNow struct {
	roles []Role
	held  []db.ListHeldRow
}

func lockPolicy(ctx context.Context, tx *db.Tx) (p policyNow, err error) {
	if _, err = tx.LockPolicyEpoch(ctx, db.LockPolicyEpochParams{TenantID: tx.Tenant}); err != nil {
		return p, fmt.Errorf("waiting for others who change roles: %w", err)
	}
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			p.roles, err = Roles(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			p.held, err = tx.ListHeld(ctx, db.ListHeldParams{TenantID: tx.Tenant})
			return err
		})
	if err != nil {
		return p, fmt.Errorf("reading who may do what: %w", err)
	}
	return p, nil
}

// beginChange locks, and reports whether the form was saved before.
func beginChange(ctx context.Context, tx *db.Tx, set id.ID) (p policyNow, done bool, err error) {
	if p, err = lockPolicy(ctx, tx); err != nil {
		return p, false, err
	}
	n, err := tx.CountRoleChanges(ctx, db.CountRoleChangesParams{TenantID: tx.Tenant, SetID: set})
	if err != nil {
		return p, false, fmt.Errorf("looking for an earlier saving: %w", err)
	}
	if n > 0 {
		return p, true, nil
	}
	return p, false, p.check(tx)
}

func (p policyNow) role(row id.ID) (Role, bool) {
	i := slices.IndexFunc(p.roles, func(r Role) bool { return r.ID == row })
	if i < 0 {
		return Role{}, false
	}
	return p.roles[i], true
}

func (p policyNow) person(row id.ID) (db.ListHeldRow, bool) {
	i := slices.IndexFunc(p.held, func(h db.ListHeldRow) bool { return h.ID == row })
	if i < 0 {
		return db.ListHeldRow{}, false
	}
	return p.held[i], true
}

// manages reports whether somebody could change roles, as the pages for it ask.
func manages(table *access.Table, h db.ListHeldRow) bool {
	return h.State == string(Active) && table.Gives(h.RoleIds, access.RightOf(access.PeopleManage))
}

// check fails unless whoever acts may change roles now, which another who was faster may have ended since the guard
// asked. What a release or a command gives is nobody's act.
func (p policyNow) check(tx *db.Tx) error {
	if tx.Who.Purpose != actor.Work {
		return nil
	}
	table, err := access.Compile(tx.Tenant, plainRoles(p.roles))
	if err != nil {
		return err
	}
	if h, ok := p.person(tx.Who.Person); !ok || !manages(table, h) {
		return errNotManager
	}
	return nil
}

// keepsManager fails where whoever acts could not take the change back: so the clinic always has somebody who can sign
// in and manage people, the one who changed it last. It gives ErrNoManager.
func (p policyNow) keepsManager(tx *db.Tx) error {
	table, err := access.Compile(tx.Tenant, plainRoles(p.roles))
	if err != nil {
		return err
	}
	for _, h := range p.held {
		if manages(table, h) && (tx.Who.Purpose != actor.Work || h.ID == tx.Who.Person) {
			return nil
		}
	}
	return ErrNoManager
}

// bump counts a change of a role, which is another version from now on.
func (p policyNow) bump(ctx context.Context, tx *db.Tx, r Role, name string) error {
	n, err := tx.UpdateRole(ctx, db.UpdateRoleParams{TenantID: tx.Tenant, ID: r.ID, Version: r.Version, Name: name})
	if err != nil {
		return fmt.Errorf("changing a role: %w", err)
	}
	if n != 1 {
		return ErrRoleOvertaken
	}
	return nil
}

// NewRights is one form of the table of roles.
type NewRights struct {
	ID id.ID // of the form: sending it twice changes once
	access.ChangeSet
	// Versions are those of the roles it names, as the form knew them.
	Versions map[id.ID]int64
	Reason   string // at most 500 letters
}

// ChangeRights gives and takes what a form of the table of roles says, all of it or nothing, and makes a new policy
// epoch: it counts from the next request on every process. What is so already is left alone. It gives fault.Missing
// for a role that is not in use, ErrRoleOvertaken, ErrNoManager, fault.Invalid for what is no right of a clinic, and
// fault.Fields for reason and for a form that changes nothing.
func ChangeRights(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewRights) error {
	p, done, err := beginChange(ctx, tx, n.ID)
	if err != nil || done {
		return err
	}
	overtaken := false
	for _, cell := range slices.Concat(n.Add, n.Take) {
		r, ok := p.role(cell.Role)
		if !ok {
			return fault.Missing
		}
		if !cell.Right.Grantable() {
			return ErrNoRight
		}
		overtaken = overtaken || r.Version != n.Versions[r.ID]
	}
	if overtaken {
		return ErrRoleOvertaken
	}
	reason, bad := tidy(n.Reason), fault.Fields{}
	if reason == "" {
		bad.Add("reason", "Enter why, in a few words")
	}
	bad.TooLong("reason", reason, longestReason)
	left := n.Against(plainRoles(p.roles))
	if left.Empty() {
		bad.Add("", "Nothing would change: every role is like that already.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	after := p
	after.roles = slices.Clone(p.roles)
	for i, r := range left.Apply(plainRoles(p.roles)) {
		after.roles[i].Role = r
	}
	if err := after.keepsManager(tx); err != nil {
		return err
	}
	for _, r := range p.roles {
		added, taken := left.Of(r.Role)
		if len(added)+len(taken) == 0 {
			continue
		}
		if err := p.changeRole(ctx, tx, keys, r, RoleChange{Role: r.ID, Kind: RoleRights, Name: r.Name, Reason: reason, Added: added, Taken: taken}, n.ID); err != nil {
			return err
		}
	}
	return nil
}

func (p policyNow) changeRole(ctx context.Context, tx *db.Tx, keys *vault.Clinic, r Role, c RoleChange, set id.ID) error {
	if err := p.bump(ctx, tx, r, r.Name); err != nil {
		return err
	}
	for _, right := range c.Added {
		if _, err := tx.InsertRoleRight(ctx, db.InsertRoleRightParams{TenantID: tx.Tenant, RoleID: r.ID, Allowed: string(right)}); err != nil {
			return fmt.Errorf("giving a right: %w", err)
		}
	}
	for _, right := range c.Taken {
		if _, err := tx.DeleteRoleRight(ctx, db.DeleteRoleRightParams{TenantID: tx.Tenant, RoleID: r.ID, Allowed: string(right)}); err != nil {
			return fmt.Errorf("taking a right: %w", err)
		}
	}
	if err := keepRoleChange(ctx, tx, keys, set, c); err != nil {
		return err
	}
	after := access.ChangeSet{}
	for _, right := range c.Added {
		after.Add = append(after.Add, access.Cell{Role: r.ID, Right: right})
	}
	for _, right := range c.Taken {
		after.Take = append(after.Take, access.Cell{Role: r.ID, Right: right})
	}
	now := after.Apply([]access.Role{r.Role})[0]
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "role", ObjectID: r.ID, Group: string(access.FieldStaff),
		Before: map[string]any{"role": r.Name, "rights": r.Rights()},
		After:  map[string]any{"role": r.Name, "rights": now.Rights(), "reason": c.Reason},
	})
}

// NewHolding is the roles somebody is to have.
type NewHolding struct {
	ID      id.ID // of the form: sending it twice changes once
	Person  id.ID
	Version int64 // of the person, as the form knew it
	Roles   []id.ID
}

// AssignRoles gives a person these roles and no other, and makes a new policy epoch. It gives fault.Missing for a person
// or a role that is not there, ErrRoleOvertaken, ErrNoManager, and fault.Fields for roles.
func AssignRoles(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewHolding) error {
	p, done, err := beginChange(ctx, tx, n.ID)
	if err != nil || done {
		return err
	}
	who, ok := p.person(n.Person)
	if !ok {
		return fault.Missing
	}
	var given, taken []Role
	for _, row := range n.Roles {
		r, ok := p.role(row)
		if !ok {
			return fault.Missing
		}
		if !slices.Contains(who.RoleIds, row) && !slices.ContainsFunc(given, func(g Role) bool { return g.ID == row }) {
			given = append(given, r)
		}
	}
	for _, row := range who.RoleIds {
		if r, ok := p.role(row); ok && !slices.Contains(n.Roles, row) {
			taken = append(taken, r)
		}
	}
	switch {
	case who.Version != n.Version:
		return ErrRoleOvertaken
	case len(n.Roles) == 0:
		return fault.Fields{{Name: "roles", Message: "Choose at least one role"}}
	case len(given)+len(taken) == 0:
		return nil
	}
	after := p
	after.held = slices.Clone(p.held)
	for i := range after.held {
		if after.held[i].ID == n.Person {
			after.held[i].RoleIds = n.Roles
		}
	}
	if err := after.keepsManager(tx); err != nil {
		return err
	}
	return p.assign(ctx, tx, keys, n, given, taken)
}

func (p policyNow) assign(ctx context.Context, tx *db.Tx, keys *vault.Clinic, n NewHolding, given, taken []Role) error {
	changed, err := tx.UpdatePersonVersion(ctx, db.UpdatePersonVersionParams{TenantID: tx.Tenant, ID: n.Person, Version: n.Version})
	if err != nil {
		return fmt.Errorf("changing a person: %w", err)
	}
	if changed != 1 {
		return ErrRoleOvertaken
	}
	for _, r := range given {
		if err := tx.InsertPersonRole(ctx, db.InsertPersonRoleParams{TenantID: tx.Tenant, PersonID: n.Person, RoleID: r.ID}); err != nil {
			return fmt.Errorf("giving a role: %w", err)
		}
		if err := keepRoleChange(ctx, tx, keys, n.ID, RoleChange{Role: r.ID, Person: n.Person, Kind: RoleGiven, Name: r.Name}); err != nil {
			return err
		}
	}
	for _, r := range taken {
		if _, err := tx.DeletePersonRole(ctx, db.DeletePersonRoleParams{TenantID: tx.Tenant, PersonID: n.Person, RoleID: r.ID}); err != nil {
			return fmt.Errorf("taking a role: %w", err)
		}
		if err := keepRoleChange(ctx, tx, keys, n.ID, RoleChange{Role: r.ID, Person: n.Person, Kind: RoleTaken, Name: r.Name}); err != nil {
			return err
		}
	}
	var before, after []string
	for _, r := range p.roles {
		if h, _ := p.person(n.Person); slices.Contains(h.RoleIds, r.ID) {
			before = append(before, r.Name)
		}
		if slices.Contains(n.Roles, r.ID) {
			after = append(after, r.Name)
		}
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "person", ObjectID: n.Person, Group: string(access.FieldStaff),
		Before: map[string]any{"roles": before}, After: map[string]any{"roles": after},
	})
}

// RoleKind is what happened to a role.
type RoleKind string

// What can happen to a role.
const (
	RoleMade    RoleKind = "made"
	RoleRenamed RoleKind = "renamed"
	RoleRights  RoleKind = "rights"
	RoleRetired RoleKind = "retired"
	RoleGiven   RoleKind = "given"
	RoleTaken   RoleKind = "taken"
)

// RoleChange is one thing that happened to a role.
type RoleChange struct {
	Role   id.ID     `json:"-"`
	Person id.ID     `json:"-"` // to whom it was given or from whom it was taken
	Kind   RoleKind  `json:"-"`
	At     time.Time `json:"-"`
	By     id.ID     `json:"-"`

	Name   string         `json:"name"`           // as it was called from then on
	Like   string         `json:"like,omitempty"` // the name before, or of the role that a new one was made like
	Reason string         `json:"reason,omitempty"`
	Added  []access.Right `json:"added,omitempty"`
	Taken  []access.Right `json:"taken,omitempty"`
}

func roleChangeSlot(row id.ID) vault.Slot {
	return vault.Slot{Table: "role_changes", Group: string(access.FieldStaff), Row: row}
}

func keepRoleChange(ctx context.Context, tx *db.Tx, keys *vault.Clinic, set id.ID, c RoleChange) error {
	plain, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing down a change of a role: %w", err)
	}
	row := id.New()
	sealed, err := keys.Seal(roleChangeSlot(row), plain)
	if err != nil {
		return fmt.Errorf("sealing a change of a role: %w", err)
	}
	if err := tx.InsertRoleChange(ctx, db.InsertRoleChangeParams{
		TenantID: tx.Tenant, ID: row, SetID: set, RoleID: c.Role, PersonID: c.Person, Kind: string(c.Kind),
		MadeAt: tx.Now(), MadeBy: tx.Who.Person, Sealed: sealed, KeyVersion: keys.KeyVersion(),
	}); err != nil {
		return fmt.Errorf("keeping a change of a role: %w", err)
	}
	return nil
}

// RoleHistory is what happened to a role, the newest first, at most a hundred.
func RoleHistory(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) ([]RoleChange, error) {
	rows, err := tx.ListRoleChanges(ctx, db.ListRoleChangesParams{TenantID: tx.Tenant, RoleID: row})
	if err != nil {
		return nil, fmt.Errorf("reading the history of a role: %w", err)
	}
	list := make([]RoleChange, len(rows))
	for i, r := range rows {
		plain, err := keys.Open(roleChangeSlot(r.ID), r.Sealed)
		if err != nil {
			return nil, fmt.Errorf("opening a change of a role: %w", err)
		}
		if err := json.Unmarshal(plain, &list[i]); err != nil {
			return nil, fmt.Errorf("reading a change of a role: the sealed form is not ours")
		}
		list[i].Role, list[i].Person, list[i].Kind, list[i].At, list[i].By = row, r.PersonID, RoleKind(r.Kind), r.MadeAt.UTC(), r.MadeBy
	}
	return list, nil
}

// Holding is which roles somebody of the clinic has, and the version of the person. It gives fault.Missing.
func Holding(ctx context.Context, tx *db.Tx, person id.ID) (roles []id.ID, version int64, err error) {
	r, err := tx.GetHeld(ctx, db.GetHeldParams{TenantID: tx.Tenant, ID: person})
	if db.NoRows(err) {
		return nil, 0, fault.Missing
	}
	if err != nil {
		return nil, 0, fmt.Errorf("reading the roles of a person: %w", err)
	}
	return r.RoleIds, r.Version, nil
}
