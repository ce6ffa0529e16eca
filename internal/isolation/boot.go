package isolation

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"paddock/db"
)

// Boot says whether a process may serve on this connection, which must be made as paddock_app. It
// refuses a server whose minor version is known to leak rows, a role that is another or can do more
// than it should, and a database at which Lint finds anything. The error wraps ErrRefused and has one
// sentence per finding.
func Boot(ctx context.Context, conn Querier) error {
	found, err := identity(ctx, conn)
	if err != nil {
		return err
	}
	linted, err := Lint(ctx, conn)
	if err != nil {
		return err
	}
	if found = append(found, linted...); len(found) > 0 {
		return refusal(found)
	}
	return nil
}

// identity judges the server's version and the role of the connection.
func identity(ctx context.Context, conn Querier) ([]Finding, error) {
	rows, err := conn.Query(ctx, `SELECT current_setting('server_version_num')::int, session_user::text, current_user::text,
		r.rolsuper, r.rolbypassrls FROM pg_roles AS r WHERE r.rolname = current_user`)
	if err != nil {
		return nil, fmt.Errorf("asking who serves: %w", err)
	}
	type who struct {
		Version          int
		Session, Current string
		Super, Bypass    bool
	}
	w, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[who])
	if err != nil {
		return nil, fmt.Errorf("asking who serves: %w", err)
	}
	found := version(w.Version)
	if w.Session != db.RoleApp || w.Current != db.RoleApp {
		found = append(found, Finding{"T19", w.Session, fmt.Sprintf("is the role of this connection (acting as %s); only %s may serve", w.Current, db.RoleApp)})
	}
	if w.Super || w.Bypass {
		found = append(found, Finding{"T19", w.Current, "escapes every policy"})
	}
	return found, nil
}

func version(num int) []Finding {
	if err := db.CheckVersion(num); err != nil {
		return []Finding{{"T18", "the server", err.Error()}}
	}
	return nil
}
