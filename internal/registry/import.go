package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/id"
	"paddock/internal/vault"
)

const (
	importBatch = 1000 // rows of one transaction
	keptBadRows = 200  // bad rows named one by one; the rest is counted
)

// Progress is how far an import has come.
type Progress struct {
	Read, Imported, Bad int
}

// BadRow is one row that was left out. Line counts from 1, the heading included.
type BadRow struct {
	Line   int
	Reason string
}

// Report is what an import did.
type Report struct {
	// ID names the import in the record.
	ID id.ID
	// Read rows are imported or bad; Unnamed of the imported have no name.
	Read, Imported, Unnamed, Bad int
	// Rows are the first of the bad ones.
	Rows []BadRow
}

// ImportPatients brings the animals of a licence list (see licenceColumns) into a clinic, a thousand
// rows to a transaction, each row one new patient without an owner. A file that is no such list gives a
// fault.Invalid whose sentence says what is missing; a bad row is named in the report and left out.
// Where it ends with an error, the report tells what is in the clinic already. progress may be nil.
//
// Each transaction leaves one leaf with the ids of its patients and a commitment to what they are, the
// whole import another. It opens its own transactions, since one would hold the clinic for too long.
func ImportPatients(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, r io.Reader, progress func(Progress)) (Report, error) {
	report := Report{ID: id.New()}
	var kinds []Species
	err := store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		kinds, err = ListSpecies(ctx, tx)
		return err
	})
	if err != nil {
		return report, fmt.Errorf("beginning an import: %w", err)
	}
	list, err := readLicences(r, kinds)
	if err != nil {
		return report, err
	}
	work, ctx := errgroup.WithContext(ctx)
	batches := make(chan *importRows) // one is sealed while the one before it is written
	work.Go(func() error {
		defer close(batches)
		for {
			rows, more, err := list.next(importBatch)
			if err != nil || !more {
				return err
			}
			b, err := sealRows(keys, rows)
			if err != nil {
				return err
			}
			select {
			case batches <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	work.Go(func() error {
		for b := range batches {
			if err := b.write(ctx, store, keys, who, report.ID); err != nil {
				return err
			}
			report.count(b)
			if progress != nil {
				progress(Progress{report.Read, report.Imported, report.Bad})
			}
		}
		return nil
	})
	if err := work.Wait(); err != nil {
		return report, err
	}
	return report, finish(context.WithoutCancel(ctx), store, keys, who, report)
}

func (r *Report) count(b *importRows) {
	r.Read += len(b.rows) + len(b.bad)
	r.Imported += len(b.rows)
	r.Bad += len(b.bad)
	for _, row := range b.rows {
		if row.Name == "" {
			r.Unnamed++
		}
	}
	r.Rows = append(r.Rows, b.bad[:min(len(b.bad), keptBadRows-len(r.Rows))]...)
}

// finish records the whole import.
func finish(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, r Report) error {
	err := store.Write(ctx, who, func(_ context.Context, tx *db.Tx) error {
		totals, err := json.Marshal(map[string]int{"read": r.Read, "imported": r.Imported, "bad": r.Bad})
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: audit.Imported, Object: "import", ObjectID: r.ID, Commitment: keys.Commit(r.ID[:], totals)})
	})
	if err != nil {
		return fmt.Errorf("recording import %s: %w", r.ID, err)
	}
	return nil
}

// importRows is one batch, as it was read and then as columns.
type importRows struct {
	rows []licence
	bad  []BadRow

	ids     []id.ID
	species []string
	breeds  []string
	sealed  [][]byte

	numberIDs, numberOf []id.ID
	numbers             [][]byte

	tokens []tokenRows
}

// sealRows seals a batch and makes its tokens, on all processors.
func sealRows(keys *vault.Clinic, b *importRows) (*importRows, error) {
	n := len(b.rows)
	b.ids, b.species, b.breeds = make([]id.ID, n), make([]string, n), make([]string, n)
	b.sealed, b.tokens = make([][]byte, n), make([]tokenRows, n)
	numberIDs, numbers := make([]id.ID, n), make([][]byte, n)
	for i := range b.rows {
		b.ids[i], numberIDs[i] = id.New(), id.New()
	}
	var work errgroup.Group
	parts := runtime.GOMAXPROCS(0)
	for part := range parts {
		work.Go(func() (err error) {
			for i := part * n / parts; i < (part+1)*n/parts; i++ {
				row := b.rows[i]
				b.species[i], b.breeds[i] = row.Species, row.Breed
				if b.sealed[i], err = sealed(keys, "patients", b.ids[i], sealedPatient{Name: row.Name}); err != nil {
					return err
				}
				b.tokens[i] = tokenRows{row: b.ids[i], kind: "patient"}
				var known []string
				if row.Number != "" {
					known = []string{row.Number}
					if numbers[i], err = sealed(keys, "identifiers", numberIDs[i], sealedIdentifier{row.Number}); err != nil {
						return err
					}
				}
				b.tokens[i].add(keys, patientTerms(row.Name, nil, known))
			}
			return nil
		})
	}
	if err := work.Wait(); err != nil {
		return nil, fmt.Errorf("sealing a batch: %w", err)
	}
	for i, text := range numbers {
		if text != nil {
			b.numberIDs, b.numberOf, b.numbers = append(b.numberIDs, numberIDs[i]), append(b.numberOf, b.ids[i]), append(b.numbers, text)
		}
	}
	return b, nil
}

// write puts a batch into the clinic: three statements and the leaf, in one transaction.
func (b *importRows) write(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, whole id.ID) error {
	if len(b.rows) == 0 {
		return nil
	}
	content, err := json.Marshal(b.rows)
	if err != nil {
		return fmt.Errorf("writing down a batch: %w", err)
	}
	err = store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		at, version := tx.Now(), keys.KeyVersion()
		err := db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) error {
				return tx.InsertPatients(ctx, db.InsertPatientsParams{
					TenantID: tx.Tenant, Ids: b.ids, Species: b.species, Breeds: b.breeds, Sealed: b.sealed,
					KeyVersion: version, CreatedAt: at, UpdatedBy: tx.Who.Person,
				})
			},
			func(ctx context.Context, tx *db.Tx) error {
				return tx.InsertIdentifiers(ctx, db.InsertIdentifiersParams{
					TenantID: tx.Tenant, Ids: b.numberIDs, PatientIds: b.numberOf, Kind: "licence", Sealed: b.numbers,
					KeyVersion: version, RecordedAt: at,
				})
			},
			func(ctx context.Context, tx *db.Tx) error { return tx.InsertSearchTokens(ctx, b.allTokens(tx.Tenant)) },
		)
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{
			Action: audit.Imported, Object: "import", ObjectID: whole, IDs: b.ids, Commitment: keys.Commit(whole[:], content),
		})
	})
	if err != nil {
		return fmt.Errorf("importing the rows from line %d: %w", b.rows[0].line, err)
	}
	return nil
}

func (b *importRows) allTokens(tenant id.Tenant) db.InsertSearchTokensParams {
	p := db.InsertSearchTokensParams{TenantID: tenant}
	for _, t := range b.tokens {
		p.Fields = append(p.Fields, t.fields...)
		p.Tokens = append(p.Tokens, t.tokens...)
		p.RowIds = append(p.RowIds, slices.Repeat([]id.ID{t.row}, len(t.tokens))...)
		p.Kinds = append(p.Kinds, slices.Repeat([]string{t.kind}, len(t.tokens))...)
	}
	return p
}
