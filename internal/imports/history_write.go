package imports

import (
	"context"
	"fmt"

	"paddock/db"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

// pastBatch is what is written of the entries of one chunk, sealed.
type pastBatch struct {
	notes   *records.EarlierNotes
	weights []registry.PastWeight
	doses   *vaccines.PastDoses
}

// sealPast makes what is written of a chunk of history.
func (c *chunk) sealPast(keys *vault.Clinic) (err error) {
	var notes []records.EarlierNote
	var doses []vaccines.PastDose
	for _, r := range c.past {
		switch r.kind {
		case Weights:
			c.batch.weights = append(c.batch.weights, registry.PastWeight{
				ID: r.id, Patient: r.patient, Weight: registry.Weight{Weighed: r.weight, At: r.at, Source: registry.Measured},
			})
		case Vaccinations:
			doses = append(doses, vaccines.PastDose{
				ID: r.id, Patient: r.patient, Product: r.product, Name: r.dose.name, Maker: r.dose.maker, Lot: r.dose.lot,
				On: r.day, Expiry: r.dose.expiry, Earlier: vaccines.Earlier{By: r.dose.by, Next: r.dose.next},
			})
		default:
			n := r.note
			n.ID, n.Patient = r.id, r.patient
			notes = append(notes, n)
		}
	}
	if c.batch.notes, err = records.SealEarlier(keys, notes); err != nil {
		return err
	}
	c.batch.doses, err = vaccines.SealPast(keys, doses)
	return err
}

// history are the statements that write a chunk of history, all of it or nothing.
func (w *worker) history(c *chunk) []func(context.Context, *db.Tx) error {
	p := db.InsertImportEntriesParams{ImportID: w.row}
	for _, r := range c.past {
		p.Lines, p.Kinds, p.PatientIds = append(p.Lines, int32(r.line)), append(p.Kinds, string(r.kind)), append(p.PatientIds, r.patient)
		p.EntryIds, p.Prints = append(p.EntryIds, r.id), append(p.Prints, r.print[:])
	}
	return []func(context.Context, *db.Tx) error{
		func(ctx context.Context, tx *db.Tx) error {
			return records.WriteEarlier(ctx, tx, w.keys, w.row, c.batch.notes)
		},
		func(ctx context.Context, tx *db.Tx) error {
			return registry.WritePastWeights(ctx, tx, w.row, c.batch.weights)
		},
		func(ctx context.Context, tx *db.Tx) error {
			return vaccines.WritePast(ctx, tx, w.keys, w.row, c.batch.doses)
		},
		func(ctx context.Context, tx *db.Tx) error {
			if len(p.Lines) == 0 {
				return nil
			}
			p.TenantID = tx.Tenant
			if err := tx.InsertImportEntries(ctx, p); err != nil {
				return fmt.Errorf("writing down the entries from line %d: %w", p.Lines[0], err)
			}
			return nil
		},
	}
}
