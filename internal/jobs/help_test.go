package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
	"paddock/internal/id"
	"paddock/internal/jobs"
)

const check jobs.Kind = "import.check"

// yard is a database with a queue, and what happened to its jobs.
type yard struct {
	*dbtest.Env
	queue *db.Jobs
	log   *slog.Logger
	admin *pgx.Conn // of the test's own goroutine

	mu     sync.Mutex
	said   bytes.Buffer
	ran    []jobs.Job
	events []event
}

type event struct {
	clinic id.Tenant
	kind   string
}

func newYard(t *testing.T) *yard {
	t.Helper()
	y := &yard{Env: dbtest.New(t)}
	y.log = slog.New(slog.NewTextHandler(y, &slog.HandlerOptions{Level: slog.LevelWarn}))
	y.queue, y.admin = y.door(t), y.Admin(t)
	return y
}

func (y *yard) door(t *testing.T) *db.Jobs {
	t.Helper()
	q, err := db.OpenJobs(context.Background(), y.Endpoint.As(db.RoleJobs))
	must(t, err)
	t.Cleanup(q.Close)
	return q
}

// Write makes a yard the writer of its log.
func (y *yard) Write(p []byte) (int, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.said.Write(p)
}

func (y *yard) logged() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.said.String()
}

func (y *yard) report(who actor.Who, kind string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.events = append(y.events, event{who.Clinic, kind})
}

func (y *yard) reported() []event {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Clone(y.events)
}

// note is a Work that succeeds and is counted.
func (y *yard) note(_ context.Context, j jobs.Job) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.ran = append(y.ran, j)
	return nil
}

func (y *yard) runs() []jobs.Job {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Clone(y.ran)
}

// runner starts the work with a door of its own, as another process would, and stops it with the test.
func (y *yard) runner(t *testing.T, do jobs.Work) *jobs.Runner {
	t.Helper()
	r, err := jobs.Open(context.Background(), jobs.Config{
		Queue: y.door(t), Store: y.Store, Vault: y.Vault, Works: map[jobs.Kind]jobs.Work{check: do},
		Patience: 300 * time.Millisecond, Log: y.log, Report: y.report,
	})
	must(t, err)
	must(t, r.Start(context.Background()))
	t.Cleanup(func() { stop(t, r) })
	return r
}

func stop(t *testing.T, r *jobs.Runner) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	must(t, r.Stop(ctx))
}

// ask enqueues a job for a person nobody knows, and gives what it is about.
func (y *yard) ask(t *testing.T, c dbtest.Clinic) id.ID {
	t.Helper()
	object := id.New()
	who := c.Who(actor.Work)
	who.Person = id.New()
	must(t, y.Store.Write(context.Background(), who, func(ctx context.Context, tx *db.Tx) error {
		return jobs.Enqueue(ctx, tx, c.Keys, check, object)
	}))
	return object
}

// row is a job as the queue keeps it.
type row struct {
	ID      int64
	State   string
	Attempt int
	Args    json.RawMessage
	Errors  string
}

func (y *yard) rows(t *testing.T) []row {
	t.Helper()
	answer, err := y.admin.Query(context.Background(),
		`SELECT id, state::text, attempt::int, args, coalesce(errors::text, '') FROM jobs.river_job ORDER BY id`)
	must(t, err)
	rows, err := pgx.CollectRows(answer, pgx.RowToStructByPos[row])
	must(t, err)
	return rows
}

func (y *yard) waiting(t *testing.T) (n int) {
	t.Helper()
	must(t, y.admin.QueryRow(context.Background(), `SELECT count(*) FROM app.outbox`).Scan(&n))
	return n
}

// inject writes a job into the queue as whoever holds the queue's role could.
func (y *yard) inject(t *testing.T, args any) (row int64) {
	t.Helper()
	text, err := json.Marshal(args)
	must(t, err)
	must(t, y.As(t, db.RoleJobs).QueryRow(context.Background(),
		`INSERT INTO jobs.river_job (kind, args, max_attempts) VALUES ('clinic', $1, 5) RETURNING id`, string(text)).Scan(&row))
	return row
}

// until waits for something that takes a moment.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

// untilState waits for the end of a job, or for another state it is to be in, and fails where it ends otherwise.
func (y *yard) untilState(t *testing.T, job int64, state string) row {
	t.Helper()
	var last row
	until(t, "the job is "+state, func() bool {
		for _, r := range y.rows(t) {
			if r.ID == job {
				last = r
			}
		}
		if last.ended() && last.State != state {
			t.Fatalf("the job is %s and was to be %s", last.State, state)
		}
		return last.State == state
	})
	return last
}

func (r row) ended() bool {
	return slices.Contains([]string{"completed", "cancelled", "discarded"}, r.State)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// pool is the superuser's, for River's own migrations.
func (y *yard) pool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	p, err := pgxpool.New(context.Background(), y.AdminURL)
	must(t, err)
	t.Cleanup(p.Close)
	return p
}
