package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/views"
)

// listEstimates are those of an animal.
func (s *Server) listEstimates(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	var p registry.PatientView
	var b beside
	var rows []billing.EstimateRow
	err = v.read(append(b.ofPatient(v, patient),
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			rows, err = billing.EstimatesOfPatient(ctx, tx, v.keys, patient)
			return err
		},
	)...)
	if err != nil {
		return answer{}, err
	}
	view := views.Estimates{Page: v.page("patients"), Banner: v.banner(p, b, species)}
	if v.may(access.ChargeWrite) {
		view.AddHref = "/patients/" + patient.String() + "/estimates/new"
	}
	for _, e := range rows {
		row := views.DocumentLink{Href: "/estimates/" + e.ID.String(), Title: e.Title, Line: join(v.day(e.MadeAt), v.policy.Name(e.MadeBy)), Amount: v.between(e.Currency, e.Low, e.High)}
		if e.Replaced {
			row.State = views.DocumentState{Status: "done", Icon: "history", Word: "Replaced"}
		}
		view.Rows = append(view.Rows, row)
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	return shown(http.StatusOK, views.EstimatesPage(view)), nil
}

// newEstimate shows the empty form, or what an earlier estimate of the same work said.
func (s *Server) newEstimate(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	f := views.EstimateForm{ID: id.New().String()}
	asked := v.r.URL.Query()
	if text := asked.Get("visit"); text != "" {
		visit, err := rowOf(text)
		if err != nil {
			return answer{}, err
		}
		f.Visit = visit.String()
	}
	if text := asked.Get("instead"); text != "" {
		earlier, err := v.earlierEstimate(text, patient)
		if err != nil {
			return answer{}, err
		}
		f.Replaces, f.For, f.Note = earlier.ID.String(), earlier.Title, earlier.Note
		if !earlier.Visit.IsZero() {
			f.Visit = earlier.Visit.String()
		}
		for _, l := range earlier.Lines {
			f.Rows = append(f.Rows, views.EstimateRow{What: l.Name, Low: v.typedSum(earlier.Currency, l.Low), High: v.typedSum(earlier.Currency, l.High)})
		}
	}
	return v.estimateForm(http.StatusOK, patient, f)
}

// earlierEstimate is the one that is replaced: of this animal.
func (v *visit) earlierEstimate(text string, patient id.ID) (e billing.EstimateRow, err error) {
	row, err := rowOf(text)
	if err != nil {
		return e, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		e, err = billing.OpenEstimate(ctx, tx, v.keys, row)
		return err
	})
	if err == nil && e.Patient != patient {
		err = fault.Missing
	}
	return e, err
}

func (v *visit) estimateForm(status int, patient id.ID, f views.EstimateForm) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	var p registry.PatientView
	var settings billing.Settings
	var b beside
	err = v.read(append(b.ofPatient(v, patient),
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
	)...)
	if err != nil {
		return answer{}, err
	}
	f.Page, f.Banner, f.Symbol = v.page("patients"), v.banner(p, b, species), settings.Currency.Sign()
	f.Action, f.Cancel = "/patients/"+patient.String()+"/estimates", "/patients/"+patient.String()
	if f.Visit != "" {
		f.Cancel = "/visits/" + f.Visit + "/check-out"
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	if v.partial {
		return shown(status, views.EstimateFormPart(f)), nil
	}
	return shown(status, views.EstimateFormPage(f)), nil
}

func (s *Server) createEstimate(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	e := billing.Estimate{Patient: patient, Title: v.field("title"), Note: v.field("note")}
	if text := v.field("visit"); text != "" {
		if e.Visit, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	var replaces id.ID
	if text := v.field("replaces"); text != "" {
		if replaces, err = rowOf(text); err != nil {
			return answer{}, err
		}
	}
	var owner id.ID
	var settings billing.Settings
	err = v.read(
		func(ctx context.Context, tx *db.Tx) error {
			p, err := registry.OpenPatient(ctx, tx, v.keys, patient)
			if o, ok := p.Owner(); ok {
				owner = o.ID
			}
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	e.Client = owner
	typed, bad := v.typedEstimate(settings, &e)
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return billing.AddEstimate(ctx, tx, v.keys, row, e, replaces)
		})
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		return v.estimateForm(http.StatusUnprocessableEntity, patient, views.EstimateForm{
			ID: row.String(), Visit: v.field("visit"), Replaces: v.field("replaces"), Rows: typed, For: v.field("title"), Note: v.field("note"), Mistakes: mistakes(estimateMistakes(bad)),
		})
	case err != nil && !errors.Is(err, billing.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Estimate made.")
	return goTo("/estimates/" + row.String()), nil
}

// typedEstimate reads the lines, and adds them up.
func (v *visit) typedEstimate(s billing.Settings, e *billing.Estimate) (typed []views.EstimateRow, bad fault.Fields) {
	for n := 1; n <= views.EstimateRows; n++ {
		at := "_" + strconv.Itoa(n)
		row := views.EstimateRow{What: v.field("what" + at), Low: v.field("low" + at), High: v.field("high" + at)}
		if strings.TrimSpace(row.What+row.Low+row.High) == "" {
			continue
		}
		typed = append(typed, row)
		at = "_" + strconv.Itoa(len(typed)) // as the form comes back
		l := billing.EstimateLine{Name: strings.TrimSpace(row.What)}
		if l.Name == "" {
			bad.Add("what"+at, "Enter what it is for")
		}
		var err error
		if l.Low, err = s.Currency.Parse(row.Low); err != nil {
			bad.Add("low"+at, err.Error())
		}
		if l.High = l.Low; strings.TrimSpace(row.High) != "" {
			if l.High, err = s.Currency.Parse(row.High); err != nil {
				bad.Add("high"+at, err.Error())
			}
		}
		if l.High < l.Low && err == nil {
			bad.Add("high"+at, "Enter at least what it begins from, or leave it empty")
		}
		e.Lines, e.Low, e.High = append(e.Lines, l), e.Low+l.Low, e.High+l.High
	}
	if len(typed) == 0 {
		bad.Add("what_1", "Enter what it is for, and how much")
	}
	return typed, bad
}

// openEstimate reads the estimate of the path, and whom it is for.
func (v *visit) openEstimate() (e billing.EstimateRow, p registry.PatientView, err error) {
	row, err := v.row()
	if err != nil {
		return e, p, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if e, err = billing.OpenEstimate(ctx, tx, v.keys, row); err != nil {
			return err
		}
		p, err = registry.OpenPatient(ctx, tx, v.keys, e.Patient)
		return err
	})
	return e, p, err
}

func (s *Server) showEstimate(v *visit) (answer, error) {
	e, p, err := v.openEstimate()
	if err != nil {
		return answer{}, err
	}
	v.recordOf(e.Patient, audit.Entry{Action: audit.Opened, Object: "estimate", ObjectID: e.ID, IDs: []id.ID{e.Patient}})
	d := v.estimateDocument(e, p)
	d.PDF = "/estimates/" + e.ID.String() + "/pdf"
	d.Back, d.BackTo = "/patients/"+e.Patient.String(), p.Called()
	if e.Replaced {
		d.State = views.DocumentState{Status: "done", Icon: "history", Word: "Replaced by a later one"}
	} else if v.may(access.ChargeWrite) {
		d.Actions = append(d.Actions, views.DocumentAct{Href: "/patients/" + e.Patient.String() + "/estimates/new?instead=" + e.ID.String(), Icon: "edit", Word: "Make it anew"})
	}
	if !e.Visit.IsZero() {
		d.Actions = append(d.Actions, views.DocumentAct{Href: checkoutPath(e.Visit), Icon: "till", Word: "Check out"})
	}
	return shown(http.StatusOK, views.DocumentPage(d)), nil
}

func (s *Server) downloadEstimate(v *visit) (answer, error) {
	e, p, err := v.openEstimate()
	if err != nil {
		return answer{}, err
	}
	v.recordOf(e.Patient, audit.Entry{Action: audit.Downloaded, Object: "estimate", ObjectID: e.ID, IDs: []id.ID{e.Patient}})
	return v.pdf("estimate", v.estimateDocument(e, p)), nil
}

func (v *visit) estimateDocument(e billing.EstimateRow, p registry.PatientView) views.Document {
	d := v.document("Estimate", "", e.From)
	d.About = e.Title
	if owner, ok := p.Owner(); ok {
		d.To = addressOf(personOf(owner.Client))
	}
	d.Facts = []views.Total{{Label: "Date", Value: v.day(e.MadeAt)}, {Label: "For", Value: p.Called()}, {Label: "Version", Value: strconv.Itoa(e.Version)}}
	d.Columns = []views.DocumentColumn{{Word: "What", Narrow: true}, {Word: "From", Number: true, Narrow: true}, {Word: "To", Number: true, Narrow: true}}
	group := views.DocumentGroup{Head: p.Called()}
	for _, l := range e.Lines {
		group.Lines = append(group.Lines, views.DocumentLine{Cells: []string{l.Name, v.sum(e.Currency, l.Low), v.sum(e.Currency, l.High)}})
	}
	d.Groups = []views.DocumentGroup{group}
	d.Due = views.Total{Label: "Expected", Value: v.between(e.Currency, e.Low, e.High)}
	d.Notes = []string{"With tax. What is found may change what is needed: you are asked before it costs more than this."}
	if e.Note != "" {
		d.Notes = append([]string{e.Note}, d.Notes...)
	}
	return d
}

// estimateMistakes gives what is wrong with the sums to the first line.
func estimateMistakes(bad fault.Fields) fault.Fields {
	for i, m := range bad {
		switch m.Name {
		case "low", "high":
			bad[i].Name = m.Name + "_1"
		case "lines":
			bad[i].Name = "what_1"
		}
	}
	return bad
}
