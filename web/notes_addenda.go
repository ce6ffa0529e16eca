package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

var kindNames = map[records.Kind]string{records.KindAddendum: "Addendum", records.KindCorrection: "Correction", records.KindLateEntry: "Late entry"}

// happened is when a late entry says that something was, zero where nothing is said.
func (v *visit) happened() (time.Time, error) {
	if strings.TrimSpace(v.field("happened")) == "" {
		return time.Time{}, nil
	}
	return registry.ParseMoment(v.field("happened"), v.now())
}

// about is the time of what a late entry tells, "" for words that are about the note.
func (v *visit) about(a records.Addendum) string {
	if a.Kind != records.KindLateEntry {
		return ""
	}
	return v.moment(a.EventAt)
}

// createAddendum ties later words to a signed note.
func (s *Server) createAddendum(v *visit) (answer, error) {
	note, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	var bad fault.Fields
	happened, err := v.happened()
	if err != nil {
		bad.Add("happened", err.Error())
		return v.mistakenAddendum(note, row, bad)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return records.AddAddendum(ctx, tx, v.keys, row, note, records.Kind(v.field("kind")), happened, v.field("reason"), v.field("text"))
	})
	if errors.As(err, &bad) {
		return v.mistakenAddendum(note, row, bad)
	}
	if err != nil && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	v.say("Added to the note.")
	return goTo("/notes/" + note.String()), nil
}

func (v *visit) mistakenAddendum(note, row id.ID, bad fault.Fields) (answer, error) {
	view, err := v.noteView(note)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "note", ObjectID: note})
	view.Form.Page.Title = pageOf(view.Banner) + ", " + view.Title
	view.Form.ID, view.Form.Kind = row.String(), v.field("kind")
	view.Form.Happened = v.field("happened")
	view.Form.Reason, view.Form.Text, view.Form.Mistakes = v.field("reason"), v.field("text"), mistakes(bad)
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.AddendumFormPart(*view.Form)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.NotePage(view)), nil
}
