package scheduling

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/vault"
)

// PatientDied calls off what is still ahead of a patient that the caller holds and has moved to deceased, and takes it
// off the waitlist. Whoever is in the building stays on the board. It gives how many appointments were called off.
func PatientDied(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (cancelled int, err error) {
	rows, err := tx.LockPatientAhead(ctx, db.LockPatientAheadParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return 0, fmt.Errorf("locking what is ahead of patient %s: %w", patient, err)
	}
	for _, r := range rows {
		held := db.LockAppointmentRow{ID: r.ID, PatientID: patient, State: r.State, LastMoveID: r.LastMoveID}
		if err := writeMove(ctx, tx, keys, id.New(), held, move{to: Cancelled, byWhom: ByClinic, reason: "The animal has died"}); err != nil {
			return 0, err
		}
	}
	waiting, err := tx.ListPatientWaiting(ctx, db.ListPatientWaitingParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return 0, fmt.Errorf("reading what patient %s waits for: %w", patient, err)
	}
	for _, entry := range waiting {
		if err := endWaiting(ctx, tx, keys, entry, EndedDropped); err != nil {
			return 0, err
		}
	}
	if len(rows)+len(waiting) == 0 {
		return 0, nil
	}
	return len(rows), live.Touch(ctx, tx, keys, live.Schedule, live.Board)
}
