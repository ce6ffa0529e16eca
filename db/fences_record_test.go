package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/dbtest"
	"paddock/internal/id"
)

func TestTheRecordCannotBeChanged(t *testing.T) { // T99
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	ctx := context.Background()
	leaf := audit.NewLeaf(a.Who(actor.Work), e.Store.Now(), audit.Entry{Action: audit.Opened, Object: "client"})
	event := audit.SecurityEvent{Kind: "cross-tenant-row", AtClinic: a.Tenant.ID(), Route: "test", Request: id.New(), At: e.Store.Now()}
	if err := e.Scribe.WriteEvents(ctx, []audit.SecurityEvent{event}, leaf); err != nil {
		t.Fatal(err)
	}
	before := stored(t, e, "audit.leaf")
	for _, role := range []string{db.RoleApp, db.RoleScribe, db.RolePlatform, db.RoleWatch} { // the migrator is the owner, and serves nobody
		conn := e.As(t, role)
		for _, table := range []string{"audit.leaf", "audit.security_event", "app.notes", "app.addenda", "app.changes"} {
			for _, sql := range []string{"UPDATE %s SET id = id", "DELETE FROM %s", "TRUNCATE %s", "DROP TABLE %s", "ALTER TABLE %s DISABLE ROW LEVEL SECURITY"} {
				if role == db.RoleApp && table == "app.notes" && sql == "DELETE FROM %s" {
					continue // what came with an import may go: its policy is asked in internal/imports
				}
				tx, err := conn.Begin(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if role == db.RoleApp || role == db.RoleScribe { // the others enter no clinic
					if _, err := tx.Exec(ctx, db.Enter, e.Signer.Sign(a.Who(actor.Work), conn.PgConn().PID())); err != nil {
						t.Fatal(err)
					}
				}
				_, err = tx.Exec(ctx, fmt.Sprintf(sql, table))
				if code(err) != "42501" {
					t.Errorf("%s: "+sql+" gave %v, not 42501", role, table, err)
				}
				if err := tx.Rollback(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if n := stored(t, e, "audit.leaf"); n < before {
		t.Errorf("%d of %d leaves are left", n, before)
	}
}

// leavesOf reads the stored leaves of one object and checks each against its hash.
func leavesOf(t *testing.T, e *dbtest.Env, c dbtest.Clinic, object id.ID) (list []audit.Leaf, err error) {
	t.Helper()
	var rows []db.ListLeavesRow
	read := e.Store.Read(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) (err error) {
		rows, err = tx.ListLeaves(ctx, db.ListLeavesParams{TenantID: tx.Tenant, ObjectID: object})
		return err
	})
	if read != nil {
		t.Fatal(read)
	}
	for _, r := range rows {
		l, bad := audit.FromRow(c.Tenant, r)
		list, err = append(list, l), errors.Join(err, bad)
	}
	return list, err
}

func TestAStoredLeafStillHasItsHash(t *testing.T) {
	e := dbtest.New(t)
	a := e.NewClinic(t)
	who := a.Who(actor.Work)
	who.Person, who.Session, who.PolicyEpoch = id.New(), id.New(), 7
	object := id.New()
	entries := []audit.Entry{
		{Action: audit.Opened, Object: "client", ObjectID: object},
		{Action: audit.Listed, Object: "patient", ObjectID: object, IDs: []id.ID{id.New(), id.New(), id.New()}},
		{Action: audit.Refused, Object: "note", ObjectID: object, Outcome: audit.WasRefused, Commitment: a.Keys.Commit(object[:], []byte("plain"))},
		{Action: audit.CrossTenant, Object: "cross-tenant-row", ObjectID: object, Outcome: audit.DidFail, IDs: []id.ID{}},
	}
	for _, entry := range entries {
		if err := e.Scribe.Write(context.Background(), audit.NewLeaf(who, e.Store.Now(), entry)); err != nil {
			t.Fatal(err)
		}
		nobody := a.Who(actor.SignIn)
		err := e.Store.Write(context.Background(), nobody, func(_ context.Context, tx *db.Tx) error { return audit.Record(tx, entry) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if list, err := leavesOf(t, e, a, object); err != nil || len(list) != 2*len(entries) {
		t.Fatalf("%d leaves came back, not %d: %v", len(list), 2*len(entries), err)
	}
	// Whoever edits a stored leaf, in any column, shows.
	for _, edit := range []string{
		"at = at - interval '1 microsecond'", "actor_id = gen_random_uuid()", "actor_id = NULL", "session_id = gen_random_uuid()", "purpose = 'signin '",
		"action = 'created'", "object = 'thing'", "ids = ids || gen_random_uuid()", "outcome = 'done', action = 'seen'", "route = 'elsewhere'",
		"request_id = gen_random_uuid()", "policy_epoch = policy_epoch + 1", `commitment = '\x01'`, "id = gen_random_uuid()",
		`hash = sha256(hash)`, "version = 2",
	} {
		row := id.New()
		leaf := audit.NewLeaf(who, e.Store.Now(), audit.Entry{Action: audit.Opened, Object: "client", ObjectID: row})
		if err := e.Scribe.Write(context.Background(), leaf); err != nil {
			t.Fatal(err)
		}
		tag, err := e.Admin(t).Exec(context.Background(), "UPDATE audit.leaf SET "+edit+" WHERE object_id = $1", row)
		if err != nil || tag.RowsAffected() != 1 {
			t.Fatalf("%s: %v", edit, err)
		}
		if _, err := leavesOf(t, e, a, row); err == nil {
			t.Errorf("%s was not noticed", edit)
		}
	}
}

func TestWaitingRequestsShareOneCommit(t *testing.T) {
	e := dbtest.New(t)
	clinics := []dbtest.Clinic{e.NewClinic(t), e.NewClinic(t), e.NewClinic(t)}
	const writers = 300
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range writers {
		all.Go(func() {
			<-start
			c := clinics[i%len(clinics)]
			leaf := audit.NewLeaf(c.Who(actor.Work), e.Store.Now(), audit.Entry{Action: audit.Opened, Object: "client"})
			if err := e.Scribe.Write(context.Background(), leaf); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
	var leaves, commits, strays int
	err := e.Admin(t).QueryRow(context.Background(), `SELECT count(*), count(DISTINCT tx),
		(SELECT count(*) FROM (SELECT tenant_id FROM audit.leaf GROUP BY tenant_id HAVING count(*) <> $1) AS s) FROM audit.leaf`,
		writers/len(clinics)).Scan(&leaves, &commits, &strays)
	if err != nil || leaves != writers || strays != 0 {
		t.Fatalf("%d leaves are stored, not %d, and %d clinics have too few or too many: %v", leaves, writers, strays, err)
	}
	if commits > writers/4 {
		t.Errorf("%d leaves took %d commits: they were not written together", leaves, commits)
	}
}

func TestOneBadLeafDoesNotRefuseItsNeighbours(t *testing.T) {
	e := dbtest.New(t)
	a, b := e.NewClinic(t), e.NewClinic(t)
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range 120 {
		all.Go(func() {
			<-start
			entry := audit.Entry{Action: audit.Opened, Object: "client"}
			bad := i%40 == 7
			if bad {
				entry.Action = "Not An Action" // the table's own check refuses it
			}
			c := a
			if i%2 == 0 {
				c = b
			}
			err := e.Scribe.Write(context.Background(), audit.NewLeaf(c.Who(actor.Work), e.Store.Now(), entry))
			if bad != errors.Is(err, audit.ErrUnrecorded) || (!bad && err != nil) {
				t.Errorf("writer %d, bad %v: %v", i, bad, err)
			}
		})
	}
	close(start)
	all.Wait()
	if n := stored(t, e, "audit.leaf"); n != 117 {
		t.Errorf("%d leaves are stored, not 117", n)
	}
}

func TestTheScribeLivesThroughAnOutage(t *testing.T) { // T53, T94
	e := dbtest.New(t)
	a := e.NewClinic(t)
	write := func() error {
		return e.Scribe.Write(context.Background(), audit.NewLeaf(a.Who(actor.Work), e.Store.Now(), audit.Entry{Action: audit.Opened, Object: "client"}))
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	var ended int
	err := e.Admin(t).QueryRow(context.Background(), `SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
		WHERE datname = current_database() AND usename = 'paddock_scribe'`).Scan(&ended)
	if err != nil || ended != 1 {
		t.Fatalf("ended %d connections: %v", ended, err)
	}
	told := 1
	if err := write(); err == nil { // told it was written, so it is
		told++
	}
	for range 3 {
		if err := write(); err != nil {
			t.Fatalf("the scribe does not recover: %v", err)
		}
		told++
	}
	if n := stored(t, e, "audit.leaf"); n != told {
		t.Errorf("%d leaves are stored, and %d were promised", n, told)
	}
}

// What is wrong only when the transaction ends refuses the page as well: the answer to the last statement
// is not yet the answer to the commit.
func TestARecordRefusedAtTheCommitIsNoRecord(t *testing.T) { // T94
	e := dbtest.New(t)
	a := e.NewClinic(t)
	admin := e.Admin(t)
	for _, sql := range []string{
		`CREATE FUNCTION audit.too_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'too late'; END $$`,
		`CREATE CONSTRAINT TRIGGER too_late AFTER INSERT ON audit.leaf DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.too_late()`,
	} {
		if _, err := admin.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	leaf := audit.NewLeaf(a.Who(actor.Work), e.Store.Now(), audit.Entry{Action: audit.Opened, Object: "client"})
	if err := e.Scribe.Write(context.Background(), leaf); !errors.Is(err, audit.ErrUnrecorded) {
		t.Errorf("a leaf refused at the commit gave %v", err)
	}
	if n := stored(t, e, "audit.leaf"); n != 0 {
		t.Errorf("%d leaves are there", n)
	}
	if _, err := admin.Exec(context.Background(), "DROP TRIGGER too_late ON audit.leaf"); err != nil {
		t.Fatal(err)
	}
	if err := e.Scribe.Write(context.Background(), leaf); err != nil {
		t.Errorf("after it was mended: %v", err)
	}
}
