package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/fault"
	"paddock/internal/id"
	"paddock/internal/registry"
	"paddock/internal/vault"
)

const chunkRows = 1000 // rows of one transaction

// errOvertaken says that another process does the same work and is ahead.
var errOvertaken = fault.New(fault.Conflict, "This import is already being worked on.")

// Progress is told how far the work has come; it may be nil.
type Progress func(Counts)

// Check is the dry run of an import in state Checking: it says what would become of each row, and writes
// nothing but counts and problems. It ends in state Checked. A check that was cut off begins anew.
func Check(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, row id.ID, tell Progress) (Counts, error) {
	w, err := begin(ctx, store, keys, who, row, Checking)
	if err != nil {
		return Counts{}, err
	}
	if err := w.survey(ctx); err != nil {
		return w.counts, err
	}
	if err := w.work(ctx, tell); err != nil {
		return w.counts, err
	}
	return w.counts, w.end(ctx, Checked)
}

// Run brings the rows of an import in state Running into the clinic, a thousand to a transaction, and ends
// in state Done. Cut off anywhere, it goes on after the last row that was written, and comes to the same.
func Run(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, row id.ID, tell Progress) (Counts, error) {
	w, err := begin(ctx, store, keys, who, row, Running)
	if err != nil {
		return Counts{}, err
	}
	if err := w.work(ctx, tell); err != nil {
		return w.counts, err
	}
	return w.counts, w.end(ctx, Done)
}

// worker is one check or run.
type worker struct {
	store *db.Store
	keys  *vault.Clinic
	who   actor.Who
	row   id.ID
	state string
	file  file
	parts int
	kinds []registry.Species
	// counts and problemParts are what is written.
	counts       Counts
	problemParts int
}

func begin(ctx context.Context, store *db.Store, keys *vault.Clinic, who actor.Who, row id.ID, state string) (*worker, error) {
	w := &worker{store: store, keys: keys, who: who, row: row, state: state}
	err := store.Read(ctx, who, func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.GetImport(ctx, db.GetImportParams{TenantID: tx.Tenant, ID: row})
		if err := db.Missing(err, "reading an import"); err != nil {
			return err
		}
		if r.State != state {
			return errElsewhere
		}
		var v View
		if v, w.file, err = view(tx, keys, r); err != nil {
			return err
		}
		n, err := tx.CountImportProblems(ctx, db.CountImportProblemsParams{TenantID: tx.Tenant, ImportID: row})
		if err != nil {
			return err
		}
		w.counts, w.parts, w.problemParts = v.Counts, int(r.Parts), int(n.Parts)
		w.kinds, err = registry.ListSpecies(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("beginning with import %s: %w", row, err)
	}
	if bad := w.file.check(w.file.Mapping); bad != nil {
		return nil, bad
	}
	return w, nil
}

// rows reads the file from its beginning, behind its headings.
func (w *worker) rows(ctx context.Context) (*list, error) {
	l := w.file.list(&staged{ctx: ctx, store: w.store, keys: w.keys, who: w.who, row: w.row, holds: w.file.Holds, parts: w.parts})
	if _, err := l.next(); err != nil {
		return nil, fmt.Errorf("reading the headings of import %s: %w", w.row, err)
	}
	return l, nil
}

func (w *worker) write(ctx context.Context, do func(ctx context.Context, tx *db.Tx) error) error {
	if err := w.store.Write(ctx, w.who, do); err != nil {
		return fmt.Errorf("working on import %s: %w", w.row, err)
	}
	return nil
}

// chunk is some rows on their way through deciding, sealing and writing.
type chunk struct {
	rows     []decision
	counts   Counts // after it
	problems []Problem
	fill     *registry.Fill
	past     []pastRow // of a file of history, what is added
	batch    pastBatch
	sealed   chan error
}

// work decides all rows that were not done yet, and writes what became of them. One chunk is decided while
// others are sealed and the one before is written.
func (w *worker) work(ctx context.Context, tell Progress) error {
	group, ctx := errgroup.WithContext(ctx)
	processors := runtime.GOMAXPROCS(0)
	inOrder, toSeal := make(chan *chunk, processors), make(chan *chunk, processors)
	group.Go(func() error {
		defer close(inOrder)
		defer close(toSeal)
		decide := w.decide
		if w.file.Holds.Clinical() {
			decide = w.decideHistory
		}
		return decide(ctx, func(c *chunk) error {
			for _, queue := range []chan *chunk{inOrder, toSeal} {
				select {
				case queue <- c:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	})
	for range processors {
		group.Go(func() error {
			for c := range toSeal {
				switch {
				case w.state != Running:
					c.sealed <- nil
				case w.file.Holds.Clinical():
					c.sealed <- c.sealPast(w.keys)
				default:
					fill, err := c.seal(w.keys)
					c.fill = fill
					c.sealed <- err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		for c := range inOrder {
			select {
			case err := <-c.sealed:
				if err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			if err := w.keep(ctx, c); err != nil {
				return err
			}
			if tell != nil {
				tell(w.counts)
			}
		}
		return ctx.Err()
	})
	return group.Wait()
}

// decide hands on the rows behind those that are done, a chunk at a time.
func (w *worker) decide(ctx context.Context, hand func(*chunk) error) error {
	l, err := w.rows(ctx)
	if err != nil {
		return err
	}
	d := &decider{
		values: newValues(w.file, w.kinds, w.store.Now()), keys: w.keys, row: w.row,
		holders: map[number][]*holder{}, tags: map[id.ID][]string{}, repeats: map[[8]byte]int{}, counts: w.counts,
	}
	if err := w.recall(ctx, d); err != nil {
		return err
	}
	left := w.counts.Done
	var rows []reading
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		decided, err := d.decide(ctx, w.store, w.who, rows)
		if err != nil {
			return err
		}
		c := &chunk{rows: decided, counts: d.counts, problems: d.problems, sealed: make(chan error, 1)}
		rows, d.problems = nil, nil
		return hand(c)
	}
	for {
		r, err := l.next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return fmt.Errorf("reading import %s: %w", w.row, err)
		}
		read := d.read(r)
		if left > 0 {
			left--
			continue
		}
		if rows = append(rows, read); len(rows) == chunkRows {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// recall reads which line made which patient, where a run goes on.
func (w *worker) recall(ctx context.Context, d *decider) error {
	if w.state != Running || w.counts.Done == 0 {
		return nil
	}
	d.made = map[id.ID]int{}
	const most = 5000
	for after, more := int32(0), true; more; {
		err := w.store.Read(ctx, w.who, func(ctx context.Context, tx *db.Tx) error {
			rows, err := tx.ListImportMade(ctx, db.ListImportMadeParams{TenantID: tx.Tenant, ImportID: w.row, After: after, Most: most})
			for _, r := range rows {
				d.made[r.PatientID], after = int(r.Line), r.Line
			}
			more = len(rows) == most
			return err
		})
		if err != nil {
			return fmt.Errorf("reading what import %s has brought: %w", w.row, err)
		}
	}
	return nil
}

// seal makes what is written of the animals of a chunk.
func (c *chunk) seal(keys *vault.Clinic) (*registry.Fill, error) {
	var patients []registry.Newcomer
	var more []registry.AnotherNumber
	for i := range c.rows {
		r := &c.rows[i]
		a := &r.animal
		switch r.outcome {
		case added:
			n := registry.Newcomer{PatientRow: registry.PatientRow{ID: r.patient, Patient: a.Patient}}
			if a.number != "" {
				n.Numbers = append(n.Numbers, registry.NewNumber{ID: r.identifier, Kind: registry.KindLicence, Number: a.number, GivenOn: a.issued})
			}
			if a.chip != "" {
				n.Numbers = append(n.Numbers, registry.NewNumber{ID: id.New(), Kind: registry.KindChip, Number: a.chip, Standard: a.standard})
			}
			if a.tag != "" {
				n.Numbers = append(n.Numbers, registry.NewNumber{ID: id.New(), Kind: registry.KindTag, Number: a.tag})
			}
			if a.former != "" {
				n.Numbers = append(n.Numbers, registry.NewNumber{ID: id.New(), Kind: registry.KindFormer, Number: a.former})
			}
			patients = append(patients, n)
		case merged:
			more = append(more, registry.AnotherNumber{
				Patient: r.patient, NewNumber: registry.NewNumber{ID: r.identifier, Kind: registry.KindLicence, Number: a.number, GivenOn: a.issued},
			})
		}
	}
	fill, err := registry.SealFill(keys, nil, patients, more...)
	if err != nil {
		return nil, fmt.Errorf("sealing the rows from line %d: %w", c.rows[0].line, err)
	}
	return fill, nil
}

// keep writes one chunk, in one transaction that goes on from where the counts stand.
func (w *worker) keep(ctx context.Context, c *chunk) error {
	count := func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.CountImport(ctx, db.CountImportParams{
			TenantID: tx.Tenant, ID: w.row, State: w.state, WasDone: int32(w.counts.Done), RowsDone: int32(c.counts.Done),
			Added: int32(c.counts.Added), Merged: int32(c.counts.Merged), Skipped: int32(c.counts.Skipped), Refused: int32(c.counts.Refused),
			Conflicts: int32(c.counts.Conflicts), Unnamed: int32(c.counts.Unnamed), UpdatedAt: tx.Now(),
			Visits: int32(c.counts.Visits), Notes: int32(c.counts.Notes), Weights: int32(c.counts.Weights), Doses: int32(c.counts.Doses),
		})
		if err == nil && n != 1 {
			return errOvertaken
		}
		return err
	}
	err := w.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if w.state != Running {
			return db.Together(ctx, tx, count, w.problems(c))
		}
		if w.file.Holds.Clinical() {
			return db.Together(ctx, tx, append(w.history(c), count, w.problems(c))...)
		}
		if err := registry.WriteFill(ctx, tx, w.keys, c.fill, count); err != nil {
			return err
		}
		return db.Together(ctx, tx, w.lines(c), w.problems(c))
	})
	if err != nil {
		return err
	}
	w.counts = c.counts
	if len(c.problems) > 0 {
		w.problemParts++
	}
	return nil
}

func (w *worker) problems(c *chunk) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return keepProblems(ctx, tx, w.keys, w.row, w.file.Holds, w.problemParts, c.problems)
	}
}

func (w *worker) lines(c *chunk) func(context.Context, *db.Tx) error {
	n := len(c.rows)
	p := db.InsertImportRowsParams{
		ImportID: w.row, Lines: make([]int32, n), Outcomes: make([]string, n), Conflicts: make([]bool, n),
		PatientIds: make([]id.ID, n), IdentifierIds: make([]id.ID, n), Prints: make([][]byte, n),
	}
	for i, r := range c.rows {
		p.Lines[i], p.Outcomes[i], p.Conflicts[i] = int32(r.line), r.outcome, r.conflict
		p.PatientIds[i], p.IdentifierIds[i], p.Prints[i] = r.patient, r.identifier, r.print
	}
	return func(ctx context.Context, tx *db.Tx) error {
		p.TenantID = tx.Tenant
		if err := tx.InsertImportRows(ctx, p); err != nil {
			return fmt.Errorf("writing down the rows from line %d: %w", c.rows[0].line, err)
		}
		return nil
	}
}

// end moves the import on, once every row of the file is accounted for. The file of one that has run is no
// longer needed.
func (w *worker) end(ctx context.Context, to string) error {
	c := w.counts
	if c.Done != c.Total || c.Added+c.Merged+c.Skipped+c.Refused != c.Total {
		return fmt.Errorf("import %s has %d rows, of which %d were done: %d added, %d merged, %d skipped, %d refused",
			w.row, c.Total, c.Done, c.Added, c.Merged, c.Skipped, c.Refused)
	}
	return w.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := move(ctx, tx, w.keys, w.row, w.state, to, ""); err != nil {
			return err
		}
		if to != Done {
			return nil
		}
		_, err := tx.DeleteImportParts(ctx, db.DeleteImportPartsParams{TenantID: tx.Tenant, ImportID: w.row})
		return err
	})
}
