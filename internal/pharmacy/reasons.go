package pharmacy

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// Reasons are why a prescription stands as it does: clinical text.
type Reasons struct {
	Basis
	// Stopped is why it was stopped, "" where it was not.
	Stopped string
}

// Why reads on what a prescription was signed, and why it was stopped. It is for those who may read clinical text; it
// gives fault.Missing.
func Why(ctx context.Context, tx *db.Tx, keys *vault.Clinic, prescription id.ID) (r Reasons, err error) {
	row, err := tx.GetPrescriptionReasons(ctx, db.GetPrescriptionReasonsParams{TenantID: tx.Tenant, ID: prescription})
	if err := db.Missing(err, "reading why something was prescribed"); err != nil {
		return r, err
	}
	if err := keys.OpenJSON(slot("prescriptions", groupClinical, prescription), row.SealedClinical, &r.Basis); err != nil {
		return r, err
	}
	r.Stopped, err = stopReason(keys, row.MoveID, row.MoveSealed)
	return r, err
}

// StopReasons reads why those of a patient that Prescriptions reads were stopped, by prescription. It is for those who
// may read clinical text.
func StopReasons(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (map[id.ID]string, error) {
	rows, err := tx.ListStopReasons(ctx, db.ListStopReasonsParams{TenantID: tx.Tenant, PatientID: patient, Most: shownMost})
	if err != nil {
		return nil, fmt.Errorf("reading why prescriptions were stopped: %w", err)
	}
	out := make(map[id.ID]string, len(rows))
	for _, r := range rows {
		if out[r.ID], err = stopReason(keys, r.MoveID, r.MoveSealed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func stopReason(keys *vault.Clinic, move id.ID, sealed []byte) (string, error) {
	var m sealedMove
	err := keys.OpenJSON(slot("prescription_moves", groupLabel, move), sealed, &m)
	return m.Reason, err
}
