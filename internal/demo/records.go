package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/records"
	"paddock/internal/vault"
)

// records signs the notes and opens some patients, as the vet, in one transaction. It is the last step:
// a clinic that has the first note is whole.
func (d Deps) records(ctx context.Context, c Clinic, s sample, who actor.Who, keys *vault.Clinic, today time.Time) error {
	return d.Store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		for i, n := range s.notes {
			if err := signed(ctx, tx, keys, c, s, i, n.at(today)); err != nil {
				return err
			}
		}
		late := c.rowID("addendum", 0)
		if err := records.AddAddendum(ctx, tx, keys, late, c.rowID("note", 0), records.KindAddendum, time.Time{},
			"The owner rang the day after.", "Eating and sleeping as always. Asked to keep to the "+c.Marker+" plan until the end."); err != nil {
			return err
		}
		for i := range openedEach {
			patient := s.patients[(i*7)%len(s.patients)]
			if err := audit.Record(tx, audit.Entry{Action: audit.Opened, Object: "patient", ObjectID: patient.row}); err != nil {
				return err
			}
		}
		return nil
	})
}

// signed writes one note and signs it. Its draft is inserted here and not by records.StartConsult,
// which begins a visit now: these visits were in the past. What was signed is a late entry, and says so:
// the time of signing is the real one.
func signed(ctx context.Context, tx *db.Tx, keys *vault.Clinic, c Clinic, s sample, i int, at time.Time) error {
	n, row := s.notes[i], c.rowID("note", i)
	plain, err := json.Marshal(records.SOAP{})
	if err != nil {
		return fmt.Errorf("writing down a draft: %w", err)
	}
	sealed, err := keys.Seal(vault.Slot{Table: "drafts", Group: "clinical", Row: row}, plain)
	if err != nil {
		return fmt.Errorf("sealing a draft: %w", err)
	}
	if err := tx.InsertDraft(ctx, db.InsertDraftParams{
		TenantID: tx.Tenant, ID: row, PatientID: s.patients[n.patient].row, AuthorID: tx.Who.Person, EventAt: at.UTC(),
		Sealed: sealed, KeyVersion: keys.KeyVersion(), SavedAt: tx.Now(),
	}); err != nil {
		return fmt.Errorf("starting a note: %w", err)
	}
	return records.Sign(ctx, tx, keys, row, records.Writing{Version: 1}, records.SOAP{
		Subjective: n.course.subjective, Objective: n.course.objective, Assessment: n.course.assessment, Plan: n.course.plan,
	})
}
