package records_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
)

func TestADraftIsStartedOnceSavedAndSigned(t *testing.T) {
	c := newClinic(t)
	row := id.New()
	d, err := c.start(t, c.vet, row)
	must(t, err)
	again, err := c.start(t, c.vet, id.New())
	must(t, err)
	if d.ID != row || again.ID != row || d.Version != 1 {
		t.Fatalf("started %+v, then %+v", d, again)
	}
	fromForm := limp
	fromForm.Subjective = strings.ReplaceAll(limp.Subjective, "\n", "\r\n")
	v, err := c.save(t, c.vet, row, 1, fromForm)
	must(t, err)
	if v != 2 {
		t.Fatalf("version %d after a save", v)
	}
	if v, err = c.save(t, c.vet, row, 2, limp); v != 2 || err != nil {
		t.Fatalf("saving the same again: %d, %v", v, err)
	}
	if got := c.drafts(t); len(got) != 1 || got[0].SOAP != limp || got[0].Version != 2 {
		t.Fatalf("drafts %+v", got)
	}
	final := limp
	final.Assessment = "Sprain"
	must(t, c.sign(t, c.vet, row, 2, final))
	if got := c.drafts(t); len(got) != 0 {
		t.Errorf("the signed draft is still there: %+v", got)
	}
	got := c.notes(t)
	if len(got) != 1 || got[0].ID != row || got[0].SOAP != final || got[0].Author != c.vet || !got[0].EventAt.Equal(d.EventAt) {
		t.Errorf("notes %+v", got)
	}
	leaves := c.leaves(t, row)
	var actions []string
	for _, l := range leaves {
		actions = append(actions, string(l.Action)+" "+l.Object)
	}
	if !slices.Equal(actions, []string{"created draft", "changed draft", "signed note"}) || len(leaves[2].Commitment) != 32 {
		t.Errorf("recorded %v", actions)
	}
}

func TestASignedNoteIsNeitherSignedNorSavedNorStartedAgain(t *testing.T) {
	c := newClinic(t)
	note := c.signed(t, limp)
	if err := c.sign(t, c.vet, note, 1, limp); !errors.Is(err, records.ErrAlreadySigned) {
		t.Errorf("signing twice: %v", err)
	}
	if _, err := c.save(t, c.vet, note, 1, records.SOAP{Plan: "other"}); !errors.Is(err, records.ErrAlreadySigned) {
		t.Errorf("saving after signing: %v", err)
	}
	if _, err := c.start(t, c.vet, note); !errors.Is(err, records.ErrAlreadySigned) {
		t.Errorf("starting it again: %v", err)
	}
	if got := c.notes(t); len(got) != 1 || got[0].SOAP != limp {
		t.Errorf("notes %+v", got)
	}
}

func TestOfTwoSignaturesAtOnceOneNoteComes(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range errs {
		both.Go(func() { errs[i] = c.sign(t, c.vet, d.ID, 1, limp) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), records.ErrAlreadySigned) {
		t.Errorf("two signatures: %v", errs)
	}
	if len(c.notes(t)) != 1 {
		t.Errorf("%d notes", len(c.notes(t)))
	}
}

func TestOfManyStartsAtOnceOneDraftComes(t *testing.T) {
	for range 10 {
		c := newClinic(t)
		var all sync.WaitGroup
		begin := make(chan struct{})
		got := make([]records.Draft, 6)
		for i := range got {
			all.Go(func() {
				<-begin
				got[i], _ = c.start(t, c.vet, id.New())
			})
		}
		close(begin)
		all.Wait()
		for _, d := range got {
			if d.ID != got[0].ID || d.ID.IsZero() {
				t.Fatalf("started %s and %s", got[0].ID, d.ID)
			}
		}
		if n := len(c.drafts(t)); n != 1 {
			t.Fatalf("%d drafts", n)
		}
	}
}

func TestAboutTheDeadNoNewNoteIsBegunAndAnOpenOneIsFinished(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	must(t, c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error {
		return registry.MovePatient(ctx, tx, c.Keys, id.New(), c.patient, id.ID{}, registry.Move{To: registry.Deceased, Manner: registry.Died, Remains: "home"})
	}))
	if _, err := c.start(t, c.other, id.New()); !errors.Is(err, registry.ErrDied) {
		t.Errorf("a new note: %v", err)
	}
	if again, err := c.start(t, c.vet, id.New()); err != nil || again.ID != d.ID {
		t.Errorf("the open one: %+v, %v", again, err)
	}
	must(t, c.sign(t, c.vet, d.ID, d.Version, limp))
	must(t, c.add(t, id.New(), d.ID, records.KindLateEntry, "Seen later", "Heart failure."))
}

func TestAnEmptyNoteIsNotSigned(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	var bad fault.Fields
	if err := c.sign(t, c.vet, d.ID, 1, records.SOAP{Plan: " \r\n\t"}); !errors.As(err, &bad) || bad.Message("subjective") == "" {
		t.Errorf("signing nothing: %v", err)
	}
	if len(c.drafts(t)) != 1 || len(c.notes(t)) != 0 {
		t.Error("the draft did not stay as it was")
	}
	if _, err := c.save(t, c.vet, d.ID, 1, records.SOAP{Plan: strings.Repeat("x", 50_001)}); !errors.As(err, &bad) || bad.Message("plan") == "" {
		t.Errorf("a text beyond the bounds: %v", err)
	}
}

func TestALateSaveGetsBothTexts(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	first, second := records.SOAP{Plan: "Rest"}, records.SOAP{Plan: "Rest, then X-ray"}
	_, err = c.save(t, c.vet, d.ID, 1, first)
	must(t, err)
	_, err = c.save(t, c.vet, d.ID, 2, second)
	must(t, err)
	for name, late := range map[string]func() error{
		"save": func() error { _, err := c.save(t, c.vet, d.ID, 2, limp); return err },
		"sign": func() error { return c.sign(t, c.vet, d.ID, 2, limp) },
	} {
		err := late()
		var conflict *registry.Conflict[records.SOAP]
		if !errors.As(err, &conflict) || fault.KindOf(err) != fault.Conflict {
			t.Fatalf("%s gave %v", name, err)
		}
		if conflict.Theirs != second || conflict.TheirVersion != 3 || conflict.Base == nil || *conflict.Base != first || conflict.At.IsZero() {
			t.Errorf("%s: conflict %+v", name, conflict)
		}
	}
	if got := c.drafts(t); got[0].SOAP != second {
		t.Errorf("stored %+v", got[0])
	}
	// What another window stored is what is signed here: nothing clashes.
	must(t, c.sign(t, c.vet, d.ID, 2, second))
}

func TestAnotherAuthorsDraftIsRefused(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.other, id.New())
	must(t, err)
	_, err = c.save(t, c.other, d.ID, 1, limp)
	must(t, err)
	_, saving := c.save(t, c.vet, d.ID, 2, records.SOAP{Plan: "taken over"})
	signing := c.sign(t, c.vet, d.ID, 2, limp)
	opening := c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		_, err := records.OpenDraft(ctx, tx, c.Keys, d.ID)
		return err
	})
	for name, err := range map[string]error{"saving": saving, "signing": signing, "opening": opening} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s another's draft: %v", name, err)
		}
	}
	mine, err := c.start(t, c.vet, id.New())
	must(t, err)
	if mine.ID == d.ID {
		t.Error("starting gave another's draft")
	}
	for _, got := range c.drafts(t) {
		if got.Author == c.other && !got.Empty() {
			t.Errorf("another's text was opened: %+v", got)
		}
	}
	nobody := c.as(t, id.ID{}, func(ctx context.Context, tx *db.Tx) error {
		_, err := records.StartConsult(ctx, tx, c.Keys, id.New(), c.patient)
		return err
	})
	if nobody == nil {
		t.Error("a draft without an author")
	}
}

func TestAddendaKeepTheirOrderAndSayWhoAndWhy(t *testing.T) {
	c := newClinic(t)
	note := c.signed(t, limp)
	rows := []id.ID{id.New(), id.New(), id.New()}
	slices.Reverse(rows) // the order is that of signing, not that of the ids
	kinds := []records.Kind{records.KindAddendum, records.KindCorrection, records.KindLateEntry}
	for i, kind := range kinds {
		must(t, c.add(t, rows[i], note, kind, "because", string(kind)+" text"))
	}
	if err := c.add(t, rows[0], note, records.KindAddendum, "because", "twice"); !errors.Is(err, registry.ErrAlreadyThere) {
		t.Errorf("sent twice: %v", err)
	}
	var got []records.Addendum
	c.read(t, func(ctx context.Context, tx *db.Tx) (err error) {
		got, err = records.Addenda(ctx, tx, c.Keys, note)
		return err
	})
	if len(got) != 3 {
		t.Fatalf("addenda %+v", got)
	}
	for i, a := range got {
		if late := a.SignedAt.Sub(a.EventAt); late != 0 && kinds[i] != records.KindLateEntry || kinds[i] == records.KindLateEntry && late.Round(time.Minute) != 2*time.Hour {
			t.Errorf("addendum %d is about %v and was entered %v", i, a.EventAt, a.SignedAt)
		}
		if a.ID != rows[i] || a.Kind != kinds[i] || a.Text != string(kinds[i])+" text" || a.Reason != "because" || a.Author != c.other || a.SignedAt.IsZero() {
			t.Errorf("addendum %d: %+v", i, a)
		}
	}
	if n := c.notes(t)[0]; n.Addenda != 3 || n.SOAP != limp {
		t.Errorf("note %+v", n)
	}
	var bad fault.Fields
	for _, wrong := range []struct {
		kind records.Kind
		in   time.Duration
	}{{records.KindLateEntry, 0}, {records.KindLateEntry, time.Minute}, {records.KindAddendum, -time.Hour}, {records.KindCorrection, -time.Hour}} {
		err := c.as(t, c.other, func(ctx context.Context, tx *db.Tx) error {
			at := time.Time{}
			if wrong.in != 0 {
				at = tx.Now().Add(wrong.in)
			}
			return records.AddAddendum(ctx, tx, c.Keys, id.New(), note, wrong.kind, at, "because", "text")
		})
		if !errors.As(err, &bad) || bad[0].Name != "happened" {
			t.Errorf("%s, %v from now: %v", wrong.kind, wrong.in, err)
		}
	}
	if err := c.add(t, id.New(), note, "edit", " ", ""); !errors.As(err, &bad) || len(bad) != 3 {
		t.Errorf("an addendum without kind, reason and text: %v", err)
	}
}

func TestWhatIsSignedCannotBeChangedByTheApplication(t *testing.T) {
	c := newClinic(t)
	note := c.signed(t, limp)
	must(t, c.add(t, id.New(), note, records.KindAddendum, "because", "later"))
	app := c.env.As(t, db.RoleApp)
	for _, sql := range []string{
		"UPDATE app.notes SET sealed = ''", "UPDATE app.notes SET author_id = author_id", "TRUNCATE app.notes", // DELETE is asked in internal/imports
		"UPDATE app.addenda SET sealed = ''", "DELETE FROM app.addenda",
	} {
		if _, err := app.Exec(t.Context(), sql); !db.Refused(err) {
			t.Errorf("%s: %v, want 42501", sql, err)
		}
	}
	if got := c.notes(t); len(got) != 1 || got[0].SOAP != limp {
		t.Errorf("notes %+v", got)
	}
}

func TestHeadsCarryNoText(t *testing.T) {
	c := newClinic(t)
	note := c.signed(t, limp)
	c.read(t, func(ctx context.Context, tx *db.Tx) error {
		got, err := records.NoteHeads(ctx, tx, c.patient)
		if len(got) != 1 || got[0].ID != note || got[0].Author != c.vet || got[0].SignedAt.IsZero() {
			t.Errorf("heads %+v", got)
		}
		return err
	})
}

// A sealed text opens in its own place only: the note has the draft's id, and still the draft's bytes
// do not open as a note.
func TestADraftsBytesDoNotOpenAsANote(t *testing.T) {
	c := newClinic(t)
	d, err := c.start(t, c.vet, id.New())
	must(t, err)
	err = c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		row, err := tx.GetDraft(ctx, db.GetDraftParams{TenantID: tx.Tenant, ID: d.ID})
		if err != nil {
			return err
		}
		return tx.InsertNote(ctx, db.InsertNoteParams{
			TenantID: tx.Tenant, ID: d.ID, PatientID: c.patient, AuthorID: c.vet, EventAt: tx.Now(), SignedAt: tx.Now(),
			Sealed: row.Sealed, KeyVersion: c.Keys.KeyVersion(),
		})
	})
	must(t, err)
	err = c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error {
		_, err := records.OpenNote(ctx, tx, c.Keys, d.ID)
		return err
	})
	if err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("opened: %v", err)
	}
}

func TestNoVerbReachesAnotherClinicsRecords(t *testing.T) {
	a, b := newClinic(t), newClinic(t)
	note := b.signed(t, limp)
	draft, err := b.start(t, b.vet, id.New())
	must(t, err)
	_, err = b.save(t, b.vet, draft.ID, 1, limp)
	must(t, err)
	wasDrafts, wasNotes, wasLeaves := b.drafts(t), b.notes(t), len(b.leaves(t, draft.ID))+len(b.leaves(t, note))
	for name, try := range map[string]func(ctx context.Context, tx *db.Tx) error{
		"StartConsult": func(ctx context.Context, tx *db.Tx) error {
			_, err := records.StartConsult(ctx, tx, a.Keys, id.New(), b.patient)
			return err
		},
		"SaveDraft": func(ctx context.Context, tx *db.Tx) error {
			_, err := records.SaveDraft(ctx, tx, a.Keys, draft.ID, records.Writing{Version: 2}, records.SOAP{Plan: "taken"})
			return err
		},
		"Sign": func(ctx context.Context, tx *db.Tx) error {
			return records.Sign(ctx, tx, a.Keys, draft.ID, records.Writing{Version: 2}, records.SOAP{Plan: "taken"})
		},
		"Save of a signed note": func(ctx context.Context, tx *db.Tx) error {
			_, err := records.SaveDraft(ctx, tx, a.Keys, note, records.Writing{Version: 1}, records.SOAP{Plan: "taken"})
			return err
		},
		"AddAddendum": func(ctx context.Context, tx *db.Tx) error {
			return records.AddAddendum(ctx, tx, a.Keys, id.New(), note, records.KindAddendum, time.Time{}, "why", "what")
		},
		"OpenNote": func(ctx context.Context, tx *db.Tx) error {
			_, err := records.OpenNote(ctx, tx, a.Keys, note)
			return err
		},
		"OpenDraft": func(ctx context.Context, tx *db.Tx) error {
			_, err := records.OpenDraft(ctx, tx, a.Keys, draft.ID)
			return err
		},
	} {
		// The same person works at both clinics: the clinic alone must refuse.
		if err := a.as(t, b.vet, try); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v, want nothing at this address", name, err)
		}
	}
	a.read(t, func(ctx context.Context, tx *db.Tx) error {
		drafts, err := records.Drafts(ctx, tx, a.Keys, b.patient)
		notes, err2 := records.Notes(ctx, tx, a.Keys, b.patient)
		heads, err3 := records.NoteHeads(ctx, tx, b.patient)
		addenda, err4 := records.Addenda(ctx, tx, a.Keys, note)
		if len(drafts)+len(notes)+len(heads)+len(addenda) != 0 {
			t.Errorf("A lists B's %v %v %v %v", drafts, notes, heads, addenda)
		}
		return errors.Join(err, err2, err3, err4)
	})
	if got := b.drafts(t); !reflect.DeepEqual(got, wasDrafts) {
		t.Errorf("B's drafts became %+v", got)
	}
	if got := b.notes(t); !reflect.DeepEqual(got, wasNotes) {
		t.Errorf("B's notes became %+v", got)
	}
	if n := len(b.leaves(t, draft.ID)) + len(b.leaves(t, note)); n != wasLeaves {
		t.Errorf("B's record grew from %d to %d", wasLeaves, n)
	}
}
