package registry

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
)

// PastWeight is a weighing of an earlier practice system.
type PastWeight struct {
	ID, Patient id.ID
	Weight
}

// WritePastWeights writes weighings that come with an import, which is recorded as a whole. They are taken for
// measured, and no one is compared with the one before: the series is what it was.
func WritePastWeights(ctx context.Context, tx *db.Tx, batch id.ID, list []PastWeight) error {
	if len(list) == 0 {
		return nil
	}
	p := db.InsertPastWeightsParams{TenantID: tx.Tenant, ImportID: batch, RecordedAt: tx.Now(), RecordedBy: tx.Who.Person}
	for _, w := range list {
		p.Ids, p.PatientIds, p.Ats = append(p.Ids, w.ID), append(p.PatientIds, w.Patient), append(p.Ats, w.At)
		p.Grams, p.Entered, p.Units = append(p.Grams, w.Grams), append(p.Entered, w.Entered), append(p.Units, w.Unit)
	}
	if err := tx.InsertPastWeights(ctx, p); err != nil {
		return fmt.Errorf("writing weights of the past: %w", err)
	}
	return nil
}

// RemovePastWeights deletes weighings that came with an import. The caller has seen, while it held their patients,
// that nothing went by them.
func RemovePastWeights(ctx context.Context, tx *db.Tx, batch id.ID, weights []id.ID) error {
	if _, err := tx.DeletePastWeights(ctx, db.DeletePastWeightsParams{TenantID: tx.Tenant, ImportID: batch, Ids: weights}); err != nil {
		return fmt.Errorf("taking weights back: %w", err)
	}
	return nil
}
