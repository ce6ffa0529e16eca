package registry

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// staffGroup is the field group of what the clinic keeps about its own people.
const staffGroup = "staff"

type sealedLicence struct {
	Number string `json:"number,omitempty"`
}

func licenceSlot(person id.ID) vault.Slot {
	return vault.Slot{Table: "licences", Group: staffGroup, Row: person}
}

// Licences are the numbers under which people may practise, of those who have one on file.
func Licences(ctx context.Context, tx *db.Tx, keys *vault.Clinic) (map[id.ID]string, error) {
	rows, err := tx.ListLicences(ctx, db.ListLicencesParams{TenantID: tx.Tenant})
	if err != nil {
		return nil, fmt.Errorf("reading licences: %w", err)
	}
	out := map[id.ID]string{}
	for _, r := range rows {
		var s sealedLicence
		if err := openInto(keys, licenceSlot(r.PersonID), r.Sealed, &s); err != nil {
			return nil, err
		}
		if s.Number != "" {
			out[r.PersonID] = s.Number
		}
	}
	return out, nil
}

// LicenceOf is one person's number, "" where none is on file.
func LicenceOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, person id.ID) (string, error) {
	sealed, err := tx.GetLicence(ctx, db.GetLicenceParams{TenantID: tx.Tenant, PersonID: person})
	if db.NoRows(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading a licence: %w", err)
	}
	var s sealedLicence
	return s.Number, openInto(keys, licenceSlot(person), sealed, &s)
}

// SetLicence keeps the number of a person, "" to take it off the file. It gives fault.Missing where there is no
// such person, and fault.Fields named number.
func SetLicence(ctx context.Context, tx *db.Tx, keys *vault.Clinic, person id.ID, number string) error {
	var bad fault.Fields
	number = plain.Words(&bad, "number", number, "", 60)
	if err := bad.Err(); err != nil {
		return err
	}
	before, err := LicenceOf(ctx, tx, keys, person)
	if err != nil || before == number {
		return err
	}
	sealed, err := keys.SealJSON(licenceSlot(person), sealedLicence{number})
	if err != nil {
		return err
	}
	err = tx.SaveLicence(ctx, db.SaveLicenceParams{TenantID: tx.Tenant, PersonID: person, Sealed: sealed, KeyVersion: keys.KeyVersion(), SavedAt: tx.Now()})
	if db.Violates(err, "licences_tenant_id_person_id_fkey") {
		return fault.Missing
	}
	if err != nil {
		return fmt.Errorf("saving a licence: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Changed, Object: "licence", ObjectID: person, Group: staffGroup, Before: sealedLicence{before}, After: sealedLicence{number},
	})
}
