package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"paddock/db"
	"paddock/internal/id"
	"paddock/internal/jobs"
)

// A relay that is killed between taking a row and the commit has done nothing; what it left is relayed by
// the next, once.
func TestARelayThatIsKilledNeitherLosesNorDoubles(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	ctx := context.Background()
	y.ask(t, a)
	for name, end := range map[string]func(context.Context, pgx.Tx) error{
		"by an error": func(context.Context, pgx.Tx) error { return errors.New("killed") },
		"by the loss of its connection": func(ctx context.Context, tx pgx.Tx) error {
			_, err := y.admin.Exec(ctx, "SELECT pg_terminate_backend($1)", tx.Conn().PgConn().PID())
			return err
		},
	} {
		_, err := y.queue.AllTenantsRelay(ctx, 10, func(ctx context.Context, tx pgx.Tx, rows []db.OutboxRow) error {
			if len(rows) != 1 || rows[0].Clinic != a.Tenant.ID() {
				t.Errorf("%s: relayed %+v", name, rows)
			}
			_, err := tx.Exec(ctx, `INSERT INTO jobs.river_job (kind, args) VALUES ('clinic', '{}')`)
			return errors.Join(err, end(ctx, tx))
		})
		if err == nil {
			t.Errorf("%s: it went well", name)
		}
		if y.waiting(t) != 1 || len(y.rows(t)) != 0 {
			t.Fatalf("%s: %d wait and %d are in the queue", name, y.waiting(t), len(y.rows(t)))
		}
	}
	y.runner(t, y.note)
	until(t, "it ran after all", func() bool { return len(y.runs()) == 1 })
	if y.waiting(t) != 0 || len(y.rows(t)) != 1 {
		t.Errorf("%d wait and %d are in the queue", y.waiting(t), len(y.rows(t)))
	}
}

// A row put back into the outbox is no second job.
func TestARowOfAnOutboxBecomesOneJob(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	ctx := context.Background()
	y.ask(t, a)
	_, err := y.admin.Exec(ctx, `CREATE TABLE public.kept AS SELECT * FROM app.outbox`)
	must(t, err)
	y.runner(t, y.note)
	until(t, "it ran", func() bool { return len(y.runs()) == 1 })
	_, err = y.admin.Exec(ctx, `INSERT INTO app.outbox SELECT * FROM public.kept`)
	must(t, err)
	until(t, "it is taken again", func() bool { return y.waiting(t) == 0 })
	y.ask(t, a)
	until(t, "the next ran", func() bool { return len(y.runs()) >= 2 })
	if runs := y.runs(); len(runs) != 2 || runs[0].Object == runs[1].Object || len(y.rows(t)) != 2 {
		t.Errorf("%d runs of %d jobs", len(runs), len(y.rows(t)))
	}
}

func TestTwoProcessesDoEachJobOnce(t *testing.T) {
	y := newYard(t)
	a, b := y.NewClinic(t), y.NewClinic(t)
	asked := map[id.ID]int{}
	for range 60 {
		asked[y.ask(t, a)] = 0
		asked[y.ask(t, b)] = 0
	}
	y.runner(t, y.note)
	y.runner(t, y.note)
	for range 30 {
		asked[y.ask(t, a)] = 0
	}
	until(t, "all ran", func() bool { return len(y.runs()) >= len(asked) && y.waiting(t) == 0 })
	for _, j := range y.runs() {
		asked[j.Object]++
	}
	if y.logged() != "" {
		t.Errorf("the two got in each other's way: %s", y.logged())
	}
	for object, n := range asked {
		if n != 1 {
			t.Errorf("the job about %v ran %d times", object, n)
		}
	}
}

// What went wrong is in the log; the queue, which all clinics share, keeps that it did.
func TestAJobThatFailsIsTriedAgainAndSaysNothingInTheQueue(t *testing.T) {
	for name, fail := range map[string]func() error{
		"by an error": func() error { return errors.New("Joanne Pettigrew's cat") },
		"by a panic":  func() error { panic("Joanne Pettigrew's dog") },
	} {
		y := newYard(t)
		y.runner(t, func(ctx context.Context, j jobs.Job) error {
			must(t, y.note(ctx, j))
			if j.Attempt == 1 {
				return fail()
			}
			return nil
		})
		y.ask(t, y.NewClinic(t))
		until(t, "it succeeded", func() bool { rows := y.rows(t); return len(rows) == 1 && rows[0].State == "completed" })
		if runs := y.runs(); len(runs) != 2 || runs[1].Attempt != 2 || runs[0].Object != runs[1].Object || runs[0].Who.Request == runs[1].Who.Request {
			t.Errorf("%s: the runs were %+v", name, runs)
		}
		if row := y.rows(t)[0]; strings.Contains(row.Errors, "Pettigrew") || !strings.Contains(row.Errors, "failed") {
			t.Errorf("%s: the queue keeps %s", name, row.Errors)
		}
		if strings.Contains(y.logged(), "dog") {
			t.Errorf("the log repeats what a panic held: %s", y.logged())
		}
	}
}

func TestAJobThatWouldNeverSucceedIsNotTriedAgain(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	y.runner(t, func(ctx context.Context, j jobs.Job) error {
		must(t, y.note(ctx, j))
		return jobs.Never(errors.New("it is not there"))
	})
	y.ask(t, a)
	until(t, "it was given up", func() bool { rows := y.rows(t); return len(rows) == 1 && rows[0].State == "cancelled" })
	if len(y.runs()) != 1 || len(y.reported()) != 0 {
		t.Errorf("%d runs, %v", len(y.runs()), y.reported())
	}
}

// A process that does not know a kind yet leaves it to one that does.
func TestAKindOfANewerReleaseIsTriedAgain(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	r, err := jobs.Open(context.Background(), jobs.Config{Queue: y.queue, Store: y.Store, Vault: y.Vault, Log: y.log, Report: y.report})
	must(t, err)
	must(t, r.Start(context.Background()))
	y.ask(t, a)
	until(t, "the old one met it", func() bool { rows := y.rows(t); return len(rows) == 1 && rows[0].Attempt == 1 && rows[0].Errors != "" })
	stop(t, r)
	y.runner(t, y.note)
	until(t, "the new one did it", func() bool { return len(y.runs()) == 1 })
	if len(y.reported()) > 0 {
		t.Errorf("reported as an attempt: %v", y.reported())
	}
}

func TestStoppingLetsAJobFinish(t *testing.T) {
	y := newYard(t)
	begun, ended := make(chan struct{}), atomic.Bool{}
	r := y.runner(t, func(context.Context, jobs.Job) error {
		close(begun)
		time.Sleep(150 * time.Millisecond)
		ended.Store(true)
		return nil
	})
	y.ask(t, y.NewClinic(t))
	<-begun
	stop(t, r)
	if rows := y.rows(t); !ended.Load() || len(rows) != 1 || rows[0].State != "completed" {
		t.Errorf("finished: %v, %+v", ended.Load(), rows)
	}
}

// A job that takes longer than the patience of stopping is cut off, and goes on with the next start
// without having lost an attempt. What is asked for while nothing works waits.
func TestAJobThatIsCutOffGoesOnWithTheNextStart(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	begun := make(chan struct{})
	r := y.runner(t, func(ctx context.Context, _ jobs.Job) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	first := y.ask(t, a)
	<-begun
	stop(t, r)
	if rows := y.rows(t); len(rows) != 1 || rows[0].State != "available" || rows[0].Attempt != 0 {
		t.Fatalf("after the stop: %+v", rows)
	}
	second := y.ask(t, a)
	y.runner(t, y.note)
	until(t, "both ran", func() bool { return len(y.runs()) == 2 })
	for _, j := range y.runs() {
		if j.Attempt != 1 || (j.Object != first && j.Object != second) {
			t.Errorf("a run was %+v", j)
		}
	}
}

// The tables of our migration are those that River's own migrations make.
func TestTheTablesAreThoseOfRiver(t *testing.T) {
	y := newYard(t)
	ctx := context.Background()
	_, err := y.admin.Exec(ctx, "CREATE SCHEMA fresh")
	must(t, err)
	m, err := rivermigrate.New(riverpgxv5.New(y.pool(t)), &rivermigrate.Config{Schema: "fresh", Logger: y.log})
	must(t, err)
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	must(t, err)
	shape := func(schema string) string {
		var text string
		must(t, y.admin.QueryRow(ctx, `SELECT string_agg(line, E'\n' ORDER BY line) FROM (
			SELECT concat_ws(' ', 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
			  FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			  LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
			 WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r'
			UNION ALL SELECT concat_ws(' ', 'table', relname, relpersistence) FROM pg_class WHERE relnamespace = $1::text::regnamespace AND relkind = 'r'
			UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = $1::text
			UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = $1::text::regnamespace
			UNION ALL SELECT concat_ws(' ', 'function', proname, pg_get_function_arguments(oid), prosrc, provolatile) FROM pg_proc WHERE pronamespace = $1::text::regnamespace
			UNION ALL SELECT concat_ws(' ', 'value', t.typname, e.enumlabel, rank() OVER (PARTITION BY t.oid ORDER BY e.enumsortorder)) FROM pg_enum AS e JOIN pg_type AS t ON t.oid = e.enumtypid WHERE t.typnamespace = $1::text::regnamespace
			UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname) FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid WHERE c.relnamespace = $1::text::regnamespace
		) AS x`, schema).Scan(&text))
		return strings.ReplaceAll(text, schema+".", "")
	}
	ours, rivers := strings.Split(shape(db.JobsSchema), "\n"), strings.Split(shape("fresh"), "\n")
	in := func(list []string) map[string]bool {
		m := map[string]bool{}
		for _, l := range list {
			m[l] = true
		}
		return m
	}
	for _, l := range ours {
		if !in(rivers)[l] {
			t.Errorf("only ours has %s", l)
		}
	}
	for _, l := range rivers {
		if !in(ours)[l] {
			t.Errorf("only River's has %s", l)
		}
	}
}
