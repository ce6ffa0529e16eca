package registry

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// WeightTarget is the range an animal's weight should be in. Its zero value says that none is set.
type WeightTarget struct {
	Low  Weighed `json:"low"`
	High Weighed `json:"high"`
	// By set it At, in UTC.
	At time.Time `json:"-"`
	By id.ID     `json:"-"`
}

// Set reports whether there is a range.
func (w WeightTarget) Set() bool { return w.High.Grams > 0 }

// clinicalSlot is where what a vet decides is sealed.
func clinicalSlot(table string, row id.ID) vault.Slot {
	return vault.Slot{Table: table, Group: "clinical", Row: row}
}

// TargetOf reads the range of a patient that holds, for those who read clinical text.
func TargetOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (w WeightTarget, err error) {
	rows, err := tx.GetWeightTarget(ctx, db.GetWeightTargetParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return w, fmt.Errorf("reading the target of a weight: %w", err)
	}
	if len(rows) == 0 {
		return w, nil
	}
	r := rows[0]
	w.At, w.By = r.At.UTC(), r.ByID
	return w, openInto(keys, clinicalSlot("weight_targets", r.ID), r.Sealed, &w)
}

// SetTarget sets the range under an id that came with the form; the zero range takes back what was set. What held
// before stays as a row. It gives ErrAlreadyThere for a second sending, fault.Missing where there is no such patient,
// and fault.Fields named high.
func SetTarget(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, w WeightTarget) error {
	if w.Set() && w.Low.Grams >= w.High.Grams {
		return fault.Fields{{Name: "high", Message: "The end is above the beginning"}}
	}
	_, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	was, err := TargetOf(ctx, tx, keys, patient)
	if err != nil {
		return err
	}
	text, err := keys.SealJSON(clinicalSlot("weight_targets", row), w)
	if err != nil {
		return err
	}
	err = tx.InsertWeightTarget(ctx, db.InsertWeightTargetParams{
		TenantID: tx.Tenant, ID: row, PatientID: patient, Sealed: text, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: tx.Who.Person,
	})
	if db.Violates(err, "weight_targets_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("setting the target of patient %s: %w", patient, err)
	}
	return recordBeside(tx, keys, patient, audit.Change{Action: audit.Changed, Object: "weight-target", ObjectID: row, Group: "clinical", Before: was, After: w})
}
