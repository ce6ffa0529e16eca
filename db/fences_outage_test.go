package db_test

import (
	"context"
	"errors"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/dbtest"
	"paddock/internal/id"
)

var errKeptNothing = errors.New("nothing of this is to be kept")

func newID() id.ID { return id.New() }

// terminate ends every connection of the application, as a primary that goes down does.
func terminate(t *testing.T, e *dbtest.Env) {
	t.Helper()
	var n int
	err := e.Admin(t).QueryRow(context.Background(), `SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
		WHERE datname = current_database() AND usename = 'paddock_app'`).Scan(&n)
	if err != nil || n == 0 {
		t.Fatalf("ended %d connections: %v", n, err)
	}
}

// dieAtCommit makes every commit that inserts into a table lose its connection half-way. The trigger
// is the superuser's; the product has none.
func dieAtCommit(t *testing.T, e *dbtest.Env, table string) {
	t.Helper()
	_, err := e.Admin(t).Exec(context.Background(), `CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
		$$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END$$;
		CREATE CONSTRAINT TRIGGER die AFTER INSERT ON `+table+` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.die()`)
	if err != nil {
		t.Fatal(err)
	}
}

// stored counts all rows of a table, behind every fence.
func stored(t *testing.T, e *dbtest.Env, table string) (n int) {
	t.Helper()
	if err := e.Admin(t).QueryRow(context.Background(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func insertClient(ctx context.Context, tx *db.Tx) error {
	return tx.InsertClient(ctx, db.InsertClientParams{TenantID: tx.Tenant, ID: id.New(), Sealed: []byte("x"), KeyVersion: 1, CreatedAt: tx.Now()})
}

func TestAConnectionLostWhileCommittingIsAnUnknownOutcome(t *testing.T) { // T49
	e := dbtest.New(t)
	a, b := e.NewClinic(t), e.NewClinic(t)
	dieAtCommit(t, e, "app.clients")
	for name, do := range map[string]func(context.Context, *db.Tx) error{
		"COMMIT alone": insertClient,
		"COMMIT together with the last statement": func(_ context.Context, tx *db.Tx) error {
			tx.AtCommit(insertClient)
			return nil
		},
	} {
		err := e.Store.Write(context.Background(), a.Who(actor.Work), do)
		if !errors.Is(err, db.ErrUnknownOutcome) {
			t.Errorf("%s: %v, not an unknown outcome", name, err)
		}
	}
	for _, c := range []dbtest.Clinic{a, b} {
		if n := countClients(t, e, c); n != 0 {
			t.Errorf("a clinic sees %d rows of a commit that never was", n)
		}
	}
}

func TestARefusedCommitIsNoUnknownOutcome(t *testing.T) { // T49, the twin
	e := dbtest.New(t)
	a := e.NewClinic(t)
	_, err := e.Admin(t).Exec(context.Background(), `CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS
		$$BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END$$;
		CREATE CONSTRAINT TRIGGER no AFTER INSERT ON app.clients DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.no()`)
	if err != nil {
		t.Fatal(err)
	}
	err = e.Store.Write(context.Background(), a.Who(actor.Work), insertClient)
	if err == nil || errors.Is(err, db.ErrUnknownOutcome) || code(err) != "23514" {
		t.Errorf("a commit the database refused gave %v", err)
	}
}

func TestARequestDoesNotGoOnAfterAFailover(t *testing.T) { // T53
	e := dbtest.New(t)
	a, b := e.NewClinic(t), e.NewClinic(t)
	addClient(t, e, a)
	for name, open := range map[string]opener{"reading": e.Store.Read, "writing": e.Store.Write} {
		err := open(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant}); err != nil {
				t.Fatal(err)
			}
			if tx.Writing() {
				if err := insertClient(ctx, tx); err != nil {
					t.Fatal(err)
				}
			}
			terminate(t, e)
			if _, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant}); err == nil {
				t.Errorf("%s: a statement went on after its connection was gone", name)
			}
			return nil // a handler that looks away
		})
		if err == nil && name == "writing" {
			t.Errorf("%s: the transaction is taken for committed", name)
		}
		// Whoever comes next has the right context, each its own.
		for range 8 {
			if n := afterOutage(t, e, a); n != 1 {
				t.Fatalf("%s: afterwards A sees %d clients, not 1", name, n)
			}
			if n := afterOutage(t, e, b); n != 0 {
				t.Fatalf("%s: afterwards B sees %d clients, not 0", name, n)
			}
		}
	}
}

// afterOutage reads as a later request does, which may itself still meet a dead connection: that is an
// error, never another answer.
func afterOutage(t *testing.T, e *dbtest.Env, c dbtest.Clinic) (n int64) {
	t.Helper()
	var err error
	for range 20 {
		err = e.Store.Read(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
			return err
		})
		if err == nil {
			return n
		}
	}
	t.Fatalf("the store does not recover: %v", err)
	return 0
}

func TestAChangeAndItsLeafAreBothOrNeither(t *testing.T) { // T93
	whole := func(ctx context.Context, tx *db.Tx) error {
		if err := insertClient(ctx, tx); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "client", ObjectID: id.New()})
	}
	for _, c := range []struct {
		name   string
		broken func(t *testing.T, e *dbtest.Env)
		do     func(t *testing.T, e *dbtest.Env) func(context.Context, *db.Tx) error
		rows   int
	}{
		{"nothing is killed", func(*testing.T, *dbtest.Env) {}, nil, 1},
		{"killed between change and leaf", func(*testing.T, *dbtest.Env) {}, func(t *testing.T, e *dbtest.Env) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				err := whole(ctx, tx)
				terminate(t, e)
				return err
			}
		}, 0},
		{"killed between leaf and commit", func(t *testing.T, e *dbtest.Env) { dieAtCommit(t, e, "audit.leaf") }, nil, 0},
		{"killed with the change at the commit", func(t *testing.T, e *dbtest.Env) { dieAtCommit(t, e, "app.clients") }, nil, 0},
	} {
		e := dbtest.New(t)
		a := e.NewClinic(t)
		c.broken(t, e)
		do := whole
		if c.do != nil {
			do = c.do(t, e)
		}
		err := e.Store.Write(context.Background(), a.Who(actor.Work), do)
		if (err == nil) != (c.rows == 1) {
			t.Errorf("%s: %v", c.name, err)
		}
		if rows, leaves := stored(t, e, "app.clients"), stored(t, e, "audit.leaf"); rows != c.rows || leaves != c.rows {
			t.Errorf("%s: %d rows and %d leaves are stored, not %d of each", c.name, rows, leaves, c.rows)
		}
	}
}

func TestWithoutARecordNothingIsDone(t *testing.T) { // T94
	e := dbtest.New(t)
	a := e.NewClinic(t)
	act := func(ctx context.Context, tx *db.Tx) error {
		if err := insertClient(ctx, tx); err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: audit.Created, Object: "client"})
	}
	leaf := func() audit.Leaf {
		return audit.NewLeaf(a.Who(actor.Work), e.Store.Now(), audit.Entry{Action: audit.Opened, Object: "client"})
	}
	if err := e.Store.Write(context.Background(), a.Who(actor.Work), act); err != nil {
		t.Fatal(err)
	}
	if err := e.Scribe.Write(context.Background(), leaf()); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Admin(t).Exec(context.Background(), "REVOKE INSERT ON audit.leaf FROM paddock_app, paddock_scribe"); err != nil {
		t.Fatal(err)
	}
	if err := e.Store.Write(context.Background(), a.Who(actor.Work), act); !db.Refused(err) {
		t.Errorf("a change without a record gave %v", err)
	}
	for range 2 {
		if err := e.Scribe.Write(context.Background(), leaf()); !errors.Is(err, audit.ErrUnrecorded) {
			t.Errorf("a read without a record gave %v", err)
		}
	}
	if rows, leaves := stored(t, e, "app.clients"), stored(t, e, "audit.leaf"); rows != 1 || leaves != 2 {
		t.Errorf("%d clients and %d leaves are stored, not 1 and 2", rows, leaves)
	}
	if _, err := e.Admin(t).Exec(context.Background(), "GRANT INSERT ON audit.leaf TO paddock_app, paddock_scribe"); err != nil {
		t.Fatal(err)
	}
	if err := e.Scribe.Write(context.Background(), leaf()); err != nil {
		t.Errorf("once the record can be written again, it is not: %v", err)
	}
}

func TestAReadingTransactionCannotRecordItself(t *testing.T) {
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	err := e.Store.Read(context.Background(), a.Who(actor.Work), func(_ context.Context, tx *db.Tx) error {
		return audit.Record(tx, audit.Entry{Action: audit.Opened, Object: "client"})
	})
	if err == nil {
		t.Error("a leaf was promised that nobody would write")
	}
}
