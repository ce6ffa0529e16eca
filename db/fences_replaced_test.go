package db_test

import (
	"context"
	"testing"
	"time"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
)

// A statement prepared in SQL outlives its transaction, and one that takes the name of a statement of
// ours would be run for the next clinic, in its context. Somebody who can run SQL in one clinic's
// transaction is assumed.
func TestAReplacedStatementNeverRunsForAnotherClinic(t *testing.T) { // T40, T42
	e := dbtest.Shared(t)
	s := narrow(t, e)
	a, b := e.NewClinic(t), e.NewClinic(t)
	addClient(t, e, b)
	pid := func(c dbtest.Clinic) (n uint32) {
		err := s.Read(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
			if err == nil && c.Tenant == b.Tenant && n != 1 {
				t.Errorf("B counts %d clients", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Read(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			return db.Raw(ctx, tx, "SELECT pg_backend_pid()").Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := pid(b)
	err := s.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		var ignore string
		err := db.Raw(ctx, tx, "PREPARE planted AS SELECT 1").Scan(&ignore)
		if !db.NoRows(err) {
			t.Errorf("the twin: a statement could not be prepared: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := pid(b); after == before {
		t.Error("a connection on which somebody prepared a statement was used again")
	}
}

// The names of prepared statements are pgx's hashes of their texts: neither the texts nor the names
// can be looked up, and no code can be written to do it.
func TestTheStatementsOfAConnectionCannotBeRead(t *testing.T) { // T36, T37
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	for _, sql := range []string{
		"SELECT count(*)::text FROM pg_prepared_statements", "SELECT count(*)::text FROM pg_prepared_statement()", "DO $$ BEGIN NULL; END $$",
		"CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
	} {
		err := e.Store.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			var ignore string
			return db.Raw(ctx, tx, sql).Scan(&ignore)
		})
		if code(err) != "42501" {
			t.Errorf("%s gave %v, not 42501", sql, err)
		}
	}
}

// Settings made for the session are never met by the next clinic.
func TestAChangedSettingCostsTheConnection(t *testing.T) {
	e := dbtest.Shared(t)
	s := narrow(t, e)
	a, b := e.NewClinic(t), e.NewClinic(t)
	for _, change := range []string{
		"SELECT set_config('row_security', 'off', false)", "SELECT set_config('statement_timeout', '1', false)", "SELECT set_config('lock_timeout', '1', false)",
	} {
		var before, after uint32
		err := s.Read(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			if err := db.Raw(ctx, tx, "SELECT pg_backend_pid()").Scan(&before); err != nil {
				return err
			}
			var ignore string
			return db.Raw(ctx, tx, change).Scan(&ignore)
		})
		if err != nil {
			t.Fatal(err)
		}
		release := hold(t, e)
		err = s.Read(context.Background(), b.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			if err := db.Raw(ctx, tx, "SELECT pg_backend_pid()").Scan(&after); err != nil {
				return err
			}
			_, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant})
			return err
		})
		release()
		if err != nil || before == after {
			t.Errorf("after %s in A, B got %v, on the same connection: %v", change, err, before == after)
		}
	}
}

// hold makes entering any clinic wait for a moment, so that a limit that somebody set is met by entering itself
// before it can be compared.
func hold(t *testing.T, e *dbtest.Env) (release func()) {
	t.Helper()
	admin := e.Admin(t)
	tx, err := admin.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(context.Background(), "LOCK TABLE sec.context_keys IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	held := make(chan error, 1)
	go func() {
		time.Sleep(50 * time.Millisecond)
		held <- tx.Rollback(context.Background())
	}()
	return func() {
		if err := <-held; err != nil {
			t.Error(err)
		}
	}
}
