package records

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// The states of a problem. A controlled one is watched, and lasts as an active one does.
const (
	Active     = "active"
	Controlled = "controlled"
	Resolved   = "resolved"
)

// Problem is a condition that lasts over visits, as it stands. Since is the day from which it is so and Onset the day
// it began, zero for not known. Severity is "", "mild", "moderate" or "severe".
type Problem struct {
	Coding
	State        string
	Since, Onset time.Time
	Severity     string
	Remark       string
}

// ProblemRow is a problem as stored; At is when what it says was written down and By by whom. Notes is how many notes
// and drafts it came up in, the void ones apart.
type ProblemRow struct {
	ID id.ID
	Problem
	Version int64
	At      time.Time
	By      id.ID
	Notes   int
}

// ProblemState is one line of a problem's history. Note is the note or draft it came up in, zero for none; NoteAt is
// zero for a draft.
type ProblemState struct {
	ID id.ID
	Problem
	Version int64
	At      time.Time
	By      id.ID
	Note    id.ID
	NoteAt  time.Time
	Void    bool
}

type sealedProblem struct {
	Coding
	Severity string `json:"severity,omitempty"`
	Remark   string `json:"remark,omitempty"`
}

// ErrProblemChanged answers a change of a problem that somebody else changed since the page was made.
var ErrProblemChanged = fault.New(fault.Conflict, "Somebody else changed this problem meanwhile. Open it again.")

// tidy gives the problem as it is kept, and the mistakes named title, state, since, onset, severity and remark. Today
// is the clinic's.
func (p Problem) tidy(today time.Time) (Problem, fault.Fields) {
	var bad fault.Fields
	p.Text = plain.Words(&bad, "title", p.Text, "Enter what the problem is", longestCodeName)
	p.Remark = plain.Words(&bad, "remark", p.Remark, "", 500)
	switch p.State {
	case Active, Controlled, Resolved:
	default:
		bad.Add("state", "Choose active, watched or resolved")
	}
	switch p.Severity {
	case "", "mild", "moderate", "severe":
	default:
		bad.Add("severity", "Choose how severe it is, or leave it open")
	}
	switch {
	case p.Since.After(today):
		bad.Add("since", "That day is still to come")
	case !p.Onset.IsZero() && p.Since.Before(p.Onset):
		bad.Add("since", "That is before the problem began")
	}
	if p.Onset.After(today) {
		bad.Add("onset", "That day is still to come")
	}
	return p, bad
}

// AddProblem begins a problem of a patient, under an id that came with the form. It gives fault.Missing where there is
// no such patient, registry.ErrAlreadyThere for a second sending, and the mistakes of a problem.
func AddProblem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient id.ID, p Problem, today time.Time) error {
	p, bad := p.tidy(today)
	if err := bad.Err(); err != nil {
		return err
	}
	_, err := tx.LockPatient(ctx, db.LockPatientParams{TenantID: tx.Tenant, ID: patient})
	if err := db.Missing(err, "locking a patient"); err != nil {
		return err
	}
	return beginProblem(ctx, tx, keys, row, patient, id.ID{}, p)
}

func beginProblem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, patient, note id.ID, p Problem) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	err = tx.InsertProblem(ctx, db.InsertProblemParams{TenantID: tx.Tenant, ID: row, PatientID: patient, MadeAt: tx.Now(), ByID: me})
	if db.Violates(err, "problems_pkey") {
		return registry.ErrAlreadyThere
	}
	if err != nil {
		return fmt.Errorf("beginning problem %s: %w", row, err)
	}
	return sayOf(ctx, tx, keys, audit.Created, id.New(), row, patient, note, 1, p)
}

// sayOf writes down how a problem stands, as the given version of it.
func sayOf(ctx context.Context, tx *db.Tx, keys *vault.Clinic, act audit.Action, row, problem, patient, note id.ID, version int64, p Problem) error {
	me, err := author(tx)
	if err != nil {
		return err
	}
	sealed, err := seal(keys, "problem_states", row, sealedProblem{p.Coding, p.Severity, p.Remark})
	if err != nil {
		return err
	}
	var onset *time.Time
	if !p.Onset.IsZero() {
		onset = &p.Onset
	}
	err = tx.InsertProblemState(ctx, db.InsertProblemStateParams{
		TenantID: tx.Tenant, ID: row, ProblemID: problem, PatientID: patient, Version: version, State: p.State, SinceOn: p.Since, OnsetOn: onset,
		NoteID: note, Sealed: sealed, KeyVersion: keys.KeyVersion(), At: tx.Now(), ByID: me,
	})
	switch {
	case db.Violates(err, "problem_states_pkey"):
		return registry.ErrAlreadyThere
	case db.Violates(err, "problem_states_version"):
		return ErrProblemChanged
	case err != nil:
		return fmt.Errorf("writing down how problem %s stands: %w", problem, err)
	}
	return audit.RecordChange(tx, keys, audit.Change{Action: act, Object: "problem", ObjectID: problem, IDs: []id.ID{patient}, Group: group, After: p})
}

// ChangeProblem says how a problem stands from a day on, under an id that came with the form: a row of its own, after
// that of the version the page showed. What it is called from a list stays, unless the words are others. It gives
// fault.Missing, registry.ErrAlreadyThere for a second sending, ErrProblemChanged, and the mistakes of a problem.
func ChangeProblem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, problem id.ID, version int64, p Problem, today time.Time) error {
	patient, history, err := OpenProblem(ctx, tx, keys, problem)
	if err != nil {
		return err
	}
	was := history[0]
	for _, one := range history {
		if one.ID == row {
			return registry.ErrAlreadyThere
		}
	}
	p, bad := p.tidy(today)
	if err := bad.Err(); err != nil {
		return err
	}
	if p.Code == "" && p.Text == was.Text {
		p.Coding = was.Coding
	}
	switch {
	case was.Version != version:
		return ErrProblemChanged
	case p == was.Problem:
		return nil
	}
	return sayOf(ctx, tx, keys, audit.Changed, row, problem, patient, id.ID{}, version+1, p)
}

// ReviewProblem writes down that a problem came up in a draft of one's own, under an id that came with the form. It gives
// the errors of AddDiagnosis, fault.Missing where it is no problem of that animal, and ErrProblemChanged.
func ReviewProblem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row, draft, problem id.ID) error {
	held, _, err := hold(ctx, tx, keys, draft)
	if err != nil {
		return err
	}
	patient, history, err := OpenProblem(ctx, tx, keys, problem)
	if err != nil {
		return err
	}
	if patient != held.PatientID {
		return fault.Missing
	}
	for _, one := range history {
		if one.Note == draft || one.ID == row {
			return registry.ErrAlreadyThere
		}
	}
	return sayOf(ctx, tx, keys, audit.Changed, row, problem, patient, draft, history[0].Version+1, history[0].Problem)
}

// Problems reads how the problems of a patient stand, the active first, then the controlled, then the resolved. It is
// for those who may read clinical text.
func Problems(ctx context.Context, tx *db.Tx, keys *vault.Clinic, patient id.ID) ([]ProblemRow, error) {
	rows, err := tx.ListProblems(ctx, db.ListProblemsParams{TenantID: tx.Tenant, PatientID: patient})
	if err != nil {
		return nil, fmt.Errorf("reading problems: %w", err)
	}
	out := make([]ProblemRow, len(rows))
	for i, r := range rows {
		p, err := openProblem(keys, r.ID, r.Sealed, r.State, r.SinceOn, r.OnsetOn)
		if err != nil {
			return nil, err
		}
		out[i] = ProblemRow{ID: r.ProblemID, Problem: p, Version: r.Version, At: r.At.UTC(), By: r.ByID, Notes: int(r.Notes)}
	}
	return out, nil
}

// OpenProblem reads whose problem it is and all that was said of it, the newest first, at most 500. It gives
// fault.Missing.
func OpenProblem(ctx context.Context, tx *db.Tx, keys *vault.Clinic, problem id.ID) (patient id.ID, history []ProblemState, err error) {
	var rows []db.ListProblemStatesRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			r, err := tx.GetProblem(ctx, db.GetProblemParams{TenantID: tx.Tenant, ID: problem})
			patient = r.PatientID
			return db.Missing(err, "reading a problem")
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = tx.ListProblemStates(ctx, db.ListProblemStatesParams{TenantID: tx.Tenant, ProblemID: problem})
			return err
		},
	)
	if err != nil {
		return patient, nil, err
	}
	if len(rows) == 0 {
		return patient, nil, fmt.Errorf("nothing was said of problem %s", problem)
	}
	history = make([]ProblemState, len(rows))
	for i, r := range rows {
		p, err := openProblem(keys, r.ID, r.Sealed, r.State, r.SinceOn, r.OnsetOn)
		if err != nil {
			return patient, nil, err
		}
		history[i] = ProblemState{ID: r.ID, Problem: p, Version: r.Version, At: r.At.UTC(), By: r.ByID, Note: r.NoteID, NoteAt: instant(r.EventAt), Void: r.Voided}
	}
	return patient, history, nil
}

func openProblem(keys *vault.Clinic, row id.ID, sealed []byte, state string, since time.Time, onset *time.Time) (Problem, error) {
	var s sealedProblem
	err := open(keys, "problem_states", row, sealed, &s)
	return Problem{Coding: s.Coding, State: state, Since: since.UTC(), Onset: instant(onset), Severity: s.Severity, Remark: s.Remark}, err
}

// OpenProblemText opens what a problem was called in one of its states.
func OpenProblemText(keys *vault.Clinic, row id.ID, sealed []byte) (string, error) {
	var s sealedProblem
	err := open(keys, "problem_states", row, sealed, &s)
	return s.Text, err
}

// NamedProblem is a problem that came up in a note, as it stood then.
type NamedProblem struct {
	ID   id.ID
	Text string
}

// ProblemsOfNote reads which problems came up in a note or a draft.
func ProblemsOfNote(ctx context.Context, tx *db.Tx, keys *vault.Clinic, note id.ID) ([]NamedProblem, error) {
	rows, err := tx.ListProblemsOfNote(ctx, db.ListProblemsOfNoteParams{TenantID: tx.Tenant, NoteID: note})
	if err != nil {
		return nil, fmt.Errorf("reading the problems of a note: %w", err)
	}
	out := make([]NamedProblem, len(rows))
	for i, r := range rows {
		var s sealedProblem
		if err := open(keys, "problem_states", r.ID, r.Sealed, &s); err != nil {
			return nil, err
		}
		out[i] = NamedProblem{r.ProblemID, s.Text}
	}
	return out, nil
}
