package isolation

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
)

// leftBehind leaves on a connection what outlives a transaction, and asks what the store asks: the tags of
// what was run, and sec.enter.
func leftBehind(ctx context.Context, b *Bench) error { // T43
	conn, err := b.connect(ctx, db.RoleApp)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	t := b.tables[0]
	for _, leave := range []string{
		"DECLARE left_behind CURSOR WITH HOLD FOR SELECT tenant_id FROM " + t.Name, "FETCH FIRST FROM left_behind", "CLOSE left_behind",
		"PREPARE left_behind AS SELECT 1", "DEALLOCATE left_behind", "SET row_security = off", "RESET row_security",
		"SET LOCAL search_path = pg_catalog", "LISTEN left_behind", "NOTIFY left_behind", "UNLISTEN *", "DISCARD PLANS",
		"SHOW row_security", "EXPLAIN SELECT 1",
	} {
		var tag pgconn.CommandTag
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, db.Enter, b.sign(b.a, conn)); err != nil {
				return err
			}
			tag, err = tx.Exec(ctx, leave)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", leave, err)
		}
		if b.tried++; !db.LeavesBehind(tag) {
			b.fail("%s passes for a statement that leaves nothing behind: %s", leave, tag)
		}
	}
	b.hiddenInSelect(ctx)
	for _, sql := range []string{
		"CREATE TEMP TABLE left_behind (x int)", "CREATE TEMP TABLE left_behind AS SELECT * FROM " + t.Name,
		"SELECT * INTO TEMP left_behind FROM " + t.Name, "CREATE TEMP VIEW left_behind AS SELECT 1", "CREATE TEMP SEQUENCE left_behind",
	} {
		_, err := b.try(ctx, b.a, sql)
		b.refused(err, denied, "%s", sql)
	}
	return b.changedSettings(ctx, conn)
}

// hiddenInSelect tries the functions of PostgreSQL that run a text: the tag would be SELECT's.
func (b *Bench) hiddenInSelect(ctx context.Context) {
	for _, form := range []string{
		"query_to_xml($1::text, true, false, '')", "query_to_xmlschema($1::text, true, false, '')",
		"query_to_xml_and_xmlschema($1::text, true, false, '')", "ts_stat($1::text)", "ts_rewrite('a'::tsquery, $1::text)",
	} {
		for _, hidden := range []string{
			"PREPARE hidden AS SELECT 1", "DECLARE hidden CURSOR WITH HOLD FOR SELECT 1", "SET row_security = off", "LISTEN hidden", "DISCARD PLANS",
		} {
			_, err := b.try(ctx, b.a, "SELECT * FROM "+form, hidden)
			b.refused(err, notInside, "%s inside %s", hidden, form)
		}
	}
}

// notInside are the refusals of a statement that a function may not run.
var notInside = []string{"0A000", "42P11"}

// changedSettings changes what only a function can change inside a SELECT: every transaction looks at it
// before it begins.
func (b *Bench) changedSettings(ctx context.Context, conn *pgx.Conn) error {
	begin := func() error {
		_, err := conn.Exec(ctx, "SELECT sec.enter($1, false)", b.sign(b.a, conn))
		return err
	}
	for _, setting := range []string{"row_security", "statement_timeout", "lock_timeout"} {
		if err := begin(); err != nil {
			return fmt.Errorf("asking a connection on which nothing was left: %w", err)
		}
		var was string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", setting).Scan(&was); err != nil {
			return fmt.Errorf("reading a setting: %w", err)
		}
		if _, err := conn.Exec(ctx, "SELECT set_config($1, '0', false)", setting); err != nil {
			return fmt.Errorf("leaving something behind: %w", err)
		}
		b.refused(begin(), []string{"PD003"}, "a transaction after a changed %s", setting)
		if _, err := conn.Exec(ctx, "SELECT set_config($1, $2, false)", setting, was); err != nil {
			return fmt.Errorf("clearing up: %w", err)
		}
	}
	return nil
}
