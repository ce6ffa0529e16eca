// Package imports brings animals, or their clinical history, from a file into a clinic. A file is staged sealed,
// its columns are told apart, a dry run says what would become of each row, and the run itself is one batch
// that can be taken back whole. What an animal is, and what it is found by, stays with the registry; notes,
// weights and doses with theirs.
//
// Check, Run and TakeBack are the work; they open their own transactions, one a chunk of rows, since one
// for all would hold the clinic for too long, and each goes on where it was cut off. The other verbs take
// a transaction: they move an import from one state to the next and leave the work to a job.
package imports

import (
	"context"
	"fmt"
	"time"

	"paddock/db"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/vault"
)

// The states of an import; which follows which stands in the table import_state_moves.
const (
	Uploading   = "uploading"   // its parts are coming in
	Staged      = "staged"      // the file is there; its columns may be chosen
	Checking    = "checking"    // a dry run is under way
	Checked     = "checked"     // the dry run has said what would become of each row
	Running     = "running"     // rows are being brought in
	Failed      = "failed"      // stopped on its way; it can go on or be taken back
	Done        = "done"        // every row is in, or named among the problems
	Withdrawing = "withdrawing" // it is being taken back
	Stuck       = "stuck"       // stopped while it was taken back; it can go on
	Withdrawn   = "withdrawn"   // taken back, but for the rows used since
	Discarded   = "discarded"   // never run, and its file is gone
)

// stalledAfter is for how long work that makes no progress is taken for dead.
const stalledAfter = 2 * time.Minute

// Counts are rows of a file. Done are those that were looked at so far: added, merged, skipped and refused
// always add up to them.
type Counts struct {
	Total, Done                     int
	Added, Merged, Skipped, Refused int
	// Conflicts of the added have a number in common with another animal. Unnamed are all rows without a
	// name that are not refused.
	Conflicts, Unnamed int
	// Kept are rows that could not be taken back, since they were used.
	Kept int
	// The added by kind, of a file of history.
	Visits, Notes, Weights, Doses int
}

// View is an import as a page shows it. Instants are UTC.
type View struct {
	ID    id.ID
	State string
	// Holds is what stands in the file: Animals, History or one kind of it.
	Holds Holds
	// Stalled work makes no progress; Start, Check or Withdraw asks for it again.
	Stalled bool
	File    string
	Bytes   int64
	// Encoding is "UTF-8", "UTF-16" or "Windows-1252"; Separator "comma", "semicolon", "tab" or "bar".
	Encoding, Separator string
	Columns             []Column
	Mapping             Mapping
	// Notes are sentences about the file as a whole: how its dates are read, what is not taken over.
	Notes  []string
	Counts Counts
	// Reason is why the import came into its state, where that needs one: "" else.
	Reason string
	// By staged it.
	By                 id.ID
	CreatedAt, MovedAt time.Time
	// Version is what a verb that changes the import must name.
	Version int64
}

// Column is a column of the file: its heading, "" where it has none, and its first few values.
type Column struct {
	Heading string   `json:"heading"`
	Samples []string `json:"samples,omitempty"`
}

// Working reports whether a job is at it, so that a page asks again after a while.
func (v View) Working() bool { return working(v.State) }

func working(state string) bool { return state == Checking || state == Running || state == Withdrawing }

// file is what of an import is sealed.
type file struct {
	Name      string   `json:"name"`
	Holds     Holds    `json:"-"` // stands in the row
	Country   string   `json:"country,omitempty"`
	Zone      string   `json:"zone,omitempty"` // of the clinic, by which times of day are read
	Encoding  string   `json:"encoding,omitempty"`
	Separator string   `json:"separator,omitempty"`
	Returns   bool     `json:"returns,omitempty"` // lines end in CR alone
	Columns   []Column `json:"columns,omitempty"`
	Mapping   Mapping  `json:"mapping,omitempty"`
	// Orders are found by the dry run: how the numbers of a column of dates are read.
	Orders map[Field]order `json:"orders,omitempty"`
	Notes  []string        `json:"notes,omitempty"`
}

// group is the field group animals are sealed in, and what is said of an import as a whole.
const group = "contact"

// slot is where something of an import is sealed: what holds clinical text in the group of such.
func (h Holds) slot(table string, row id.ID) vault.Slot {
	if h.Clinical() {
		return vault.Slot{Table: table, Group: "clinical", Row: row}
	}
	return vault.Slot{Table: table, Group: group, Row: row}
}

func (h Holds) seal(keys *vault.Clinic, table string, row id.ID, v any) ([]byte, error) {
	return keys.SealJSON(h.slot(table, row), v)
}

func (h Holds) open(keys *vault.Clinic, table string, row id.ID, text []byte, v any) error {
	return keys.OpenJSON(h.slot(table, row), text, v)
}

// List reads the imports of a clinic, newest first, a hundred at most. Columns, mapping, notes and reasons
// are left out. Those of clinical history are for who may read such text.
func List(ctx context.Context, tx *db.Tx, keys *vault.Clinic, clinical bool) ([]View, error) {
	rows, err := tx.ListImports(ctx, db.ListImportsParams{TenantID: tx.Tenant, Clinical: clinical})
	if err != nil {
		return nil, fmt.Errorf("reading the imports: %w", err)
	}
	out := make([]View, len(rows))
	for i, r := range rows {
		v, _, err := view(tx, keys, db.GetImportRow{
			ID: r.ID, State: r.State, Holds: r.Holds, Sealed: r.Sealed, Bytes: r.Bytes, RowsTotal: r.RowsTotal, RowsDone: r.RowsDone,
			Added: r.Added, Merged: r.Merged, Skipped: r.Skipped, Refused: r.Refused, Conflicts: r.Conflicts, Unnamed: r.Unnamed,
			Kept: r.Kept, Visits: r.Visits, Notes: r.Notes, Weights: r.Weights, Doses: r.Doses, ByID: r.ByID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version,
		})
		if err != nil {
			return nil, err
		}
		v.Columns, v.Mapping, v.Notes = nil, nil, nil
		out[i] = v
	}
	return out, nil
}

// Open reads one import, or gives fault.Missing. One that is still uploading, or was discarded, is missing.
func Open(ctx context.Context, tx *db.Tx, keys *vault.Clinic, row id.ID) (View, error) {
	var r db.GetImportRow
	var move db.GetImportMoveRow
	var moveErr error
	err := db.Together(ctx, tx,
		func(ctx context.Context, tx *db.Tx) (err error) {
			r, err = tx.GetImport(ctx, db.GetImportParams{TenantID: tx.Tenant, ID: row})
			return err
		},
		func(ctx context.Context, tx *db.Tx) error {
			move, moveErr = tx.GetImportMove(ctx, db.GetImportMoveParams{TenantID: tx.Tenant, ID: row})
			if db.NoRows(moveErr) {
				return nil
			}
			return moveErr
		},
	)
	if err := db.Missing(err, "reading an import"); err != nil {
		return View{}, err
	}
	if r.State == Uploading || r.State == Discarded || moveErr != nil {
		return View{}, fault.Missing
	}
	v, _, err := view(tx, keys, r)
	if err != nil {
		return View{}, err
	}
	var why reason
	if err := Animals.open(keys, "import_moves", move.ID, move.Sealed, &why); err != nil {
		return View{}, err
	}
	v.Reason, v.MovedAt = why.Text, move.At.UTC()
	return v, nil
}

// AtWork reads the import that brings rows in, or takes them back. It gives fault.Missing where none does.
func AtWork(ctx context.Context, tx *db.Tx, keys *vault.Clinic) (View, error) {
	row, err := tx.GetImportAtWork(ctx, db.GetImportAtWorkParams{TenantID: tx.Tenant})
	if err := db.Missing(err, "looking for the import at work"); err != nil {
		return View{}, err
	}
	return Open(ctx, tx, keys, row)
}

// view opens what is stored of an import.
func view(tx *db.Tx, keys *vault.Clinic, r db.GetImportRow) (View, file, error) {
	f := file{Holds: Holds(r.Holds)}
	if err := f.Holds.open(keys, "imports", r.ID, r.Sealed, &f); err != nil {
		return View{}, f, err
	}
	return View{
		ID: r.ID, State: r.State, Holds: f.Holds, Stalled: stalled(tx, r.State, r.UpdatedAt), File: f.Name, Bytes: r.Bytes,
		Encoding: f.Encoding, Separator: separatorNames[f.Separator], Columns: f.Columns, Mapping: f.Mapping, Notes: f.Notes,
		Counts: counts(r), By: r.ByID, CreatedAt: r.CreatedAt.UTC(), MovedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}, f, nil
}

func stalled(tx *db.Tx, state string, since time.Time) bool {
	return working(state) && tx.Now().Sub(since) > stalledAfter
}

func counts(r db.GetImportRow) Counts {
	return Counts{
		Total: int(r.RowsTotal), Done: int(r.RowsDone), Added: int(r.Added), Merged: int(r.Merged), Skipped: int(r.Skipped),
		Refused: int(r.Refused), Conflicts: int(r.Conflicts), Unnamed: int(r.Unnamed), Kept: int(r.Kept),
		Visits: int(r.Visits), Notes: int(r.Notes), Weights: int(r.Weights), Doses: int(r.Doses),
	}
}
