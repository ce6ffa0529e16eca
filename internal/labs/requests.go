package labs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// The states of a request.
const (
	Open         = "open"         // nothing came of it yet
	Resulted     = "resulted"     // there is a report that nobody has read
	Acknowledged = "acknowledged" // all reports were read
	Cancelled    = "cancelled"
)

// Request is what is asked for of an animal.
type Request struct {
	Patient id.ID
	// Visit and Note are zero where it is asked for outside a consult; Note is the draft's id, which the note takes over.
	Visit, Note id.ID
	Panels      []id.ID
	Tests       []id.ID // beside those of the panels
	Other       string  // what no list has, in words
	Sample      string
	Lab         string // who makes the tests, "" for in house
	Why         string // what is to be known
	Urgent      bool
}

// RequestRow is a request as stored. Instants are UTC.
type RequestRow struct {
	ID, Patient, Visit, Note id.ID
	// Asked are the names of what was asked for, as they were; Tests are all single ones, those of the panels too.
	Asked            []string
	Tests            []id.ID
	Sample, Lab, Why string
	Urgent           bool
	State            string
	At               time.Time
	By               id.ID
}

// Title is what was asked for in one line.
func (r RequestRow) Title() string { return strings.Join(r.Asked, ", ") }

type sealedRequest struct {
	Asked  []string `json:"asked"`
	Tests  []id.ID  `json:"tests,omitempty"`
	Sample string   `json:"sample"`
	Lab    string   `json:"lab,omitempty"`
	Why    string   `json:"why,omitempty"`
}

// textMost is how long what is written in words may be.
const textMost = 10_000

// Ask asks for tests of a patient under an id that came with the form, and charges the panels that have a price. today is
// the clinic's day. It gives ErrAlreadyThere for a second sending, fault.Missing where patient, panel or test is not
// there, what billing.AddCharge gives, and fault.Fields named asked, other, sample, lab and why.
func Ask(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, r Request, today time.Time) error {
	me, err := person(tx)
	if err != nil {
		return err
	}
	if _, err := tx.GetLabRequest(ctx, db.GetLabRequestParams{TenantID: tx.Tenant, ID: row}); !db.NoRows(err) {
		if err == nil {
			err = ErrAlreadyThere
		}
		return err
	}
	if _, err := registry.OpenPatient(ctx, tx, keys, r.Patient); err != nil {
		return err
	}
	panels, s, err := r.resolve(ctx, tx)
	if err != nil {
		return err
	}
	for _, p := range panels {
		if err := r.charge(ctx, tx, keys, p, today); err != nil {
			return err
		}
	}
	sealed, err := keys.SealJSON(slot("lab_requests", row), s)
	if err != nil {
		return err
	}
	err = tx.InsertLabRequest(ctx, db.InsertLabRequestParams{
		TenantID: tx.Tenant, ID: row, PatientID: r.Patient, VisitID: r.Visit, NoteID: r.Note, Urgent: r.Urgent, Sealed: sealed, KeyVersion: keys.KeyVersion(),
		AskedAt: tx.Now(), AskedBy: me,
	})
	switch {
	case db.Violates(err, "lab_requests_pkey"):
		return ErrAlreadyThere
	case db.Violates(err, "lab_requests_tenant_id_visit_id_patient_id_fkey"):
		return fault.Missing
	case err != nil:
		return fmt.Errorf("asking for a lab test: %w", err)
	}
	return record(tx, keys, r.Patient, audit.Change{Action: audit.Created, Object: "lab-request", ObjectID: row, After: s})
}

// resolve gives the panels asked for and what is kept of the request.
func (r Request) resolve(ctx context.Context, tx *db.Tx) (panels []PanelRow, s sealedRequest, err error) {
	var bad fault.Fields
	s.Sample = plain.Words(&bad, "sample", r.Sample, "Enter the sample, like blood or urine", 80)
	s.Lab = plain.Words(&bad, "lab", r.Lab, "", 80)
	s.Why = plain.Words(&bad, "why", r.Why, "", 500)
	other := plain.Words(&bad, "other", r.Other, "", 200)
	if len(r.Panels) == 0 && len(r.Tests) == 0 && other == "" {
		bad.Add("asked", "Choose a panel or a test, or write what is asked for")
	}
	if err := bad.Err(); err != nil {
		return nil, s, err
	}
	var all []PanelRow
	var tests []TestRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			all, err = Panels(ctx, tx, false)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			tests, err = Tests(ctx, tx, "", false)
			return err
		},
	)
	if err != nil {
		return nil, s, err
	}
	for _, one := range each(r.Panels) {
		i := slices.IndexFunc(all, func(p PanelRow) bool { return p.ID == one })
		if i < 0 {
			return nil, s, fault.Missing
		}
		panels = append(panels, all[i])
		s.Asked, s.Tests = append(s.Asked, all[i].Name), append(s.Tests, all[i].Tests...)
	}
	for _, one := range each(r.Tests) {
		i := slices.IndexFunc(tests, func(t TestRow) bool { return t.ID == one })
		if i < 0 {
			return nil, s, fault.Missing
		}
		if !slices.Contains(s.Tests, one) {
			s.Asked, s.Tests = append(s.Asked, tests[i].Name), append(s.Tests, one)
		}
	}
	if other != "" {
		s.Asked = append(s.Asked, other)
	}
	s.Tests = each(s.Tests)
	return panels, s, nil
}

// charge notes what a panel costs. Of a visit that is over it is the patient's alone: the desk finds it there.
func (r Request) charge(ctx context.Context, tx *db.Tx, keys *vault.Clinic, p PanelRow, today time.Time) error {
	if p.Item.IsZero() {
		return nil
	}
	item, err := billing.OpenItem(ctx, tx, p.Item)
	if err != nil {
		return err
	}
	c := item.Charge(money.One)
	c.Patient, c.Visit, c.Day, c.Context = r.Patient, r.Visit, today, billing.Administered
	err = billing.AddCharge(ctx, tx, keys, id.New(), c)
	if errors.Is(err, billing.ErrVisitOver) {
		c.Visit = id.ID{}
		err = billing.AddCharge(ctx, tx, keys, id.New(), c)
	}
	return err
}

// OpenRequest reads one request. It gives fault.Missing.
func OpenRequest(ctx context.Context, tx *db.Tx, keys *vault.Clinic, request id.ID) (RequestRow, error) {
	r, err := tx.GetLabRequest(ctx, db.GetLabRequestParams{TenantID: tx.Tenant, ID: request})
	if err := db.Missing(err, "reading a lab request"); err != nil {
		return RequestRow{}, err
	}
	return requestOf(keys, r)
}

func requestOf(keys *vault.Clinic, r db.GetLabRequestRow) (RequestRow, error) {
	var s sealedRequest
	if err := keys.OpenJSON(slot("lab_requests", r.ID), r.Sealed, &s); err != nil {
		return RequestRow{}, err
	}
	return RequestRow{
		ID: r.ID, Patient: r.PatientID, Visit: r.VisitID, Note: r.NoteID, Asked: s.Asked, Tests: s.Tests, Sample: s.Sample, Lab: s.Lab, Why: s.Why, Urgent: r.Urgent,
		State: r.State, At: r.AskedAt.UTC(), By: r.AskedBy,
	}, nil
}

// hold reads a request that nobody else changes until the transaction ends.
func hold(ctx context.Context, tx *db.Tx, keys *vault.Clinic, request id.ID) (RequestRow, error) {
	r, err := tx.LockLabRequest(ctx, db.LockLabRequestParams{TenantID: tx.Tenant, ID: request})
	if err := db.Missing(err, "holding a lab request"); err != nil {
		return RequestRow{}, err
	}
	return requestOf(keys, db.GetLabRequestRow(r))
}

// move gives a request that is held a state.
func (r RequestRow) move(ctx context.Context, tx *db.Tx, to string) error {
	if r.State == to {
		return nil
	}
	n, err := tx.SetLabState(ctx, db.SetLabStateParams{TenantID: tx.Tenant, ID: r.ID, State: to})
	if err := db.OneRow(n, err); err != nil {
		return fmt.Errorf("moving lab request %s: %w", r.ID, err)
	}
	return nil
}

// Awaited are the instants at which something was asked for of a patient of which nothing came yet, the newest first:
// all that is told to those who read no clinical text.
func Awaited(ctx context.Context, tx *db.Tx, patient id.ID) ([]time.Time, error) {
	rows, err := tx.ListLabsAwaited(ctx, db.ListLabsAwaitedParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading what is awaited of a lab: %w", err)
	}
	for i := range rows {
		rows[i] = rows[i].UTC()
	}
	return rows, nil
}

// Cancel says that nothing will come of a request, which is read before. What was charged stays for the desk. Cancelling
// twice does nothing more. It gives the request, ErrResulted, fault.Missing, and fault.Fields named reason.
func Cancel(ctx context.Context, tx *db.Tx, keys *vault.Clinic, request id.ID, reason string) (RequestRow, error) {
	me, err := person(tx)
	if err != nil {
		return RequestRow{}, err
	}
	var bad fault.Fields
	reason = plain.Words(&bad, "reason", reason, "Enter why it is no longer wanted, like sample clotted", 500)
	if err := bad.Err(); err != nil {
		return RequestRow{}, err
	}
	r, err := hold(ctx, tx, keys, request)
	if err != nil {
		return r, err
	}
	switch r.State {
	case Cancelled:
		return r, nil
	case Resulted, Acknowledged:
		return r, ErrResulted
	}
	sealed, err := keys.SealJSON(slot("lab_cancellations", request), sealedReason{reason})
	if err != nil {
		return r, err
	}
	err = tx.InsertLabCancellation(ctx, db.InsertLabCancellationParams{
		TenantID: tx.Tenant, ID: request, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: me,
	})
	if err != nil {
		return r, fmt.Errorf("cancelling a lab request: %w", err)
	}
	if err := r.move(ctx, tx, Cancelled); err != nil {
		return r, err
	}
	return r, record(tx, keys, r.Patient, audit.Change{Action: audit.Changed, Object: "lab-request", ObjectID: request, After: sealedReason{reason}})
}

// Cancellation is why nothing came of a request. Its zero value says that it was not cancelled.
type Cancellation struct {
	Reason string
	At     time.Time
	By     id.ID
}

func cancellationOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, request id.ID) (c Cancellation, err error) {
	r, err := tx.GetLabCancellation(ctx, db.GetLabCancellationParams{TenantID: tx.Tenant, ID: request})
	if db.NoRows(err) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("reading why a lab request was cancelled: %w", err)
	}
	var s sealedReason
	err = keys.OpenJSON(slot("lab_cancellations", request), r.Sealed, &s)
	return Cancellation{s.Reason, r.At.UTC(), r.ByID}, err
}
