package billing

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/practice"
	"paddock/internal/vault"
)

type sealedEstimate struct {
	Title string               `json:"title"`
	Note  string               `json:"note,omitempty"`
	Lines []EstimateLine       `json:"lines,omitempty"`
	From  *practice.Letterhead `json:"from,omitempty"`
}

// estimateLines is how many lines an estimate may have.
const estimateLines = 100

// tidy gives the estimate as it is kept, and the mistakes named title, note, lines, low and high. Lines add up to its sums.
func (e Estimate) tidy() (Estimate, fault.Fields) {
	var bad fault.Fields
	e.Title = words(&bad, "title", e.Title, "Enter what it is for, like dental with two extractions")
	e.Note = words(&bad, "note", e.Note, "")
	if len(e.Lines) > 0 {
		e.Low, e.High = 0, 0
	}
	if len(e.Lines) > estimateLines {
		bad.Add("lines", fmt.Sprintf("Keep this under %d lines", estimateLines))
		return e, bad
	}
	lines := make([]EstimateLine, len(e.Lines))
	for i, l := range e.Lines {
		l.Name = plain.Line(l.Name)
		if l.Name == "" || len(l.Name) > 500 || l.Low < 0 || l.High < l.Low || l.High > money.Most {
			bad.Add("lines", "Give each line a name, and a high that is not below its low")
			break
		}
		lines[i] = l
		e.Low, e.High = e.Low+l.Low, e.High+l.High
	}
	e.Lines = lines
	if e.Low < 0 || e.Low > money.Most {
		bad.Add("low", "Enter the lowest it may cost")
	}
	if e.High < e.Low || e.High > money.Most {
		bad.Add("high", "Enter the highest it may cost, not below the lowest")
	}
	return e, bad
}

// AddEstimate keeps a sum offered before the work, under an id that came with the form. One that replaces an earlier
// one is its next version. It gives ErrAlreadyThere for a second sending, ErrChanged where a later one replaced it
// already, ErrMismatch, fault.Missing, and fault.Fields named title, note, lines, low and high.
func AddEstimate(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, e Estimate, replaces id.ID) error {
	e, bad := e.tidy()
	if err := bad.Err(); err != nil {
		return err
	}
	var s Settings
	var from practice.Letterhead
	var there bool
	version := 1
	err := db.Together(ctx, tx, holdClient(e.Client), holdPatient(e.Patient), loadSettings(&s), practice.Loading(&from, keys),
		func(ctx context.Context, tx *db.Tx) error {
			if e.Visit.IsZero() {
				return nil
			}
			v, err := tx.HoldChargedVisit(ctx, db.HoldChargedVisitParams{TenantID: tx.Tenant, ID: e.Visit})
			if err == nil && v.PatientID != e.Patient {
				return ErrMismatch
			}
			return db.Missing(err, "holding a visit")
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.GetEstimate(ctx, db.GetEstimateParams{TenantID: tx.Tenant, ID: row})
			if there = err == nil; there || db.NoRows(err) {
				return nil
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			if replaces.IsZero() {
				return nil
			}
			was, err := OpenEstimate(ctx, tx, keys, replaces)
			switch {
			case err != nil:
				return err
			case was.Patient != e.Patient:
				return ErrMismatch
			case was.Replaced:
				return ErrChanged
			}
			version = was.Version + 1
			return nil
		},
	)
	switch {
	case there: // a second sending finds that the first has replaced the earlier one
		return ErrAlreadyThere
	case err != nil:
		return err
	}
	text, err := sealed(keys, "estimates", row, sealedEstimate{e.Title, e.Note, e.Lines, from.Kept()})
	if err != nil {
		return err
	}
	err = tx.InsertEstimate(ctx, db.InsertEstimateParams{
		TenantID: tx.Tenant, ID: row, PatientID: e.Patient, ClientID: e.Client, VisitID: e.Visit, Version: int32(version), ReplacesID: replaces,
		Low: int64(e.Low), High: int64(e.High), Currency: string(s.Currency), Sealed: text, KeyVersion: keys.KeyVersion(), MadeAt: tx.Now(), MadeBy: tx.Who.Person,
	})
	switch {
	case db.Violates(err, "estimates_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "estimates_replaced_once"):
		return ErrChanged
	case err != nil:
		return fmt.Errorf("keeping an estimate: %w", err)
	}
	return audit.RecordChange(tx, keys, audit.Change{
		Action: audit.Created, Object: "estimate", ObjectID: row, IDs: about(Charge{Patient: e.Patient, Client: e.Client, Visit: e.Visit}), Group: group, After: e,
	})
}

// OpenEstimate reads one estimate. It gives fault.Missing where there is none in this clinic.
func OpenEstimate(ctx context.Context, tx *db.Tx, keys *vault.Clinic, estimate id.ID) (EstimateRow, error) {
	r, err := tx.GetEstimate(ctx, db.GetEstimateParams{TenantID: tx.Tenant, ID: estimate})
	if err := db.Missing(err, "reading an estimate"); err != nil {
		return EstimateRow{}, err
	}
	return estimateOf(keys, r)
}

// EstimatesOfPatient reads the estimates for an animal, the newest first, at most 50.
func EstimatesOfPatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]EstimateRow, error) {
	rows, err := tx.ListPatientEstimates(ctx, db.ListPatientEstimatesParams{TenantID: tx.Tenant, PatientID: patient})
	return estimatesOf(keys, rows, err)
}

// EstimatesOfVisit reads the estimates for a visit that no later one replaces, the newest first.
func EstimatesOfVisit(ctx context.Context, tx *db.Tx, keys *vault.Clinic, visit id.ID) ([]EstimateRow, error) {
	rows, err := tx.ListVisitEstimates(ctx, db.ListVisitEstimatesParams{TenantID: tx.Tenant, VisitID: visit})
	return estimatesOf(keys, rows, err)
}

// Crossed is the line at which a bill goes above the high sum, -1 where it stays inside.
func (e EstimateRow) Crossed(lines []Line) int {
	var sum money.Amount
	for i, l := range lines {
		if sum += l.Total(); sum > e.High {
			return i
		}
	}
	return -1
}

func estimatesOf[R db.ListPatientEstimatesRow | db.ListVisitEstimatesRow](keys *vault.Clinic, rows []R, err error) ([]EstimateRow, error) {
	if err != nil {
		return nil, fmt.Errorf("reading estimates: %w", err)
	}
	out := make([]EstimateRow, len(rows))
	for i, r := range rows {
		if out[i], err = estimateOf(keys, db.GetEstimateRow(r)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func estimateOf(keys *vault.Clinic, r db.GetEstimateRow) (EstimateRow, error) {
	var s sealedEstimate
	if err := open(keys, "estimates", r.ID, r.Sealed, &s); err != nil {
		return EstimateRow{}, err
	}
	return EstimateRow{
		ID: r.ID, Version: int(r.Version), Replaces: r.ReplacesID, Currency: money.Currency(r.Currency), MadeAt: r.MadeAt.UTC(), MadeBy: r.MadeBy, Replaced: r.Replaced, From: s.From.Printed(),
		Estimate: Estimate{
			Patient: r.PatientID, Client: r.ClientID, Visit: r.VisitID, Low: money.Amount(r.Low), High: money.Amount(r.High), Title: s.Title, Note: s.Note, Lines: s.Lines,
		},
	}, nil
}
