package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// canary is a clinic nobody works at. The identifiers are fixed, so that making one again, or by two
// processes at once, finds what is there.
type canary struct {
	name                    string
	clinic, client, patient id.ID
}

var canaries = []canary{
	{
		"Canary one", id.MustParse("01900000-0000-7000-8000-00000000ca01"),
		id.MustParse("01900000-0000-7000-8000-00000000cc01"), id.MustParse("01900000-0000-7000-8000-00000000cd01"),
	},
	{
		"Canary two", id.MustParse("01900000-0000-7000-8000-00000000ca02"),
		id.MustParse("01900000-0000-7000-8000-00000000cc02"), id.MustParse("01900000-0000-7000-8000-00000000cd02"),
	},
}

// Canaries makes the two clinics without a host whose rows the live probes try to reach from each
// other. It may be repeated: what is there stays, what a crash left out is added.
func Canaries(ctx context.Context, d Deps) ([]id.Tenant, error) {
	known, err := d.Platform.AllTenantsClinics(ctx)
	if err != nil {
		return nil, fmt.Errorf("making the canaries: %w", err)
	}
	there := map[id.ID]bool{}
	for _, c := range known {
		there[c.ID] = true
	}
	var tenants []id.Tenant
	for _, c := range canaries {
		tenant := id.TenantFrom(c.clinic)
		tenants = append(tenants, tenant)
		if err := d.Vault.Create(ctx, tenant); err != nil && !errors.Is(err, vault.ErrExists) {
			return nil, fmt.Errorf("making the keys of a canary: %w", err)
		}
		if err := d.canaryRows(ctx, tenant, c); err != nil {
			return nil, fmt.Errorf("making the rows of a canary: %w", err)
		}
		if there[c.clinic] {
			continue
		}
		err := d.Platform.AddClinic(ctx, db.ClinicRow{
			ID: c.clinic, Name: c.name, State: stateCanary, TimeZone: "UTC", Country: "ZZ", CreatedAt: d.Store.Now(),
		}, d.Placement)
		if err != nil && !db.Violates(err, "clinic_pkey") {
			return nil, fmt.Errorf("making a canary known: %w", err)
		}
	}
	return tenants, nil
}

// canaryRows adds one client and one patient where they are missing.
func (d Deps) canaryRows(ctx context.Context, tenant id.Tenant, c canary) error {
	keys, err := d.Vault.Clinic(ctx, tenant)
	if err != nil {
		return err
	}
	err = d.Store.Write(ctx, d.who(tenant, "migrate"), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.GetClient(ctx, db.GetClientParams{TenantID: tx.Tenant, ID: c.client})
		if err == nil {
			return nil
		}
		if !db.NoRows(err) {
			return err
		}
		client, err := sealName(keys, vault.Slot{Table: "clients", Group: "contact", Row: c.client}, "last_name", c.name)
		if err != nil {
			return err
		}
		patient, err := sealName(keys, vault.Slot{Table: "patients", Group: "contact", Row: c.patient}, "name", c.name)
		if err != nil {
			return err
		}
		at := tx.Now()
		if err := tx.InsertPolicyEpoch(ctx, db.InsertPolicyEpochParams{TenantID: tx.Tenant}); err != nil {
			return err
		}
		if err := tx.InsertClient(ctx, db.InsertClientParams{
			TenantID: tx.Tenant, ID: c.client, Sealed: client, KeyVersion: keys.KeyVersion(), CreatedAt: at,
		}); err != nil {
			return err
		}
		return tx.InsertPatient(ctx, db.InsertPatientParams{
			TenantID: tx.Tenant, ID: c.patient, Species: "bird", Sex: "unknown", Neutered: "unknown",
			Sealed: patient, KeyVersion: keys.KeyVersion(), CreatedAt: at,
		})
	})
	if db.Violates(err, "policy_epochs_pkey") || db.Violates(err, "clients_pkey") {
		return nil // another process was faster, with the same rows
	}
	return err
}

// sealName seals one name in the form the registry opens.
func sealName(keys *vault.Clinic, s vault.Slot, field, name string) ([]byte, error) {
	plain, err := json.Marshal(map[string]string{field: name})
	if err != nil {
		return nil, fmt.Errorf("writing down a canary: %w", err)
	}
	return keys.Seal(s, plain)
}
