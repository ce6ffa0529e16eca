package db

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/semaphore"

	"paddock/internal/actor"
	"paddock/internal/id"
)

// acquirePatience is how long a request waits for a connection before it is told to come again.
const acquirePatience = 2 * time.Second

// Config says how a Store reaches the database.
type Config struct {
	// URL connects as paddock_app (see Endpoint.As).
	URL string
	// MaxConns bounds the pool; a clinic may hold half of it. Zero means 12.
	MaxConns int32
	// Signer signs the context of each transaction.
	Signer *Signer
	// Log gets ids only.
	Log *slog.Logger
	// Report is told of each context the database refused. It must not block.
	Report func(ctx context.Context, who actor.Who, kind string)
	// Tell is given what transactions were told to Tell, once they are committed. It must not block. Where
	// nobody is to be told, as in a command, it may be nil.
	Tell func(tokens []string)
}

// Store is the one door: it hands out fenced transactions and nothing else.
type Store struct {
	pool   *pgxpool.Pool
	signer *Signer
	log    *slog.Logger
	report func(ctx context.Context, who actor.Who, kind string)
	tell   func(tokens []string)
	// The opening statements end in a comment nobody can guess: pgx names a prepared statement by its text,
	// and one whose name can be guessed could be replaced on a connection by injected SQL.
	enterRead, enterWrite string

	share  int64
	shares sync.Map // id.Tenant -> *semaphore.Weighted: each clinic's part of the pool
}

// Open connects the pool.
func Open(ctx context.Context, c Config) (*Store, error) {
	pc, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, errors.New("the database address cannot be read") // the parser's error would repeat the password
	}
	if c.MaxConns == 0 {
		c.MaxConns = 12
	}
	pc.MaxConns = c.MaxConns
	pc.MaxConnLifetime = time.Hour
	pc.ConnConfig.RuntimeParams["search_path"] = "app"
	pc.ConnConfig.RuntimeParams["application_name"] = "paddock"
	// Given with the connection, these stand above what a role may store for itself; sec.enter compares.
	pc.ConnConfig.RuntimeParams["statement_timeout"] = "15s"
	pc.ConnConfig.RuntimeParams["lock_timeout"] = "4s"
	pc.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "20s"
	pc.ConnConfig.RuntimeParams["row_security"] = "on"
	pc.ConnConfig.RuntimeParams["default_transaction_read_only"] = "off"
	pc.AfterConnect = registerIDArrays
	pc.AfterRelease = func(conn *pgx.Conn) bool { return conn.PgConn().TxStatus() == 'I' }
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("opening the pool: %w", err)
	}
	s := &Store{pool: pool, signer: c.Signer, log: c.Log, report: c.Report, tell: c.Tell, share: max(1, int64(c.MaxConns)/2)}
	secret := " -- " + rand.Text()
	s.enterRead, s.enterWrite = enterRead+secret, enterWrite+secret
	if s.report == nil {
		s.report = func(context.Context, actor.Who, string) {}
	}
	if s.tell == nil {
		s.tell = func([]string) {}
	}
	return s, nil
}

// Close waits for open transactions and closes the pool.
func (s *Store) Close() { s.pool.Close() }

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// Now is the instant of the store's clock, in UTC and to the microsecond PostgreSQL keeps.
func (s *Store) Now() time.Time { return s.signer.clock.Now().UTC().Truncate(time.Microsecond) }

// Connections tells how many connections are open.
func (s *Store) Connections() int { return int(s.pool.Stat().TotalConns()) }

type openKey struct{}

// Read runs do in transactions that cannot change anything, not even through a careless statement:
// PostgreSQL itself is told READ ONLY. Each flush is complete in one round trip.
func (s *Store) Read(ctx context.Context, who actor.Who, do func(ctx context.Context, tx *Tx) error) error {
	return s.run(ctx, who, false, do)
}

// Write runs do in one transaction and commits it if do returns nil. A lost connection while
// committing gives ErrUnknownOutcome.
func (s *Store) Write(ctx context.Context, who actor.Who, do func(ctx context.Context, tx *Tx) error) error {
	return s.run(ctx, who, true, do)
}

func (s *Store) run(ctx context.Context, who actor.Who, writing bool, do func(ctx context.Context, tx *Tx) error) error {
	if who.Clinic.IsZero() || who.Purpose == "" {
		return errors.New("a transaction needs a clinic and a purpose")
	}
	if ctx.Value(openKey{}) != nil {
		return ErrNested
	}
	done, err := s.enter(ctx, who.Clinic)
	if err != nil {
		return err
	}
	defer done()
	conn, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	f := &fence{store: s, who: who, conn: conn, types: conn.Conn().TypeMap(), writing: writing}
	finished := false
	defer func() {
		f.closed.Store(true)
		f.mu.Lock() // a statement of a stray goroutine is answered before the connection goes back
		defer f.mu.Unlock()
		if f.tainted {
			s.log.WarnContext(ctx, "a connection on which something was left behind was destroyed", "clinic", who.Clinic.String())
			f.discard()
			return
		}
		if !finished || f.begun || f.conn.Conn().PgConn().TxStatus() != 'I' {
			f.abandon(finished)
			return
		}
		f.conn.Release()
	}()
	err = do(context.WithValue(ctx, openKey{}, who.Clinic), f.tx(f))
	if err == nil && writing {
		err = f.commit(ctx)
	}
	finished = true
	if len(f.told) > 0 && (err == nil || errors.Is(err, ErrUnknownOutcome)) {
		s.tell(f.told)
	}
	return err
}

// commit sends what was left for the end together with COMMIT.
func (f *fence) commit(ctx context.Context) error {
	if f.failed {
		return errors.New("a statement failed and its error was dropped: the transaction cannot be committed")
	}
	if len(f.atCommit) > 0 {
		return f.together(ctx, nil, f.atCommit, true)
	}
	if !f.begun {
		return nil
	}
	return f.flush(ctx, nil, true)
}

// abandon rolls back, and destroys the connection where that is not answered at once or where the
// path ended in a panic.
func (f *fence) abandon(orderly bool) {
	if orderly && !f.conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := f.conn.Exec(ctx, "ROLLBACK"); err == nil && f.conn.Conn().PgConn().TxStatus() == 'I' {
			f.conn.Release()
			return
		}
	}
	f.discard()
}

// enter takes one place of the clinic's share.
func (s *Store) enter(ctx context.Context, clinic id.Tenant) (func(), error) {
	v, ok := s.shares.Load(clinic)
	if !ok {
		v, _ = s.shares.LoadOrStore(clinic, semaphore.NewWeighted(s.share))
	}
	sem, ok := v.(*semaphore.Weighted)
	if !ok {
		return nil, errors.New("the shares hold something else")
	}
	if !sem.TryAcquire(1) {
		wait, cancel := context.WithTimeout(ctx, acquirePatience)
		defer cancel()
		if err := sem.Acquire(wait, 1); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, ErrBusy
		}
	}
	return func() { sem.Release(1) }, nil
}

func (s *Store) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	wait, cancel := context.WithTimeout(ctx, acquirePatience)
	defer cancel()
	conn, err := s.pool.Acquire(wait)
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			return nil, ErrBusy
		}
		return nil, fmt.Errorf("taking a connection: %w", err)
	}
	return conn, nil
}

// Violates reports whether err is the refusal of the named constraint.
func Violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == constraint
}

// Referred reports whether err says that a row cannot go, since others refer to it (SQLSTATE 23503).
func Referred(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503"
}

// Refused reports whether err is a row-security or grant refusal (SQLSTATE 42501).
func Refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "42501"
}

// NoRows reports whether err says that there was no row.
func NoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
