package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/internal/registry"
	"paddock/views"
	"paddock/views/ui"
)

// labDesk is what a result is written at: what it is of, the animal, and the tests of the clinic for its species.
type labDesk struct {
	lab     labs.Lab
	patient registry.PatientView
	beside  beside
	tests   []labs.TestRow // ended ones too
	was     *labs.ReportRow
}

// labDesk reads it for a request, or for a report that is to be corrected.
func (v *visit) labDesk(request, report id.ID) (d labDesk, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		if report.IsZero() {
			d.lab, err = labs.OpenLab(ctx, tx, v.keys, request)
		} else {
			d.lab, err = labs.OfReport(ctx, tx, v.keys, report)
		}
		if err != nil {
			return err
		}
		return db.Together(ctx, tx, append(d.beside.ofPatient(v, d.lab.Patient), func(ctx context.Context, tx *db.Tx) (err error) {
			if d.patient, err = registry.OpenPatient(ctx, tx, v.keys, d.lab.Patient); err != nil {
				return err
			}
			d.tests, err = labs.Tests(ctx, tx, d.patient.Species, true)
			return err
		})...)
	})
	if err == nil && !report.IsZero() {
		d.was = d.lab.Report(report)
	}
	return d, err
}

func (d labDesk) test(row id.ID) labs.TestRow {
	for _, t := range d.tests {
		if t.ID == row {
			return t
		}
	}
	return labs.TestRow{}
}

// labMore are the keys of the rows whose test is chosen.
var labMore = []string{"1", "2", "3"}

// labRows are the rows of an empty form: the tests asked for, or the values that are to be corrected.
func (v *visit) labRows(d labDesk) (rows []views.LabRow) {
	end := func(n *labs.Number, places int) string {
		if n == nil {
			return ""
		}
		return v.style().Number(n.Format(places))
	}
	if d.was != nil {
		for _, one := range d.was.Values {
			rows = append(rows, views.LabRow{
				Key: one.Test.String(), Name: one.Name, Value: v.style().Number(one.Shown()), Unit: one.Unit, Low: end(one.Low, one.Places), High: end(one.High, one.Places),
			})
		}
	} else {
		done := map[id.ID]bool{}
		for _, r := range d.lab.Reports {
			for _, one := range r.Values {
				done[one.Test] = done[one.Test] || r.Stands()
			}
		}
		for _, t := range d.tests {
			if slices.Contains(d.lab.Tests, t.ID) && !done[t.ID] {
				r := t.Range(d.patient.Species)
				rows = append(rows, views.LabRow{Key: t.ID.String(), Name: t.Name, Unit: t.Unit, Low: end(r.Low, t.Decimals), High: end(r.High, t.Decimals)})
			}
		}
	}
	for _, key := range labMore {
		rows = append(rows, views.LabRow{Key: key})
	}
	return rows
}

// typedRows are the rows as they were sent, with what is in them. It gives fault.Missing for a test that is not there.
func (v *visit) typedRows(d labDesk) (rows []views.LabRow, entries []labs.Entry, err error) {
	add := func(r views.LabRow, t labs.TestRow, filled bool) {
		r.Value, r.Unit, r.Low, r.High = v.field("value-"+r.Key), v.field("unit-"+r.Key), v.field("low-"+r.Key), v.field("high-"+r.Key)
		rows = append(rows, r)
		entries = append(entries, labs.Entry{Key: r.Key, Test: t, Filled: filled, Value: r.Value, Unit: r.Unit, Low: r.Low, High: r.High})
	}
	for _, name := range sortedNames(v.form(), "value-") {
		row, err := id.Parse(name)
		if err != nil {
			continue
		}
		t := d.test(row)
		if t.ID.IsZero() {
			return nil, nil, fault.Missing
		}
		if d.was != nil {
			for _, one := range d.was.Values {
				if one.Test == t.ID {
					t.Name = one.Name
				}
			}
		}
		add(views.LabRow{Key: name, Name: t.Name}, t, true)
	}
	slices.SortStableFunc(rows, func(a, b views.LabRow) int { return strings.Compare(a.Name, b.Name) })
	for _, key := range labMore {
		r := views.LabRow{Key: key, Test: v.field("test-" + key)}
		var t labs.TestRow
		if r.Test != "" {
			row, err := rowOf(r.Test)
			if err != nil {
				return nil, nil, err
			}
			if t = d.test(row); t.ID.IsZero() {
				return nil, nil, fault.Missing
			}
		}
		add(r, t, false)
	}
	return rows, entries, nil
}

// sortedNames are what follows a beginning in the names of fields, in order.
func sortedNames(form map[string][]string, begins string) (out []string) {
	for name := range form {
		if rest, ok := strings.CutPrefix(name, begins); ok {
			out = append(out, rest)
		}
	}
	slices.Sort(out)
	return out
}

func (s *Server) newLabResult(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	d, err := v.labDesk(row, id.ID{})
	if err != nil {
		return answer{}, err
	}
	if d.lab.State == labs.Cancelled {
		return answer{}, labs.ErrCancelled
	}
	return v.labResultForm(http.StatusOK, d, views.LabResultForm{ID: id.New().String(), Rows: v.labRows(d)})
}

func (s *Server) newLabCorrection(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	d, err := v.labDesk(id.ID{}, row)
	if err != nil {
		return answer{}, err
	}
	if !d.was.Stands() {
		return answer{}, labs.ErrCorrected
	}
	return v.labResultForm(http.StatusOK, d, views.LabResultForm{ID: id.New().String(), Rows: v.labRows(d), Findings: d.was.Findings, At: v.foundOn(d.was.At)})
}

// labResultForm shows the form, whose fields are filled already.
func (v *visit) labResultForm(status int, d labDesk, f views.LabResultForm) (answer, error) {
	species, err := v.s.species(v)
	if err != nil {
		return answer{}, err
	}
	f.Page, f.Banner, f.Asked, f.Cancel = v.page("patients"), v.banner(d.patient, d.beside, species), d.lab.Title(), "/labs/"+d.lab.ID.String()
	if f.Action = f.Cancel + "/results"; d.was != nil {
		f.Action, f.Corrects = "/lab-reports/"+d.was.ID.String()+"/correction", true
	}
	f.Tests = []ui.Option{{Value: "", Label: "Another test"}}
	for _, t := range d.tests {
		if t.EndedAt.IsZero() {
			f.Tests = append(f.Tests, optionOf(t.ID, t.Name))
		}
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "lab-request", ObjectID: d.lab.ID, IDs: []id.ID{d.lab.Patient}})
	if v.partial {
		return shown(status, views.LabResultPart(f)), nil
	}
	return shown(status, views.LabResultPage(f)), nil
}

func (s *Server) createLabResult(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	d, err := v.labDesk(row, id.ID{})
	if err != nil {
		return answer{}, err
	}
	return v.saveResult(d)
}

func (s *Server) createLabCorrection(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	d, err := v.labDesk(id.ID{}, row)
	if err != nil {
		return answer{}, err
	}
	return v.saveResult(d)
}

// saveResult writes down what was sent.
func (v *visit) saveResult(d labDesk) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	f := views.LabResultForm{ID: row.String(), Reason: v.field("reason"), At: v.field("at"), Findings: v.field("findings")}
	rows, entries, err := v.typedRows(d)
	if err != nil {
		return answer{}, err
	}
	f.Rows = rows
	r := labs.Report{Findings: f.Findings}
	var bad fault.Fields
	r.Values, bad = labs.Read(entries, d.patient.Species, v.style().Decimal)
	if r.At, err = registry.ParseMoment(f.At, v.now()); err != nil {
		bad.Add("at", err.Error())
	}
	switch {
	case d.was != nil && strings.TrimSpace(f.At) == v.foundOn(d.was.At):
		r.At = d.was.At // as it stood in the form, to the second
	case v.now().Sub(r.At) < time.Minute:
		r.At = time.Time{} // the instant of the writing
	}
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			if d.was == nil {
				return labs.Result(ctx, tx, v.keys, row, d.lab.ID, r)
			}
			_, err := labs.Correct(ctx, tx, v.keys, row, d.was.ID, r, f.Reason)
			return err
		})
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.Mistakes = mistakes(bad)
		return v.labResultForm(http.StatusUnprocessableEntity, d, f)
	case errors.Is(err, labs.ErrCorrected), errors.Is(err, labs.ErrCancelled):
		f.Changed, _ = conflictIn(err)
		return v.labResultForm(http.StatusConflict, d, f)
	case err != nil && !errors.Is(err, labs.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Result saved.")
	return goTo("/labs/" + d.lab.ID.String()), nil
}
