package labs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Lab is a request with what came of it.
type Lab struct {
	RequestRow
	// Reports are in the order they were written. OfPatient leaves out those that were corrected, and what was noted
	// when one was acknowledged.
	Reports []ReportRow
	// Cancellation is of one whose state says so.
	Cancellation Cancellation
}

// Unseen reports whether a report of it waits to be read.
func (l Lab) Unseen() bool { return l.State == Resulted }

// OfPatient are the requests of a patient, the newest first, with the reports that stand. It is for those who may read
// clinical text.
func OfPatient(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) (out []Lab, err error) {
	rows, err := tx.ListLabs(ctx, db.ListLabsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading the lab requests of a patient: %w", err)
	}
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].ID != r.ID {
			q, err := requestOf(keys, db.GetLabRequestRow{
				ID: r.ID, PatientID: r.PatientID, VisitID: r.VisitID, NoteID: r.NoteID, State: r.State, Urgent: r.Urgent, Sealed: r.Sealed, AskedAt: r.AskedAt, AskedBy: r.AskedBy,
			})
			if err != nil {
				return nil, err
			}
			out = append(out, Lab{RequestRow: q})
		}
		if r.ReportID.IsZero() {
			continue
		}
		one, err := reportOf(keys, db.ListLabReportsRow{
			ID: r.ReportID, RequestID: r.ID, PatientID: r.PatientID, At: *r.ReportAt, Sealed: r.ReportSealed, RecordedAt: *r.RecordedAt, RecordedBy: r.RecordedBy,
			SeenAt: r.SeenAt, SeenBy: r.SeenBy,
		})
		if err != nil {
			return nil, err
		}
		last := &out[len(out)-1]
		last.Reports = append(last.Reports, one)
	}
	return out, nil
}

// OpenLab reads a request with every report of it, those that were corrected too. It gives fault.Missing.
func OpenLab(ctx context.Context, tx *db.Tx, keys *vault.Clinic, request id.ID) (l Lab, err error) {
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			l.RequestRow, err = OpenRequest(ctx, tx, keys, request)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			l.Reports, err = reports(ctx, tx, keys, request)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			l.Cancellation, err = cancellationOf(ctx, tx, keys, request)
			return err
		},
	)
	return l, err
}

// OfReport reads the request that a report is of. It gives fault.Missing.
func OfReport(ctx context.Context, tx *db.Tx, keys *vault.Clinic, report id.ID) (Lab, error) {
	r, err := tx.GetLabReport(ctx, db.GetLabReportParams{TenantID: tx.Tenant, ID: report})
	if err := db.Missing(err, "reading a lab report"); err != nil {
		return Lab{}, err
	}
	return OpenLab(ctx, tx, keys, r.RequestID)
}

// Report is one of those read, nil for none.
func (l Lab) Report(report id.ID) *ReportRow {
	for i := range l.Reports {
		if l.Reports[i].ID == report {
			return &l.Reports[i]
		}
	}
	return nil
}

func reports(ctx context.Context, tx *db.Tx, keys *vault.Clinic, request id.ID) ([]ReportRow, error) {
	rows, err := tx.ListLabReports(ctx, db.ListLabReportsParams{TenantID: tx.Tenant, RequestID: request})
	if err != nil {
		return nil, fmt.Errorf("reading lab reports: %w", err)
	}
	out := make([]ReportRow, len(rows))
	for i, r := range rows {
		if out[i], err = reportOf(keys, r); err != nil {
			return nil, err
		}
	}
	for _, r := range out {
		for i := range out {
			if out[i].ID == r.Corrects {
				out[i].CorrectedBy = r.ID
			}
		}
	}
	return out, nil
}

func reportOf(keys *vault.Clinic, r db.ListLabReportsRow) (ReportRow, error) {
	var s sealedReport
	if err := keys.OpenJSON(slot("lab_reports", r.ID), r.Sealed, &s); err != nil {
		return ReportRow{}, err
	}
	out := ReportRow{
		ID: r.ID, Request: r.RequestID, Patient: r.PatientID, Corrects: r.CorrectsID, Reason: s.Reason, RecordedAt: r.RecordedAt.UTC(), RecordedBy: r.RecordedBy,
		Report: Report{At: r.At.UTC(), Values: s.Values, Findings: s.Findings},
	}
	if r.SeenAt == nil {
		return out, nil
	}
	out.Seen = &Seen{By: r.SeenBy, At: r.SeenAt.UTC()}
	if !r.SeenID.IsZero() {
		var n sealedSeen
		if err := keys.OpenJSON(slot("lab_acknowledgements", r.ID), r.SeenSealed, &n); err != nil {
			return out, err
		}
		out.Seen.Note = n.Note
	}
	return out, nil
}

// Waiting is a report that nobody has read.
type Waiting struct {
	RequestRow
	Called string // the patient's name
	Report ReportRow
}

// Inbox are the reports that nobody has acknowledged: those that one person asked for, and those whose asker is not among
// here, who read results; or all, where everybody is set. The urgent ones first, then the longest asked for.
func Inbox(ctx context.Context, tx *db.Tx, keys *vault.Clinic, asker id.ID, here []id.ID, everybody bool) ([]Waiting, error) {
	rows, err := tx.ListLabsUnseen(ctx, db.ListLabsUnseenParams{TenantID: tx.Tenant, AskedBy: asker, Here: here, Everybody: everybody})
	if err != nil {
		return nil, fmt.Errorf("reading the lab results nobody has read: %w", err)
	}
	out := make([]Waiting, len(rows))
	for i, r := range rows {
		w := &out[i]
		if w.RequestRow, err = requestOf(keys, db.GetLabRequestRow{
			ID: r.ID, PatientID: r.PatientID, State: Resulted, Urgent: r.Urgent, Sealed: r.Sealed, AskedAt: r.AskedAt, AskedBy: r.AskedBy,
		}); err != nil {
			return nil, err
		}
		if w.Report, err = reportOf(keys, db.ListLabReportsRow{
			ID: r.ReportID, RequestID: r.ID, PatientID: r.PatientID, CorrectsID: r.CorrectsID, At: r.At, Sealed: r.ReportSealed, RecordedAt: r.RecordedAt, RecordedBy: r.RecordedBy,
		}); err != nil {
			return nil, err
		}
		if w.Called, err = registry.Called(keys, r.PatientID, r.PatientSealed); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Unseen is how many requests wait in the inbox of a person. Nothing sealed is read.
func Unseen(ctx context.Context, tx *db.Tx, asker id.ID, here []id.ID) (int, error) {
	n, err := tx.CountLabsUnseen(ctx, db.CountLabsUnseenParams{TenantID: tx.Tenant, AskedBy: asker, Here: here})
	if err != nil {
		return 0, fmt.Errorf("counting the lab results nobody has read: %w", err)
	}
	return int(n), nil
}

// Point is a value of a trend.
type Point struct {
	At     time.Time
	Report id.ID
	Value
}

// Trend are the values of one test in one unit among reports that stand, the oldest first. Another unit is another
// measure: it is never joined.
func Trend(labs []Lab, test id.ID, unit string) (out []Point) {
	for _, l := range labs {
		for _, r := range l.Reports {
			for _, v := range r.Values {
				if v.Test == test && v.Unit == unit && r.Stands() {
					out = append(out, Point{r.At, r.ID, v})
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Point) int { return a.At.Compare(b.At) })
	return out
}

// OpenText opens what is sealed of a report: its values and findings.
func OpenText(keys *vault.Clinic, report id.ID, sealed []byte) (Report, error) {
	var s sealedReport
	err := keys.OpenJSON(slot("lab_reports", report), sealed, &s)
	return Report{Values: s.Values, Findings: s.Findings}, err
}
