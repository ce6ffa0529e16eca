package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

var (
	typeColours = []ui.Option{
		{Value: "plain", Label: "Plain"},
		{Value: "blue", Label: "Blue"},
		{Value: "green", Label: "Green"},
		{Value: "amber", Label: "Amber"},
		{Value: "violet", Label: "Violet"},
		{Value: "red", Label: "Red"},
	}
	typeNeeds = []ui.Option{{Value: scheduling.NeedsVet, Label: "A vet"}, {Value: scheduling.NeedsNurse, Label: "A nurse"}, {Value: scheduling.Anyone, Label: "A vet or a nurse"}}
	typeRooms = []ui.Option{
		{Value: "", Label: "Anywhere"}, {Value: scheduling.Room, Label: "A room"}, {Value: scheduling.Theatre, Label: "The theatre"}, {Value: scheduling.Equipment, Label: "A piece of equipment"},
	}
)

// labelOf is what a choice is called.
func labelOf(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// listTypes shows why somebody comes.
func (s *Server) listTypes(v *visit) (answer, error) {
	return v.typesPage(http.StatusOK, views.VisitTypeForm{ID: id.New().String(), Minutes: "15", Colour: "plain", Needs: scheduling.NeedsVet})
}

func (v *visit) typesPage(status int, form views.VisitTypeForm) (answer, error) {
	p, err := v.openPractice()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "appointment-type"})
	form.Action, form.Heading = "/appointment-types", "Add a type"
	if form.Position == "" {
		form.Position = strconv.Itoa(len(p.types) + 1)
	}
	v.fillType(&form)
	if v.partial {
		return shown(status, views.VisitTypeFormPart(form)), nil
	}
	view := views.VisitTypes{Page: v.page("practice"), Add: form}
	for _, t := range p.types {
		path := "/appointment-types/" + t.ID.String()
		if !t.Stands() {
			view.Ended = append(view.Ended, views.VisitTypeLine{Name: t.Name, Colour: t.Colour, Length: strconv.Itoa(t.Minutes) + " min", Needs: typeNeeded(t.Type), ReturnAction: path + "/return"})
			continue
		}
		line := views.VisitTypeLine{
			Name: t.Name, Colour: t.Colour, Length: strconv.Itoa(t.Minutes) + " min", Needs: typeNeeded(t.Type), Quiet: t.Quiet,
			EditHref: path + "/edit", EndAction: path + "/ending",
		}
		view.Rows = append(view.Rows, line)
	}
	return shown(status, views.VisitTypesPage(view)), nil
}

// typeNeeded is who and where a type needs: "a vet and a theatre".
func typeNeeded(t scheduling.Type) string {
	needs := strings.ToLower(labelOf(typeNeeds, t.Needs))
	if t.NeedsRoom != "" {
		needs += " and " + strings.ToLower(labelOf(typeRooms, t.NeedsRoom))
	}
	return needs
}

func (v *visit) fillType(form *views.VisitTypeForm) {
	form.Page, form.Colours, form.Needed, form.Rooms = v.page("practice"), typeColours, typeNeeds, typeRooms
}

// typedType is the form as it was sent.
func (v *visit) typedType() (form views.VisitTypeForm, t scheduling.Type, bad fault.Fields) {
	form = views.VisitTypeForm{
		Version: v.field("version"), Name: v.field("name"), Minutes: v.field("minutes"), Position: v.field("position"), Colour: v.field("colour"),
		Needs: v.field("needs"), Room: v.field("needs_room"), Quiet: v.field("quiet") == "yes",
	}
	t = scheduling.Type{Name: strings.TrimSpace(form.Name), Colour: form.Colour, Needs: form.Needs, NeedsRoom: form.Room, Quiet: form.Quiet}
	var err error
	if t.Minutes, err = parseCount(form.Minutes); err != nil {
		bad.Add("minutes", err.Error())
	}
	if t.Position, err = parseCount(form.Position); err != nil {
		bad.Add("position", err.Error())
	}
	return form, t, bad
}

// createType adds one.
func (s *Server) createType(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	form, t, bad := v.typedType()
	if len(bad) == 0 {
		bad, err = saved[scheduling.Type](v, &form.Version, func(ctx context.Context, tx *db.Tx) error { return scheduling.AddType(ctx, tx, v.keys, row, t) })
		if err != nil {
			return answer{}, err
		}
	}
	if len(bad) > 0 {
		form.ID, form.Mistakes = row.String(), mistakes(bad)
		return v.typesPage(http.StatusUnprocessableEntity, form)
	}
	v.say("Added.")
	return goTo("/appointment-types"), nil
}

// editType shows the form of one.
func (s *Server) editType(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.typePage(http.StatusOK, row, nil)
}

// typePage shows the form of one, as it is or as it was typed.
func (v *visit) typePage(status int, row id.ID, typed *views.VisitTypeForm) (answer, error) {
	p, err := v.openPractice()
	if err != nil {
		return answer{}, err
	}
	for _, t := range p.types {
		if t.ID != row {
			continue
		}
		v.record(audit.Entry{Action: audit.Opened, Object: "appointment-type", ObjectID: row})
		form := views.VisitTypeForm{
			Version: strconv.FormatInt(t.Version, 10), Name: t.Name, Minutes: strconv.Itoa(t.Minutes), Position: strconv.Itoa(t.Position), Colour: t.Colour,
			Needs: t.Needs, Room: t.NeedsRoom, Quiet: t.Quiet,
		}
		if typed != nil {
			form = *typed
		}
		form.Action, form.Heading, form.Cancel = "/appointment-types/"+row.String(), "Change "+t.Name, "/appointment-types"
		v.fillType(&form)
		if v.partial {
			return shown(status, views.VisitTypeFormPart(form)), nil
		}
		return shown(status, views.VisitTypeFormPage(form)), nil
	}
	return answer{}, fault.Missing
}

// updateType saves one.
func (s *Server) updateType(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	form, t, bad := v.typedType()
	if len(bad) == 0 {
		bad, err = saved[scheduling.Type](v, &form.Version, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.EditType(ctx, tx, v.keys, row, v.version(), t)
		})
		if err != nil {
			return answer{}, err
		}
	}
	if len(bad) > 0 {
		form.Mistakes = mistakes(bad)
		return v.typePage(http.StatusUnprocessableEntity, row, &form)
	}
	v.say("Saved.")
	return goTo("/appointment-types"), nil
}

// createTypeEnding offers one no more.
func (s *Server) createTypeEnding(v *visit) (answer, error) {
	return v.rowAct("/appointment-types", "Taken out.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return scheduling.EndType(ctx, tx, v.keys, row)
	})
}

// createTypeReturn offers one again.
func (s *Server) createTypeReturn(v *visit) (answer, error) {
	return v.rowAct("/appointment-types", "Offered again.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return scheduling.BringTypeBack(ctx, tx, v.keys, row)
	})
}
