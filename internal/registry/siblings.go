package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Siblings reads the other animals of a patient's present owners, the living first, then by name.
// Owners are not filled in.
func Siblings(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]PatientRow, error) {
	found, err := tx.ListSiblings(ctx, db.ListSiblingsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading the owner's other animals: %w", err)
	}
	rows := make([]plainPatient, len(found))
	for i, r := range found {
		rows[i] = plainPatient{r.ID, r.Species, r.Breed, r.Sex, r.Neutered, r.BornOn, r.BornPrecision, r.BornEstimated, r.Status, r.Sealed, id.ID{}, nil}
	}
	out, err := gather(keys, rows)
	livingFirst(out)
	return out, err
}

// livingFirst sorts the active first and the dead last, then by name.
func livingFirst(list []PatientRow) {
	slices.SortStableFunc(list, func(a, b PatientRow) int {
		return cmp.Or(cmp.Compare(statusRank(a.Status), statusRank(b.Status)), strings.Compare(vault.Fold(a.Name), vault.Fold(b.Name)))
	})
}
