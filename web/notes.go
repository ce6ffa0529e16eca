package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/views"
)

func itoa(n int) string { return strconv.Itoa(n) }

// createDraft starts a note; where this person has one open about the animal, that one opens.
func (s *Server) createDraft(v *visit) (answer, error) {
	patient, err := v.row()
	if err != nil {
		return answer{}, err
	}
	row, err := v.newRow()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := records.StartConsult(ctx, tx, v.keys, row, patient)
		return err
	})
	if err != nil && !errors.Is(err, records.ErrAlreadySigned) && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	return goTo("/patients/" + patient.String()), nil
}

func (v *visit) draftView(d records.Draft) views.Draft {
	saved := ""
	if d.Version > 1 { // the first is the empty one it began with
		saved = v.minute(d.SavedAt)
	}
	return views.Draft{
		Page: v.page("patients"), SaveAction: "/drafts/" + d.ID.String(), SignAction: "/drafts/" + d.ID.String() + "/signature",
		Patient: d.Patient.String(), Heading: v.eventAt(d.EventAt, d.Author),
		Subjective: d.Subjective, Objective: d.Objective, Assessment: d.Assessment, Plan: d.Plan,
		Status: views.DraftStatus{Saved: saved, Version: strconv.FormatInt(d.Version, 10)}, MaySign: v.may(access.ClinicalSign),
	}
}

func (v *visit) typedNote() records.SOAP {
	return records.SOAP{
		Subjective: v.field("subjective"), Objective: v.field("objective"), Assessment: v.field("assessment"), Plan: v.field("plan"),
	}
}

// patientPath is the page a note's form stood on; what is no id leads to the list.
func (v *visit) patientPath() string {
	if !isRow(v.field("patient")) {
		return "/patients"
	}
	return "/patients/" + v.field("patient")
}

// sameAnimal refuses a form that was made on another animal's page than the draft is about.
func (v *visit) sameAnimal(ctx context.Context, tx *db.Tx, draft id.ID) error {
	d, err := records.OpenDraft(ctx, tx, v.keys, draft)
	if errors.Is(err, fault.Missing) {
		return nil // the verb tells a signed one from one that never was
	}
	if err != nil {
		return err
	}
	if d.Patient.String() != v.field("patient") {
		return fault.New(fault.Conflict, "This note is about another animal than the page it was sent from.")
	}
	return nil
}

// updateDraft saves the text: by the page itself every few seconds, or by the button.
func (s *Server) updateDraft(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if bad := v.unchosen(noteInputs(records.SOAP{})); len(bad) > 0 {
		return v.clashingDraft(row, bad)
	}
	var version int64
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if err := v.sameAnimal(ctx, tx, row); err != nil {
			return err
		}
		version, err = records.SaveDraft(ctx, tx, v.keys, row, v.version(), v.typedNote())
		return err
	})
	if err != nil {
		return v.draftRefused(row, err)
	}
	if v.atWork() {
		return shown(http.StatusOK, views.DraftStatusPart(views.DraftStatus{Saved: v.minute(s.Clock.Now()), Version: strconv.FormatInt(version, 10)})), nil
	}
	v.say("Draft saved.")
	return goTo(v.patientPath()), nil
}

// draftRefused answers what kept a draft from being saved or signed.
func (v *visit) draftRefused(row id.ID, err error) (answer, error) {
	var clash *registry.Conflict[records.SOAP]
	var bad fault.Fields
	switch {
	case errors.Is(err, records.ErrAlreadySigned):
		return goTo("/notes/" + row.String()), nil
	case errors.As(err, &clash) && v.atWork():
		return shown(http.StatusConflict, views.DraftStatusPart(views.DraftStatus{
			Version: v.field("version"), Clash: "Saved in another window of yours at " + v.minute(clash.At),
		})), nil
	case errors.As(err, &clash):
		t := v.twiceNote(row, clash.Theirs, clash.TheirVersion, clash.By)
		t.at, t.mine = clash.At, noteInputs(v.typedNote())
		if clash.Base != nil {
			t.base = noteInputs(*clash.Base)
		}
		return v.conflict(t), nil
	case errors.As(err, &bad):
		return v.mistakenDraft(row, bad)
	}
	return answer{}, err
}

func (v *visit) twiceNote(row id.ID, theirs records.SOAP, version int64, by id.ID) twice {
	return twice{
		action: "/drafts/" + row.String(), back: v.patientPath(), what: "The consult note", version: version, by: by,
		theirs: noteInputs(theirs), also: []input{{name: "patient", value: v.field("patient")}, {name: compared, value: "yes"}},
		seen: audit.Entry{Action: audit.Opened, Object: "draft", ObjectID: row},
	}
}

// compared is sent along by the comparison of two drafts, which is a page and not the note at work.
const compared = "compared"

// atWork reports whether the open note saves itself, and its answer is a word beside it.
func (v *visit) atWork() bool { return v.partial && v.field(compared) == "" }

// clashingDraft shows the choice again where something was left unchosen.
func (v *visit) clashingDraft(row id.ID, bad fault.Fields) (answer, error) {
	d, err := v.openDraft(row)
	if err != nil {
		return answer{}, err
	}
	t := v.twiceNote(row, d.SOAP, v.version(), d.Author)
	t.at, t.mine, t.bad = d.SavedAt, v.chosen(noteInputs(records.SOAP{})), bad
	return v.conflict(t), nil
}

func (v *visit) openDraft(row id.ID) (d records.Draft, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = records.OpenDraft(ctx, tx, v.keys, row)
		return err
	})
	return d, err
}

// mistakenDraft shows the note again with what was typed and what is wrong with it.
func (v *visit) mistakenDraft(row id.ID, bad fault.Fields) (answer, error) {
	d, err := v.openDraft(row)
	if err != nil {
		return answer{}, err
	}
	d.SOAP, d.Version = v.typedNote(), v.version() // still the form's, so that it meets what was saved since
	draft := v.draftView(d)
	draft.Mistakes = mistakes(bad)
	if v.partial {
		if draft.Page.Title, err = v.draftTitle(d.Patient); err != nil {
			return answer{}, err
		}
		return shown(http.StatusUnprocessableEntity, views.DraftPart(draft)), nil
	}
	rec, err := v.openRecord(d.Patient)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: d.Patient})
	view := v.recordView(rec)
	view.Draft = &draft
	return shown(http.StatusUnprocessableEntity, views.RecordPage(view)), nil
}

// draftTitle is what stands in the tab of a patient's page with an open note.
func (v *visit) draftTitle(patient id.ID) (string, error) {
	var p registry.PatientView
	err := v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = registry.OpenPatient(ctx, tx, v.keys, patient)
		return err
	})
	if err != nil {
		return "", err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient})
	return titleOf(p.PatientRow) + ", consult", nil
}

// pageOf names the animal of a page as its tab does.
func pageOf(b views.Banner) string { return strings.TrimSpace(b.Name + " " + b.Surname) }

func noteInputs(s records.SOAP) []input {
	return []input{
		{"subjective", "Subjective", s.Subjective},
		{"objective", "Objective", s.Objective},
		{"assessment", "Assessment", s.Assessment},
		{"plan", "Plan", s.Plan},
	}
}

// createSignature closes the note for good.
func (s *Server) createSignature(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		if err := v.sameAnimal(ctx, tx, row); err != nil {
			return err
		}
		return records.Sign(ctx, tx, v.keys, row, v.version(), v.typedNote())
	})
	if err != nil {
		return v.draftRefused(row, err)
	}
	v.say("Note signed.")
	return goTo("/notes/" + row.String()), nil
}

// showNote is a signed note with what was added to it.
func (s *Server) showNote(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	view, err := v.noteView(row)
	if err != nil {
		return answer{}, err
	}
	v.record(audit.Entry{Action: audit.Opened, Object: "note", ObjectID: row})
	return shown(http.StatusOK, views.NotePage(view)), nil
}

func (v *visit) noteView(row id.ID) (views.Note, error) {
	if !v.readsNotes() {
		return views.Note{}, fault.Missing
	}
	var n records.Note
	var addenda []records.Addendum
	var p registry.PatientView
	var with beside
	err := v.read(append(with.ofNote(v, row),
		func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = records.OpenNote(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			p, err = registry.OpenPatientOfNote(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			addenda, err = records.Addenda(ctx, tx, v.keys, row)
			return err
		},
	)...)
	if err != nil {
		return views.Note{}, err
	}
	species, err := v.s.species(v)
	if err != nil {
		return views.Note{}, err
	}
	view := views.Note{
		Page: v.page("patients"), Banner: v.banner(p, with, species), Title: "Consult", Heading: v.eventAt(n.EventAt, n.Author),
		Signed: v.day(n.SignedAt) + " " + v.minute(n.SignedAt), SignedAt: machine(n.SignedAt), SignedBy: v.policy.Name(n.Author),
	}
	for _, part := range noteInputs(n.SOAP) {
		if text := paragraphs(part.value); len(text) > 0 {
			view.Parts = append(view.Parts, views.NotePart{Letter: part.label[:1], Label: part.label, Paragraphs: text})
		}
	}
	for _, a := range addenda {
		view.Addenda = append(view.Addenda, views.Addendum{
			Kind: kindNames[a.Kind], When: sentence(v.moment(a.SignedAt)), At: machine(a.SignedAt), By: v.policy.Name(a.Author), Reason: a.Reason, Paragraphs: paragraphs(a.Text),
		})
	}
	if v.may(access.ClinicalSign) {
		view.Form = &views.AddendumForm{Page: view.Page, Action: "/notes/" + row.String() + "/addenda", ID: id.New().String(), Kind: string(records.KindAddendum)}
	}
	return view, nil
}

var kindNames = map[records.Kind]string{records.KindAddendum: "Addendum", records.KindCorrection: "Correction", records.KindLateEntry: "Late entry"}

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
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		return records.AddAddendum(ctx, tx, v.keys, row, note, records.Kind(v.field("kind")), v.field("reason"), v.field("text"))
	})
	var bad fault.Fields
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
	view.Form.Reason, view.Form.Text, view.Form.Mistakes = v.field("reason"), v.field("text"), mistakes(bad)
	if v.partial {
		return shown(http.StatusUnprocessableEntity, views.AddendumFormPart(*view.Form)), nil
	}
	return shown(http.StatusUnprocessableEntity, views.NotePage(view)), nil
}
