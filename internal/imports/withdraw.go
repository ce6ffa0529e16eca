package imports

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

// Withdrawal says what taking an import back would do, or what it has left.
type Withdrawal struct {
	// Patients and Numbers were brought by the import and are there still, Used of the patients included.
	Patients, Numbers int
	// Used patients stay, since something was done with them after the import.
	Used int
	// Kept are the first of these.
	Kept []Kept
	// Entries were brought by a file of history and are there still, ByKind how many of each; Used are of them then.
	Entries int
	ByKind  Counts
}

// Kept is a patient that cannot be taken back, or one with an entry of history that cannot.
type Kept struct {
	Patient id.ID
	// Name is "" for one without.
	Name string
	// Line of the file it came from.
	Line int
	// Why is in words: "has notes, was changed".
	Why string
}

// PreviewWithdrawal counts what an import has brought and what of it was used since, and names the first
// of those, for before and after it is taken back. It gives fault.Missing where there is no such import.
func PreviewWithdrawal(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, most int) (out Withdrawal, err error) {
	if holds, err := HoldsOf(ctx, tx, row); err != nil || holds.Clinical() {
		if err == nil {
			out, err = previewEntries(ctx, tx, keys, row, most)
		}
		return out, err
	}
	var used []db.ListImportUsedRow
	err = db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.CountImportRows(ctx, db.CountImportRowsParams{TenantID: tx.Tenant, ImportID: row})
			out.Patients, out.Numbers = int(n.Added), int(n.Merged)
			return err
		},
		func(ctx context.Context, tx *db.Tx) (err error) {
			used, err = tx.ListImportUsed(ctx, db.ListImportUsedParams{TenantID: tx.Tenant, ImportID: row, Most: int32(most)})
			return err
		},
	)
	if err != nil {
		return out, fmt.Errorf("looking at what import %s has brought: %w", row, err)
	}
	for _, u := range used {
		out.Used = int(u.Total)
		name, err := nameOf(keys, u.ID, u.Sealed)
		if err != nil {
			return out, err
		}
		out.Kept = append(out.Kept, Kept{u.ID, name, int(u.Line), why(db.ListImportUsesRow{
			ID: u.ID, Changed: u.Changed, Owned: u.Owned, Noted: u.Noted, Drafted: u.Drafted, Alerted: u.Alerted, Weighed: u.Weighed, Treated: u.Treated, Recorded: u.Recorded,
			Moved: u.Moved, Imported: u.Imported, Numbered: u.Numbered,
		})})
	}
	return out, nil
}

// nameOf opens what a patient is called.
func nameOf(keys *vault.Clinic, patient id.ID, sealed []byte) (string, error) {
	var name struct {
		Name string `json:"name"`
	}
	plain, err := keys.Open(vault.Slot{Table: "patients", Group: group, Row: patient}, sealed)
	if err != nil {
		return "", fmt.Errorf("opening patient %s: %w", patient, err)
	}
	if json.Unmarshal(plain, &name) != nil {
		return "", vault.ErrUnreadable
	}
	return name.Name, nil
}

// why says what was done with a patient since it was imported, "" where nothing was.
func why(u db.ListImportUsesRow) string {
	var out []string
	for _, use := range []struct {
		is   bool
		said string
	}{
		{u.Changed, "was changed"},
		{u.Owned, "has or had an owner"},
		{u.Noted, "has notes"},
		{u.Drafted, "has a note begun"},
		{u.Alerted, "has alerts"},
		{u.Weighed, "was weighed"},
		{u.Treated, "was vaccinated, prescribed for, booked or charged for, or has files"},
		{u.Recorded, "has imported history"},
		{u.Moved, "had its status changed"},
		{u.Numbered, "had its numbers changed"},
		{u.Imported, "is in another import too"},
	} {
		if use.is {
			out = append(out, use.said)
		}
	}
	return strings.Join(out, ", ")
}

const chunkBack = 500 // rows that are taken back in one transaction

// TakeBack takes an import in state Withdrawing back, chunk by chunk, and ends in state Withdrawn: patients
// it made are deleted with their numbers and with what they are found by, and the numbers it added to
// others. What was used since stays and is counted. Cut off, it goes on.
func TakeBack(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, row id.ID) (kept int, err error) {
	b := &back{store: store, keys: keys, who: who, row: row, most: chunkBack}
	for _, step := range []func(context.Context) (bool, error){b.entries, b.patients, b.numbers} {
		for more := true; more; {
			if more, err = step(ctx); db.Referred(err) && b.most > 1 {
				b.most, more, err = 1, true, nil // one of them is used in a way nobody asked about: each by itself
			}
			if err != nil {
				return b.kept, fmt.Errorf("taking import %s back: %w", row, err)
			}
		}
		b.most = chunkBack
	}
	return b.kept, b.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.DeleteImportRest(ctx, db.DeleteImportRestParams{TenantID: tx.Tenant, ImportID: row}); err != nil {
			return err
		}
		if _, err := tx.DeleteImportParts(ctx, db.DeleteImportPartsParams{TenantID: tx.Tenant, ImportID: row}); err != nil {
			return err
		}
		_, err := tx.SetImportKept(ctx, db.SetImportKeptParams{TenantID: tx.Tenant, ID: row, Kept: int32(b.kept), UpdatedAt: tx.Now()})
		if err != nil {
			return err
		}
		return move(ctx, tx, keys, row, Withdrawing, Withdrawn, "")
	})
}

// back is one withdrawal on its way.
type back struct {
	store *db.Store
	keys  *vault.Clinic
	who   actor.Who
	row   id.ID

	after int32 // the line of the patient that was looked at last
	line  int32 // of the number that was looked at last
	entry int32 // of the entry of history that was looked at last
	kept  int
	most  int // rows of a chunk
}

// stays counts a row by itself that the database did not let go, and goes on behind it.
func (b *back) stays(err error, at *int32, line int32) bool {
	if !db.Referred(err) || b.most > 1 {
		return false
	}
	*at, b.kept = line, b.kept+1
	return true
}

// write runs do while the import is held in state Withdrawing.
func (b *back) write(ctx context.Context, do func(ctx context.Context, tx *db.Tx) error) error {
	return b.store.Write(ctx, b.who, func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.LockImport(ctx, db.LockImportParams{TenantID: tx.Tenant, ID: b.row})
		if err := db.Missing(err, "locking an import"); err != nil {
			return err
		}
		if r.State != Withdrawing {
			return errElsewhere
		}
		return do(ctx, tx)
	})
}

// patients takes the next patients back; more is false after the last.
func (b *back) patients(ctx context.Context) (more bool, err error) {
	after, kept := b.after, b.kept
	err = b.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := tx.ListImportMade(ctx, db.ListImportMadeParams{TenantID: tx.Tenant, ImportID: b.row, After: b.after, Most: int32(b.most)})
		if err != nil {
			return err
		}
		ids := make([]id.ID, len(list))
		for i, p := range list {
			ids[i], after = p.PatientID, p.Line
		}
		if more = len(list) == b.most; len(list) == 0 {
			return nil
		}
		// Held first: what is written about them meanwhile waits, and finds them gone.
		held, err := registry.HoldPatients(ctx, tx, ids)
		if err != nil {
			return err
		}
		uses, err := tx.ListImportUses(ctx, db.ListImportUsesParams{TenantID: tx.Tenant, ImportID: b.row, Ids: ids})
		if err != nil {
			return err
		}
		used := map[id.ID]bool{}
		for _, u := range uses {
			used[u.ID] = why(u) != ""
		}
		free := slices.DeleteFunc(held, func(p registry.HeldPatient) bool { return used[p.ID] })
		kept += len(held) - len(free)
		if _, err := tx.DeleteImportRowsOf(ctx, db.DeleteImportRowsOfParams{TenantID: tx.Tenant, Ids: registry.HeldIDs(free)}); err != nil {
			return err
		}
		if err := registry.RemovePatients(ctx, tx, b.keys, free); err != nil {
			return err
		}
		_, err = tx.SetImportKept(ctx, db.SetImportKeptParams{TenantID: tx.Tenant, ID: b.row, Kept: int32(kept), UpdatedAt: tx.Now()})
		return err
	})
	if b.stays(err, &b.after, after) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	b.after, b.kept = after, kept
	return more, nil
}

// numbers takes the next numbers back that were added to animals the import did not make.
func (b *back) numbers(ctx context.Context) (more bool, err error) {
	line, kept := b.line, b.kept
	err = b.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := tx.ListImportMerges(ctx, db.ListImportMergesParams{TenantID: tx.Tenant, ImportID: b.row, After: b.line, Most: int32(b.most)})
		if err != nil {
			return err
		}
		more = len(list) == b.most
		var lines []int32
		var free []id.ID
		for _, m := range list {
			line = m.Line
			if m.Ended {
				kept++
				continue
			}
			lines, free = append(lines, m.Line), append(free, m.ID)
		}
		if _, err := tx.DeleteImportLines(ctx, db.DeleteImportLinesParams{TenantID: tx.Tenant, ImportID: b.row, Lines: lines}); err != nil {
			return err
		}
		return registry.RemoveNumbers(ctx, tx, free)
	})
	if b.stays(err, &b.line, line) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	b.line, b.kept = line, kept
	return more, nil
}

// errors of the work that are no fault of the file.
const (
	saidStopped = "It was stopped on its way. It can go on where it stood."
	saidBroken  = "Something went wrong on our side. It can go on where it stood."
)

// GiveUp moves an import that its work ended with err for good to where a person can go on: a check back to
// the choice of columns, a run to Failed, a withdrawal to Stuck. What a person may read of err is kept as
// the reason.
func GiveUp(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, row id.ID, err error) error {
	to := map[string]string{Checking: Staged, Running: Failed, Withdrawing: Stuck}
	return store.Write(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		r, lockErr := tx.LockImport(ctx, db.LockImportParams{TenantID: tx.Tenant, ID: row})
		if lockErr := db.Missing(lockErr, "locking an import"); lockErr != nil {
			return lockErr
		}
		if to[r.State] == "" {
			return nil
		}
		return move(ctx, tx, keys, row, r.State, to[r.State], sentenceOf(err))
	})
}

func sentenceOf(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return saidStopped
	case readable(err) != nil:
		return readable(err).Error()
	}
	return saidBroken
}
