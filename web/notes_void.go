package web

import (
	"context"
	"errors"
	"net/http"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

// addVoid says on a note's page that it was entered in error, or lets those who may say it.
func (v *visit) addVoid(view *views.Note, note id.ID, void records.Voided) {
	switch {
	case !void.At.IsZero():
		view.Void = &views.NoteVoid{By: v.policy.Name(void.By), When: v.moment(void.At), At: machine(void.At), Reason: paragraphs(void.Reason)}
	case v.may(access.ClinicalVoid):
		view.VoidForm = &views.VoidForm{Page: view.Page, Action: "/notes/" + note.String() + "/void", ID: id.New().String()}
	}
}

// createVoid marks a signed note as entered in error.
func (s *Server) createVoid(v *visit) (answer, error) {
	note, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return records.Void(ctx, tx, v.keys, row, note, v.field("void_reason"))
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.mistakenVoid(note, row, bad)
	case errors.Is(err, records.ErrVoided):
		v.say("This note was marked as entered in error already.")
		return goTo("/notes/" + note.String()), nil
	case err != nil && !errors.Is(err, registry.ErrAlreadyThere):
		return answer{}, err
	}
	v.say("Marked as entered in error.")
	return goTo("/notes/" + note.String()), nil
}

func (v *visit) mistakenVoid(note, row id.ID, bad fault.Fields) (answer, error) {
	view, err := v.noteView(note)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "note", ObjectID: note})
	if view.VoidForm == nil { // somebody else was faster
		if v.partial {
			return v.problem(http.StatusConflict, "This note was marked as entered in error already.", "Open the page again to see how it stands now."), nil
		}
		return shown(http.StatusConflict, views.NotePage(view)), nil
	}
	bad[0].Name = "void_reason" // the page has another reason, of the addendum
	view.VoidForm.ID, view.VoidForm.Reason, view.VoidForm.Mistakes = row.String(), v.field("void_reason"), mistakes(bad)
	view.VoidForm.Page.Title = pageOf(view.Banner) + ", " + view.Title
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.VoidFormPart(*view.VoidForm)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.NotePage(view)), nil
}
