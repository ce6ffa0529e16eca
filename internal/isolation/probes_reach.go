package isolation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"paddock/db"
)

func copied(ctx context.Context, b *Bench) error { // T31
	for _, t := range b.tables {
		for _, sql := range []string{"COPY %s TO STDOUT", "COPY (SELECT * FROM %s) TO STDOUT"} {
			var out bytes.Buffer
			err := b.in(ctx, b.a, func(tx pgx.Tx) error {
				_, err := tx.Conn().PgConn().CopyTo(ctx, &out, fmt.Sprintf(sql, t.Name))
				return err
			})
			b.tried++
			text := out.String()
			if err != nil || !strings.Contains(text, b.a.tenant.String()) {
				b.fail("COPY of %s: A did not get its own rows: %s", t.Name, outcome(err))
			}
			for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
				if !strings.Contains(line, b.a.tenant.String()) {
					b.fail("COPY of %s gave a row that is not A's", t.Name)
					break
				}
			}
		}
		err := b.in(ctx, b.a, func(tx pgx.Tx) error {
			_, err := tx.Conn().PgConn().CopyFrom(ctx, strings.NewReader(""), fmt.Sprintf("COPY %s FROM STDIN", t.Name))
			return err
		})
		b.refused(err, []string{"0A000", "42501"}, "COPY into %s", t.Name)
	}
	return nil
}

func truncated(ctx context.Context, b *Bench) error { // T32
	for _, t := range b.tables {
		for _, ending := range []string{"", " CASCADE", " RESTART IDENTITY"} {
			_, err := b.try(ctx, b.a, "TRUNCATE "+t.Name+ending)
			b.refused(err, denied, "TRUNCATE %s%s", t.Name, ending)
		}
	}
	return nil
}

func children(ctx context.Context, b *Bench) error { // T33
	names, err := column(ctx, b.app, catalogueSQL+"SELECT name FROM relation WHERE relispartition AND relkind IN ('r', 'p', 'f')")
	if err != nil {
		return fmt.Errorf("listing partitions: %w", err)
	}
	for _, name := range names {
		for _, sql := range []string{"SELECT 1 FROM %s", "DELETE FROM %s", "INSERT INTO %s DEFAULT VALUES", "COPY %s TO STDOUT"} {
			_, err := b.try(ctx, b.a, fmt.Sprintf(sql, name))
			b.refused(err, denied, sql, name)
		}
	}
	return nil
}

func securityOff(ctx context.Context, b *Bench) error { // T34
	for _, t := range b.tables {
		for _, s := range []*side{b.a, nil} {
			err := b.in(ctx, s, func(tx pgx.Tx) error {
				if _, err := tx.Exec(ctx, "SET LOCAL row_security = off"); err != nil {
					return err
				}
				_, err := tx.Exec(ctx, "SELECT tenant_id FROM "+t.Name)
				return err
			})
			b.refused(err, denied, "reading %s with row security off", t.Name)
		}
	}
	return nil
}

func otherRoles(ctx context.Context, b *Bench) error { // T35
	roles, err := column(ctx, b.app, "SELECT rolname::text FROM pg_roles WHERE rolname <> current_user")
	if err != nil {
		return fmt.Errorf("listing roles: %w", err)
	}
	for _, role := range roles {
		for _, sql := range []string{"SET ROLE %s", "SET LOCAL ROLE %s", "SET SESSION AUTHORIZATION %s", "GRANT %s TO paddock_app", "ALTER ROLE %s BYPASSRLS"} {
			_, err := b.try(ctx, b.a, fmt.Sprintf(sql, quoted(role)))
			b.refused(err, append(slices.Clone(denied), "42939", "0A000"), sql, role) // the last two: PostgreSQL's own roles
		}
		_, err := b.try(ctx, b.a, "SELECT set_config('role', $1, true)", role)
		b.refused(err, denied, "set_config('role', %s)", role)
	}
	_, err = b.try(ctx, b.a, "ALTER ROLE paddock_app BYPASSRLS")
	b.refused(err, denied, "making itself escape policies")
	return nil
}

func created(ctx context.Context, b *Bench) error { // T36
	for _, schema := range []string{"app", "audit", "sec", "platform", "jobs", "public", "pg_temp", "pg_catalog"} {
		for _, sql := range []string{
			"CREATE FUNCTION %s.probe_leak(uuid) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$BEGIN RAISE NOTICE '%%', $1; RETURN true; END$$",
			"CREATE PROCEDURE %s.probe_leak() LANGUAGE sql AS ''",
			"CREATE OPERATOR %s.<<<< (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = pg_catalog.uuid_eq)",
			"CREATE TABLE %s.probe_leak (x int)", "CREATE VIEW %s.probe_leak AS SELECT 1", "CREATE TYPE %s.probe_leak AS (x int)",
			"CREATE DOMAIN %s.probe_leak AS int", "CREATE SEQUENCE %s.probe_leak",
			"CREATE AGGREGATE %s.probe_leak (int) (SFUNC = pg_catalog.int4pl, STYPE = int)",
		} {
			_, err := b.try(ctx, b.a, fmt.Sprintf(sql, schema))
			b.refused(err, denied, sql, schema)
		}
	}
	t := b.tables[0].Name
	for _, sql := range []string{
		"CREATE SCHEMA probe_leak", "CREATE ROLE probe_leak", "CREATE LANGUAGE probe_leak HANDLER pg_catalog.plpgsql_call_handler",
		"CREATE INDEX ON " + t + " (tenant_id)", "CREATE POLICY probe_leak ON " + t + " USING (true)", "DROP POLICY tenant_gate ON " + t,
		"ALTER POLICY tenant_gate ON " + t + " USING (true)", "ALTER TABLE " + t + " DISABLE ROW LEVEL SECURITY", "ALTER TABLE " + t + " NO FORCE ROW LEVEL SECURITY",
		"ALTER TABLE " + t + " ADD COLUMN probe_leak int", "DROP TABLE " + t,
		"CREATE RULE probe_leak AS ON SELECT TO " + t + " DO INSTEAD SELECT 1", "CREATE STATISTICS probe_leak ON tenant_id, id FROM " + t,
		"CREATE TRIGGER probe_leak AFTER INSERT ON " + t + " EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()",
		"CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'", "ALTER FUNCTION sec.tenant() OWNER TO paddock_app",
		"SELECT sec.fence('" + t + "', '{select,insert,update,delete}')", "CREATE PUBLICATION probe_leak FOR TABLE " + t, "CREATE EVENT TRIGGER probe_leak ON sql_drop EXECUTE FUNCTION pg_catalog.plpgsql_call_handler()",
		"GRANT ALL ON " + t + " TO PUBLIC", "COMMENT ON TABLE " + t + " IS 'probe'",
	} {
		_, err := b.try(ctx, b.a, sql)
		switch {
		case strings.HasPrefix(sql, "GRANT"):
			// Without a grant option nothing is granted; PostgreSQL refuses where no right at all is held.
			held, asked := b.try(ctx, nil, "SELECT 1 WHERE has_table_privilege('paddock_platform', '"+t+"', 'SELECT')")
			b.nothing(held, asked, nil, "%s", sql)
		default:
			b.refused(err, append(slices.Clone(denied), "42809"), "%s", sql)
		}
	}
	return nil
}

func statistics(ctx context.Context, b *Bench) error { // T37
	names := make([]string, len(b.tables))
	for i, t := range b.tables {
		names[i] = t.Name
	}
	for _, view := range []string{"pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"} {
		for _, s := range []*side{b.a, nil} {
			n, err := b.try(ctx, s, "SELECT 1 FROM "+view+" WHERE format('%I.%I', schemaname, tablename) = ANY ($1)", names)
			b.nothing(n, err, denied, "%s of tenant tables", view)
		}
	}
	for _, sql := range []string{
		"SELECT query FROM pg_stat_activity", "SELECT 1 FROM pg_stat_activity", "SELECT 1 FROM pg_stat_get_activity(NULL)",
		"SELECT pg_stat_get_backend_activity(1)", "SELECT 1 FROM pg_statistic", "SELECT 1 FROM pg_statistic_ext_data",
		"SELECT 1 FROM pg_stat_ssl", "SELECT 1 FROM pg_stat_gssapi", "SELECT 1 FROM pg_stat_replication",
	} {
		_, err := b.try(ctx, b.a, sql)
		b.refused(err, denied, "%s", sql)
	}
	n, err := b.try(ctx, b.a, "SELECT 1 FROM pg_extension WHERE extname IN ('pg_stat_statements', 'auto_explain', 'pg_buffercache', 'pageinspect')")
	b.nothing(n, err, nil, "extensions that show statements or pages")
	// The twin: what shows nothing of clinics does show what they share.
	n, err = b.try(ctx, b.a, "SELECT 1 FROM pg_class WHERE relname = 'leaf'")
	b.reaches(n, err, "the catalogue itself")
	return nil
}

func pastTheTables(ctx context.Context, b *Bench) error { // T38
	t := b.tables[0].Name
	missing := append(slices.Clone(denied), "42883") // a function that is not installed at all
	for _, sql := range []string{
		"SELECT lo_create(0)", "SELECT lo_creat(-1)", "SELECT lo_import('/etc/hostname')", "SELECT lo_export(1, '/tmp/probe')",
		"SELECT lo_from_bytea(0, '\\x00')", "SELECT lo_get(1)", "SELECT lo_put(1, 0, '\\x00')", "SELECT lo_open(1, 131072)", "SELECT lo_unlink(1)",
		"SELECT loread(0, 1)", "SELECT lowrite(0, '\\x00')", "SELECT data FROM pg_largeobject",
		"SELECT pg_read_file('/etc/hostname')", "SELECT pg_read_file('postgresql.conf')", "SELECT pg_read_binary_file('PG_VERSION')", "SELECT pg_ls_dir('.')",
		"SELECT pg_stat_file('PG_VERSION')", "SELECT pg_ls_waldir()", "SELECT pg_ls_logdir()", "SELECT pg_reload_conf()", "SELECT pg_rotate_logfile()",
		"SELECT pg_switch_wal()", "SELECT pg_create_restore_point('probe')", "SELECT pg_logical_slot_get_changes('probe', NULL, NULL)",
		"SELECT pg_create_logical_replication_slot('probe', 'pgoutput')", "SELECT dblink('', '')", "SELECT dblink_connect('')",
		"SELECT postgres_fdw_get_connections()", "SELECT current_setting('data_directory')", "SELECT rolpassword FROM pg_authid", "SELECT passwd FROM pg_shadow",
		"COPY " + t + " TO PROGRAM 'true'", "COPY " + t + " FROM PROGRAM 'true'", "COPY " + t + " TO '/tmp/probe'", "COPY " + t + " FROM '/etc/hostname'",
		"COPY (SELECT 1) TO PROGRAM 'true'", "LOAD 'auto_explain'", "SET LOCAL session_replication_role = replica",
		"SET LOCAL session_preload_libraries = 'auto_explain'", "CHECKPOINT", "SELECT sec.attempt_wait('\\x00', '\\x00', now()) FROM sec.attempts",
		"SELECT 1 FROM platform.clinic", "SELECT 1 FROM platform.tenant_host", "SELECT 1 FROM audit.security_event",
	} {
		_, err := b.try(ctx, b.a, sql)
		b.refused(err, missing, "%s", sql)
	}
	for _, sql := range []string{"CREATE DATABASE probe_leak", "ALTER SYSTEM SET row_security = off"} { // not inside a transaction
		_, err := b.app.Exec(ctx, sql)
		b.refused(err, denied, "%s", sql)
	}
	n, err := b.try(ctx, b.a, "SELECT 1")
	b.reaches(n, err, "an honest statement")
	return nil
}

// opaque is all that is ever told on the live channel: 16 bytes that only the clinic's key can make.
var opaque = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)

// hearing is how long a listener waits: a notice is delivered with the commit that carries it.
const hearing = 100 * time.Millisecond

func listening(ctx context.Context, b *Bench) error { // T39
	ear, err := b.connect(ctx, db.RoleApp)
	if err != nil {
		return err
	}
	defer hangUp(ear)
	channels := []string{"paddock", "probe", "events", "outbox", "jobs", "river_insert", db.LiveChannel, b.b.tenant.String(), "clinic_" + b.b.tenant.String()}
	for _, t := range b.tables {
		_, short, _ := strings.Cut(t.Name, ".")
		channels = append(channels, t.Name, short, short+"_"+b.b.tenant.String())
	}
	for _, c := range channels {
		if _, err := ear.Exec(ctx, "LISTEN "+quoted(c)); err != nil {
			return fmt.Errorf("listening: %w", err)
		}
	}
	// B works: a row comes and goes again in each table that allows it, committed.
	for _, t := range b.tables {
		r, ok := t.renewed(b.b.rows[t.Name])
		if !ok || !t.Delete {
			continue
		}
		b.tried++
		err := b.keep(ctx, b.b, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, t.insertSQL(r), r.json()); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s", t.Name, t.is(t.primary())), r.json())
			return err
		})
		if err != nil {
			return fmt.Errorf("working on %s as B: %w", t.Name, err)
		}
	}
	wait, cancel := context.WithTimeout(ctx, hearing)
	defer cancel()
	heard, err := ear.WaitForNotification(wait)
	for ; err == nil; heard, err = ear.WaitForNotification(wait) {
		if heard.Channel != db.LiveChannel || !opaque.MatchString(heard.Payload) { // clinics at work tell their pages
			b.fail("B's work was heard on the channel %q", heard.Channel)
		}
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("listening: %w", err)
	}
	if _, err := b.app.Exec(ctx, "NOTIFY probe, 'twin'"); err != nil {
		return fmt.Errorf("notifying: %w", err)
	}
	wait, cancel = context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if heard, err = ear.WaitForNotification(wait); err != nil || heard.Payload != "twin" {
		b.fail("the listener hears nothing at all: %v", err)
	}
	return nil
}
