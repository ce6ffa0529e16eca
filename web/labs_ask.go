package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

// newLab shows the empty form.
func (s *Server) newLab(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.labAskForm(http.StatusOK, patient, views.LabAskForm{ID: id.New().String()}, nil, nil)
}

// labAskForm shows the form, whose fields are filled already.
func (v *visit) labAskForm(status int, patient id.ID, f views.LabAskForm, panels, tests []string) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	var p registry.PatientView
	var b beside
	var offered []labs.PanelRow
	var single []labs.TestRow
	var drafts []records.Draft
	err = v.read(append(b.ofPatient(v, patient),
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			offered, err = labs.Panels(ctx, tx, false)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			single, err = labs.Tests(ctx, tx, "", false)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			drafts, err = records.Drafts(ctx, tx, v.keys, patient)
			return err
		},
	)...)
	if err != nil {
		return answer{}, err
	}
	path := "/patients/" + patient.String()
	f.Page, f.Banner, f.Action, f.Cancel = v.page("patients"), v.banner(p, b, species), path+"/labs", path
	if mine := v.ownDraft(drafts); mine != nil {
		f.Within = "Within your consult of " + v.moment(mine.EventAt)
	}
	for _, one := range offered {
		f.Panels = append(f.Panels, views.Ticked{Value: one.ID.String(), Label: one.Name, On: slices.Contains(panels, one.ID.String())})
	}
	for _, one := range single {
		f.Tests = append(f.Tests, views.Ticked{Value: one.ID.String(), Label: one.Name, On: slices.Contains(tests, one.ID.String())})
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	if v.partial {
		return shown(status, views.LabAskPart(f)), nil
	}
	return shown(status, views.LabAskPage(f)), nil
}

// createLab asks for tests. Where this person is writing a note about the animal, they are part of that.
func (s *Server) createLab(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	f := views.LabAskForm{
		ID: row.String(), Other: v.field("other"), Sample: v.field("sample"), Lab: v.field("lab"), Why: v.field("why"), Urgent: v.field("urgent") == "yes",
	}
	r := labs.Request{Patient: patient, Other: f.Other, Sample: f.Sample, Lab: f.Lab, Why: f.Why, Urgent: f.Urgent}
	if r.Panels, err = rowsOf(v.form()["panel"]); err != nil {
		return answer{}, err
	}
	if r.Tests, err = rowsOf(v.form()["test"]); err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		drafts, err := records.Drafts(ctx, tx, v.keys, patient)
		if err != nil {
			return err
		}
		if mine := v.ownDraft(drafts); mine != nil {
			r.Note, r.Visit = mine.ID, mine.Visit
		}
		return labs.Ask(ctx, tx, v.keys, row, r, v.today())
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		f.Mistakes = mistakes(bad)
		return v.labAskForm(http.StatusUnprocessableEntity, patient, f, v.form()["panel"], v.form()["test"])
	case err != nil && !errors.Is(err, labs.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Test asked for.")
	return goTo("/patients/" + patient.String()), nil
}

// rowsOf reads ids that were chosen from a list.
func rowsOf(texts []string) (out []id.ID, err error) {
	for _, text := range texts {
		row, err := rowOf(text)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}
