package web

import (
	"context"
	"errors"
	"net/http"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

// partNames are the parts of a note in words.
var partNames = map[string]string{
	"subjective": "Subjective", "objective": "Objective", "assessment": "Assessment", "plan": "Plan", "vitals": "Vital signs", "orders": "Plan and bill",
}

// createPresence hears from a window in which somebody writes, or that it is left. It changes nothing of the record
// and is not in it, holds none of the words, and does not count as activity.
func (s *Server) createPresence(v *visit) (answer, error) {
	draft, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if v.field("part") == "" {
			return records.EndPresence(ctx, tx, v.keys, v.window(), draft)
		}
		return records.BePresent(ctx, tx, v.keys, v.window(), draft, v.field("part"))
	})
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	return silent(), nil
}

// showPresent is who writes about a patient now: the fragment that pages fetch anew.
func (s *Server) showPresent(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if !v.readsNotes() {
		return answer{}, fault.Missing
	}
	var present []records.Presence
	err = v.read(
		func(ctx context.Context, tx *db.Tx) error { return records.IsPatient(ctx, tx, patient) },
		func(ctx context.Context, tx *db.Tx) (err error) {
			present, err = records.Present(ctx, tx, patient)
			return err
		},
	)
	if err != nil {
		return answer{}, err
	}
	window, err := rowOf(v.r.URL.Query().Get("window"))
	if err != nil {
		window = id.ID{}
	}
	return shown(http.StatusOK, views.PresentPart(v.presentView(patient, window, present))), nil
}

// presentView is who writes about a patient, but for the window that asks.
func (v *visit) presentView(patient, window id.ID, list []records.Presence) views.Present {
	view := views.Present{Page: v.page("patients"), Href: "/patients/" + patient.String() + "/writing"}
	if !window.IsZero() {
		view.Href += "?window=" + window.String()
	}
	for _, p := range list {
		if p.Window == window {
			continue
		}
		w := views.Writer{Part: partNames[p.Part], Since: v.minute(p.Since), At: machine(p.Since)}
		if p.Person != v.current.Person.ID {
			w.Name = v.policy.Name(p.Person)
		}
		view.Writers = append(view.Writers, w)
	}
	return view
}

// windowOf is the id of the window that shows an open note, zero where none is shown.
func windowOf(d *views.Draft) id.ID {
	if d == nil {
		return id.ID{}
	}
	row, err := rowOf(d.Window)
	if err != nil {
		return id.ID{}
	}
	return row
}
