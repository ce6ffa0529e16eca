package records_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/records"
)

func (c clinic) fill(t *testing.T, notes ...records.PastNote) error {
	t.Helper()
	f, err := records.SealFill(c.Keys, notes)
	must(t, err)
	return c.as(t, c.vet, func(ctx context.Context, tx *db.Tx) error { return records.SignFill(ctx, tx, c.Keys, f) })
}

func TestAFillOfNotesIsSignedByThePersonOfTheTransaction(t *testing.T) {
	c := newClinic(t)
	at := time.Date(2024, 5, 6, 9, 0, 0, 0, time.UTC)
	last, first := records.PastNote{id.New(), c.patient, at.AddDate(1, 0, 0), limp}, records.PastNote{id.New(), c.patient, at, limp}
	must(t, c.fill(t, first, last))
	notes := c.notes(t)
	if len(notes) != 2 || notes[0].ID != last.ID || notes[1].SOAP != limp || !notes[1].EventAt.Equal(at) || notes[1].Author != c.vet ||
		!notes[1].SignedAt.After(last.EventAt) {
		t.Errorf("they are read as %+v", notes)
	}
	must(t, c.add(t, id.New(), first.ID, records.KindAddendum, "The owner rang.", "All is well."))
	if err := c.fill(t, first); !errors.Is(err, records.ErrAlreadySigned) {
		t.Errorf("a note that is there: %v", err)
	}
}

func TestWhatAFillOfNotesMayNotHold(t *testing.T) {
	c, other := newClinic(t), newClinic(t)
	at := time.Date(2024, 5, 6, 9, 0, 0, 0, time.UTC)
	if err := c.fill(t, records.PastNote{id.New(), other.patient, at, limp}); !errors.Is(err, fault.Missing) {
		t.Errorf("a patient of another clinic: %v", err)
	}
	if _, err := records.SealFill(c.Keys, []records.PastNote{{id.New(), c.patient, at, records.SOAP{Plan: " \n"}}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a note without text: %v", err)
	}
	f, err := records.SealFill(c.Keys, []records.PastNote{{id.New(), c.patient, at, limp}})
	must(t, err)
	nobody := func(ctx context.Context, tx *db.Tx) error { return records.SignFill(ctx, tx, c.Keys, f) }
	if err := c.as(t, id.ID{}, nobody); err == nil {
		t.Error("notes were signed by nobody")
	}
	if n := len(c.notes(t)); n != 0 {
		t.Errorf("%d notes", n)
	}
}
