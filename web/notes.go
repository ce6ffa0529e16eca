package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"paddock/db"
	"paddock/internal/access"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/scheduling"
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
		d, err := records.StartConsult(ctx, tx, v.keys, row, patient)
		if err != nil {
			return err
		}
		return scheduling.CallIn(ctx, tx, v.desk(), id.New(), d.Visit)
	})
	if err != nil && !errors.Is(err, records.ErrAlreadySigned) && !errors.Is(err, registry.ErrAlreadyThere) {
		return answer{}, err
	}
	return goTo("/patients/" + patient.String()), nil
}

func (v *visit) draftView(d records.Draft, weights []registry.WeightRow) views.Draft {
	saved := ""
	if d.Version > 1 { // the first is the empty one it began with
		saved = v.minute(d.SavedAt)
	}
	view := views.Draft{
		Page: v.page("patients"), SaveAction: "/drafts/" + d.ID.String(), SignAction: "/drafts/" + d.ID.String() + "/signature",
		Patient: d.Patient.String(), Heading: v.eventAt(d.EventAt, d.Author),
		Subjective: d.Subjective, Objective: d.Objective, Assessment: d.Assessment, Plan: d.Plan,
		Status: views.DraftStatus{Saved: saved, Version: strconv.FormatInt(d.Version, 10)}, MaySign: v.may(access.ClinicalSign),
		ToDesk: !d.Visit.IsZero(), Supervised: v.needsCosign(), Window: id.New().String(), Turn: "0", PresenceAction: "/drafts/" + d.ID.String() + "/presence",
	}
	if w := v.window(); !w.IsZero() { // the same one, with a mistake in it
		view.Window, view.Turn = w.String(), strconv.FormatInt(v.turn(), 10)
	}
	if view.Supervised {
		view.MaySign, view.SignAction = true, view.SaveAction+"/hand-over"
	}
	if d.Apart {
		view.TextsHref = textsPath(d.ID)
	}
	v.addVitals(&view, d, weights)
	return view
}

// patientPath is the page a note's form stood on; what is no id leads to the list.
func (v *visit) patientPath() string {
	if !isRow(v.field("patient")) {
		return "/patients"
	}
	return "/patients/" + v.field("patient")
}

// sameAnimal refuses a form that was made on another animal's page than the draft is about, and gives the draft.
func (v *visit) sameAnimal(ctx context.Context, tx *db.Tx, draft id.ID) (records.Draft, error) {
	d, err := records.OpenDraft(ctx, tx, v.keys, draft)
	if errors.Is(err, fault.Missing) {
		return d, nil // the verb tells a signed one from one that never was
	}
	if err != nil {
		return d, err
	}
	if d.Patient.String() != v.field("patient") {
		return d, fault.New(fault.Conflict, "This note is about another animal than the page it was sent from.")
	}
	return d, nil
}

// updateDraft saves the text: by the page itself every few seconds, or by the button.
func (s *Server) updateDraft(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if v.field("keep") == "saved" {
		return v.keepSaved(row)
	}
	if bad := v.unchosen(noteInputs(records.SOAP{})); len(bad) > 0 {
		return v.clashingDraft(row, bad)
	}
	if !v.atWork() && v.field("item") != "" {
		return v.mistakenDraft(row, notAdded)
	}
	var version int64
	err = v.write(func(ctx context.Context, tx *db.Tx) (err error) {
		if _, err := v.sameAnimal(ctx, tx, row); err != nil {
			return err
		}
		note, err := v.withSnippet(ctx, tx, v.typedNote())
		if err != nil {
			return err
		}
		if version, err = records.SaveDraft(ctx, tx, v.keys, row, v.writing(), note); err != nil {
			return err
		}
		return v.chooseSide(ctx, tx, row)
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
	case errors.As(err, &clash):
		return v.clashedDraft(row, clash)
	case errors.Is(err, records.ErrApart):
		return v.apartDraft(row)
	case errors.As(err, &bad):
		return v.mistakenDraft(row, bad)
	}
	return answer{}, err
}

// compared is sent along by the comparison of two drafts, which is a page and not the note at work.
const compared = "compared"

// atWork reports whether the open note saves itself, and its answer is a word beside it.
func (v *visit) atWork() bool { return v.partial && v.field(compared) == "" }

func (v *visit) openDraft(row id.ID) (d records.Draft, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = records.OpenDraft(ctx, tx, v.keys, row)
		return err
	})
	return d, err
}

// weightsOf are the weighings of an animal whose note is shown by itself.
func (v *visit) weightsOf(patient id.ID) (rows []registry.WeightRow, err error) {
	err = v.read(func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = registry.Weights(ctx, tx, patient)
		return err
	})
	return rows, err
}

// mistakenDraft shows the note again with what was typed and what is wrong with it.
func (v *visit) mistakenDraft(row id.ID, bad fault.Fields) (answer, error) {
	d, err := v.openDraft(row)
	if err != nil {
		return answer{}, err
	}
	d.SOAP, d.Version = v.typedNote(), v.version() // still the form's, so that it meets what was saved since
	weights, err := v.weightsOf(d.Patient)
	if err != nil {
		return answer{}, err
	}
	plan, err := v.readPlan(d)
	if err != nil {
		return answer{}, err
	}
	draft := v.draftView(d, weights)
	draft.Orders, draft.Snippets, draft.Mistakes = v.planView(d, plan), snippetChoices(plan.snippets), mistakes(bad)
	if v.field("item") != "" {
		draft.Orders.Typed, draft.Orders.Quantity = v.field("item"), v.field("quantity")
	}
	draft.Orders.Mistakes = draft.Mistakes
	choices, err := v.choicesTyped(bad)
	if err != nil {
		return answer{}, err
	}
	draft.Findings = v.findingsView(d, plan.findings)
	v.retypedFindings(&draft.Findings, choices)
	draft.Findings.Mistakes = draft.Mistakes
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

// notAdded says that the field of the plan holds words that are in no line of it: they would be lost unseen.
var notAdded = fault.Fields{{Name: "item", Message: "This is not in the plan yet: add it, or empty the field."}}

// createSignature closes the note for good.
func (s *Server) createSignature(v *visit) (answer, error) {
	row, err := v.row()
	if err != nil {
		return answer{}, err
	}
	if v.field("item") != "" {
		return v.mistakenDraft(row, notAdded)
	}
	err = v.write(func(ctx context.Context, tx *db.Tx) error {
		d, err := v.sameAnimal(ctx, tx, row)
		if err != nil {
			return err
		}
		if err := records.Sign(ctx, tx, v.keys, row, v.writing(), v.typedNote()); err != nil {
			return err
		}
		return scheduling.SendToDesk(ctx, tx, v.desk(), id.New(), d.Visit)
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
	var acts []records.Act
	var void records.Voided
	var handed records.Handover
	var diagnoses []records.Diagnosis
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
		func(ctx context.Context, tx *db.Tx) (err error) {
			acts, err = records.ActsOf(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			void, err = records.OpenVoid(ctx, tx, v.keys, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			handed, err = records.OpenHandover(ctx, tx, row)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			diagnoses, err = records.Diagnoses(ctx, tx, v.keys, row)
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
	// "Who looked" asks for the animal, whose banner stands on the page.
	v.record(audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: n.Patient, IDs: []id.ID{row}})
	view := views.Note{
		Page: v.page("patients"), Banner: v.banner(p, with, species), Title: "Consult", Heading: v.eventAt(n.EventAt, n.Author),
		Signed: v.day(n.SignedAt) + " " + v.minute(n.SignedAt), SignedAt: machine(n.SignedAt), SignedBy: v.policy.Name(n.Author),
	}
	v.addEarlier(&view, n)
	for _, part := range noteInputs(n.SOAP)[:4] {
		p := views.NotePart{Letter: part.label[:1], Label: part.label, Paragraphs: paragraphs(part.value)}
		if part.name == "objective" {
			p.Measured, p.Looked = measuredFacts(n.Vitals), lookedFacts(n.Exam)
		}
		if len(p.Paragraphs)+len(p.Measured)+len(p.Looked) > 0 {
			view.Parts = append(view.Parts, p)
		}
	}
	for _, a := range acts {
		view.Acts = append(view.Acts, v.actLine(a, id.ID{}, planRead{}))
	}
	for _, a := range addenda {
		view.Addenda = append(view.Addenda, views.Addendum{
			Kind: kindNames[a.Kind], About: v.about(a), When: sentence(v.moment(a.SignedAt)), At: machine(a.SignedAt), By: v.policy.Name(a.Author), Reason: a.Reason, Paragraphs: paragraphs(a.Text),
		})
	}
	if n.Imported {
		view.Parts = append(view.Parts, earlierPart(n.Earlier)...)
	} else if n.SignedAt.Sub(n.EventAt) > 24*time.Hour {
		view.Late = "Late entry: written down " + v.day(n.SignedAt) + " about " + v.day(n.EventAt)
	}
	for _, d := range diagnoses {
		view.Diagnoses = append(view.Diagnoses, v.diagnosisLine(d))
	}
	v.addVoid(&view, row, void)
	v.addCosign(&view, n, handed, void)
	if v.may(access.ClinicalSign) {
		view.Form = &views.AddendumForm{Page: view.Page, Action: "/notes/" + row.String() + "/addenda", ID: id.New().String(), Kind: string(records.KindAddendum)}
	}
	return view, nil
}
