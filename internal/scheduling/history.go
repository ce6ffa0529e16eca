package scheduling

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// OpenReason opens what brought a patient in, as a row of the history has it.
func OpenReason(keys *vault.Clinic, appointment id.ID, sealed []byte) (string, error) {
	var s sealedAppointment
	err := openInto(keys, slotOf("appointments", appointment), sealed, &s)
	return s.Reason, err
}

// AheadOf reads what a patient is expected or in the building for, the soonest first. What is over is not read.
func AheadOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]Appointment, error) {
	rows, err := tx.ListPatientAhead(ctx, db.ListPatientAheadParams{TenantID: tx.Tenant, PatientID: patient, Most: patientMost})
	if err != nil {
		return nil, fmt.Errorf("reading what a patient is expected for: %w", err)
	}
	o, out := newOpener(keys), make([]Appointment, len(rows))
	for i, r := range rows {
		if out[i], err = o.appointment(db.GetAppointmentRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}
