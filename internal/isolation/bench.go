package isolation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/clock"
	"paddock/internal/id"
)

// Deps is what the probes need of a running installation.
type Deps struct {
	Endpoint db.Endpoint
	// Signer makes a signer of the present context key with a clock: the probes sign for the past too.
	Signer func(clock.Clock) (*db.Signer, error)
	Scribe *audit.Scribe
	Clock  clock.Clock
	// A and B are the two canary clinics (Canaries). The probes put a row into each table for both and
	// leave it there; whatever else they try is rolled back.
	A, B id.Tenant
}

// Bench is where the probes work: two clinics that have a known row in every tenant table, and
// connections of the application's role. It is not safe for concurrent use.
type Bench struct {
	deps   Deps
	clock  clock.Clock
	scribe *audit.Scribe
	signer *db.Signer
	past   *db.Signer // its contexts have expired
	app    *pgx.Conn
	tables []*table
	a, b   *side

	// backend is the process id a context is signed for.
	backend func(*pgx.Conn) uint32

	tried int
	bad   []error
}

// side is one of the two clinics.
type side struct {
	tenant id.Tenant
	rows   map[string]row
}

func (s *side) who(p actor.Purpose) actor.Who {
	return actor.Who{Clinic: s.tenant, Purpose: p, Request: id.New(), Person: id.New(), Session: id.New(), Route: "isolation check"}
}

// NewBench connects as paddock_app, reads the catalogue and sees to it that both clinics have a row in
// every tenant table. Close ends it.
func NewBench(ctx context.Context, d Deps) (*Bench, error) {
	if d.A.IsZero() || d.B.IsZero() || d.A == d.B {
		return nil, errors.New("the probes need two different clinics")
	}
	b := &Bench{
		deps: d, clock: d.Clock, scribe: d.Scribe,
		a: &side{d.A, map[string]row{}}, b: &side{d.B, map[string]row{}},
		backend: func(c *pgx.Conn) uint32 { return c.PgConn().PID() },
	}
	var err error
	if b.signer, err = d.Signer(d.Clock); err != nil {
		return nil, fmt.Errorf("preparing to sign contexts: %w", err)
	}
	if b.past, err = d.Signer(clock.NewFake(d.Clock.Now().Add(-10 * time.Minute))); err != nil {
		return nil, fmt.Errorf("preparing to sign contexts: %w", err)
	}
	if b.app, err = b.connect(ctx, db.RoleApp); err != nil {
		return nil, err
	}
	if err := b.reload(ctx); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// reload reads the catalogue and the known rows again.
func (b *Bench) reload(ctx context.Context) (err error) {
	if b.tables, err = tables(ctx, b.app); err != nil {
		return err
	}
	if len(b.tables) == 0 {
		return errors.New("there is no tenant table to probe")
	}
	for _, s := range []*side{b.a, b.b} {
		if err := b.furnish(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the connections.
func (b *Bench) Close() { hangUp(b.app) }

// Tables is how many tenant tables are probed.
func (b *Bench) Tables() int { return len(b.tables) }

func (b *Bench) connect(ctx context.Context, role string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(b.deps.Endpoint.As(role))
	if err != nil {
		return nil, errors.New("the database address cannot be read") // the parser's error would repeat the password
	}
	cfg.RuntimeParams["application_name"] = "paddock isolation check"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("connecting as %s: %w", role, err)
	}
	return conn, nil
}

func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // it is thrown away either way
}

// sign gives the context of a clinic for a connection.
func (b *Bench) sign(s *side, conn *pgx.Conn) string {
	return b.signer.Sign(s.who(actor.Probe), b.backend(conn))
}

// plain is an id as a context has it.
func plain(v fmt.Stringer) string { return strings.ReplaceAll(v.String(), "-", "") }

// in runs do in a transaction with the clinic's context, or without any, and rolls it back.
func (b *Bench) in(ctx context.Context, s *side, do func(tx pgx.Tx) error) error {
	tx, err := b.app.Begin(ctx)
	if err != nil {
		return fmt.Errorf("opening a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // a connection that broke shows in the next probe
	if s != nil {
		if _, err := tx.Exec(ctx, db.Enter, b.sign(s, b.app)); err != nil {
			return fmt.Errorf("setting the context: %w", err)
		}
	}
	return do(tx)
}

// keep is in, committed.
func (b *Bench) keep(ctx context.Context, s *side, do func(tx pgx.Tx) error) error {
	return b.in(ctx, s, func(tx pgx.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return tx.Commit(ctx)
	})
}

// try runs one statement in a clinic's context and tells how many rows it touched or gave.
func (b *Bench) try(ctx context.Context, s *side, sql string, args ...any) (n int64, err error) {
	err = b.in(ctx, s, func(tx pgx.Tx) error {
		n, err = count(ctx, tx, sql, args...)
		return err
	})
	return n, err
}

func count(ctx context.Context, tx pgx.Tx, sql string, args ...any) (int64, error) {
	tag, err := tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (b *Bench) fail(format string, args ...any) {
	b.bad = append(b.bad, fmt.Errorf(format, args...))
}

// refused demands that an attempt was answered with one of these SQLSTATEs.
func (b *Bench) refused(err error, codes []string, format string, args ...any) {
	b.tried++
	if code := sqlstate(err); err == nil || !slices.Contains(codes, code) {
		b.fail("%s: want a refusal with %s, got %s", fmt.Sprintf(format, args...), strings.Join(codes, " or "), outcome(err))
	}
}

// nothing demands that an attempt touched no row; a refusal with one of these SQLSTATEs does as well.
func (b *Bench) nothing(n int64, err error, codes []string, format string, args ...any) {
	b.tried++
	if (err == nil && n != 0) || (err != nil && !slices.Contains(codes, sqlstate(err))) {
		b.fail("%s: want nothing, got %s and %d rows", fmt.Sprintf(format, args...), outcome(err), n)
	}
}

// reaches is the positive twin: the rightful clinic gets there.
func (b *Bench) reaches(n int64, err error, format string, args ...any) {
	if err != nil || n == 0 {
		b.fail("%s: the rightful clinic got %s and %d rows", fmt.Sprintf(format, args...), outcome(err), n)
	}
}

func sqlstate(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// outcome describes how a statement ended, without what it held.
func outcome(err error) string {
	if err == nil {
		return "no error"
	}
	if code := sqlstate(err); code != "" {
		var pg *pgconn.PgError
		errors.As(err, &pg)
		return code + " (" + pg.Message + ")"
	}
	return err.Error()
}

// denied is the SQLSTATE of a missing right and of a refusal by row security.
var denied = []string{"42501"}
