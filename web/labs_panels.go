package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/billing"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/labs"
	"paddock/views"
	"paddock/views/ui"
)

const labPanelsPath = "/lab-panels"

// labPanelPage shows the form, whose fields are filled already; chosen are its tests.
func (v *visit) labPanelPage(status int, f views.LabPanelForm, chosen []string) (answer, error) {
	var items []billing.ItemRow
	var tests []labs.TestRow
	err := v.read(soldItems(&items), func(ctx context.Context, tx *db.Tx) (err error) {
		tests, err = labs.Tests(ctx, tx, "", true)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	f.Page, f.Items = v.page("practice"), []ui.Option{{Value: "", Label: "Nothing"}}
	for _, i := range items {
		f.Items = append(f.Items, optionOf(i.ID, i.Code+", "+i.Name))
	}
	for _, t := range tests {
		if on := slices.Contains(chosen, t.ID.String()); on || t.EndedAt.IsZero() {
			f.Tests = append(f.Tests, views.Ticked{Value: t.ID.String(), Label: t.Name, On: on})
		}
	}
	if v.partial {
		return shown(status, views.LabPanelFormPart(f)), nil
	}
	return shown(status, views.LabPanelFormPage(f)), nil
}

func (s *Server) newLabPanel(v *visit) (answer, error) {
	return v.labPanelPage(http.StatusOK, views.LabPanelForm{Action: labPanelsPath, ID: id.New().String()}, nil)
}

// typedLabPanel reads the form.
func (v *visit) typedLabPanel() (p labs.Panel, f views.LabPanelForm, err error) {
	f = views.LabPanelForm{Name: v.field("name"), Item: v.field("item")}
	p = labs.Panel{Name: f.Name}
	if p.Tests, err = rowsOf(v.form()["tests"]); err != nil {
		return p, f, err
	}
	if f.Item != "" {
		p.Item, err = rowOf(f.Item)
	}
	return p, f, err
}

func (s *Server) createLabPanel(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	p, f, err := v.typedLabPanel()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error { return labs.AddPanel(ctx, tx, v.keys, row, p) })
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		f.Action, f.ID, f.Mistakes = labPanelsPath, row.String(), mistakes(bad)
		return v.labPanelPage(http.StatusUnprocessableEntity, f, v.form()["tests"])
	case err != nil && !errors.Is(err, labs.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Panel added.")
	return goTo(labTestsPath), nil
}

// openLabPanel reads the panel of the path, and its form as it is stored.
func (v *visit) openLabPanel() (p labs.PanelRow, f views.LabPanelForm, chosen []string, err error) {
	row, err := v.row()
	if err != nil {
		return p, f, nil, err
	}
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = labs.OpenPanel(ctx, tx, row)
		return err
	})
	path := labPanelsPath + "/" + row.String()
	f = views.LabPanelForm{Action: path, EndAction: path + "/ending", Version: strconv.FormatInt(p.Version, 10), Name: p.Name, Ended: !p.EndedAt.IsZero()}
	if !p.Item.IsZero() {
		f.Item = p.Item.String()
	}
	for _, t := range p.Tests {
		chosen = append(chosen, t.String())
	}
	return p, f, chosen, err
}

func (s *Server) editLabPanel(v *visit) (answer, error) {
	p, f, chosen, err := v.openLabPanel()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "lab-panel", ObjectID: p.ID})
	return v.labPanelPage(http.StatusOK, f, chosen)
}

func (s *Server) updateLabPanel(v *visit) (answer, error) {
	was, stored, chosen, err := v.openLabPanel()
	if err != nil {
		return answer{}, err
	}
	p, f, err := v.typedLabPanel()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return labs.ChangePanel(ctx, tx, v.keys, was.ID, v.version(), p)
	})
	var bad fault.Fields
	said, conflict := conflictIn(err)
	switch {
	case errors.As(err, &bad):
		f.Action, f.EndAction, f.Ended, f.Version, f.Mistakes = stored.Action, stored.EndAction, stored.Ended, strconv.FormatInt(max(1, v.version()), 10), mistakes(bad)
		return v.labPanelPage(http.StatusUnprocessableEntity, f, v.form()["tests"])
	case conflict:
		v.record(audit.Entry{Action: audit.Opened, Object: "lab-panel", ObjectID: was.ID})
		stored.Changed = said
		return v.labPanelPage(http.StatusConflict, stored, chosen)
	case err != nil:
		return answer{}, err
	}
	v.say("Panel saved.")
	return goTo(labTestsPath), nil
}

func (s *Server) createLabPanelEnding(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if err := v.write(func(ctx context.Context, tx *db.Tx) error { return labs.EndPanel(ctx, tx, v.keys, row) }); err != nil {
		return answer{}, err
	}
	v.say("No longer offered.")
	return goTo(labTestsPath), nil
}
