package labs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/live"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Value is one value of a report, as it was shown.
type Value struct {
	Test   id.ID   `json:"test"`
	Name   string  `json:"name"`
	Sign   string  `json:"sign,omitempty"` // "", Below, AtMost, Above or AtLeast
	Number Number  `json:"number"`
	Places int     `json:"places"` // digits after the point, as typed or as the test has them
	Unit   string  `json:"unit"`
	Low    *Number `json:"low,omitempty"`
	High   *Number `json:"high,omitempty"`
	Flag   string  `json:"flag,omitempty"` // what Flag said of it
}

// Outside reports whether the value lies certainly outside its range.
func (v Value) Outside() bool { return v.Flag == Low || v.Flag == High }

// Shown is the value as it is written, with a point.
func (v Value) Shown() string { return v.Sign + v.Number.Format(v.Places) }

// Report is what came of a request.
type Report struct {
	At       time.Time // when it was found, zero for now
	Values   []Value
	Findings string // what is no number: of a smear, a culture, a picture
}

// ReportRow is a report as stored. Instants are UTC.
type ReportRow struct {
	ID, Request, Patient id.ID
	Report
	// Corrects is the report that this one corrects, and Reason why; CorrectedBy the one that corrects this.
	Corrects, CorrectedBy id.ID
	Reason                string
	RecordedAt            time.Time
	RecordedBy            id.ID
	// Seen is nil for one that nobody has acknowledged.
	Seen *Seen
}

// Seen says who has read a report. Note may be "".
type Seen struct {
	By   id.ID
	At   time.Time
	Note string
}

// Stands reports whether no other report corrects this.
func (r ReportRow) Stands() bool { return r.CorrectedBy.IsZero() }

type sealedReport struct {
	Values   []Value `json:"values,omitempty"`
	Findings string  `json:"findings,omitempty"`
	Reason   string  `json:"reason,omitempty"`
}

type sealedSeen struct {
	Note string `json:"note,omitempty"`
}

// valuesMost is how many values a report has.
const valuesMost = 100

// Result writes down what came of a request, under an id that came with the form. The flags of the values are worked
// out here. It gives ErrAlreadyThere for a second sending, ErrCancelled, fault.Missing where the request or a test is not
// there, and fault.Fields named at and findings.
func Result(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, request id.ID, r Report) error {
	return write(ctx, tx, keys, row, request, id.ID{}, r, "")
}

// Correct writes down what a report should have said. The one that was wrong stays as it was, and whoever has read that
// reads this as well. It gives the request, what Result gives, ErrCorrected, and fault.Fields named reason.
func Correct(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, report id.ID, r Report, reason string) (request id.ID, err error) {
	was, err := tx.GetLabReport(ctx, db.GetLabReportParams{TenantID: tx.Tenant, ID: report})
	if err := db.Missing(err, "reading a lab report"); err != nil {
		return id.ID{}, err
	}
	var bad fault.Fields
	if reason = plain.Words(&bad, "reason", reason, "Enter what was wrong, like typed for the wrong test", 500); len(bad) > 0 {
		_, more := r.tidy(tx.Now())
		return was.RequestID, append(bad, more...).Err()
	}
	return was.RequestID, write(ctx, tx, keys, row, was.RequestID, report, r, reason)
}

func write(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, request, corrects id.ID, r Report, reason string) error {
	me, err := person(tx)
	if err != nil {
		return err
	}
	r, bad := r.tidy(tx.Now())
	if err := bad.Err(); err != nil {
		return err
	}
	held, err := hold(ctx, tx, keys, request)
	if err != nil {
		return err
	}
	if _, err := tx.GetLabReport(ctx, db.GetLabReportParams{TenantID: tx.Tenant, ID: row}); !db.NoRows(err) {
		if err == nil {
			err = ErrAlreadyThere
		}
		return err
	}
	if held.State == Cancelled {
		return ErrCancelled
	}
	if err := known(ctx, tx, r.Values); err != nil {
		return err
	}
	s := sealedReport{r.Values, r.Findings, reason}
	sealed, err := keys.SealJSON(slot("lab_reports", row), s)
	if err != nil {
		return err
	}
	err = tx.InsertLabReport(ctx, db.InsertLabReportParams{
		TenantID: tx.Tenant, ID: row, RequestID: request, PatientID: held.Patient, CorrectsID: corrects, At: r.At, Sealed: sealed, KeyVersion: keys.KeyVersion(),
		RecordedAt: tx.Now(), RecordedBy: me,
	})
	switch {
	case db.Violates(err, "lab_reports_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "lab_reports_corrected_once"):
		return ErrCorrected
	case err != nil:
		return fmt.Errorf("writing down a lab report: %w", err)
	}
	if err := held.move(ctx, tx, Resulted); err != nil {
		return err
	}
	c := audit.Change{Action: audit.Created, Object: "lab-report", ObjectID: row, IDs: []id.ID{request}, After: s}
	if !corrects.IsZero() {
		c.IDs = append(c.IDs, corrects)
	}
	if err := record(tx, keys, held.Patient, c); err != nil {
		return err
	}
	return live.Touch(ctx, tx, keys, live.Results)
}

// tidy gives the report as it is kept, with its flags, and the mistakes.
func (r Report) tidy(now time.Time) (Report, fault.Fields) {
	var bad fault.Fields
	r.Findings = strings.TrimSpace(plain.Text(r.Findings))
	bad.TooLong("findings", r.Findings, textMost)
	if len(r.Values) == 0 && r.Findings == "" {
		bad.Add("findings", "Enter a value, or what was found")
	}
	if len(r.Values) > valuesMost {
		bad.Add("findings", "Enter at most 100 values, and the rest as another result")
	}
	if r.At.IsZero() {
		r.At = now
	}
	if r.At.After(now) {
		bad.Add("at", "This is in the future: enter when it was found")
	}
	r.Values = slices.Clone(r.Values)
	for i, v := range r.Values {
		r.Values[i].Flag = Flag(v.Sign, v.Number, v.Low, v.High)
	}
	return r, bad
}

// known refuses values of tests that the clinic does not have, ended or not.
func known(ctx context.Context, tx *db.Tx, values []Value) error {
	if len(values) == 0 {
		return nil
	}
	rows, err := tx.ListLabTests(ctx, db.ListLabTestsParams{TenantID: tx.Tenant, Ended: true})
	if err != nil {
		return fmt.Errorf("reading the lab tests: %w", err)
	}
	for _, v := range values {
		if !slices.ContainsFunc(rows, func(r db.ListLabTestsRow) bool { return r.ID == v.Test }) {
			return fault.Missing
		}
	}
	return nil
}

// Acknowledge says that the person of the transaction has read a report. It stands for good. It gives the request, ErrSeen
// where somebody has said so before, ErrCorrected, fault.Missing, and fault.Fields named note.
func Acknowledge(ctx context.Context, tx *db.Tx, keys *vault.Clinic, report id.ID, note string) (request id.ID, err error) {
	me, err := person(tx)
	if err != nil {
		return id.ID{}, err
	}
	at, err := tx.GetLabReport(ctx, db.GetLabReportParams{TenantID: tx.Tenant, ID: report})
	if err := db.Missing(err, "reading a lab report"); err != nil {
		return id.ID{}, err
	}
	var bad fault.Fields
	note = plain.Words(&bad, "note", note, "", 500)
	if err := bad.Err(); err != nil {
		return at.RequestID, err
	}
	held, err := hold(ctx, tx, keys, at.RequestID)
	if err != nil {
		return at.RequestID, err
	}
	all, err := reports(ctx, tx, keys, held.ID)
	if err != nil {
		return held.ID, err
	}
	left := 0
	for _, r := range all {
		switch {
		case r.ID == report && !r.Stands():
			return held.ID, ErrCorrected
		case r.ID == report && r.Seen != nil:
			return held.ID, ErrSeen
		case r.ID != report && r.Stands() && r.Seen == nil:
			left++
		}
	}
	sealed, err := keys.SealJSON(slot("lab_acknowledgements", report), sealedSeen{note})
	if err != nil {
		return held.ID, err
	}
	err = tx.InsertLabAcknowledgement(ctx, db.InsertLabAcknowledgementParams{
		TenantID: tx.Tenant, ID: report, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: me,
	})
	if err != nil {
		return held.ID, fmt.Errorf("acknowledging a lab report: %w", err)
	}
	if left == 0 {
		if err := held.move(ctx, tx, Acknowledged); err != nil {
			return held.ID, err
		}
	}
	err = record(tx, keys, held.Patient, audit.Change{Action: audit.Changed, Object: "lab-report", ObjectID: report, IDs: []id.ID{held.ID}, After: sealedSeen{note}})
	if err != nil {
		return held.ID, err
	}
	return held.ID, live.Touch(ctx, tx, keys, live.Results)
}
