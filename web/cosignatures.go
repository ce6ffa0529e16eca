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
	"paddock/internal/scheduling"
	"paddock/views"
)

// createHandover closes a trainee's note: it waits for a co-signature, and what it charged does not.
func (s *Server) createHandover(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		d, err := v.sameAnimal(ctx, tx, row)
		if err != nil {
			return err
		}
		if err := records.SignSupervised(ctx, tx, v.keys, row, v.writing(), v.typedNote()); err != nil {
			return err
		}
		return scheduling.SendToDesk(ctx, tx, v.desk(), id.New(), d.Visit)
	})
	if err != nil {
		return v.draftRefused(row, err)
	}
	v.say("Note signed. It waits for a co-signature.")
	return goTo("/notes/" + row.String()), nil
}

// addCosign says on a note's page that it is not approved yet or by whom it is, and lets those who may approve it.
func (v *visit) addCosign(view *views.Note, n records.Note, h records.Handover, void records.Voided) {
	if !h.Supervised {
		return
	}
	c := &views.Cosign{Waits: h.Waits()}
	view.Cosign = c
	if !c.Waits {
		c.By, c.When, c.At = v.policy.Name(h.By), v.moment(h.At), machine(h.At)
		return
	}
	if v.may(access.ClinicalSign) && n.Author != v.current.Person.ID && void.At.IsZero() {
		c.Form = &views.CosignForm{Page: view.Page, Action: "/notes/" + n.ID.String() + "/co-signature"}
	}
}

// createCosignature approves the note of a trainee.
func (s *Server) createCosignature(v *visit) (answer, error) {
	note, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return records.Cosign(ctx, tx, v.keys, note, v.field("remark"))
	})
	var bad fault.Fields
	switch {
	case errors.As(err, &bad):
		return v.mistakenCosign(note, bad)
	case errors.Is(err, records.ErrCosigned):
		v.say("This note is co-signed already.")
		return goTo("/notes/" + note.String()), nil
	case err != nil:
		return answer{}, err
	}
	v.say("Co-signed.")
	return goTo("/notes/" + note.String()), nil
}

func (v *visit) mistakenCosign(note id.ID, bad fault.Fields) (answer, error) {
	view, err := v.noteView(note)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "note", ObjectID: note})
	if view.Cosign == nil || view.Cosign.Form == nil { // somebody else was faster
		return shown(http.StatusConflict, views.NotePage(view)), nil
	}
	form := view.Cosign.Form
	form.Remark, form.Mistakes = v.field("remark"), mistakes(bad)
	form.Page.Title = pageOf(view.Banner) + ", " + view.Title
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.CosignFormPart(*form)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.NotePage(view)), nil
}

// cosigns reports whether this person is asked for co-signatures.
func (v *visit) cosigns() bool { return v.may(access.ClinicalSign) && v.readsNotes() }

// waitingNotes are the notes that wait for this person, on the page of today.
func (v *visit) waitingNotes(rows []records.WaitingNote) (out []views.WaitingNote) {
	for _, r := range rows {
		out = append(out, views.WaitingNote{Href: "/notes/" + r.ID.String(), When: v.moment(r.At), By: v.policy.Name(r.Author)})
	}
	return out
}
