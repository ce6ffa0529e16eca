package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// The certainties of a diagnosis.
const (
	Tentative = "tentative"
	Confirmed = "confirmed"
	RuledOut  = "ruled-out"
)

// Diagnosis is what an animal has, may have or has not, as it was called that day. Instants are UTC.
type Diagnosis struct {
	ID id.ID
	Coding
	Certainty string
	// Lasting says that a problem is kept of it once the note is signed; Problem is that problem, zero before or for
	// none.
	Lasting bool
	Problem id.ID
	At      time.Time
}

type sealedDiagnosis struct {
	Coding
	// Day is the clinic's on which it was made, as 2006-01-02.
	Day string `json:"day,omitempty"`
}

// AddDiagnosis notes a diagnosis in a draft of one's own, under an id that came with the form. Day is the clinic's. It
// gives registry.ErrAlreadyThere for a second sending, fault.Missing, ErrAlreadySigned, and fault.Fields named
// diagnosis and certainty.
func AddDiagnosis(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, draft id.ID, d Diagnosis, day time.Time) error {
	var bad fault.Fields
	d.Text = plain.Words(&bad, "diagnosis", d.Text, "Enter a diagnosis", longestCodeName)
	switch {
	case d.Certainty != Tentative && d.Certainty != Confirmed && d.Certainty != RuledOut:
		bad.Add("certainty", "Choose tentative, confirmed or ruled out")
	case d.Certainty == RuledOut && d.Lasting:
		bad.Add("certainty", "What is ruled out is kept as no problem")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if _, _, err := hold(ctx, tx, keys, draft); err != nil {
		return err
	}
	sealed, err := seal(keys, "draft_diagnoses", row, sealedDiagnosis{d.Coding, day.Format(time.DateOnly)})
	if err != nil {
		return err
	}
	err = tx.InsertDraftDiagnosis(ctx, db.InsertDraftDiagnosisParams{
		TenantID: tx.Tenant, ID: row, DraftID: draft, Certainty: d.Certainty, Lasting: d.Lasting, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(),
	})
	if db.Violates(err, "draft_diagnoses_pkey") {
		return registry.ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("noting a diagnosis in draft %s: %w", draft, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "draft", ObjectID: draft, Group: group, After: map[string]Diagnosis{"diagnosis": d}})
}

// DropDiagnosis takes a diagnosis out of a draft of one's own. It gives fault.Missing and ErrAlreadySigned.
func DropDiagnosis(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft, diagnosis id.ID) error {
	if _, _, err := hold(ctx, tx, keys, draft); err != nil {
		return err
	}
	n, err := tx.DeleteDraftDiagnosis(ctx, db.DeleteDraftDiagnosisParams{TenantID: tx.Tenant, DraftID: draft, ID: diagnosis})
	if err != nil {
		return fmt.Errorf("taking a diagnosis out of draft %s: %w", draft, err)
	}
	if n == 0 {
		return fault.Missing
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: audit.Changed, Object: "draft", ObjectID: draft, IDs: []id.ID{diagnosis}, Group: group})
}

// draftDiagnosis is one with its day.
type draftDiagnosis struct {
	Diagnosis
	day time.Time
}

// DraftDiagnoses reads what is diagnosed in a draft, in that order. It is for the draft's author.
func DraftDiagnoses(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID) ([]Diagnosis, error) {
	list, err := diagnosedIn(ctx, tx, keys, draft)
	out := make([]Diagnosis, len(list))
	for i, d := range list {
		out[i] = d.Diagnosis
	}
	return out, err
}

func diagnosedIn(ctx context.Context, tx *db.Tx, keys *vault.Clinic, draft id.ID) ([]draftDiagnosis, error) {
	rows, err := tx.ListDraftDiagnoses(ctx, db.ListDraftDiagnosesParams{TenantID: tx.Tenant, DraftID: draft})
	if err != nil {
		return nil, fmt.Errorf("reading the diagnoses of a draft: %w", err)
	}
	out := make([]draftDiagnosis, len(rows))
	for i, r := range rows {
		var s sealedDiagnosis
		if err := open(keys, "draft_diagnoses", r.ID, r.Sealed, &s); err != nil {
			return nil, err
		}
		day, err := time.Parse(time.DateOnly, s.Day)
		if err != nil {
			return nil, fmt.Errorf("reading the day of diagnosis %s: %w", r.ID, err)
		}
		out[i] = draftDiagnosis{Diagnosis{ID: r.ID, Coding: s.Coding, Certainty: r.Certainty, Lasting: r.Lasting, At: r.At.UTC()}, day}
	}
	return out, nil
}

// Diagnoses reads what was diagnosed in a signed note, in that order. It is for those who may read clinical text.
func Diagnoses(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) ([]Diagnosis, error) {
	rows, err := tx.ListDiagnoses(ctx, db.ListDiagnosesParams{TenantID: tx.Tenant, NoteID: note})
	if err != nil {
		return nil, fmt.Errorf("reading diagnoses: %w", err)
	}
	out := make([]Diagnosis, len(rows))
	for i, r := range rows {
		var s sealedDiagnosis
		if err := open(keys, "diagnoses", r.ID, r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = Diagnosis{ID: r.ID, Coding: s.Coding, Certainty: r.Certainty, Problem: r.ProblemID, At: r.At.UTC()}
	}
	return out, nil
}

// NotedDiagnosis is a diagnosis with the note it stands in; Void says that the note was entered in error, and the
// diagnosis with it.
type NotedDiagnosis struct {
	Diagnosis
	Note, Author id.ID
	EventAt      time.Time
	Void         bool
}

// DiagnosesOfProblem reads what was diagnosed of a problem, the newest first. It is for those who may read clinical text.
func DiagnosesOfProblem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, problem id.ID) ([]NotedDiagnosis, error) {
	rows, err := tx.ListDiagnosesOfProblem(ctx, db.ListDiagnosesOfProblemParams{TenantID: tx.Tenant, ProblemID: problem})
	if err != nil {
		return nil, fmt.Errorf("reading the diagnoses of a problem: %w", err)
	}
	out := make([]NotedDiagnosis, len(rows))
	for i, r := range rows {
		var s sealedDiagnosis
		if err := open(keys, "diagnoses", r.ID, r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = NotedDiagnosis{
			Diagnosis{ID: r.ID, Coding: s.Coding, Certainty: r.Certainty, Problem: problem, At: r.At.UTC()}, r.NoteID, r.AuthorID, r.EventAt.UTC(), r.Voided,
		}
	}
	return out, nil
}

// closeDiagnoses closes what was diagnosed in a draft with its note, which is there already, and keeps the problems.
func closeDiagnoses(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note, patient id.ID, list []draftDiagnosis) error {
	if len(list) == 0 {
		return nil
	}
	known, err := Problems(ctx, tx, keys, patient)
	if err != nil {
		return err
	}
	came, err := ProblemsOfNote(ctx, tx, keys, note)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.Lasting {
			if d.Problem, known, err = keepProblem(ctx, tx, keys, note, patient, d, known, came); err != nil {
				return err
			}
		}
		sealed, err := seal(keys, "diagnoses", d.ID, sealedDiagnosis{d.Coding, d.day.Format(time.DateOnly)})
		if err != nil {
			return err
		}
		err = tx.InsertDiagnosis(ctx, db.InsertDiagnosisParams{
			TenantID: tx.Tenant, ID: d.ID, NoteID: note, PatientID: patient, ProblemID: d.Problem, Certainty: d.Certainty, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: d.At,
		})
		if err != nil {
			return fmt.Errorf("closing a diagnosis of note %s: %w", note, err)
		}
		err = audit.RecordChange(tx, keys, audit.Change{
			Action: audit.Signed, Object: "diagnosis", ObjectID: d.ID, IDs: []id.ID{note, patient}, Group: group, After: d.Diagnosis,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keepProblem gives the problem of a diagnosis: the one that is called alike, or a new one. One that was resolved is
// active again. The problems as they stand then are given back.
func keepProblem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note, patient id.ID, d draftDiagnosis, known []ProblemRow, came []NamedProblem) (id.ID, []ProblemRow, error) {
	for i, p := range known {
		if !p.same(d.Coding) {
			continue
		}
		cameUp := slices.ContainsFunc(came, func(c NamedProblem) bool { return c.ID == p.ID })
		switch {
		case p.State != Resolved && cameUp: // which is written down
			return p.ID, known, nil
		case p.State == Resolved:
			p.State, p.Since = Active, d.day
		}
		p.Version++
		known[i] = p
		return p.ID, known, sayOf(ctx, tx, keys, audit.Changed, id.New(), p.ID, patient, note, p.Version, p.Problem)
	}
	fresh := ProblemRow{ID: id.New(), Version: 1, Problem: Problem{Coding: d.Coding, State: Active, Since: d.day}}
	return fresh.ID, append(known, fresh), beginProblem(ctx, tx, keys, fresh.ID, patient, note, fresh.Problem)
}
