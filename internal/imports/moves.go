package imports

import (
	"context"
	"encoding/json"
	"fmt"

	"paddock/db"
	"paddock/internal/audit"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/jobs"
	"paddock/internal/vault"
)

// Kind is the kind of a job.
type Kind = jobs.Kind

// The kinds of jobs of this slice; the object of each is an import.
const (
	CheckJob    Kind = "import.check"
	RunJob      Kind = "import.run"
	WithdrawJob Kind = "import.withdraw"
)

// Later leaves a job in the transaction that asks for it, as jobs.Enqueue does. It is nil where the caller
// does the work itself right after.
type Later func(ctx context.Context, tx *db.Tx, keys *vault.Clinic, kind Kind, object id.ID) error

// errElsewhere says that the import is no longer what the form was made from.
var errElsewhere = fault.New(fault.Conflict, "This import has moved on since the page was made. Look at it again.")

// ErrBusy says that one import at a time brings rows in, or takes them back: see AtWork.
var ErrBusy = fault.New(fault.Conflict, "Another import is under way at this clinic. This one can begin when that has ended.")

// reason is what is sealed with a move.
type reason struct {
	Text string `json:"text,omitempty"`
}

// SetMapping says which column is what and asks for a dry run. version is the one the form showed. It gives
// fault.Fields with the mistakes, named after the fields, fault.Missing, or a fault of kind Conflict where
// the import is at work or has run.
func SetMapping(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, version int64, m Mapping, later Later) error {
	v, f, err := lock(ctx, tx, keys, row)
	if err != nil {
		return err
	}
	if bad := f.check(m); bad != nil {
		return bad
	}
	again := v.State == Checking && v.Stalled
	if v.Version != version || v.State != Staged && v.State != Checked && !again {
		return errElsewhere
	}
	f.Mapping, f.Orders, f.Notes = m, nil, nil
	if err := saveFile(ctx, tx, keys, row, f); err != nil {
		return err
	}
	if err := forgetCounts(ctx, tx, row); err != nil {
		return err
	}
	if err := record(tx, keys, audit.Changed, row, v.content, m); err != nil {
		return err
	}
	if err := proceed(ctx, tx, keys, row, v.State, Checking); err != nil {
		return err
	}
	return leave(ctx, tx, keys, later, CheckJob, row)
}

// Start asks for the run of an import that was checked, or that stopped on its way. The one record of the
// whole batch is made here, with commitments to the file and to what its columns are.
func Start(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, version int64, later Later) error {
	v, f, err := lock(ctx, tx, keys, row)
	if err != nil {
		return err
	}
	again := v.State == Running && v.Stalled
	if v.Version != version || v.State != Checked && v.State != Failed && !again {
		return errElsewhere
	}
	act := audit.Changed // it goes on
	if v.State == Checked {
		if err := forgetCounts(ctx, tx, row); err != nil {
			return err
		}
		act = audit.Imported
	}
	if err := record(tx, keys, act, row, v.content, f.Mapping); err != nil {
		return err
	}
	if err := proceed(ctx, tx, keys, row, v.State, Running); err != nil {
		return err
	}
	return leave(ctx, tx, keys, later, RunJob, row)
}

// Withdraw asks for an import to be taken back: what it added is deleted, unless it was used since. See
// PreviewWithdrawal.
func Withdraw(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, version int64, later Later) error {
	v, f, err := lock(ctx, tx, keys, row)
	if err != nil {
		return err
	}
	again := v.State == Withdrawing && v.Stalled
	if v.Version != version || v.State != Done && v.State != Failed && v.State != Stuck && !again &&
		(v.State != Withdrawn || v.Counts.Kept == 0) {
		return errElsewhere
	}
	act := audit.Withdrawn
	if again || v.State == Stuck {
		act = audit.Changed // it goes on
	}
	if err := record(tx, keys, act, row, v.content, f.Mapping); err != nil {
		return err
	}
	if err := proceed(ctx, tx, keys, row, v.State, Withdrawing); err != nil {
		return err
	}
	return leave(ctx, tx, keys, later, WithdrawJob, row)
}

// Discard throws away a file that was never run.
func Discard(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, version int64) error {
	v, f, err := lock(ctx, tx, keys, row)
	if err != nil {
		return err
	}
	if v.Version != version || v.State != Staged && v.State != Checked {
		return errElsewhere
	}
	if err := record(tx, keys, audit.Withdrawn, row, v.content, f.Mapping); err != nil {
		return err
	}
	return discard(ctx, tx, keys, row, v.State)
}

func discard(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, from string) error {
	if err := move(ctx, tx, keys, row, from, Discarded, ""); err != nil {
		return err
	}
	return db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteImportParts(ctx, db.DeleteImportPartsParams{TenantID: tx.Tenant, ImportID: row})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteImportProblems(ctx, db.DeleteImportProblemsParams{TenantID: tx.Tenant, ImportID: row})
			return err
		},
	)
}

// locked is an import that is held.
type locked struct {
	View
	content []byte
	parts   int
}

// lock holds an import, or gives fault.Missing.
func lock(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) (locked, file, error) {
	r, err := tx.LockImport(ctx, db.LockImportParams{TenantID: tx.Tenant, ID: row})
	if err := db.Missing(err, "locking an import"); err != nil {
		return locked{}, file{}, err
	}
	if r.State == Uploading || r.State == Discarded {
		return locked{}, file{}, fault.Missing
	}
	v, f, err := view(tx, keys, db.GetImportRow(r))
	return locked{v, r.Content, int(r.Parts)}, f, err
}

// move writes one move of an import that is held, with its reason for those who see it.
func move(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, from, to, why string) error {
	made := id.New()
	text, err := Animals.seal(keys, "import_moves", made, reason{why})
	if err != nil {
		return err
	}
	err = tx.InsertImportMove(ctx, db.InsertImportMoveParams{
		TenantID: tx.Tenant, ID: made, ImportID: row, FromState: from, ToState: to, Sealed: text, KeyVersion: keys.KeyVersion(),
		At: tx.Now(), ByID: tx.Who.Person,
	})
	if err != nil {
		return fmt.Errorf("moving import %s from %s to %s: %w", row, from, to, err)
	}
	n, err := tx.MoveImport(ctx, db.MoveImportParams{
		TenantID: tx.Tenant, ID: row, FromState: from, ToState: to, MoveID: made, UpdatedAt: tx.Now(),
	})
	switch {
	case db.Violates(err, "imports_one_at_work"):
		return ErrBusy
	case err != nil:
		return fmt.Errorf("moving import %s from %s to %s: %w", row, from, to, err)
	case n != 1:
		return errElsewhere
	}
	return nil
}

// proceed moves an import that is held to the state of its work, or has one that is there waited for anew.
func proceed(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, from, to string) error {
	if from != to {
		return move(ctx, tx, keys, row, from, to, "")
	}
	if _, err := tx.TouchImport(ctx, db.TouchImportParams{TenantID: tx.Tenant, ID: row, UpdatedAt: tx.Now()}); err != nil {
		return fmt.Errorf("going on with import %s: %w", row, err)
	}
	return nil
}

func saveFile(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID, f file) error {
	text, err := f.Holds.seal(keys, "imports", row, f)
	if err != nil {
		return err
	}
	_, err = tx.SetImportSealed(ctx, db.SetImportSealedParams{TenantID: tx.Tenant, ID: row, Sealed: text, KeyVersion: keys.KeyVersion()})
	if err != nil {
		return fmt.Errorf("saving what import %s reads: %w", row, err)
	}
	return nil
}

// forgetCounts begins the counts and the problems of an import anew.
func forgetCounts(ctx context.Context, tx *db.Tx, row id.ID) error {
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ResetImportCounts(ctx, db.ResetImportCountsParams{TenantID: tx.Tenant, ID: row})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.DeleteImportProblems(ctx, db.DeleteImportProblemsParams{TenantID: tx.Tenant, ImportID: row})
			return err
		},
	)
	if err != nil {
		return fmt.Errorf("beginning import %s anew: %w", row, err)
	}
	return nil
}

// record leaves the leaf of an act on a whole batch.
func record(tx *db.Tx, keys *vault.Clinic, act audit.Action, row id.ID, content []byte, m Mapping) error {
	columns, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing down the columns of import %s: %w", row, err)
	}
	return audit.Record(tx, audit.Entry{
		Action: act, Object: "import", ObjectID: row, Commitment: keys.Commit([]byte(act), row[:], content, columns),
	})
}

func leave(ctx context.Context, tx *db.Tx, keys *vault.Clinic, later Later, kind Kind, row id.ID) error {
	if later == nil {
		return nil
	}
	if err := later(ctx, tx, keys, kind, row); err != nil {
		return fmt.Errorf("asking for %s of %s: %w", kind, row, err)
	}
	return nil
}
