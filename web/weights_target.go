package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// targetOf reads the range beside whatever else a patient's page reads; nothing for those who read no clinical text.
func (v *visit) targetOf(into *registry.WeightTarget, patient id.ID) []func(ctx context.Context, tx *db.Tx) error {
	if !v.readsNotes() {
		return nil
	}
	return []func(ctx context.Context, tx *db.Tx) error{func(ctx context.Context, tx *db.Tx) (err error) {
		*into, err = registry.TargetOf(ctx, tx, v.keys, patient)
		return err
	}}
}

// addTarget says what the weight should be, with the form of those who may set it.
func (v *visit) addTarget(view *views.Weights, p registry.PatientView, t registry.WeightTarget, unit string) {
	if t.Set() {
		view.Target = "Target " + t.Low.Entered + " to " + t.High.Entered + " " + t.High.Unit
		view.TargetBy = join(v.policy.Name(t.By), v.day(t.At))
	}
	if v.may(access.ClinicalSign) && v.readsNotes() && p.Status != registry.Deceased {
		form := views.TargetForm{Page: v.page("patients"), Action: "/patients/" + p.ID.String() + "/weight-target", ID: id.New().String(), Title: titleOf(p.PatientRow), Unit: unit}
		if t.Set() {
			form.Low, form.High, form.Unit = t.Low.Entered, t.High.Entered, t.High.Unit
		}
		view.TargetForm = &form
	}
}

// createTarget sets the range an animal's weight should be in; two empty fields take it back.
func (s *Server) createTarget(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	var t registry.WeightTarget
	low, high := strings.TrimSpace(v.field("low")), strings.TrimSpace(v.field("high"))
	if low != "" || high != "" {
		if t.Low, err = registry.ParseWeight(low, v.field("target_unit")); err != nil {
			bad.Add("low", err.Error())
		}
		if t.High, err = registry.ParseWeight(high, v.field("target_unit")); err != nil {
			bad.Add("high", err.Error())
		}
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return registry.SetTarget(ctx, tx, v.keys, row, patient, t)
		})
		if err != nil && !errors.As(err, &bad) && !errors.Is(err, registry.ErrAlreadyThere) {
			return answer{}, err
		}
	}
	if len(bad) == 0 {
		v.say("Target weight saved.")
		return goTo("/patients/" + patient.String()), nil
	}
	rec, err := v.openRecord(patient)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient, IDs: rec.shownBeside()})
	view := v.recordView(rec)
	if form := view.Weights.TargetForm; form != nil {
		form.ID, form.Low, form.High, form.Unit, form.Mistakes = row.String(), v.field("low"), v.field("high"), v.field("target_unit"), mistakes(bad)
		if v.partial {
			return shown(http.StatusUnprocessableEntity, views.TargetFormPart(*form)), nil
		}
	}
	return shown(http.StatusUnprocessableEntity, views.RecordPage(view)), nil
}
