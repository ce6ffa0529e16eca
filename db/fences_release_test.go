package db_test

import (
	"context"
	"strings"
	"testing"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/dbtest"
)

// narrow is a store of one connection, so that what one clinic leaves behind meets the next.
func narrow(t *testing.T, e *dbtest.Env) *db.Store {
	t.Helper()
	s, err := db.Open(context.Background(), db.Config{URL: e.Endpoint.As(db.RoleApp), MaxConns: 1, Signer: e.Signer, Log: e.Log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

type opener func(context.Context, actor.Who, func(context.Context, *db.Tx) error) error

// A connection that was used in good order carries nothing and is used again: a store that set its
// context for the session would destroy one after the other.
func TestAnOrderlyConnectionIsKept(t *testing.T) { // T42
	e := dbtest.Shared(t)
	s := narrow(t, e)
	a, b := e.NewClinic(t), e.NewClinic(t)
	var first uint32
	for i := range 6 {
		for _, open := range []opener{s.Read, s.Write} {
			for _, c := range []dbtest.Clinic{a, b} {
				var pid uint32
				err := open(context.Background(), c.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
					if _, err := tx.CountClients(ctx, db.CountClientsParams{TenantID: tx.Tenant}); err != nil {
						return err
					}
					return db.Raw(ctx, tx, "SELECT pg_backend_pid()").Scan(&pid)
				})
				if err != nil {
					t.Fatal(err)
				}
				if first == 0 {
					first = pid
				}
				if pid != first {
					t.Fatalf("round %d: the connection was thrown away", i)
				}
			}
		}
	}
}

// Where the database notes which clinic was entered nobody else may write, so that it ends with the
// transaction. One connection only: a second would hide what stays on it.
func TestAClinicIsLeftWithTheTransaction(t *testing.T) { // T42
	e := dbtest.Shared(t)
	s := narrow(t, e)
	a, b := e.NewClinic(t), e.NewClinic(t)
	row := addClient(t, e, a)
	for name, leave := range map[string]opener{"a reading": s.Read, "a writing": s.Write} {
		for _, sql := range []string{
			"SELECT set_config('backtrace_functions', current_setting('backtrace_functions'), false)", "SET backtrace_functions = 'x'",
			"RESET backtrace_functions", "UPDATE pg_settings SET setting = 'x' WHERE name = 'backtrace_functions'",
		} {
			err := leave(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
				var ignore string
				return db.Raw(ctx, tx, sql).Scan(&ignore)
			})
			if !db.Refused(err) && code(err) != "25006" { // a reading transaction refuses UPDATE sooner
				t.Errorf("%s in %s transaction gave %v", sql, name, err)
			}
		}
		// A setting of the same use that anybody may write is not looked at.
		err := leave(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			var ignore string
			return db.Raw(ctx, tx, "SELECT set_config('paddock.ctx', current_setting('backtrace_functions'), false)").Scan(&ignore)
		})
		if err != nil {
			t.Fatal(err)
		}
		for next, open := range map[string]opener{"a reading": s.Read, "a writing": s.Write} {
			err = open(context.Background(), b.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.GetClient(ctx, db.GetClientParams{TenantID: a.Tenant, ID: row})
				if !db.NoRows(err) {
					t.Errorf("%s transaction of B after %s one of A got %v for A's client", next, name, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	// The session itself is in no clinic.
	conn := e.As(t, db.RoleApp)
	for _, sql := range []string{"SELECT sec.tenant() IS NULL", "SELECT sec.enter($1, false)", "SELECT sec.tenant() IS NULL"} {
		var args []any
		if strings.Contains(sql, "$1") {
			args = append(args, e.Signer.Sign(a.Who(actor.Work), conn.PgConn().PID()))
		}
		var so bool
		if err := conn.QueryRow(context.Background(), sql, args...).Scan(&so); err != nil || !so {
			t.Errorf("%s gave %v, %v", sql, so, err)
		}
	}
}

func TestAHeldCursorDoesNotSurviveRelease(t *testing.T) { // T43
	e := dbtest.Shared(t)
	s := narrow(t, e)
	a, b := e.NewClinic(t), e.NewClinic(t)
	row := addClient(t, e, a)
	err := s.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		var ignore string
		if err := db.Raw(ctx, tx, "DECLARE left_behind CURSOR WITH HOLD FOR SELECT id FROM clients").Scan(&ignore); !db.NoRows(err) {
			return err
		}
		return db.Raw(ctx, tx, "FETCH FIRST FROM left_behind").Scan(&ignore) // the twin: it is there
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]opener{"reading": s.Read, "writing": s.Write} {
		var got string
		err = open(context.Background(), b.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
			return db.Raw(ctx, tx, "FETCH FIRST FROM left_behind").Scan(&got)
		})
		if code(err) != "34000" || got == row.String() {
			t.Errorf("%s, the next clinic got %q and %v from the cursor, not 34000", name, got, err)
		}
	}
}

func TestATemporaryTableIsRefused(t *testing.T) { // T43
	e := dbtest.Shared(t)
	a := e.NewClinic(t)
	err := e.Store.Write(context.Background(), a.Who(actor.Work), func(ctx context.Context, tx *db.Tx) error {
		var ignore string
		return db.Raw(ctx, tx, "CREATE TEMP TABLE left_behind AS SELECT * FROM clients").Scan(&ignore)
	})
	if !db.Refused(err) {
		t.Fatalf("a temporary table gave %v", err)
	}
}
