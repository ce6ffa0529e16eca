package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

const (
	mostCodes   = 8  // offered for what was typed
	codesLooked = 60 // among which what was typed may be one exactly
)

var certaintyWords = map[string]views.DiagnosisLine{
	records.Tentative: {Certainty: "Tentative", Status: "waiting"},
	records.Confirmed: {Certainty: "Confirmed", Status: "ready"},
	records.RuledOut:  {Certainty: "Ruled out", Status: "done"},
}

func (v *visit) diagnosisLine(d records.Diagnosis) views.DiagnosisLine {
	line := certaintyWords[d.Certainty]
	line.ID, line.Text, line.Code, line.Problem = d.ID.String(), d.Text, codeOf(d.Coding), d.Lasting
	if !d.Problem.IsZero() {
		line.ProblemHref = problemPath(d.Problem)
	}
	return line
}

// findingsRead is what the part of an open note about diagnoses and problems is made of.
type findingsRead struct {
	diagnoses []records.Diagnosis
	problems  []records.ProblemRow
	came      []records.NamedProblem
}

// ofDraft reads it for a draft of one's own.
func (r *findingsRead) ofDraft(v *visit, d records.Draft) []func(context.Context, *db.Tx) error {
	return []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.diagnoses, err = records.DraftDiagnoses(ctx, tx, v.keys, d.ID)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.problems, err = records.Problems(ctx, tx, v.keys, d.Patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			r.came, err = records.ProblemsOfNote(ctx, tx, v.keys, d.ID)
			return err
		},
	}
}

// findingsView is that part; what was typed into it stays.
func (v *visit) findingsView(d records.Draft, r findingsRead) views.Findings {
	path := "/drafts/" + d.ID.String()
	view := views.Findings{
		Page: v.page("patients"), Action: path + "/diagnoses", Drop: path + "/diagnoses/removal", Review: path + "/problems", Find: "/codes/found",
		Draft: d.ID.String(), ID: id.New().String(), Certainty: records.Tentative,
	}
	for _, one := range r.diagnoses {
		view.Lines = append(view.Lines, v.diagnosisLine(one))
	}
	for _, p := range r.problems {
		came := slices.ContainsFunc(r.came, func(c records.NamedProblem) bool { return c.ID == p.ID })
		if p.State == records.Resolved && !came {
			continue
		}
		view.Problems = append(view.Problems, views.FindingProblem{ID: p.ID.String(), Text: p.Text, State: strings.ToLower(problemStateWords[p.State].Word), Came: came})
	}
	return view
}

// retypedFindings fills the part again with what was sent.
func (v *visit) retypedFindings(view *views.Findings, choices []views.CodeChoice) {
	if v.field("diagnosis") == "" {
		return
	}
	view.Typed, view.Certainty, view.Lasting, view.Choices = v.field("diagnosis"), v.field("certainty"), v.field("lasting") != "", choices
}

// pickedCode is what was chosen from a list, or what the words of a field can mean: a code or a name exactly, else the
// words themselves, where no list knows any like them or the person said so. Else the codes to choose from are given.
func (v *visit) pickedCode(name, species string, bad *fault.Fields) (c records.Coding, choices []views.CodeChoice, err error) {
	if text := v.field("code"); text != "" {
		row, err := rowOf(text)
		if err != nil {
			return c, nil, err
		}
		err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
			c, err = records.OpenCode(ctx, tx, row)
			return err
		})
		return c, nil, err
	}
	c.Text = strings.TrimSpace(v.field(name))
	if c.Text == "" || v.field("as_written") != "" {
		return c, nil, nil
	}
	var found []records.FoundCode
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = records.FindCodes(ctx, tx, c.Text, species, codesLooked)
		return err
	})
	for _, f := range found {
		if strings.EqualFold(f.Code, c.Text) || strings.EqualFold(f.Text, c.Text) {
			return f.Coding, nil, err
		}
	}
	if len(found) > 0 {
		bad.Add(name, "The lists know words like these: choose one, or keep yours")
	}
	return c, codeChoices(found), err
}

func codeChoices(found []records.FoundCode) (out []views.CodeChoice) {
	for _, f := range found[:min(mostCodes, len(found))] {
		out = append(out, views.CodeChoice{ID: f.ID.String(), Text: f.Text, Code: codeOf(f.Coding)})
	}
	return out
}

// findCodes answers the field of a note with what its letters begin, for the animal the note is about.
func (s *Server) findCodes(v *visit) (answer, error) {
	draft, err := rowOf(v.field("draft"))
	if err != nil {
		return answer{}, err
	}
	typed := strings.TrimSpace(v.field("diagnosis"))
	var found []records.FoundCode
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		species, err := records.DraftSpecies(ctx, tx, draft)
		if err != nil {
			return err
		}
		found, err = records.FindCodes(ctx, tx, typed, species, mostCodes)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Searched, Object: "code"})
	if typed == "" {
		return shown(http.StatusOK, views.NoCodes()), nil
	}
	return shown(http.StatusOK, views.CodeList(views.CodesFound{
		Query: typed, Action: "/drafts/" + draft.String() + "/diagnoses", Nonce: v.nonce, Rows: codeChoices(found),
	})), nil
}

// createDiagnosis saves the open note as it is, and adds a diagnosis to it.
func (s *Server) createDiagnosis(v *visit) (answer, error) {
	draft, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := rowOf(v.field("finding_id"))
	if err != nil {
		return answer{}, err
	}
	var species string
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		species, err = records.DraftSpecies(ctx, tx, draft)
		if errors.Is(err, fault.Missing) { // somebody else's, or signed: the verb says which
			err = nil
		}
		return err
	})
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	d := records.Diagnosis{Certainty: v.field("certainty"), Lasting: v.field("lasting") != ""}
	coding, choices, err := v.pickedCode("diagnosis", species, &bad)
	if err != nil {
		return answer{}, err
	}
	d.Coding = coding
	return v.toDraft(draft, choices, bad, func(ctx context.Context, tx *db.Tx) error {
		return records.AddDiagnosis(ctx, tx, v.keys, row, draft, d, v.today())
	})
}

// createRemoval saves the open note as it is, and takes a diagnosis out of it.
func (s *Server) createRemoval(v *visit) (answer, error) {
	draft, err := v.row()
	if err != nil {
		return answer{}, err
	}
	diagnosis, err := rowOf(v.field("drop"))
	if err != nil {
		return answer{}, err
	}
	return v.toDraft(draft, nil, nil, func(ctx context.Context, tx *db.Tx) error {
		return records.DropDiagnosis(ctx, tx, v.keys, draft, diagnosis)
	})
}

// createReview saves the open note as it is, and says that a problem came up in it.
func (s *Server) createReview(v *visit) (answer, error) {
	draft, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := rowOf(v.field("finding_id"))
	if err != nil {
		return answer{}, err
	}
	problem, err := rowOf(v.field("problem"))
	if err != nil {
		return answer{}, err
	}
	return v.toDraft(draft, nil, nil, func(ctx context.Context, tx *db.Tx) error {
		return records.ReviewProblem(ctx, tx, v.keys, row, draft, problem)
	})
}

// toDraft saves the open note and does one thing more to it, unless something is wrong with that already.
func (v *visit) toDraft(draft id.ID, choices []views.CodeChoice, bad fault.Fields, do func(context.Context, *db.Tx) error) (answer, error) {
	var d records.Draft
	var version int64
	var err error
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
			if d, err = v.sameAnimal(ctx, tx, draft); err != nil {
				return err
			}
			if version, err = records.SaveDraft(ctx, tx, v.keys, draft, v.writing(), v.typedNote()); err != nil {
				return err
			}
			return do(ctx, tx)
		})
	}
	switch {
	case errors.Is(err, registry.ErrAlreadyThere): // sent twice, and the note with it
		return goTo(v.patientPath()), nil
	case len(bad) > 0, errors.As(err, &bad) && (bad[0].Name == "diagnosis" || bad[0].Name == "certainty"):
		return v.mistakenFinding(draft, choices, bad)
	case err != nil:
		return v.draftRefused(draft, err)
	case !v.partial:
		return goTo(v.patientPath()), nil
	}
	r, err := v.readFindings(d)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "draft", ObjectID: draft})
	view := v.findingsView(d, r)
	view.Focus, view.Status = true, &views.DraftStatus{Saved: v.minute(v.s.Clock.Now()), Version: strconv.FormatInt(version, 10)}
	return shown(http.StatusOK, views.FindingsPart(view)), nil
}

func (v *visit) readFindings(d records.Draft) (r findingsRead, err error) {
	return r, v.read(r.ofDraft(v, d)...)
}

// mistakenFinding shows the part, or the whole note, with what was typed and what is wrong with it.
func (v *visit) mistakenFinding(draft id.ID, choices []views.CodeChoice, bad fault.Fields) (answer, error) {
	if !v.partial {
		return v.mistakenDraft(draft, bad)
	}
	d, err := v.openDraft(draft)
	if err != nil {
		return answer{}, err
	}
	r, err := v.readFindings(d)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "draft", ObjectID: draft})
	view := v.findingsView(d, r)
	v.retypedFindings(&view, choices)
	view.ID, view.Mistakes, view.Focus = v.field("finding_id"), mistakes(bad), true
	return shown(http.StatusUnprocessableEntity, views.FindingsPart(view)), nil
}

// choicesTyped are the codes that the words of an open note's field are like, for the whole page.
func (v *visit) choicesTyped(bad fault.Fields) (choices []views.CodeChoice, err error) {
	if !slices.ContainsFunc(bad, func(m fault.Field) bool { return m.Name == "diagnosis" }) || v.field("diagnosis") == "" {
		return nil, nil
	}
	var found []records.FoundCode
	err = v.read(func(ctx context.Context, tx *db.Tx) error {
		row, err := v.row()
		if err != nil {
			return err
		}
		species, err := records.DraftSpecies(ctx, tx, row)
		if err != nil {
			return err
		}
		found, err = records.FindCodes(ctx, tx, v.field("diagnosis"), species, mostCodes)
		return err
	})
	return codeChoices(found), err
}

// needsCosign reports whether what this person signs waits for another's signature.
func (v *visit) needsCosign() bool {
	return v.may(access.ClinicalSubmit) && !v.may(access.ClinicalSign)
}
