package web

import (
	"context"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// beside is what a banner shows besides the patient: alerts and the last weight.
type beside struct {
	alerts  []registry.AlertRow
	weight  registry.WeightRow
	weighed bool
}

// ofPatient reads it with the patient, in the same trip.
func (b *beside) ofPatient(v *visit, patient id.ID) []func(ctx context.Context, tx *db.Tx) error {
	return []func(ctx context.Context, tx *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			b.alerts, err = registry.BannerAlerts(ctx, tx, v.keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			b.weight, b.weighed, err = registry.LastWeight(ctx, tx, patient)
			return err
		},
	}
}

// ofNote reads it for the patient a signed note is about.
func (b *beside) ofNote(v *visit, note id.ID) []func(ctx context.Context, tx *db.Tx) error {
	return []func(ctx context.Context, tx *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			b.alerts, err = registry.BannerAlertsOfNote(ctx, tx, v.keys, note)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			b.weight, b.weighed, err = registry.LastWeightOfNote(ctx, tx, note)
			return err
		},
	}
}

// alertLine is an alert as it stands; onBanner says of an owner's whose it is.
func (v *visit) alertLine(a registry.AlertRow, onBanner bool) views.AlertLine {
	line := views.AlertLine{Level: a.Level, Text: a.Text}
	switch {
	case a.Topic == registry.NoAllergies:
		line.Lead, line.Text = views.NoAllergiesWords, v.policy.Name(a.MadeBy)+", "+v.day(a.MadeAt)
	case a.Topic == registry.TopicAllergy:
		line.Lead = "Allergy:"
	case onBanner && !a.Client.IsZero():
		line.Lead = "Owner:"
	}
	return line
}

// addAlerts puts the alerts into a banner, and the gap where nobody has asked about allergies.
func (v *visit) addAlerts(b *views.Banner, patient id.ID, status string, alerts []registry.AlertRow) {
	asked := false
	for _, a := range alerts {
		asked = asked || a.Topic != registry.TopicGeneral
		b.Alerts = append(b.Alerts, v.alertLine(a, true))
	}
	if asked || status == registry.Deceased {
		return
	}
	b.Gap = &views.AllergyGap{}
	if v.may(access.PatientWrite) {
		b.Gap.Page, b.Gap.Action, b.Gap.ID = v.page("patients"), "/patients/"+patient.String()+"/alerts", id.New().String()
	}
}
