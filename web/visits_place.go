package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/scheduling"
	"paddock/views"
	"paddock/views/ui"
)

// assignForm gives a visit that has come in to somebody.
func (v *visit) assignForm(r cardRead, path string) *views.AssignForm {
	f := &views.AssignForm{Page: v.page("today"), Action: path + "/assignment", Withs: []ui.Option{{Value: "", Label: "Nobody yet"}}}
	f.Withs = append(f.Withs, people(r.resources)...)
	if with := r.With(); !with.IsZero() {
		f.With = with.String()
	}
	return f
}

// placeForm says where in the building they are, and when to look again.
func (v *visit) placeForm(r cardRead, path string) *views.PlaceForm {
	f := &views.PlaceForm{Page: v.page("today"), Action: path + "/place", Places: []ui.Option{{Value: "", Label: "Not said"}}}
	for _, one := range bySchedule(r.resources) {
		if one.Stands() && inView(one.Kind, roomsView) {
			f.Places = append(f.Places, ui.Option{Value: one.ID.String(), Label: one.Called})
		}
	}
	if !r.Place.IsZero() {
		f.Place = r.Place.String()
	}
	if !r.NextAt.IsZero() {
		f.Next = v.minute(r.NextAt)
	}
	return f
}

// people are the resources that are somebody, in the order of the schedule.
func people(resources map[id.ID]scheduling.ResourceRow) []ui.Option {
	var out []ui.Option
	for _, one := range bySchedule(resources) {
		if one.Stands() && inView(one.Kind, dayView) {
			out = append(out, ui.Option{Value: one.ID.String(), Label: one.Called})
		}
	}
	return out
}

func bySchedule(resources map[id.ID]scheduling.ResourceRow) []scheduling.ResourceRow {
	list := make([]scheduling.ResourceRow, 0, len(resources))
	for _, one := range resources {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b scheduling.ResourceRow) int {
		return cmp.Or(a.Position-b.Position, cmp.Compare(a.Called, b.Called), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return list
}

// optionalRow is the id a choice sends, zero for the one that chooses nothing.
func (v *visit) optionalRow(name string) (id.ID, error) {
	if v.field(name) == "" {
		return id.ID{}, nil
	}
	return rowOf(v.field(name))
}

// assignVisit gives a visit that has come in to somebody, or to nobody.
func (s *Server) assignVisit(v *visit) (answer, error) {
	appointment, err := v.row()
	if err != nil {
		return answer{}, err
	}
	with, err := v.optionalRow("with")
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return scheduling.AssignTo(ctx, tx, v.desk(), appointment, with)
	})
	return v.acted(appointment, id.ID{}, err, false)
}

// placeVisit says where in the building somebody is, and when to look again.
func (s *Server) placeVisit(v *visit) (answer, error) {
	appointment, err := v.row()
	if err != nil {
		return answer{}, err
	}
	place, err := v.optionalRow("place")
	if err != nil {
		return answer{}, err
	}
	var next time.Time
	if typed := strings.TrimSpace(v.field("next")); typed != "" {
		minute, err := parseClock(typed)
		if err != nil {
			return v.badPlace(appointment, place, typed, fault.Fields{{Name: "next", Message: err.Error()}})
		}
		day := v.today()
		next = time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, v.clinic.Zone()).UTC()
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if err := scheduling.Place(ctx, tx, v.desk(), appointment, place); err != nil {
			return err
		}
		return scheduling.LookAgain(ctx, tx, v.desk(), appointment, next)
	})
	return v.acted(appointment, id.ID{}, err, false)
}

// badPlace shows the card again with what was typed.
func (v *visit) badPlace(appointment, place id.ID, typed string, bad fault.Fields) (answer, error) {
	r, err := v.openCard(appointment)
	if err != nil {
		return answer{}, err
	}
	view := v.cardView(r)
	if view.Whereabouts != nil {
		view.Whereabouts.Next, view.Whereabouts.Mistakes = typed, mistakes(bad)
		view.Whereabouts.Place = ""
		if !place.IsZero() {
			view.Whereabouts.Place = place.String()
		}
	}
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.PlaceFormPart(*view.Whereabouts, view.Back)), nil
	}
	return v.cardAnswer(http.StatusUnprocessableEntity, view)
}
