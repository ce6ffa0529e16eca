package imports

import (
	"context"
	"fmt"
	"strings"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/records"
	"paddock/internal/registry"
	"paddock/internal/vaccines"
	"paddock/internal/vault"
)

// whyEntry says what was done with an entry since it was imported, "" where nothing was.
func whyEntry(u db.ListEntryUsesRow) string {
	var out []string
	for _, use := range []struct {
		is   bool
		said string
	}{
		{u.AddedTo, "has an addendum"},
		{u.Voided, "was marked as entered in error"},
		{u.Followed, "has a due day set after it"},
		{u.Certified, "has a certificate"},
		{u.Prescribed, "was the last weight when something was prescribed"},
	} {
		if use.is {
			out = append(out, use.said)
		}
	}
	return strings.Join(out, ", ")
}

// previewEntries is PreviewWithdrawal of a file of history.
func previewEntries(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, most int) (out Withdrawal, err error) {
	var used []db.ListEntriesUsedRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.CountImportEntries(ctx, db.CountImportEntriesParams{TenantID: tx.Tenant, ImportID: row})
			out.ByKind = Counts{Visits: int(n.Visits), Notes: int(n.Notes), Weights: int(n.Weights), Doses: int(n.Doses)}
			out.Entries = out.ByKind.Visits + out.ByKind.Notes + out.ByKind.Weights + out.ByKind.Doses
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			used, err = tx.ListEntriesUsed(ctx, db.ListEntriesUsedParams{TenantID: tx.Tenant, ImportID: row, Most: int32(most)})
			return err
		},
	)
	if err != nil {
		return out, fmt.Errorf("looking at what import %s has brought: %w", row, err)
	}
	for _, u := range used {
		out.Used = int(u.Total)
		name, err := nameOf(keys, u.PatientID, u.Sealed)
		if err != nil {
			return out, err
		}
		why := whyEntry(db.ListEntryUsesRow{AddedTo: u.AddedTo, Voided: u.Voided, Followed: u.Followed, Certified: u.Certified, Prescribed: u.Prescribed})
		out.Kept = append(out.Kept, Kept{u.PatientID, name, int(u.Line), u.Kind + ": " + why})
	}
	return out, nil
}

// entries takes the next entries of history back; more is false after the last.
func (b *back) entries(ctx context.Context) (more bool, err error) {
	line, kept := b.entry, b.kept
	err = b.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := tx.ListImportEntries(ctx, db.ListImportEntriesParams{TenantID: tx.Tenant, ImportID: b.row, After: b.entry, Most: int32(b.most)})
		if more = len(list) == b.most; err != nil || len(list) == 0 {
			return err
		}
		var all, patients []id.ID
		for _, e := range list {
			all, patients, line = append(all, e.EntryID), append(patients, e.PatientID), e.Line
		}
		// Held first: what is written about them meanwhile waits, and is found by its keys.
		if _, err := registry.HoldPatients(ctx, tx, distinct(patients)); err != nil {
			return err
		}
		uses, err := tx.ListEntryUses(ctx, db.ListEntryUsesParams{TenantID: tx.Tenant, Ids: all})
		if err != nil {
			return err
		}
		used := map[id.ID]bool{}
		for _, u := range uses {
			used[u.ID] = whyEntry(u) != ""
		}
		var lines []int32
		free := map[Holds][]id.ID{}
		for _, e := range list {
			if used[e.EntryID] {
				kept++
				continue
			}
			lines, free[Holds(e.Kind)] = append(lines, e.Line), append(free[Holds(e.Kind)], e.EntryID)
		}
		return db.Together(ctx, tx,
			func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.DeleteImportEntries(ctx, db.DeleteImportEntriesParams{TenantID: tx.Tenant, ImportID: b.row, Lines: lines})
				return err
			},
			func(ctx context.Context, tx *db.Tx) error {
				return records.RemoveEarlier(ctx, tx, b.row, append(free[Visits], free[Notes]...))
			},
			func(ctx context.Context, tx *db.Tx) error {
				return registry.RemovePastWeights(ctx, tx, b.row, free[Weights])
			},
			func(ctx context.Context, tx *db.Tx) error {
				return vaccines.RemovePast(ctx, tx, b.row, free[Vaccinations])
			},
			func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.SetImportKept(ctx, db.SetImportKeptParams{TenantID: tx.Tenant, ID: b.row, Kept: int32(kept), UpdatedAt: tx.Now()})
				return err
			},
		)
	})
	if b.stays(err, &b.entry, line) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	b.entry, b.kept = line, kept
	return more, nil
}

func distinct(ids []id.ID) (out []id.ID) {
	seen := map[id.ID]bool{}
	for _, one := range ids {
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out
}
