package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"paddock/internal/actor"
	"paddock/internal/id"
)

// Errors of a fenced transaction.
var (
	// ErrClosed answers a statement sent after its transaction ended, as by a goroutine that outlived
	// its request.
	ErrClosed = errors.New("the transaction is over")
	// ErrNested refuses a transaction opened inside another one.
	ErrNested = errors.New("a transaction is open already on this path")
	// ErrUnknownOutcome says that the connection was lost while committing: the change is either
	// wholly there or wholly not, and nobody here can tell which.
	ErrUnknownOutcome = errors.New("the connection was lost while saving, so it is not known whether the change is there")
	// ErrContext wraps the database's refusal of a context: forged, replayed or expired.
	ErrContext = errors.New("the database refused the signed context")
	// ErrBusy means that the clinic holds its share of the connections, or that all are taken: 503.
	ErrBusy = errors.New("every connection this clinic may use is busy")

	errLeftover = errors.New("an earlier transaction left something behind on the connection")
)

const (
	// What sec.enter raises ends the whole flush, so that nothing after it runs.
	enterRead  = "SELECT sec.enter($1, false), set_config('transaction_read_only', 'on', true)"
	enterWrite = "SELECT sec.enter($1, false)"
)

// Enter enters the clinic of a signed context, its one parameter, for the rest of a transaction. The store
// opens its own with a stricter form.
const Enter = "SELECT sec.enter($1, true)"

// Tx is a fenced transaction of one clinic. Its methods are the statements of the folder queries, and
// Tenant is the only value their TenantID may be given.
type Tx struct {
	*Queries
	// Tenant is the clinic the transaction was opened for.
	Tenant id.Tenant
	// Who is on whose behalf it was opened.
	Who actor.Who

	f  *fence
	in *lane // of the function of Together that was given it
}

// fence is the transaction behind a Tx. A reading one sends each flush as a pipelined transaction of
// its own, read-only, complete with its context: one round trip. A writing one opens lazily, with its
// first statement, and commits together with what was left for the end.
type fence struct {
	store   *Store
	who     actor.Who
	conn    *pgxpool.Conn
	types   *pgtype.Map // the connection's; still there when a stray statement is answered
	writing bool

	mu       sync.Mutex
	begun    bool
	failed   bool
	tainted  bool // a statement ran that may outlive the transaction
	atCommit []func(ctx context.Context, tx *Tx) error
	told     []string
	closed   atomic.Bool
}

func (f *fence) tx(d DBTX) *Tx { return &Tx{Queries: New(d), Tenant: f.who.Clinic, Who: f.who, f: f} }

// AtCommit leaves one statement for the end of a writing transaction: it travels with COMMIT. The
// function must send exactly one statement.
func (tx *Tx) AtCommit(do func(ctx context.Context, tx *Tx) error) {
	tx.f.mu.Lock()
	defer tx.f.mu.Unlock()
	tx.f.atCommit = append(tx.f.atCommit, do)
}

// Tell leaves tokens that all processes are told of once a writing transaction is committed, and not at all
// where it is not.
func (tx *Tx) Tell(tokens ...string) {
	tx.f.mu.Lock()
	defer tx.f.mu.Unlock()
	tx.f.told = append(tx.f.told, tokens...)
}

// Now is the instant of the store's clock, in UTC and to the microsecond PostgreSQL keeps.
func (tx *Tx) Now() time.Time { return tx.f.store.Now() }

// Writing reports whether the transaction may change anything.
func (tx *Tx) Writing() bool { return tx.f.writing }

// flush sends the statements in one round trip, with whatever must stand before them, and COMMIT
// behind them where this is the last of a writing transaction.
func (f *fence) flush(ctx context.Context, list []*statement, last bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed.Load() {
		return ErrClosed
	}
	if f.failed {
		return errors.New("an earlier statement of the transaction failed")
	}
	for try := 0; ; try++ {
		err := f.send(ctx, list, last)
		if !errors.Is(err, errLeftover) || try == 2 {
			return err
		}
		// Somebody left something behind that outlives a transaction. Nothing of ours was run: the
		// connection goes, and with it whatever was begun.
		f.store.log.WarnContext(ctx, "a connection on which something was left behind was destroyed", "clinic", f.who.Clinic.String())
		if err := f.replace(ctx); err != nil {
			return err
		}
	}
}

func (f *fence) send(ctx context.Context, list []*statement, last bool) error {
	batch := &pgx.Batch{}
	opening := !f.writing || !f.begun
	if opening && f.writing {
		batch.Queue("BEGIN")
	}
	if opening {
		enter := f.store.enterRead
		if f.writing {
			enter = f.store.enterWrite
		}
		batch.Queue(enter, f.store.signer.Sign(f.who, f.conn.Conn().PgConn().PID()))
	}
	for _, s := range list {
		*s = statement{sql: s.sql, args: s.args}
		batch.Queue(s.sql, s.args...)
	}
	if last {
		batch.Queue("COMMIT")
	}
	meterOf(ctx).add(batch.Len(), list)
	return f.receive(ctx, batch, list, opening, last)
}

func (f *fence) receive(ctx context.Context, batch *pgx.Batch, list []*statement, opening, last bool) error {
	results := f.conn.Conn().SendBatch(ctx, batch)
	var opened error
	if opening && f.writing {
		_, opened = results.Exec()
	}
	if opening && opened == nil {
		_, opened = results.Exec()
	}
	var broken error
	if opened == nil {
		for _, s := range list {
			s.receive(results.Query())
			if s.err == nil && LeavesBehind(s.tag) {
				f.tainted = true
			}
			if s.err != nil {
				s.err = f.refused(ctx, s.err)
				broken = s.err
				break
			}
		}
	}
	var tag pgconn.CommandTag
	var ended error
	if opened == nil && broken == nil && last {
		tag, ended = results.Exec()
	}
	closing := results.Close()
	committed := last && ended == nil && tag.String() == "COMMIT"
	if lost := errors.Join(opened, broken, ended, closing); last && !committed && lost != nil && f.conn.Conn().IsClosed() {
		return f.lost(lost) // COMMIT was sent with all the rest
	}
	switch {
	case opening && ctx.Err() == nil && leftBehind(opened):
		return fmt.Errorf("%w: %w", errLeftover, opened)
	case opened != nil:
		f.failed = true
		return fmt.Errorf("opening the transaction: %w", f.refused(ctx, opened))
	case broken != nil:
		f.failed = f.writing
		return nil // each statement carries its own error; the rest were not run
	case ended != nil:
		return f.lost(ended)
	case last && tag.String() != "COMMIT":
		return errors.New("the transaction was rolled back instead of committed")
	case closing != nil && !committed: // of a change that is saved nothing is said
		return fmt.Errorf("reading the answer: %w", closing)
	}
	if f.writing {
		f.begun = !last
		f.closed.Store(last)
	}
	return nil
}

// LeavesBehind reports whether a statement with this tag may outlive its transaction: PREPARE, DECLARE,
// LISTEN, SET and whatever else is not plain reading and writing of rows. A connection on which one ran
// is destroyed. Nothing inside a SELECT can do what these do: no role of ours may write functions, and
// those of PostgreSQL that run a text run reading statements only.
func LeavesBehind(tag pgconn.CommandTag) bool {
	verb, _, _ := strings.Cut(tag.String(), " ")
	switch verb {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE":
		return false
	}
	return true
}

// leftBehind reports whether sec.enter found something, or did not come that far: a statement could not
// even be prepared, as with row_security off (42501), or a limit of time that somebody set was over before
// it could be compared (57014, 55P03). Nothing was run.
func leftBehind(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case "PD003", "42501", "57014", "55P03":
		return true
	}
	return false
}

// lost tells a refused COMMIT from one whose answer never came.
func (f *fence) lost(err error) error {
	var answered *pgconn.PgError
	if errors.As(err, &answered) && !f.conn.Conn().IsClosed() {
		return fmt.Errorf("committing: %w", err)
	}
	return fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
}

// refused marks errors of the signed context and reports them once.
func (f *fence) refused(ctx context.Context, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "PD001" || pg.Code == "PD002") {
		f.store.report(ctx, f.who, "context-refused")
		return fmt.Errorf("%w: %w", ErrContext, err)
	}
	return err
}

// replace destroys the connection and takes another.
func (f *fence) replace(ctx context.Context) error {
	f.discard()
	conn, err := f.store.acquire(ctx)
	if err != nil {
		return err
	}
	f.conn, f.types, f.begun = conn, conn.Conn().TypeMap(), false
	return nil
}

// discard closes the connection for good; what was begun on it is rolled back by the server.
func (f *fence) discard() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = f.conn.Conn().Close(ctx) // it is thrown away either way
	f.conn.Release()
}

// Exec, Query and QueryRow make a fence the DBTX of the generated code: one statement, one flush.
func (f *fence) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	s := &statement{sql: sql, args: args}
	if err := f.flush(ctx, []*statement{s}, false); err != nil {
		return pgconn.CommandTag{}, err
	}
	return s.tag, s.err
}

func (f *fence) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	s := &statement{sql: sql, args: args}
	if err := f.flush(ctx, []*statement{s}, false); err != nil {
		return nil, err
	}
	return s.answer(f.types), s.err
}

func (f *fence) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	s := &statement{sql: sql, args: args}
	if err := f.flush(ctx, []*statement{s}, false); err != nil {
		s.err = err
	}
	return one{s.answer(f.types)}
}
