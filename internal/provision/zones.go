package provision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/scheduling"
)

// KeepTimes looks at every clinic, suspended ones too, whether the rules of its zone are still those that its appointments
// were booked by, and gives those to come their instants anew where they are not: the time on the clinic's clock is
// what was agreed. It tells how many appointments were changed. A clinic is one transaction, so what a crash or an error
// leaves out is found by the next look, and several processes may look at once.
func KeepTimes(ctx context.Context, d Deps) (changed int, err error) {
	clinics, err := d.Platform.AllTenantsClinics(ctx)
	if err != nil {
		return 0, fmt.Errorf("looking at the zones of the clinics: %w", err)
	}
	var failed []error
	for _, c := range clinics {
		if c.State == stateCanary {
			continue // nobody is booked there
		}
		n, err := d.keepTimes(ctx, id.TenantFrom(c.ID), c.TimeZone)
		if err != nil {
			failed = append(failed, fmt.Errorf("the times of clinic %s: %w", c.ID, err))
		}
		changed += n
	}
	return changed, errors.Join(failed...)
}

func (d Deps) keepTimes(ctx context.Context, tenant id.Tenant, name string) (changed int, err error) {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return 0, err
	}
	who, outdated := d.who(tenant, "zone"), false
	err = d.Store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		outdated, err = scheduling.Outdated(ctx, tx, zone)
		return err
	})
	if err != nil || !outdated {
		return 0, err
	}
	keys, err := d.Vault.Clinic(ctx, tenant)
	if err != nil {
		return 0, err
	}
	err = d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		changed, err = scheduling.ReplanZone(ctx, tx, scheduling.Desk{Keys: keys, Zone: zone})
		return err
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}
