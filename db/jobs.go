package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"paddock/internal/id"
)

// JobsSchema is where the tables of the queue are.
const JobsSchema = "jobs"

// Jobs is the queue's own door. Its role takes rows out of the clinics' outboxes and works in the schema
// jobs; no other row of a clinic can be read with it.
type Jobs struct{ pool *pgxpool.Pool }

// OutboxRow is a job that was asked for. Nothing in it has been checked.
type OutboxRow struct {
	Clinic, ID id.ID
	Kind       string
	Object     id.ID
	Person     id.ID // zero for the system itself
	Epoch      int64
	MAC        []byte
}

// OpenJobs connects as paddock_jobs, with connections made when first needed.
func OpenJobs(ctx context.Context, url string) (*Jobs, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database address cannot be read")
	}
	cfg.MaxConns, cfg.MinConns = 4, 0
	cfg.MaxConnIdleTime = time.Minute
	cfg.ConnConfig.RuntimeParams["application_name"] = "paddock jobs"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("opening a connection: %w", err)
	}
	return &Jobs{pool: pool}, nil
}

// Close ends the connections.
func (j *Jobs) Close() { j.pool.Close() }

// Pool is what the queue's driver works on.
func (j *Jobs) Pool() *pgxpool.Pool { return j.pool }

// waiting leaves out clinics that are closed, whose jobs wait where they are, and the canaries, where nobody
// works and nothing is ever to be done.
const waiting = `FROM app.outbox AS o WHERE EXISTS (SELECT FROM platform.clinic AS c WHERE c.clinic_id = o.tenant_id AND c.state = 'active')`

// AllTenantsRelay takes at most this many rows out of the outboxes, oldest first, and hands them over in
// the same transaction: either a row is gone and what became of it is there, or nothing has happened.
// Of two that relay at once the second waits for the first and finds its rows gone. It gives how many
// rows there were.
func (j *Jobs) AllTenantsRelay(ctx context.Context, most int, over func(ctx context.Context, tx pgx.Tx, rows []OutboxRow) error) (n int, err error) {
	var any bool
	if err := j.pool.QueryRow(ctx, `SELECT EXISTS (SELECT `+waiting+`)`).Scan(&any); err != nil {
		return 0, fmt.Errorf("looking into the outboxes: %w", err)
	}
	if !any {
		return 0, nil
	}
	err = pgx.BeginFunc(ctx, j.pool, func(tx pgx.Tx) error {
		answer, err := tx.Query(ctx, `WITH taken AS (
				DELETE FROM app.outbox WHERE (tenant_id, id) IN (SELECT o.tenant_id, o.id `+waiting+` ORDER BY o.id LIMIT $1)
				RETURNING tenant_id, id, kind, object_id, person_id, epoch, mac)
			SELECT tenant_id, id, kind, object_id, person_id, epoch, mac FROM taken ORDER BY id`, most)
		if err != nil {
			return err
		}
		rows, err := pgx.CollectRows(answer, pgx.RowToStructByPos[OutboxRow])
		if n = len(rows); err != nil || n == 0 {
			return err
		}
		return over(ctx, tx, rows)
	})
	if err != nil {
		return 0, fmt.Errorf("relaying the outboxes: %w", err)
	}
	return n, nil
}
