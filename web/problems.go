package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

var problemStateWords = map[string]views.DocumentState{
	records.Active:     {Status: "waiting", Word: "Active"},
	records.Controlled: {Status: "booked", Word: "Watched"},
	records.Resolved:   {Status: "done", Icon: "check", Word: "Resolved"},
}

func problemPath(row id.ID) string { return "/problems/" + row.String() }

// writesProblems reports whether this person says what an animal's problems are.
func (v *visit) writesProblems() bool { return v.may(access.ClinicalWrite) && v.readsNotes() }

// problemsPanel is what stands beside the record, for those who read notes.
func (v *visit) problemsPanel(patient id.ID, rows []records.ProblemRow) views.Problems {
	view := views.Problems{Shown: v.readsNotes()}
	if v.writesProblems() {
		view.AddHref = "/patients/" + patient.String() + "/problems/new"
	}
	for _, p := range rows {
		line := views.ProblemLine{Href: problemPath(p.ID), Title: p.Text, Line: join(sinceOf(p.Problem), p.Severity), State: problemStateWords[p.State]}
		if p.Notes > 0 {
			line.Visits = "Came up in " + countOf(p.Notes, "note", "notes")
		}
		if p.State == records.Resolved {
			view.Resolved = append(view.Resolved, line)
		} else {
			view.Lasting = append(view.Lasting, line)
		}
	}
	return view
}

func sinceOf(p records.Problem) string {
	switch {
	case p.State == records.Resolved:
		return "resolved " + dated(p.Since)
	case !p.Onset.IsZero():
		return "since " + dated(p.Onset)
	}
	return "since " + dated(p.Since)
}

func codeOf(c records.Coding) string {
	if c.Code == "" {
		return ""
	}
	return c.Code + ", " + c.System + " " + c.Version
}

// newProblem is the form that begins a problem.
func (s *Server) newProblem(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	form := views.ProblemForm{ID: id.New().String(), State: records.Active}
	return v.problemForm(http.StatusOK, patient, form)
}

// problemForm shows the form of a new problem under the animal's banner.
func (v *visit) problemForm(status int, patient id.ID, form views.ProblemForm) (answer, error) {
	if !v.readsNotes() {
		return answer{}, fault.Missing
	}
	b, err := v.bannerOf(patient)
	if err != nil {
		return answer{}, err
	}
	form.Page, form.Heading, form.Cancel = v.page("patients"), "Add a problem", "/patients/"+patient.String()
	form.Action = form.Cancel + "/problems"
	if v.partial {
		return shown(status, views.ProblemFormPart(b, form)), nil
	}
	return shown(status, views.ProblemFormPage(b, form)), nil
}

// bannerOf reads the head of a page about an animal, and records that it was opened.
func (v *visit) bannerOf(patient id.ID) (views.Banner, error) {
	var p registry.PatientView
	var with beside
	err := v.read(append(with.ofPatient(v, patient), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})...)
	if err != nil {
		return views.Banner{}, err
	}
	species, err := v.s.species(v)
	if err != nil {
		return views.Banner{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	return v.banner(p, with, species), nil
}

// typedProblem is what the form says, with the codes to choose from where the words are more than one.
func (v *visit) typedProblem(species string, bad *fault.Fields) (p records.Problem, choices []views.CodeChoice, err error) {
	if p.Coding, choices, err = v.pickedCode("title", species, bad); err != nil {
		return p, nil, err
	}
	p.State, p.Severity, p.Remark = v.field("state"), v.field("severity"), v.field("remark")
	if p.Since, err = registry.ParseDay(v.field("since"), v.now()); err != nil {
		bad.Add("since", err.Error())
	}
	if v.field("onset") != "" {
		if p.Onset, err = registry.ParseDay(v.field("onset"), v.now()); err != nil {
			bad.Add("onset", err.Error())
		}
	}
	return p, choices, nil
}

// retyped fills the form again with what was sent.
func (v *visit) retyped(form views.ProblemForm, choices []views.CodeChoice, bad fault.Fields) views.ProblemForm {
	form.ID, form.Title, form.State, form.Severity = v.field("new_id"), v.field("title"), v.field("state"), v.field("severity")
	form.Since, form.Onset, form.Remark = v.field("since"), v.field("onset"), v.field("remark")
	form.Choices, form.Mistakes = choices, mistakes(bad)
	return form
}

// createProblem begins a problem.
func (s *Server) createProblem(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var seen registry.PatientView
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		seen, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	p, choices, err := v.typedProblem(seen.Species, &bad)
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return records.AddProblem(ctx, tx, v.keys, row, patient, p, v.today())
		})
	}
	if len(bad) > 0 || errors.As(err, &bad) {
		return v.problemForm(http.StatusUnprocessableEntity, patient, v.retyped(views.ProblemForm{}, choices, bad))
	}
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("Problem added.")
	return goTo("/patients/" + patient.String()), nil
}

// showProblem is one problem with its history.
func (s *Server) showProblem(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	view, _, err := v.problemView(row)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "problem", ObjectID: row})
	return shown(http.StatusOK, views.PatientProblemPage(view)), nil
}

func (v *visit) problemView(row id.ID) (views.PatientProblem, records.ProblemState, error) {
	if !v.readsNotes() {
		return views.PatientProblem{}, records.ProblemState{}, fault.Missing
	}
	var patient id.ID
	var history []records.ProblemState
	var diagnosed []records.NotedDiagnosis
	err := v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			patient, history, err = records.OpenProblem(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			diagnosed, err = records.DiagnosesOfProblem(ctx, tx, v.keys, row)
			return err
		},
	)
	if err != nil {
		return views.PatientProblem{}, records.ProblemState{}, err
	}
	b, err := v.bannerOf(patient)
	if err != nil {
		return views.PatientProblem{}, records.ProblemState{}, err
	}
	last := history[0]
	view := views.PatientProblem{Page: v.page("patients"), Banner: b, Title: last.Text, Code: codeOf(last.Coding), State: problemStateWords[last.State]}
	view.Facts = problemFacts(last.Problem)
	for _, h := range history {
		c := views.ProblemChange{
			When: sentence(v.moment(h.At)), At: machine(h.At), By: v.policy.Name(h.By), Line: join(h.Text, sinceOf(h.Problem), h.Severity), Remark: h.Remark,
			State: problemStateWords[h.State], Void: h.Void,
		}
		switch {
		case h.Note.IsZero():
		case h.NoteAt.IsZero():
			c.Note = "Came up in a note that is not signed yet"
		default:
			c.Note, c.NoteHref = "Came up in the note of "+v.moment(h.NoteAt), "/notes/"+h.Note.String()
		}
		view.History = append(view.History, c)
	}
	for _, d := range diagnosed {
		view.Diagnoses = append(view.Diagnoses, views.ProblemDiagnosis{
			Href: "/notes/" + d.Note.String(), When: v.moment(d.EventAt), At: machine(d.EventAt), By: v.policy.Name(d.Author), DiagnosisLine: v.diagnosisLine(d.Diagnosis), Void: d.Void,
		})
	}
	if v.writesProblems() {
		view.Form = &views.ProblemForm{
			Page: view.Page, Heading: "How it stands now", Action: problemPath(row), ID: id.New().String(), Version: strconv.FormatInt(last.Version, 10),
			Title: last.Text, State: last.State, Severity: last.Severity, Onset: dayTyped(last.Onset), Since: dayTyped(last.Since), Remark: last.Remark,
		}
	}
	return view, last, nil
}

func problemFacts(p records.Problem) []views.Fact {
	facts := []views.Fact{{Label: "So since", Text: dated(p.Since)}}
	if !p.Onset.IsZero() {
		facts = append(facts, views.Fact{Label: "Began", Text: dated(p.Onset)})
	}
	if p.Severity != "" {
		facts = append(facts, views.Fact{Label: "Severity", Text: sentence(p.Severity)})
	}
	if p.Remark != "" {
		facts = append(facts, views.Fact{Label: "Remark", Text: p.Remark})
	}
	return facts
}

// dayTyped is a day as a form shows it, "" for none.
func dayTyped(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return dated(day)
}

// updateProblem says how a problem stands now.
func (s *Server) updateProblem(v *visit) (answer, error) {
	problem, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	view, last, err := v.problemView(problem)
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	if strings.TrimSpace(v.field("title")) == last.Text && v.field("code") == "" { // as it is called already
		v.form().Set("as_written", "yes")
	}
	p, choices, err := v.typedProblem(view.Banner.Species, &bad)
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return records.ChangeProblem(ctx, tx, v.keys, row, problem, v.version(), p, v.today())
		})
	}
	status := http.StatusUnprocessableEntity
	if errors.Is(err, records.ErrProblemChanged) {
		status, bad = http.StatusConflict, fault.Fields{{Name: "state", Message: "Somebody else changed this problem meanwhile. Your words are below: look at its history, and save again if they still hold"}}
	}
	if len(bad) > 0 || errors.As(err, &bad) {
		form := v.retyped(*view.Form, choices, bad) // at the version that is there now
		view.Form = &form
		v.record(audit.Entry{Action: audit.Opened, Object: "problem", ObjectID: problem})
		if v.partial {
			return shown(status, views.ProblemFormPart(view.Banner, form)), nil
		}
		return shown(status, views.PatientProblemPage(view)), nil
	}
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("Saved.")
	return goTo(problemPath(problem)), nil
}
