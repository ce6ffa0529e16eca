package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"

	"paddock/db"
	"paddock/internal/billing"
	"paddock/internal/clock"
	"paddock/internal/id"
	"paddock/internal/money"
	"paddock/internal/records"
	"paddock/internal/vault"
)

const (
	roomHost = "room.localhost"
	// notesASecond is more than any machine signs on growthLevel connections; a turn that runs out of them ends.
	notesASecond = 900
	// notesInHand are saved in turns, so that no save meets another of the same note.
	notesInHand = 512
	actsEach    = 6 // of a note that is signed
)

// openNote is a note nobody signed yet.
type openNote struct{ id, patient id.ID }

// notePile are open notes: the first are saved again and again, the others signed, one after the other.
type notePile struct {
	open          []openNote
	saved, signed atomic.Int64
}

// wording is what the vet has written so far.
func (n openNote) wording(at *seat, version, stroke int) url.Values {
	return url.Values{
		"csrf": {at.token}, "patient": {n.patient.String()}, "version": {strconv.Itoa(version)},
		"subjective": {"Limping since Sunday, eating well. Owner rang on Monday."}, "objective": {"Bright. Left hind: stifle warm, drawer doubtful."},
		"assessment": {"Suspected partial cruciate tear."}, "plan": {fmt.Sprintf("Rest, meloxicam with food, recheck in %d days.", stroke)},
		"temperature": {"38.6"}, "temperature_unit": {"C"}, "pulse": {"96"}, "respiration": {"24"}, "exam_joints": {"abnormal"}, "rest": {"normal"},
	}
}

var saveDraft = work{"save a draft", http.StatusOK, 64, func(b *bytes.Buffer, at *seat, _ int) {
	n := int(at.notes.saved.Add(1)) - 1
	one := at.notes.open[n%notesInHand]
	at.post(b, "/drafts/"+one.id.String(), one.wording(at, 1+n/notesInHand, n), partial)
}}

var signNote = work{"sign a consult with six acts", http.StatusSeeOther, 0, func(b *bytes.Buffer, at *seat, _ int) {
	n := notesInHand + int(at.notes.signed.Add(1)) - 1
	if n >= len(at.notes.open) {
		return // the turn is over
	}
	one := at.notes.open[n]
	at.post(b, "/drafts/"+one.id.String()+"/signature", one.wording(at, 1, n))
}}

// openNotes makes notes to be saved, and so many to be signed, which have their acts and charges.
func (w *workshop) openNotes(ctx context.Context, d *deskClinic, signed int) error {
	who := d.who
	who.Person = d.vet.ID
	var items []billing.ItemRow
	err := w.store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		items, _, err = billing.Items(ctx, tx, "", false)
		return err
	})
	if err != nil {
		return err
	}
	if len(items) < actsEach {
		return fmt.Errorf("the price list has %d items", len(items))
	}
	for i := range notesInHand + signed {
		d.notes = append(d.notes, openNote{id.New(), d.patients[i%len(d.patients)]})
	}
	// Few acts at once: each holds its note until all are written.
	for some := range slices.Chunk(d.notes, chunk/actsEach) {
		err := w.store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
			var add []func(context.Context, *db.Tx) error
			for _, n := range some {
				add = append(add, func(ctx context.Context, tx *db.Tx) error { return d.open(ctx, tx, n, items[:actsEach]) })
			}
			return db.Together(ctx, tx, add...)
		})
		if err != nil {
			return fmt.Errorf("making notes: %w", err)
		}
	}
	return nil
}

// open begins a note and adds what was done. It is not begun by records.StartConsult, which gives an author one open
// note a patient.
func (d *deskClinic) open(ctx context.Context, tx *db.Tx, n openNote, items []billing.ItemRow) error {
	text, err := d.keys.SealJSON(vault.Slot{Table: "drafts", Group: "clinical", Row: n.id}, records.SOAP{})
	if err != nil {
		return err
	}
	now := clock.System.Now().UTC()
	err = tx.InsertDraft(ctx, db.InsertDraftParams{
		TenantID: tx.Tenant, ID: n.id, PatientID: n.patient, AuthorID: d.vet.ID, EventAt: now, Sealed: text, KeyVersion: d.keys.KeyVersion(), SavedAt: now,
	})
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := records.AddAct(ctx, tx, d.keys, id.New(), n.id, i, money.One, d.day); err != nil {
			return err
		}
	}
	return nil
}
