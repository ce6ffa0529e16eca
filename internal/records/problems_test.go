package records_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
)

var (
	today = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	ears  = records.Coding{System: "Clinic's own", Version: "1", Code: "EARS", Text: "Ear inflammation"}
)

func (c clinic) problem(t *testing.T, row id.ID, p records.Problem) error {
	t.Helper()
	return c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		return records.AddProblem(ctx, tx, c.Keys, row, c.patient, p, today)
	})
}

func (c clinic) change(t *testing.T, row, problem id.ID, version int64, p records.Problem) error {
	t.Helper()
	return c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error {
		return records.ChangeProblem(ctx, tx, c.Keys, row, problem, version, p, today)
	})
}

func (c clinic) problems(t *testing.T) (out []records.ProblemRow) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = records.Problems(ctx, tx, c.Keys, c.patient)
		return err
	})
	return out
}

func (c clinic) history(t *testing.T, problem id.ID) (out []records.ProblemState) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		_, out, err = records.OpenProblem(ctx, tx, c.Keys, problem)
		return err
	})
	return out
}

func TestAProblemKeepsAllThatWasSaidOfIt(t *testing.T) {
	c := newClinic(t)
	row := id.New()
	p := records.Problem{Coding: ears, State: records.Active, Since: today, Onset: today.AddDate(0, -2, 0), Severity: "mild", Remark: "After swimming"}
	must(t, c.problem(t, row, p))
	if err := c.problem(t, row, p); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("sent twice: %v", err)
	}
	controlled := p
	controlled.State, controlled.Coding = records.Controlled, records.Coding{Text: ears.Text} // as the form sends it
	said := id.New()
	must(t, c.change(t, said, row, 1, controlled))
	if err := c.change(t, said, row, 1, controlled); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("said twice: %v", err)
	}
	resolved := controlled
	resolved.State, resolved.Severity = records.Resolved, ""
	if err := c.change(t, id.New(), row, 1, resolved); !errors.Is(err, records.ErrProblemChanged) {
		t.Errorf("over what another said meanwhile: %v", err)
	}
	must(t, c.change(t, id.New(), row, 2, resolved))
	got := c.problems(t)
	if len(got) != 1 || got[0].State != records.Resolved || got[0].Coding != ears || got[0].Version != 3 || got[0].By != c.other {
		t.Errorf("it stands as %+v", got)
	}
	var states []string
	for _, h := range c.history(t, row) {
		states = append(states, h.State+" "+h.Severity)
	}
	if !slices.Equal(states, []string{"resolved ", "controlled mild", "active mild"}) {
		t.Errorf("its history is %q", states)
	}
	if l := c.leaves(t, row); len(l) != 3 || len(l[2].Commitment) != 32 {
		t.Errorf("%d leaves", len(l))
	}
}

func TestWhatAProblemCannotBe(t *testing.T) {
	c := newClinic(t)
	var bad fault.Fields
	err := c.problem(t, id.New(), records.Problem{State: "gone", Severity: "awful", Since: today.AddDate(0, 0, 1), Onset: today.AddDate(0, 0, 2)})
	if !errors.As(err, &bad) || len(bad) != 5 {
		t.Errorf("the mistakes are %v", err)
	}
	err = c.problem(t, id.New(), records.Problem{Coding: ears, State: records.Active, Since: today.AddDate(0, 0, -3), Onset: today.AddDate(0, 0, -2)})
	if !errors.As(err, &bad) || bad[0].Name != "since" {
		t.Errorf("so before it began: %v", err)
	}
}

func (c clinic) diagnose(t *testing.T, person, row, draft id.ID, d records.Diagnosis) error {
	t.Helper()
	return c.as(t, person, func(ctx context.Context, tx *db.Tx) error {
		return records.AddDiagnosis(ctx, tx, c.Keys, row, draft, d, today)
	})
}

func (c clinic) diagnoses(t *testing.T, note id.ID) (out []records.Diagnosis) {
	t.Helper()
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = records.Diagnoses(ctx, tx, c.Keys, note)
		return err
	})
	return out
}

func TestADiagnosisIsClosedWithItsNoteAndBecomesAProblem(t *testing.T) {
	c := newClinic(t)
	old, watched := id.New(), id.New()
	must(t, c.problem(t, old, records.Problem{Coding: records.Coding{Text: "lame  left fore"}, State: records.Resolved, Since: today}))
	must(t, c.problem(t, watched, records.Problem{Coding: records.Coding{Text: "Lipoma"}, State: records.Controlled, Since: today}))
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	for _, one := range []records.Diagnosis{
		{Coding: ears, Certainty: records.Confirmed, Lasting: true},
		{Coding: records.Coding{Text: "Lame left fore"}, Certainty: records.Tentative, Lasting: true},
		{Coding: records.Coding{Text: "Fracture"}, Certainty: records.RuledOut},
	} {
		must(t, c.diagnose(t, c.vet, id.New(), d.ID, one))
	}
	dropped := id.New()
	must(t, c.diagnose(t, c.vet, dropped, d.ID, records.Diagnosis{Coding: ears, Certainty: records.Tentative}))
	if err := c.diagnose(t, c.vet, dropped, d.ID, records.Diagnosis{Coding: ears, Certainty: records.Tentative}); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("sent twice: %v", err)
	}
	drop := func(ctx context.Context, tx *db.Tx) error {
		return records.DropDiagnosis(ctx, tx, c.Keys, d.ID, dropped)
	}
	must(t, c.as(t, c.vet, drop))
	if err := c.as(t, c.vet, drop); fault.KindOf(err) != fault.NotFound {
		t.Errorf("taken out twice: %v", err)
	}
	var bad fault.Fields
	if err := c.diagnose(t, c.vet, id.New(), d.ID, records.Diagnosis{Coding: ears, Certainty: records.RuledOut, Lasting: true}); !errors.As(err, &bad) || bad[0].Name != "certainty" {
		t.Errorf("what is ruled out as a problem: %v", err)
	}
	if err := c.diagnose(t, c.other, id.New(), d.ID, records.Diagnosis{Coding: ears, Certainty: records.Tentative}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("in another's draft: %v", err)
	}
	review := func(row id.ID) error {
		return c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
			return records.ReviewProblem(ctx, tx, c.Keys, row, d.ID, watched)
		})
	}
	must(t, review(id.New()))
	if err := review(id.New()); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("came up twice: %v", err)
	}
	must(t, c.sign(t, c.vet, d.ID, d.Version, limp))

	got := c.diagnoses(t, d.ID)
	if len(got) != 3 || got[0].Coding != ears || got[0].Certainty != records.Confirmed || got[1].Problem != old || !got[2].Problem.IsZero() {
		t.Fatalf("closed as %+v", got)
	}
	stand := map[id.ID]records.ProblemRow{}
	for _, p := range c.problems(t) {
		stand[p.ID] = p
	}
	if p := stand[got[0].Problem]; len(stand) != 3 || p.Coding != ears || p.State != records.Active || p.Notes != 1 {
		t.Errorf("the new problem stands as %+v", p)
	}
	if p := stand[old]; p.State != records.Active || p.Notes != 1 || p.Version != 2 {
		t.Errorf("the one that came back stands as %+v", p)
	}
	if p := stand[watched]; p.State != records.Controlled || p.Notes != 1 {
		t.Errorf("the one that came up stands as %+v", p)
	}
	if err := c.diagnose(t, c.vet, id.New(), d.ID, records.Diagnosis{Coding: ears, Certainty: records.Tentative}); !errors.Is(err, records.ErrAlreadySigned) {
		t.Errorf("after the signature: %v", err)
	}

	// In a later note the same code finds the same problem; what is void counts no more.
	second := c.signedWith(t, records.Diagnosis{Coding: ears, Certainty: records.Confirmed, Lasting: true})
	if later := c.diagnoses(t, second); len(later) != 1 || later[0].Problem != got[0].Problem {
		t.Errorf("the second time it is %+v", later)
	}
	must(t, c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error {
		return records.Void(ctx, tx, c.Keys, id.New(), second, "Another animal")
	}))
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		list, err := records.DiagnosesOfProblem(ctx, tx, c.Keys, got[0].Problem)
		if len(list) != 2 || list[0].Note != second || !list[0].Void || list[1].Void {
			t.Errorf("diagnosed of it: %+v", list)
		}
		return err
	})
	for _, p := range c.problems(t) {
		if p.ID == got[0].Problem && p.Notes != 1 {
			t.Errorf("it came up in %d notes that stand", p.Notes)
		}
	}
}

// signedWith makes a signed note with a diagnosis.
func (c clinic) signedWith(t *testing.T, d records.Diagnosis) id.ID {
	t.Helper()
	draft, err := c.start(t, c.vet, id.New())
	must(t, err)
	must(t, c.diagnose(t, c.vet, id.New(), draft.ID, d))
	must(t, c.sign(t, c.vet, draft.ID, draft.Version, limp))
	return draft.ID
}

// A trainee's note waits for another's signature; the database takes one, and none of the author's.
func TestATraineesNoteIsCosignedOnceByAnother(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		return records.SignSupervised(ctx, tx, c.Keys, d.ID, records.Writing{Version: d.Version}, limp)
	}))
	cosign := func(person, note id.ID, remark string) error {
		return c.as(t, person, func(ctx context.Context, tx *db.Tx) error {
			return records.Cosign(ctx, tx, c.Keys, note, remark)
		})
	}
	state := func() (h records.Handover, asked []records.WaitingNote) {
		must(t, c.as(t, c.other, func(ctx context.Context, tx *db.Tx) (err error) {
			if h, err = records.OpenHandover(ctx, tx, d.ID); err != nil {
				return err
			}
			asked, err = records.ToCosign(ctx, tx)
			return err
		}))
		return h, asked
	}
	if h, asked := state(); !h.Waits() || len(asked) != 1 || asked[0].ID != d.ID || asked[0].Author != c.vet {
		t.Fatalf("it waits as %+v, %+v", h, asked)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error { // the author is not asked
		asked, err := records.ToCosign(ctx, tx)
		if len(asked) != 0 {
			t.Errorf("the author is asked for %+v", asked)
		}
		return err
	})
	if err := cosign(c.vet, d.ID, ""); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("by the author: %v", err)
	}
	must(t, cosign(c.other, d.ID, "Check the elbow too.\n"))
	if h, asked := state(); h.Waits() || h.By != c.other || len(asked) != 0 {
		t.Errorf("co-signed, it stands as %+v, %+v", h, asked)
	}
	if err := cosign(c.other, d.ID, ""); !errors.Is(err, records.ErrCosigned) {
		t.Errorf("a second time: %v", err)
	}
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		later, err := records.Addenda(ctx, tx, c.Keys, d.ID)
		if len(later) != 1 || later[0].Author != c.other || later[0].Kind != records.KindAddendum {
			t.Errorf("the remark is %+v", later)
		}
		return err
	})
	plain := c.signed(t, limp)
	if err := cosign(c.other, plain, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a note that does not wait: %v", err)
	}
	void, err := c.start(t, c.vet, id.New())
	must(t, err)
	must(t, c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		return records.SignSupervised(ctx, tx, c.Keys, void.ID, records.Writing{Version: void.Version}, limp)
	}))
	row := func(by id.ID) func(ctx context.Context, tx *db.Tx) error {
		return func(ctx context.Context, tx *db.Tx) error {
			return tx.InsertCosignature(ctx, db.InsertCosignatureParams{TenantID: tx.Tenant, ID: void.ID, PatientID: c.patient, AuthorID: c.vet, ByID: by, At: tx.Now()})
		}
	}
	if err := c.as(t, c.vet, row(c.vet)); !db.Violates(err, "cosignatures_check") {
		t.Errorf("the database takes the author's: %v", err)
	}
	if err := c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error { // an author who is none
		return tx.InsertCosignature(ctx, db.InsertCosignatureParams{TenantID: tx.Tenant, ID: void.ID, PatientID: c.patient, AuthorID: c.other, ByID: c.vet, At: tx.Now()})
	}); err == nil {
		t.Error("the database takes another author")
	}
	must(t, c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error {
		return records.Void(ctx, tx, c.Keys, id.New(), void.ID, "Another animal")
	}))
	if err := cosign(c.other, void.ID, ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a void note: %v", err)
	}
	if err := c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertCosignature(ctx, db.InsertCosignatureParams{TenantID: tx.Tenant, ID: d.ID, PatientID: c.patient, AuthorID: c.vet, ByID: c.other, At: tx.Now()})
	}); !db.Violates(err, "cosignatures_pkey") {
		t.Errorf("the database takes a second one: %v", err)
	}
}

func TestProblemsDiagnosesAndCosignaturesAreOnlyAdded(t *testing.T) {
	c := newClinic(t)
	must(t, c.problem(t, id.New(), records.Problem{Coding: ears, State: records.Active, Since: today}))
	c.signedWith(t, records.Diagnosis{Coding: ears, Certainty: records.Confirmed})
	app := c.env.As(t, db.RoleApp)
	for _, table := range []string{"problems", "problem_states", "diagnoses", "handovers", "cosignatures"} {
		for _, sql := range []string{"UPDATE app." + table + " SET tenant_id = tenant_id", "DELETE FROM app." + table, "TRUNCATE app." + table} {
			if _, err := app.Exec(t.Context(), sql); !db.Refused(err) {
				t.Errorf("%s: %v, want 42501", sql, err)
			}
		}
	}
	if _, err := app.Exec(t.Context(), "UPDATE app.diagnoses SET sealed = ''"); !db.Refused(err) {
		t.Errorf("changing what was diagnosed: %v", err)
	}
}

func TestNoVerbReachesAnotherClinicsProblems(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	problem := id.New()
	must(t, b.problem(t, problem, records.Problem{Coding: ears, State: records.Active, Since: today}))
	d, err := b.start(t, b.vet, id.New())
	must(t, err)
	mine, err := a.start(t, a.vet, id.New())
	must(t, err)
	p := records.Problem{Coding: ears, State: records.Active, Since: today}
	for name, try := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"AddProblem": func(ctx context.Context, tx *db.Tx) error {
			return records.AddProblem(ctx, tx, a.Keys, id.New(), b.patient, p, today)
		},
		"ChangeProblem": func(ctx context.Context, tx *db.Tx) error {
			return records.ChangeProblem(ctx, tx, a.Keys, id.New(), problem, 1, p, today)
		},
		"ReviewProblem": func(ctx context.Context, tx *db.Tx) error {
			return records.ReviewProblem(ctx, tx, a.Keys, id.New(), mine.ID, problem)
		},
		"AddDiagnosis": func(ctx context.Context, tx *db.Tx) error {
			return records.AddDiagnosis(ctx, tx, a.Keys, id.New(), d.ID, records.Diagnosis{Coding: ears, Certainty: records.Confirmed}, today)
		},
		"Cosign": func(ctx context.Context, tx *db.Tx) error { return records.Cosign(ctx, tx, a.Keys, d.ID, "") },
	} {
		if err := a.as(t, a.vet, try); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v, want nothing at this address", name, err)
		}
	}
}
