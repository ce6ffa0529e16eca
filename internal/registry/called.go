package registry

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Called is what a patient is called, from its sealed row alone: for who may see that and no more.
func Called(keys *vault.Clinic, patient id.ID, sealed []byte) (string, error) {
	var s sealedPatient
	if err := openInto(keys, slot("patients", patient), sealed, &s); err != nil {
		return "", err
	}
	return Patient{Name: s.Name}.Called(), nil
}

// PatientsCalled is what the patients of these ids are called. An id that is no patient's is not in the map.
func PatientsCalled(ctx context.Context, tx *db.Tx, keys *vault.Clinic, ids []id.ID) (map[id.ID]string, error) {
	rows, err := tx.ListPatientsCalled(ctx, db.ListPatientsCalledParams{TenantID: tx.Tenant, Ids: ids})
	if err != nil {
		return nil, fmt.Errorf("reading what patients are called: %w", err)
	}
	out := make(map[id.ID]string, len(rows))
	for _, r := range rows {
		if out[r.ID], err = Called(keys, r.ID, r.Sealed); err != nil {
			return nil, err
		}
	}
	return out, nil
}
