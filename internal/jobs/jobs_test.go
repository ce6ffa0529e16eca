package jobs_test

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
	"paddock/internal/isolation"
	"paddock/internal/jobs"
)

// T52, the positive twin: a job has the context of its clinic, the purpose of its kind and the person who
// asked for it, and what it writes is that clinic's.
func TestAJobRunsForTheClinicThatAskedForIt(t *testing.T) {
	y := newYard(t)
	a, b := y.NewClinic(t), y.NewClinic(t)
	var seen []id.Tenant
	y.runner(t, func(ctx context.Context, j jobs.Job) error {
		err := j.Store.Write(ctx, j.Who, func(_ context.Context, tx *db.Tx) error {
			seen = append(seen, tx.Tenant)
			return nil
		})
		if err != nil {
			return err
		}
		return y.note(ctx, j)
	})
	object := y.ask(t, a)
	until(t, "the job ran", func() bool { return len(y.runs()) == 1 })
	j := y.runs()[0]
	if seen[0] != a.Tenant || j.Who.Clinic != a.Tenant || j.Keys.ID() != a.Tenant || j.Object != object {
		t.Errorf("the job ran for %v about %v", j.Who.Clinic, j.Object)
	}
	if j.Who.Person.IsZero() || j.Who.Purpose != actor.Import || j.Who.Route != "job import.check" || j.Who.Request.IsZero() || j.Who.Placement.Epoch != 1 || j.Who.Placement.Tier != actor.TierPool {
		t.Errorf("the job ran as %+v", j.Who)
	}
	if j.Attempt != 1 || j.Attempts < 2 || j.Last() {
		t.Errorf("it was attempt %d of %d", j.Attempt, j.Attempts)
	}
	y.ask(t, b)
	until(t, "the other clinic's ran", func() bool { return len(y.runs()) == 2 })
	if y.runs()[1].Who.Clinic != b.Tenant {
		t.Error("the second job ran for another clinic")
	}
	until(t, "both are done", func() bool {
		rows := y.rows(t)
		return rows[0].State == "completed" && rows[1].State == "completed" && y.waiting(t) == 0
	})
	if len(y.reported()) > 0 || y.logged() != "" {
		t.Errorf("an attempt was reported: %v, %s", y.reported(), y.logged())
	}
}

// T52: what somebody writes into the queue who has the queue's role is refused, for good, before it is
// given a context, and is reported once.
func TestAJobThatNoClinicAskedForIsRefused(t *testing.T) {
	y := newYard(t)
	a, b := y.NewClinic(t), y.NewClinic(t)
	y.runner(t, y.note)
	y.ask(t, a)
	until(t, "the genuine job ran", func() bool { return len(y.runs()) == 1 })
	genuine := map[string]any{}
	must(t, json.Unmarshal(y.rows(t)[0].Args, &genuine))
	y.untilState(t, y.inject(t, genuine), "completed") // the positive twin: written by hand, it is a job
	if len(y.runs()) != 2 {
		t.Fatal("a genuine order was not run")
	}
	with := func(key string, value any) map[string]any {
		m := maps.Clone(genuine)
		m[key] = value
		return m
	}
	other := id.New().String()
	for name, forged := range map[string]struct {
		args any
		at   id.Tenant
	}{
		"for another clinic":          {with("clinic", b.Tenant.String()), b.Tenant},
		"for a clinic there is not":   {with("clinic", other), id.Tenant{}},
		"for no clinic":               {with("clinic", ""), id.Tenant{}},
		"for clinic zero":             {with("clinic", id.ID{}.String()), id.Tenant{}},
		"of another kind":             {with("job", "import.undo"), a.Tenant},
		"about another object":        {with("object", other), a.Tenant},
		"by another person":           {with("person", other), a.Tenant},
		"by nobody":                   {with("person", ""), a.Tenant},
		"of another epoch":            {with("epoch", 2), a.Tenant},
		"from another row":            {with("id", other), a.Tenant},
		"with another MAC":            {with("mac", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), a.Tenant},
		"without a MAC":               {with("mac", nil), a.Tenant},
		"with a MAC cut short":        {with("mac", genuine["mac"].(string)[:20]), a.Tenant},
		"with ids that are none":      {with("object", "x"), id.Tenant{}},
		"with arguments of a sort":    {with("epoch", "one"), id.Tenant{}},
		"with no arguments":           {map[string]any{}, id.Tenant{}},
		"with arguments that are not": {[]string{"Joanne Pettigrew"}, id.Tenant{}},
	} {
		before := len(y.reported())
		row := y.untilState(t, y.inject(t, forged.args), "cancelled")
		if row.Attempt != 1 {
			t.Errorf("%s: tried %d times", name, row.Attempt)
		}
		if events := y.reported()[before:]; len(events) != 1 || events[0].kind != "job-forged" || events[0].clinic != forged.at {
			t.Errorf("%s: reported %v", name, events)
		}
	}
	// What somebody leaves in an outbox who can write SQL as the application, but has no keys.
	before := len(y.reported())
	must(t, y.Store.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		return tx.InsertOutbox(ctx, db.InsertOutboxParams{
			TenantID: tx.Tenant, ID: id.New(), Kind: string(check), ObjectID: id.New(), Epoch: 1, Mac: make([]byte, 32), CreatedAt: tx.Now(),
		})
	}))
	until(t, "it was reported", func() bool { return len(y.reported()) == before+1 })

	if n := len(y.runs()); n != 2 {
		t.Errorf("%d forged jobs were run", n-2)
	}
	if said := y.logged(); strings.Contains(said, "Pettigrew") || strings.Contains(said, "import.undo") {
		t.Errorf("the log repeats what was forged: %s", said)
	}
}

// T98: a forged job is one event in the platform's log, and one line in the record of the clinic it named.
func TestAForgedJobIsASecurityEvent(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	attempts := isolation.NewAttempts(y.Watch, y.Scribe, y.Clock, y.log)
	defer attempts.Close()
	r, err := jobs.Open(context.Background(), jobs.Config{
		Queue: y.queue, Store: y.Store, Vault: y.Vault, Log: y.log, Report: attempts.Context,
	})
	must(t, err)
	must(t, r.Start(context.Background()))
	defer stop(t, r)
	object := id.New().String()
	for _, clinic := range []string{a.Tenant.String(), id.New().String()} {
		y.untilState(t, y.inject(t, map[string]any{"id": object, "clinic": clinic, "job": "import.check", "object": object, "epoch": 1, "mac": "AAAA"}), "cancelled")
	}
	attempts.Settle()
	var events, named, leaves int
	must(t, y.admin.QueryRow(context.Background(), `SELECT count(*), count(*) FILTER (WHERE at_clinic = $1),
		(SELECT count(*) FROM audit.leaf WHERE tenant_id = $1 AND action = 'cross-tenant-attempt' AND object = 'job-forged' AND actor_id IS NULL)
		FROM audit.security_event WHERE kind = 'job-forged' AND actor_id IS NULL`, a.Tenant).Scan(&events, &named, &leaves))
	if events != 2 || named != 1 || leaves != 1 {
		t.Errorf("%d events, %d of them name the clinic, which has %d lines of it", events, named, leaves)
	}
}

// T52: a job from before a move is refused, whether it was relayed yet or not, and is no attempt of anybody's.
func TestAJobFromBeforeAMoveIsRefused(t *testing.T) {
	y := newYard(t)
	a, b := y.NewClinic(t), y.NewClinic(t)
	y.ask(t, a)
	y.ask(t, b)
	_, err := y.admin.Exec(context.Background(), `UPDATE platform.placement SET epoch = 2 WHERE clinic_id = $1`, a.Tenant)
	must(t, err)
	y.runner(t, y.note)
	until(t, "both were judged", func() bool {
		rows := y.rows(t)
		return len(rows) == 2 && rows[0].ended() && rows[1].ended()
	})
	if runs := y.runs(); len(runs) != 1 || runs[0].Who.Clinic != b.Tenant {
		t.Fatalf("a job from before the move was run: %+v", runs)
	}
	if len(y.reported()) > 0 {
		t.Errorf("reported as an attempt: %v", y.reported())
	}
	stale := y.rows(t)[0].Args // of what was in the queue before the move
	if row := y.untilState(t, y.inject(t, stale), "cancelled"); row.Attempt != 1 {
		t.Errorf("tried %d times", row.Attempt)
	}
	if len(y.runs()) != 1 {
		t.Error("the second time it was run")
	}
}

// T52: retried after the move. The first attempt was before it, and failed.
func TestAJobThatFailsIsNotRetriedAcrossAMove(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	admin := y.Admin(t) // the work's own
	y.runner(t, func(ctx context.Context, j jobs.Job) error {
		must(t, y.note(ctx, j))
		_, err := admin.Exec(ctx, `UPDATE platform.placement SET epoch = 2 WHERE clinic_id = $1`, a.Tenant)
		must(t, err)
		return context.DeadlineExceeded
	})
	y.ask(t, a)
	until(t, "the job was judged again", func() bool { rows := y.rows(t); return len(y.runs()) > 1 || len(rows) == 1 && rows[0].ended() })
	if row := y.rows(t)[0]; row.State != "cancelled" || row.Attempt != 2 || len(y.runs()) != 1 {
		t.Errorf("attempt %d, %d runs", row.Attempt, len(y.runs()))
	}
}

func TestTheJobsOfAClosedClinicWait(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	ctx := context.Background()
	y.runner(t, y.note)
	y.ask(t, a)
	until(t, "the first ran", func() bool { return len(y.runs()) == 1 })
	genuine := y.rows(t)[0].Args

	_, err := y.Platform.SetState(ctx, a.Host, "suspended")
	must(t, err)
	y.ask(t, a)
	if row := y.untilState(t, y.inject(t, genuine), "scheduled"); row.Attempt != 0 || row.Errors != "" {
		t.Errorf("what was in the queue already: %+v", row)
	}
	if y.waiting(t) != 1 || len(y.runs()) != 1 {
		t.Errorf("%d wait in the outbox, %d ran", y.waiting(t), len(y.runs()))
	}
	_, err = y.Platform.SetState(ctx, a.Host, "active")
	must(t, err)
	until(t, "what waited in the outbox ran", func() bool { return len(y.runs()) == 2 && y.waiting(t) == 0 })
	if len(y.reported()) > 0 {
		t.Errorf("reported as an attempt: %v", y.reported())
	}
}

func TestWhatCannotBeDoneCannotBeAskedFor(t *testing.T) {
	y := newYard(t)
	a, b := y.NewClinic(t), y.NewClinic(t)
	ctx := context.Background()
	refused := func(name string, run func(context.Context, actor.Who, func(context.Context, *db.Tx) error) error, do func(context.Context, *db.Tx) error) {
		if err := run(ctx, a.Who(actor.Work), do); err == nil {
			t.Errorf("%s: a job was left", name)
		}
	}
	refused("while reading", y.Store.Read, func(ctx context.Context, tx *db.Tx) error { return jobs.Enqueue(ctx, tx, a.Keys, check, id.New()) })
	refused("with another clinic's keys", y.Store.Write, func(ctx context.Context, tx *db.Tx) error { return jobs.Enqueue(ctx, tx, b.Keys, check, id.New()) })
	refused("about nothing", y.Store.Write, func(ctx context.Context, tx *db.Tx) error { return jobs.Enqueue(ctx, tx, a.Keys, check, id.ID{}) })
	for _, kind := range []jobs.Kind{"", "check", "import", "import.", "Import.check", "pharmacy.order", "import.check; DROP"} {
		refused(string(kind), y.Store.Write, func(ctx context.Context, tx *db.Tx) error { return jobs.Enqueue(ctx, tx, a.Keys, kind, id.New()) })
	}
	if n := y.waiting(t); n != 0 {
		t.Errorf("%d jobs wait", n)
	}
	_, err := jobs.Open(ctx, jobs.Config{Queue: y.queue, Store: y.Store, Vault: y.Vault, Log: y.log, Works: map[jobs.Kind]jobs.Work{"pharmacy.order": y.note}})
	if err == nil {
		t.Error("a work without a purpose was taken")
	}
}

// What is asked for is done if the act is saved, and not if it is not.
func TestAJobIsAskedForWithItsAct(t *testing.T) {
	y := newYard(t)
	a := y.NewClinic(t)
	err := y.Store.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		must(t, jobs.Enqueue(ctx, tx, a.Keys, check, id.New()))
		return context.Canceled
	})
	if err == nil || y.waiting(t) != 0 {
		t.Errorf("an act that was taken back left %d jobs, %v", y.waiting(t), err)
	}
}

// The roles: the application reaches nothing of the queue, and the queue no row of a clinic.
func TestTheQueueAndTheClinicsRowsAreApart(t *testing.T) {
	y := newYard(t)
	y.ask(t, y.NewClinic(t))
	ctx := context.Background()
	app, queue := y.As(t, db.RoleApp), y.As(t, db.RoleJobs)
	for _, sql := range []string{
		"SELECT 1 FROM jobs.river_job", "INSERT INTO jobs.river_job (kind, args) VALUES ('clinic', '{}')", "DELETE FROM jobs.river_job",
		"UPDATE jobs.river_queue SET paused_at = now()", "SELECT nextval('jobs.river_job_id_seq')", "SELECT 1 FROM jobs.river_leader",
		"DELETE FROM app.outbox", "UPDATE app.outbox SET kind = 'import.undo'",
	} {
		if _, err := app.Exec(ctx, sql); !db.Refused(err) {
			t.Errorf("the application: %s: %v", sql, err)
		}
	}
	var tables []string
	must(t, y.admin.QueryRow(ctx, `SELECT array_agg(format('%I.%I', schemaname, tablename)) FROM pg_tables
		WHERE schemaname IN ('app', 'audit', 'sec', 'platform') AND schemaname || '.' || tablename NOT IN ('app.outbox', 'platform.clinic')`).Scan(&tables))
	if len(tables) < 20 {
		t.Fatalf("only %d tables", len(tables))
	}
	for _, table := range tables {
		for _, sql := range []string{"SELECT 1 FROM " + table, "DELETE FROM " + table} {
			if _, err := queue.Exec(ctx, sql); !db.Refused(err) {
				t.Errorf("the queue: %s: %v", sql, err)
			}
		}
	}
	for _, sql := range []string{
		"SELECT name FROM platform.clinic", "UPDATE platform.clinic SET state = 'active'", "UPDATE app.outbox SET epoch = 2",
		"INSERT INTO app.outbox SELECT * FROM app.outbox", "CREATE TABLE jobs.mine (x int)", "TRUNCATE jobs.river_job", "SET ROLE paddock_owner",
	} {
		if _, err := queue.Exec(ctx, sql); !db.Refused(err) {
			t.Errorf("the queue: %s: %v", sql, err)
		}
	}
	var n int
	must(t, queue.QueryRow(ctx, "SELECT count(*) FROM app.outbox").Scan(&n)) // the positive twin
	if n != 1 {
		t.Errorf("the queue sees %d rows of the outbox", n)
	}
}
