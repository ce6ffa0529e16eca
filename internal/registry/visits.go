package registry

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// BannerAlertsOfVisit is BannerAlerts of the patient an appointment is for.
func BannerAlertsOfVisit(ctx context.Context, tx *db.Tx, keys *vault.Clinic, appointment id.ID) ([]AlertRow, error) {
	rows, err := tx.ListVisitAlerts(ctx, db.ListVisitAlertsParams{TenantID: tx.Tenant, AppointmentID: appointment})
	if err != nil {
		return nil, fmt.Errorf("reading the alerts of an appointment: %w", err)
	}
	same := make([]db.GetAlertRow, len(rows))
	for i, r := range rows {
		same[i] = standing(db.ListBannerAlertsRow(r))
	}
	return openAlerts(keys, same)
}

// LastWeightOfVisit is LastWeight of the patient an appointment is for.
func LastWeightOfVisit(ctx context.Context, tx *db.Tx, appointment id.ID) (w WeightRow, ok bool, err error) {
	r, err := tx.GetVisitWeight(ctx, db.GetVisitWeightParams{TenantID: tx.Tenant, AppointmentID: appointment})
	return lastWeight(db.GetWeightOfNoteRow(r), err)
}
