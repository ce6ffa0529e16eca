package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/identity"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// practiceSetup is what the pages of Practice read of the schedule.
type practiceSetup struct {
	resources []scheduling.ResourceRow
	types     []scheduling.TypeRow
	hours     []scheduling.Rule // of the clinic
}

func (v *visit) openPractice() (p practiceSetup, err error) {
	err = v.read(
		func(ctx context.Context, tx *db.Tx) (err error) {
			p.resources, err = scheduling.Resources(ctx, tx, v.keys)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			p.types, err = scheduling.Types(ctx, tx)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			p.hours, err = scheduling.Hours(ctx, tx, id.ID{}, v.today())
			return err
		},
	)
	return p, err
}

// steps lead through a clinic that has no schedule yet; none where it has.
func (p practiceSetup) steps() []views.SetupStep {
	people, types := false, false
	for _, r := range p.resources {
		people = people || r.Stands() && (r.Kind == scheduling.Vet || r.Kind == scheduling.Nurse)
	}
	for _, t := range p.types {
		types = types || t.Stands()
	}
	if people && types && len(p.hours) > 0 {
		return nil
	}
	return []views.SetupStep{
		{Href: "/resources", Label: "Columns and rooms", Line: "Who sees patients, and where", Done: people},
		{Href: "/hours", Label: "Hours", Line: "When the clinic is open, and who works when", Done: len(p.hours) > 0},
		{Href: "/appointment-types", Label: "Types", Line: "Why they come, and how long it takes", Done: types},
	}
}

// listResources shows what can be booked.
func (s *Server) listResources(v *visit) (answer, error) {
	return v.resourcesPage(http.StatusOK, views.ResourceForm{ID: id.New().String(), Kind: scheduling.Vet})
}

func (v *visit) resourcesPage(status int, form views.ResourceForm) (answer, error) {
	p, err := v.openPractice()
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Listed, Object: "resource"})
	form.Action, form.Heading = "/resources", "Add one"
	if form.Position == "" {
		form.Position = strconv.Itoa(len(p.resources) + 1)
	}
	v.fillResource(&form, p, id.ID{})
	if v.partial {
		return shown(status, views.ResourceFormPart(form)), nil
	}
	view := views.Resources{Page: v.page("practice"), Steps: p.steps(), Add: form}
	for _, r := range p.resources {
		line := views.ResourceLine{Kind: resourceNames[r.Kind], Called: r.Called, Line: r.RoomCalled}
		path := "/resources/" + r.ID.String()
		if !r.Stands() {
			line.ReturnAction = path + "/return"
			view.Ended = append(view.Ended, line)
			continue
		}
		line.EditHref, line.HoursHref, line.EndAction = path+"/edit", "/hours?of="+r.ID.String(), path+"/ending"
		view.Rows = append(view.Rows, line)
	}
	return shown(status, views.ResourcesPage(view)), nil
}

// fillResource puts the choices into the form of one, but itself.
func (v *visit) fillResource(form *views.ResourceForm, p practiceSetup, but id.ID) {
	form.Page, form.Kinds = v.page("practice"), resourceKinds
	form.People, form.Rooms = []ui.Option{{Value: "", Label: "Nobody: a room or a thing"}}, []ui.Option{{Value: "", Label: "No room of its own"}}
	taken := map[id.ID]bool{}
	for _, r := range p.resources {
		if r.ID == but {
			continue
		}
		if !r.Person.IsZero() {
			taken[r.Person] = true
		}
		if r.Stands() && r.Kind != scheduling.Vet && r.Kind != scheduling.Nurse {
			form.Rooms = append(form.Rooms, ui.Option{Value: r.ID.String(), Label: r.Called})
		}
	}
	for _, m := range v.policy.Members() {
		if m.State == identity.Active && !taken[m.ID] {
			form.People = append(form.People, ui.Option{Value: m.ID.String(), Label: m.Name})
		}
	}
}

// typedResource is the form as it was sent.
func (v *visit) typedResource() (form views.ResourceForm, r scheduling.Resource, bad fault.Fields, err error) {
	form = views.ResourceForm{
		Version: v.field("version"), Kind: v.field("kind"), Name: v.field("name"), Person: v.field("person"), Room: v.field("room"), Position: v.field("position"),
	}
	r.Kind, r.Name = form.Kind, strings.TrimSpace(form.Name)
	for text, into := range map[string]*id.ID{form.Person: &r.Person, form.Room: &r.Room} {
		if text != "" {
			if *into, err = rowOf(text); err != nil {
				return form, r, nil, err
			}
		}
	}
	if r.Position, err = parseCount(form.Position); err != nil {
		bad.Add("position", err.Error())
	}
	if m, known := v.policy.Member(r.Person); known && r.Name == "" {
		r.Name = m.Name
	}
	return form, r, bad, nil
}

// createResource adds one.
func (s *Server) createResource(v *visit) (answer, error) {
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	form, r, bad, err := v.typedResource()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		bad, err = saved[scheduling.Resource](v, &form.Version, func(ctx context.Context, tx *db.Tx) error { return scheduling.AddResource(ctx, tx, v.keys, row, r) })
		if err != nil {
			return answer{}, err
		}
	}
	if len(bad) > 0 {
		form.ID, form.Mistakes = row.String(), mistakes(bad)
		return v.resourcesPage(http.StatusUnprocessableEntity, form)
	}
	v.say("Added.")
	return goTo("/resources"), nil
}

// editResource shows the form of one.
func (s *Server) editResource(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	return v.resourcePage(http.StatusOK, row, nil)
}

// resourcePage shows the form of one, as it is or as it was typed.
func (v *visit) resourcePage(status int, row id.ID, typed *views.ResourceForm) (answer, error) {
	p, err := v.openPractice()
	if err != nil {
		return answer{}, err
	}
	for _, r := range p.resources {
		if r.ID != row {
			continue
		}
		v.record(audit.Entry{Action: audit.Opened, Object: "resource", ObjectID: row})
		form := views.ResourceForm{Version: strconv.FormatInt(r.Version, 10), Kind: r.Kind, Name: r.Name, Position: strconv.Itoa(r.Position)}
		if !r.Person.IsZero() {
			form.Person = r.Person.String()
		}
		if !r.Room.IsZero() {
			form.Room = r.Room.String()
		}
		if typed != nil {
			form = *typed
		}
		form.Action, form.Heading, form.Cancel = "/resources/"+row.String(), "Change "+r.Called, "/resources"
		v.fillResource(&form, p, row)
		if v.partial {
			return shown(status, views.ResourceFormPart(form)), nil
		}
		return shown(status, views.ResourceFormPage(form)), nil
	}
	return answer{}, fault.Missing
}

// updateResource saves one.
func (s *Server) updateResource(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	form, r, bad, err := v.typedResource()
	if err != nil {
		return answer{}, err
	}
	if len(bad) == 0 {
		bad, err = saved[scheduling.Resource](v, &form.Version, func(ctx context.Context, tx *db.Tx) error {
			return scheduling.EditResource(ctx, tx, v.keys, row, v.version(), r)
		})
		if err != nil {
			return answer{}, err
		}
	}
	if len(bad) > 0 {
		form.Mistakes = mistakes(bad)
		return v.resourcePage(http.StatusUnprocessableEntity, row, &form)
	}
	v.say("Saved.")
	return goTo("/resources"), nil
}

// createResourceEnding takes one out of the schedule.
func (s *Server) createResourceEnding(v *visit) (answer, error) {
	done, err := v.rowAct("/resources", "Taken out of the schedule.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return scheduling.EndResource(ctx, tx, v.desk(), row)
	})
	var bad fault.Fields
	if errors.As(err, &bad) {
		form := views.ResourceForm{ID: id.New().String(), Kind: scheduling.Vet, Mistakes: mistakes(namelessly(bad))}
		v.partial = false
		return v.resourcesPage(http.StatusUnprocessableEntity, form)
	}
	return done, err
}

// createResourceReturn puts one on the schedule again.
func (s *Server) createResourceReturn(v *visit) (answer, error) {
	return v.rowAct("/resources", "On the schedule again.", func(ctx context.Context, tx *db.Tx, row id.ID) error {
		return scheduling.BringResourceBack(ctx, tx, v.desk(), row)
	})
}

// namelessly are mistakes about no input of the form that shows them.
func namelessly(bad fault.Fields) fault.Fields {
	out := make(fault.Fields, len(bad))
	for i, m := range bad {
		out[i] = fault.Field{Message: m.Message}
	}
	return out
}
