package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/internal/registry"
	"paddock/views"
)

const labTestsPath = "/lab-tests"

// listLabTests is the list of tests and panels.
func (s *Server) listLabTests(v *visit) (answer, error) {
	species, err := s.species(v)
	if err != nil {
		return answer{}, err
	}
	ended := v.r.URL.Query().Get("ended") != ""
	var tests []labs.TestRow
	var panels []labs.PanelRow
	var items []billing.ItemRow
	var settings billing.Settings
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			tests, err = labs.Tests(ctx, tx, "", ended)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			panels, err = labs.Panels(ctx, tx, ended)
			return err
		},
		soldItems(&items),
		func(ctx context.Context, tx *db.Tx) (err error) {
			settings, err = billing.LoadSettings(ctx, tx)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	price := map[id.ID]string{}
	for _, i := range items {
		price[i.ID] = v.sum(settings.Currency, i.Price)
	}
	view := views.LabTests{Page: v.page("practice"), Ended: ended, EndedHref: labTestsPath + "?ended=1"}
	if ended {
		view.EndedHref = labTestsPath
	}
	names := map[id.ID]string{}
	for _, t := range tests {
		names[t.ID] = t.Name
		row := views.LabTestLine{Href: labTestsPath + "/" + t.ID.String() + "/edit", Name: t.Name, Unit: t.Unit, Ranges: "No range yet", Ended: !t.EndedAt.IsZero()}
		var words []string
		for _, r := range t.Ranges {
			words = append(words, species[r.Species]+" "+v.labRange(r.Low, r.High, t.Decimals))
		}
		if len(words) > 0 {
			row.Ranges = strings.Join(words, ", ")
		}
		view.Rows = append(view.Rows, row)
	}
	for _, p := range panels {
		row := views.LabPanelLine{Href: labPanelsPath + "/" + p.ID.String() + "/edit", Name: p.Name, Price: price[p.Item], Ended: !p.EndedAt.IsZero()}
		var words []string
		for _, t := range tests {
			for _, one := range p.Tests {
				if one == t.ID {
					words = append(words, t.Name)
				}
			}
		}
		row.Tests = strings.Join(words, ", ")
		view.Panels = append(view.Panels, row)
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "lab-test"})
	return shown(http.StatusOK, views.LabTestsPage(view)), nil
}

// labTestPage shows the form, whose fields are filled already.
func (v *visit) labTestPage(status int, f views.LabTestForm) (answer, error) {
	f.Page = v.page("practice")
	if v.partial {
		return shown(status, views.LabTestFormPart(f)), nil
	}
	return shown(status, views.LabTestFormPage(f)), nil
}

func (s *Server) newLabTest(v *visit) (answer, error) {
	kinds, err := s.speciesList(v)
	if err != nil {
		return answer{}, err
	}
	f := views.LabTestForm{Action: labTestsPath, ID: id.New().String(), Decimals: "1"}
	for _, k := range kinds {
		f.Ranges = append(f.Ranges, views.LabRange{Species: k.Code, Kind: k.Name})
	}
	return v.labTestPage(http.StatusOK, f)
}

// labTestForm is a test as it is stored.
func (v *visit) labTestForm(t labs.TestRow, kinds []registry.Species) views.LabTestForm {
	path := labTestsPath + "/" + t.ID.String()
	f := views.LabTestForm{
		Action: path, EndAction: path + "/ending", Version: strconv.FormatInt(t.Version, 10), Name: t.Name, Unit: t.Unit, Decimals: strconv.Itoa(t.Decimals), Ended: !t.EndedAt.IsZero(),
	}
	for _, k := range kinds {
		r := t.Range(k.Code)
		row := views.LabRange{Species: k.Code, Kind: k.Name, Source: r.Source}
		for text, n := range map[*string]*labs.Number{&row.Low: r.Low, &row.High: r.High} {
			if n != nil {
				*text = v.style().Number(n.Format(t.Decimals))
			}
		}
		f.Ranges = append(f.Ranges, row)
	}
	return f
}

// typedLabTest reads the form.
func (v *visit) typedLabTest(kinds []registry.Species) (t labs.Test, f views.LabTestForm, bad fault.Fields) {
	f = views.LabTestForm{ID: v.field("new_id"), Version: v.field("version"), Name: v.field("name"), Unit: v.field("unit"), Decimals: v.field("decimals")}
	t = labs.Test{Name: f.Name, Unit: f.Unit}
	var err error
	if t.Decimals, err = strconv.Atoi(strings.TrimSpace(f.Decimals)); err != nil {
		bad.Add("decimals", "Enter how many digits follow the point, 0 to 4")
	}
	for _, k := range kinds {
		row := views.LabRange{Species: k.Code, Kind: k.Name, Low: v.field("low-" + k.Code), High: v.field("high-" + k.Code), Source: v.field("source-" + k.Code)}
		f.Ranges = append(f.Ranges, row)
		r := labs.Range{Species: k.Code, Source: row.Source}
		end := func(name, typed string) *labs.Number {
			if strings.TrimSpace(typed) == "" {
				return nil
			}
			n, _, err := labs.ParseNumber(typed, v.style().Decimal)
			if err != nil {
				bad.Add(name+k.Code, err.Error())
				return nil
			}
			return &n
		}
		r.Low, r.High = end("low-", row.Low), end("high-", row.High)
		if row != (views.LabRange{Species: k.Code, Kind: k.Name}) {
			t.Ranges = append(t.Ranges, r)
		}
	}
	return t, f, bad
}

func (s *Server) createLabTest(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	kinds, err := s.speciesList(v)
	if err != nil {
		return answer{}, err
	}
	t, f, bad := v.typedLabTest(kinds)
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error { return labs.AddTest(ctx, tx, v.keys, row, t) })
	}
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.Action, f.Mistakes = labTestsPath, mistakes(bad)
		return v.labTestPage(http.StatusUnprocessableEntity, f)
	case err != nil && !errors.Is(err, labs.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Test added.")
	return goTo(labTestsPath), nil
}

// openLabTest reads the test of the path.
func (v *visit) openLabTest() (t labs.TestRow, kinds []registry.Species, err error) {
	row, err := v.row()
	if err != nil {
		return t, nil, err
	}
	if kinds, err = v.s.speciesList(v); err != nil {
		return t, nil, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		t, err = labs.OpenTest(ctx, tx, row)
		return err
	})
	return t, kinds, err
}

func (s *Server) editLabTest(v *visit) (answer, error) {
	t, kinds, err := v.openLabTest()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "lab-test", ObjectID: t.ID})
	return v.labTestPage(http.StatusOK, v.labTestForm(t, kinds))
}

func (s *Server) updateLabTest(v *visit) (answer, error) {
	was, kinds, err := v.openLabTest()
	if err != nil {
		return answer{}, err
	}
	t, f, bad := v.typedLabTest(kinds)
	if len(bad) == 0 {
		err = v.write(func(ctx context.Context, tx *db.Tx) error {
			return labs.ChangeTest(ctx, tx, v.keys, was.ID, v.version(), t)
		})
	}
	said, conflict := conflictIn(err)
	stored := v.labTestForm(was, kinds)
	switch {
	case len(bad) > 0 || errors.As(err, &bad):
		f.ID, f.Action, f.EndAction, f.Ended, f.Mistakes = "", stored.Action, stored.EndAction, stored.Ended, mistakes(bad)
		return v.labTestPage(http.StatusUnprocessableEntity, f)
	case conflict:
		v.record(audit.Entry{Action: audit.Opened, Object: "lab-test", ObjectID: was.ID})
		stored.Changed = said
		return v.labTestPage(http.StatusConflict, stored)
	case err != nil:
		return answer{}, err
	}
	v.say("Test saved.")
	return goTo(labTestsPath), nil
}

func (s *Server) createLabTestEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if err := v.write(func(ctx context.Context, tx *db.Tx) error { return labs.EndTest(ctx, tx, v.keys, row) }); err != nil {
		return answer{}, err
	}
	v.say("No longer made.")
	return goTo(labTestsPath), nil
}
