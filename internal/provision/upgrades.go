package provision

import (
	"context"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// NewRight is a right of seeded roles that came with a release. Its name is kept by each clinic that has
// been given it, so it never changes, and a name is never used again.
type NewRight struct {
	Name  string
	Roles []string // keys of seeded roles
	Right access.Permission
}

// NewRights are those of all releases, oldest first. A right that access.Seeded gives a role is here as
// well, unless it came with the first release: clinics made since have it from the start.
func NewRights() []NewRight {
	return []NewRight{
		{"patient.revive", []string{access.Veterinarian, access.PracticeAdmin}, access.PatientRevive},
	}
}

// Upgrade gives every clinic what it has not been given yet, suspended ones too, and tells how many
// clinics were given something. A clinic is one transaction: what a crash or an error leaves out is given by
// the next run. A right that an admin takes away afterwards stays away, and a role that a clinic no longer has is
// not made again.
func Upgrade(ctx context.Context, d Deps, list []NewRight) (given int, err error) {
	clinics, err := d.Platform.AllTenantsClinics(ctx)
	if err != nil {
		return 0, fmt.Errorf("giving the clinics their new rights: %w", err)
	}
	var failed []error
	for _, c := range clinics {
		if c.State == stateCanary {
			continue // nobody works there
		}
		changed, err := d.upgrade(ctx, id.TenantFrom(c.ID), list)
		if err != nil {
			failed = append(failed, fmt.Errorf("giving clinic %s its new rights: %w", c.ID, err))
		}
		if changed {
			given++
		}
	}
	return given, errors.Join(failed...)
}

func (d Deps) upgrade(ctx context.Context, tenant id.Tenant, list []NewRight) (changed bool, err error) {
	who := d.who(tenant, "migrate")
	var done []string
	err = d.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		done, err = tx.ListUpgrades(ctx, db.ListUpgradesParams{TenantID: tx.Tenant})
		return err
	})
	if err != nil {
		return false, err
	}
	had := map[string]bool{}
	for _, name := range done {
		had[name] = true
	}
	var missing []NewRight
	for _, u := range list {
		if !had[u.Name] {
			missing = append(missing, u)
		}
	}
	if len(missing) == 0 {
		return false, nil
	}
	keys, err := d.Vault.Clinic(ctx, tenant)
	if err != nil {
		return false, err
	}
	err = d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		for _, n := range missing {
			if err := n.give(ctx, tx, keys); err != nil {
				return err
			}
		}
		return nil
	})
	if db.Violates(err, "upgrades_name") {
		return false, nil // another process was faster
	}
	return err == nil, err
}

// give notes the name first: of two processes the second waits there, and then finds it given.
func (n NewRight) give(ctx context.Context, tx *db.Tx, keys *vault.Clinic) error {
	if err := tx.InsertUpgrade(ctx, db.InsertUpgradeParams{TenantID: tx.Tenant, ID: id.New(), Name: n.Name, At: tx.Now()}); err != nil {
		return err
	}
	for _, key := range n.Roles {
		role, err := tx.GetRole(ctx, db.GetRoleParams{TenantID: tx.Tenant, Key: key})
		if db.NoRows(err) {
			continue
		}
		if err != nil {
			return err
		}
		added, err := tx.InsertRoleRight(ctx, db.InsertRoleRightParams{TenantID: tx.Tenant, RoleID: role.ID, Allowed: string(n.Right)})
		if err != nil {
			return err
		}
		if added == 0 {
			continue
		}
		if err := audit.RecordChange(tx, keys, audit.Change{
			Action: audit.Changed, Object: "role", ObjectID: role.ID, Group: string(access.FieldStaff),
			After: map[string]string{"role": role.Name, "given": string(n.Right)},
		}); err != nil {
			return err
		}
	}
	return nil
}

// seedUpgrades notes, for a clinic being made, that its roles hold everything already.
func seedUpgrades(ctx context.Context, tx *db.Tx) error {
	p := db.InsertUpgradesParams{TenantID: tx.Tenant, At: tx.Now()}
	for _, u := range NewRights() {
		p.Ids, p.Names = append(p.Ids, id.New()), append(p.Names, u.Name)
	}
	return tx.InsertUpgrades(ctx, p)
}
