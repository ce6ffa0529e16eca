package web

import (
	"context"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
)

// clashingPatient shows the choice again where something was left unchosen.
func (v *visit) clashingPatient(bad fault.Fields) (answer, error) {
	p, _, err := v.openPatient()
	if err != nil {
		return answer{}, err
	}
	t := v.twicePatient(p.ID, p.Patient, v.version(), p.SavedBy, p.SavedAt)
	t.mine, t.bad = v.chosen(patientInputs(registry.PatientForm{})), bad
	return v.conflict(t), nil
}

func (v *visit) twicePatient(row id.ID, theirs registry.Patient, version int64, by id.ID, at time.Time) twice {
	href := "/patients/" + row.String()
	return twice{
		action: href, back: href, what: theirs.Called(), version: version, by: by, at: at,
		theirs: patientInputs(registry.FormOfPatient(theirs)), seen: audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: row},
	}
}

// patientAgain answers the form of a new patient that is there already.
func (v *visit) patientAgain(row id.ID, p registry.Patient) (answer, error) {
	var now registry.PatientView
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		now, err = registry.OpenPatient(ctx, tx, v.keys, row)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	t := v.twicePatient(row, now.Patient, now.Version, now.SavedBy, now.SavedAt)
	t.mine = patientInputs(registry.FormOfPatient(p))
	return v.sentAgain(t, "Patient added."), nil
}

// patientInputs are the fields of the form in order.
func patientInputs(f registry.PatientForm) []input {
	return []input{
		{"name", "name", f.Name},
		{"species", "species", f.Species},
		{"breed", "breed", f.Breed},
		{"colour", "colour", f.Colour},
		{"sex", "sex", f.Sex},
		{"neutered", "neutered", f.Neutered},
		{"born", "date of birth", f.Born},
		{"age", "age", f.Age},
	}
}
