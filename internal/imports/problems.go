package imports

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/plain"
	"paddock/internal/vault"
)

// Kinds of problems.
const (
	Refused = "refused"  // the row is left out
	Clash   = "conflict" // the row is an animal of its own, though its number is another's
	Note    = "note"     // something of the row is not taken over
)

// Problem is one row that needs an eye. Reason may quote the file.
type Problem struct {
	// Line counts from 1, the headings included; Other is that of the row it clashes with, 0 where that
	// came from elsewhere.
	Line   int    `json:"line"`
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
	Other  int    `json:"other,omitempty"`
}

// keepProblems writes down the problems of one chunk of rows.
func keepProblems(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, holds Holds, part int, list []Problem) error {
	if len(list) == 0 {
		return nil
	}
	made := id.New()
	text, err := holds.seal(keys, "import_problems", made, list)
	if err != nil {
		return err
	}
	err = tx.InsertImportProblems(ctx, db.InsertImportProblemsParams{
		TenantID: tx.Tenant, ID: made, ImportID: row, Part: int32(part), Problems: int32(len(list)), Sealed: text, KeyVersion: keys.KeyVersion(),
	})
	if err != nil {
		return fmt.Errorf("keeping problems of import %s: %w", row, err)
	}
	return nil
}

// Problems reads the first problems of an import, in the order of the file, and tells how many there are.
// It gives fault.Missing where there is no such import.
func Problems(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, most int) (list []Problem, all int, err error) {
	holds, err := HoldsOf(ctx, tx, row)
	if err != nil {
		return nil, 0, err
	}
	n, err := tx.CountImportProblems(ctx, db.CountImportProblemsParams{TenantID: tx.Tenant, ImportID: row})
	if err != nil {
		return nil, 0, fmt.Errorf("counting problems of import %s: %w", row, err)
	}
	for at := 0; at < int(n.Parts) && len(list) < most; at++ {
		part, err := problemPart(ctx, tx, keys, row, holds, at)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, part[:min(len(part), most-len(list))]...)
	}
	return list, int(n.Problems), nil
}

func problemPart(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, holds Holds, at int) (list []Problem, err error) {
	part, err := tx.GetImportProblems(ctx, db.GetImportProblemsParams{TenantID: tx.Tenant, ImportID: row, Part: int32(at)})
	if err != nil {
		return nil, db.Missing(err, "reading problems of an import")
	}
	err = holds.open(keys, "import_problems", part.ID, part.Sealed, &list)
	return list, err
}

// WriteProblems writes all problems of an import as CSV, a part of the file at a time. No value is taken
// for a formula by the program that opens it.
func WriteProblems(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, row id.ID, w io.Writer) error {
	out := csv.NewWriter(w)
	parts, holds := 0, Animals
	err := store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
		if holds, err = HoldsOf(ctx, tx, row); err != nil {
			return err
		}
		n, err := tx.CountImportProblems(ctx, db.CountImportProblemsParams{TenantID: tx.Tenant, ImportID: row})
		parts = int(n.Parts)
		return err
	})
	if err != nil {
		return err
	}
	if err := out.Write([]string{"Line", "What", "Reason", "Other line"}); err != nil {
		return fmt.Errorf("writing problems: %w", err)
	}
	for at := range parts {
		var list []Problem
		err := store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) (err error) {
			list, err = problemPart(ctx, tx, keys, row, holds, at)
			return err
		})
		if err != nil {
			return err
		}
		for _, p := range list {
			other := ""
			if p.Other > 0 {
				other = strconv.Itoa(p.Other)
			}
			if err := out.Write([]string{strconv.Itoa(p.Line), p.Kind, plain.Cell(p.Reason), other}); err != nil {
				return fmt.Errorf("writing problems: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing problems: %w", err)
	}
	return nil
}
