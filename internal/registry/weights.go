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

// How a weight is known.
const (
	Measured  = "measured"
	Estimated = "estimated"
	Stated    = "stated" // by somebody who brought the animal
)

// Weight is one weighing. Instants are UTC.
type Weight struct {
	Weighed
	// At is when the animal was weighed; Source is Measured, Estimated or Stated.
	At     time.Time
	Source string
}

// WeightRow is a weighing as stored. A zero StruckAt says that it stands.
type WeightRow struct {
	ID id.ID
	Weight
	// Imported says that it came with an import of an earlier practice system; only Weights reads it.
	Imported   bool
	RecordedAt time.Time
	RecordedBy id.ID
	StruckAt   time.Time
	StruckBy   id.ID
}

// Stands reports whether the weighing was not entered in error.
func (w WeightRow) Stands() bool { return w.StruckAt.IsZero() }

// WeightsMost is how many weighings a series shows.
const WeightsMost = 60

// Weights reads a patient's weighings, the newest first, most at the most, those entered in error
// included. Nobody's patient has none.
func Weights(ctx context.Context, tx *db.Tx, patient id.ID) ([]WeightRow, error) {
	rows, err := tx.ListWeights(ctx, db.ListWeightsParams{TenantID: tx.Tenant, PatientID: patient, Most: WeightsMost})
	if err != nil {
		return nil, fmt.Errorf("reading weights: %w", err)
	}
	out := make([]WeightRow, len(rows))
	for i, r := range rows {
		out[i] = WeightRow{
			ID: r.ID, Weight: Weight{Weighed{r.Grams, r.Entered, r.Unit}, r.At.UTC(), r.Source}, RecordedAt: r.RecordedAt.UTC(), RecordedBy: r.RecordedBy, StruckBy: r.StruckBy,
			Imported: r.Imported,
		}
		if r.StruckAt != nil {
			out[i].StruckAt = r.StruckAt.UTC()
		}
	}
	return out, nil
}

// LastWeight reads the newest weighing that stands; ok is false where there is none.
func LastWeight(ctx context.Context, tx *db.Tx, patient id.ID) (w WeightRow, ok bool, err error) {
	return weightBefore(ctx, tx, patient, tx.Now())
}

func weightBefore(ctx context.Context, tx *db.Tx, patient id.ID, at time.Time) (w WeightRow, ok bool, err error) {
	r, err := tx.GetWeightBefore(ctx, db.GetWeightBeforeParams{TenantID: tx.Tenant, PatientID: patient, At: at})
	return lastWeight(db.GetWeightOfNoteRow(r), err)
}

// LastWeightOfNote is LastWeight of the patient a signed note is about.
func LastWeightOfNote(ctx context.Context, tx *db.Tx, note id.ID) (w WeightRow, ok bool, err error) {
	return lastWeight(tx.GetWeightOfNote(ctx, db.GetWeightOfNoteParams{TenantID: tx.Tenant, NoteID: note}))
}

func lastWeight(r db.GetWeightOfNoteRow, err error) (WeightRow, bool, error) {
	if db.NoRows(err) {
		return WeightRow{}, false, nil
	}
	if err != nil {
		return WeightRow{}, false, fmt.Errorf("reading the last weight: %w", err)
	}
	return WeightRow{ID: r.ID, Weight: Weight{Weighed{r.Grams, r.Entered, r.Unit}, r.At.UTC(), r.Source}, RecordedAt: r.RecordedAt.UTC(), RecordedBy: r.RecordedBy}, true, nil
}

// Jump says that a weight is more than a fifth off the one before, and was not said to be right. It is a
// fault of kind Invalid.
type Jump struct {
	Before, Now Weight
}

func (j *Jump) Error() string { return "a weight more than a fifth off the one before" }

// Unwrap gives the fault a person reads.
func (j *Jump) Unwrap() error {
	return fault.New(fault.Invalid, "This is more than 20 % off the last weight.")
}

// How old the weight before may be to be compared with: what grows changes by a fifth in weeks.
const (
	comparable      = 366 * 24 * time.Hour
	comparableYoung = 14 * 24 * time.Hour
	young           = 366 * 24 * time.Hour
)

// jumps reports whether a weight is more than a fifth off the one before, while it should not be.
func jumps(before, now Weight, bornOn *time.Time) bool {
	span := comparable
	if bornOn != nil && now.At.Sub(*bornOn) < young {
		span = comparableYoung
	}
	off := now.Grams - before.Grams
	if off < 0 {
		off = -off
	}
	return off*5 > before.Grams && now.At.Sub(before.At) <= span
}

// AddWeight keeps a weighing under an id that came with the form. sure are the grams that the person said
// are right in spite of a jump, 0 for none: other grams are asked about again. It gives *Jump,
// ErrAlreadyThere for a second sending, fault.Missing where there is no such patient, and fault.Fields
// named at and source.
func AddWeight(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, w Weight, sure int64) error {
	w.At = w.At.UTC().Truncate(time.Microsecond) // as tx.Now is
	var bad fault.Fields
	if w.Source != Measured && w.Source != Estimated && w.Source != Stated {
		bad.Add("source", "Choose how the weight is known")
	}
	if w.At.After(tx.Now()) {
		bad.Add("at", string(errDayFuture))
	}
	if err := bad.Err(); err != nil {
		return err
	}
	// Held, so that of two weighings at once the second is compared with the first.
	held, err := tx.LockPatientState(ctx, db.LockPatientStateParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	if held.BornOn != nil && w.At.Before(held.BornOn.AddDate(0, 0, -1)) { // a day for the clinic's zone
		return fault.Fields{{Name: "at", Message: "This is before the birth, " + held.BornOn.Format("2-Jan-2006")}}
	}
	before, ok, err := weightBefore(ctx, tx, patient, w.At)
	if err != nil {
		return err
	}
	if ok && before.ID != row && sure != w.Grams && jumps(before.Weight, w, held.BornOn) {
		return &Jump{Before: before.Weight, Now: w}
	}
	err = tx.InsertWeight(ctx, db.InsertWeightParams{
		TenantID: tx.Tenant, ID: row, PatientID: patient, At: w.At, Grams: w.Grams, Entered: w.Entered, Unit: w.Unit, Source: w.Source,
		RecordedAt: tx.Now(), RecordedBy: tx.Who.Person,
	})
	if db.Violates(err, "weights_pkey") {
		return ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("keeping a weight of patient %s: %w", patient, err)
	}
	return recordBeside(tx, keys, patient, audit.Change{Action: audit.Created, Object: "weight", ObjectID: row, Group: group, After: w})
}

// StrikeWeight marks a weighing as entered in error: it stays, struck through, and counts no more. It gives
// back whose it was. Striking twice does nothing more. It gives fault.Missing where there is no such weight.
func StrikeWeight(ctx context.Context, tx *db.Tx, keys *vault.Clinic, weight id.ID) (patient id.ID, err error) {
	r, err := tx.LockWeight(ctx, db.LockWeightParams{TenantID: tx.Tenant, ID: weight})
	if err := db.Missing(err, "locking a weight"); err != nil {
		return id.ID{}, err
	}
	if r.StruckAt != nil {
		return r.PatientID, nil
	}
	now := tx.Now()
	n, err := tx.StrikeWeight(ctx, db.StrikeWeightParams{TenantID: tx.Tenant, ID: weight, StruckAt: &now, StruckBy: tx.Who.Person})
	if err := db.OneRow(n, err); err != nil {
		return id.ID{}, fmt.Errorf("striking weight %s: %w", weight, err)
	}
	was := Weight{Weighed{r.Grams, r.Entered, r.Unit}, r.At.UTC(), r.Source}
	return r.PatientID, recordBeside(tx, keys, r.PatientID, audit.Change{Action: audit.Changed, Object: "weight", ObjectID: weight, Group: group, Before: was})
}

// recordBeside records a change of a row that is a patient's, and that the patient changed by it, so that
// it is found by both. It stands under the row's own id: the changes of the patient are one a version.
func recordBeside(tx *db.Tx, keys *vault.Clinic, patient id.ID, c audit.Change) error {
	if err := audit.RecordChange(tx, keys, c); err != nil {
		return err
	}
	return audit.Record(tx, audit.Entry{Action: audit.Changed, Object: "patient", ObjectID: patient, IDs: []id.ID{c.ObjectID}})
}
