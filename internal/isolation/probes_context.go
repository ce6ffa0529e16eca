package isolation

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/actor"
	"paddock/internal/id"
)

// badContext is the SQLSTATE of a forged or replayed context, expired that of one that was kept.
var (
	badContext = []string{"PD001"}
	expired    = []string{"PD002"}
)

func withoutContext(ctx context.Context, b *Bench) error { // T20
	for _, t := range b.tables {
		n, err := b.try(ctx, nil, "SELECT tenant_id FROM "+t.Name)
		b.nothing(n, err, nil, "reading %s", t.Name)
		r := b.b.rows[t.Name]
		if fresh, ok := t.renewed(r); ok {
			r = fresh
		}
		_, err = b.try(ctx, nil, t.insertSQL(r), r.json())
		b.refused(err, denied, "inserting into %s", t.Name)
		if c := t.changeable(); c != "" {
			n, err = b.try(ctx, nil, fmt.Sprintf("UPDATE %s SET %s = %s", t.Name, quoted(c), quoted(c)))
			b.nothing(n, err, nil, "changing %s", t.Name)
		}
		n, err = b.try(ctx, nil, "DELETE FROM "+t.Name)
		b.nothing(n, err, denied, "deleting from %s", t.Name)
		for _, s := range []*side{b.a, b.b} {
			n, err = b.try(ctx, s, "SELECT tenant_id FROM "+t.Name)
			b.reaches(n, err, "reading %s", t.Name)
		}
	}
	return nil
}

func changedContext(ctx context.Context, b *Bench) error { // T21
	good := strings.Split(b.sign(b.a, b.app), "_")
	if len(good) != 7 {
		return fmt.Errorf("a signed context has %d parts, not 7", len(good))
	}
	expiry, err := strconv.Atoi(good[4])
	if err != nil {
		return fmt.Errorf("reading the expiry of a context: %w", err)
	}
	other := []string{plain(b.b.tenant), plain(id.New()), plain(id.New()), "signin", strconv.Itoa(expiry + 3600), "2", strings.Repeat("0", 64)}
	forged := map[string]string{}
	for i, name := range []string{"clinic", "actor", "session", "purpose", "expiry", "key version", "signature"} {
		parts := append([]string(nil), good...)
		parts[i] = other[i]
		forged["another "+name] = strings.Join(parts, "_")
		parts[i] = ""
		forged["no "+name] = strings.Join(parts, "_")
	}
	forged["a part too few"] = strings.Join(good[:6], "_")
	forged["a part too many"] = strings.Join(good, "_") + "_1"
	forged["only the clinic"] = plain(b.b.tenant)
	forged["only separators"] = "______"
	t := b.tables[0]
	for name, text := range forged {
		err := b.in(ctx, nil, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, db.Enter, text); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "SELECT tenant_id FROM "+t.Name)
			return err
		})
		b.refused(err, badContext, "a context with %s", name)
	}
	n, err := b.try(ctx, b.a, "SELECT tenant_id FROM "+t.Name)
	b.reaches(n, err, "a context as it was signed")
	// Where sec.enter() notes the clinic nobody else may write.
	for _, form := range []string{
		"SET backtrace_functions = '%s'", "SET LOCAL backtrace_functions = '%s'", "RESET backtrace_functions",
		"SELECT set_config('backtrace_functions', '%s', true)", "SELECT set_config('backtrace_functions', '%s', false)",
		"UPDATE pg_settings SET setting = '%s' WHERE name = 'backtrace_functions'",
		"ALTER ROLE " + db.RoleApp + " SET backtrace_functions = '%s'",
	} {
		_, err := b.try(ctx, b.a, strings.ReplaceAll(form, "%s", other[0]))
		b.refused(err, denied, "%s", form)
	}
	for _, sql := range []string{
		"SELECT inner_pad FROM sec.context_keys", "SELECT outer_pad FROM sec.context_keys", "SELECT version FROM sec.context_keys",
		"UPDATE sec.context_keys SET retired_at = now()", "DELETE FROM sec.context_keys",
		"INSERT INTO sec.context_keys (version, inner_pad, outer_pad) VALUES (9, repeat('x', 64)::bytea, repeat('x', 64)::bytea)",
		"TABLE sec.context_keys", "COPY sec.context_keys TO STDOUT",
	} {
		_, err := b.try(ctx, b.a, sql)
		b.refused(err, denied, "%s", sql)
	}
	return nil
}

func replayedContext(ctx context.Context, b *Bench) error { // T22
	other, err := b.connect(ctx, db.RoleApp)
	if err != nil {
		return err
	}
	defer hangUp(other)
	signed := b.sign(b.a, b.app)
	for _, t := range b.tables {
		err := pgx.BeginFunc(ctx, other, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, db.Enter, signed); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "SELECT tenant_id FROM "+t.Name)
			return err
		})
		b.refused(err, badContext, "reading %s on another connection", t.Name)
	}
	n, err := b.try(ctx, b.a, "SELECT tenant_id FROM "+b.tables[0].Name)
	b.reaches(n, err, "the connection the context is for")
	return nil
}

func expiredContext(ctx context.Context, b *Bench) error { // T24
	for _, t := range b.tables {
		err := b.in(ctx, nil, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, db.Enter, b.past.Sign(b.a.who(actor.Probe), b.backend(b.app))); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "SELECT tenant_id FROM "+t.Name)
			return err
		})
		b.refused(err, expired, "reading %s with a context of ten minutes ago", t.Name)
	}
	return nil
}

// injected plays a statement that somebody could change: whatever is put into it, the rows of the other
// clinic stay away.
func injected(ctx context.Context, b *Bench) error { // T23
	parts := strings.Split(b.sign(b.a, b.app), "_")
	parts[0] = plain(b.b.tenant)
	forged, theirs := strings.Join(parts, "_"), b.b.tenant.String()
	for _, t := range b.tables {
		forms := []string{
			"SELECT t.tenant_id FROM (SELECT sec.enter('%[2]s', true) AS s OFFSET 0) AS x, LATERAL (SELECT * FROM %[1]s WHERE x.s IS NOT NULL OFFSET 0) AS t WHERE t.tenant_id = '%[3]s'",
			"WITH x AS MATERIALIZED (SELECT sec.enter('%[2]s', true) AS s) SELECT t.tenant_id FROM x, %[1]s AS t WHERE t.tenant_id = '%[3]s'",
			"WITH x AS MATERIALIZED (SELECT sec.enter('%[3]s', true) AS s) SELECT t.tenant_id FROM x, %[1]s AS t WHERE t.tenant_id = '%[3]s'",
			"SELECT t.tenant_id FROM (SELECT set_config('backtrace_functions', '%[4]s', true) AS s OFFSET 0) AS x, LATERAL (SELECT * FROM %[1]s WHERE x.s IS NOT NULL OFFSET 0) AS t WHERE t.tenant_id = '%[3]s'",
			"SELECT t.tenant_id FROM (SELECT set_config('paddock.ctx', '%[4]s', true) AS s OFFSET 0) AS x, LATERAL (SELECT * FROM %[1]s WHERE x.s IS NOT NULL OFFSET 0) AS t WHERE t.tenant_id = '%[3]s'",
			"WITH x AS MATERIALIZED (SELECT set_config('app.tenant_id', '%[3]s', true) AS s) SELECT t.tenant_id FROM x, %[1]s AS t WHERE t.tenant_id = '%[3]s'",
			"SELECT tenant_id FROM %[1]s WHERE false UNION ALL SELECT tenant_id FROM %[1]s WHERE tenant_id = '%[3]s'",
			"SELECT tenant_id FROM %[1]s WHERE tenant_id = (SELECT u.tenant_id FROM %[1]s AS u WHERE u.tenant_id = '%[3]s' LIMIT 1)",
			"SELECT 1 WHERE EXISTS (SELECT FROM %[1]s WHERE tenant_id = '%[3]s' OR true AND tenant_id = '%[3]s')",
			"SELECT tenant_id FROM %[1]s WHERE tenant_id::text = coalesce(nullif(sec.enter('%[2]s', true)::text, ''), '') OR tenant_id = '%[3]s'",
			"SELECT 1 WHERE query_to_xml('SELECT tenant_id FROM %[1]s', true, false, '')::text LIKE '%%%[3]s%%'",
			"SELECT 1 FROM (SELECT table_to_xml('%[1]s', true, false, '')::text AS doc) AS d WHERE d.doc LIKE '%%%[3]s%%'",
		}
		for i, form := range forms {
			sql := fmt.Sprintf(form, t.Name, forged, theirs, plain(b.b.tenant))
			n, err := b.try(ctx, b.a, sql)
			b.nothing(n, err, []string{"PD001", "42501"}, "form %d on %s", i+1, t.Name)
		}
		n, err := b.try(ctx, b.b, fmt.Sprintf("SELECT tenant_id FROM %s WHERE tenant_id = '%s'", t.Name, theirs))
		b.reaches(n, err, "reading %s", t.Name)
	}
	return nil
}

func prepared(ctx context.Context, b *Bench) error { // T40
	conn, err := b.connect(ctx, db.RoleApp)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
		if _, err := conn.Exec(ctx, "SELECT set_config('plan_cache_mode', $1, false)", mode); err != nil {
			return fmt.Errorf("choosing plans: %w", err)
		}
		for _, t := range b.tables {
			for _, bound := range []bool{false, true} {
				if err := preparedOnce(ctx, b, conn, t, mode, bound); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// preparedOnce uses one prepared statement for A, B, nobody and A again, six times over, so that a
// plan would be kept if it could be.
func preparedOnce(ctx context.Context, b *Bench, conn *pgx.Conn, t *table, mode string, bound bool) error {
	name, sql := "probe_"+letters(8), "SELECT tenant_id FROM "+t.Name
	if bound {
		sql += " WHERE tenant_id = $1"
	}
	if _, err := conn.Prepare(ctx, name, sql); err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	for range 2 {
		for _, s := range []*side{b.a, b.b, nil, b.a} {
			var seen []id.Tenant
			err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
				if s != nil {
					if _, err := tx.Exec(ctx, db.Enter, b.sign(s, conn)); err != nil {
						return err
					}
				}
				args := []any{}
				if bound {
					args = append(args, b.b.tenant)
				}
				rows, err := tx.Query(ctx, name, args...)
				if err != nil {
					return err
				}
				seen, err = pgx.CollectRows(rows, pgx.RowTo[id.Tenant])
				return err
			})
			b.tried++
			if err != nil {
				b.fail("%s under %s: %s", t.Name, mode, outcome(err))
				continue
			}
			for _, tenant := range seen {
				if s == nil || tenant != s.tenant {
					b.fail("%s under %s: a statement prepared for one gave a row of another", t.Name, mode)
					break
				}
			}
			if (!bound && s != nil || bound && s == b.b) && len(seen) == 0 {
				b.fail("%s under %s: the rightful clinic got no row", t.Name, mode)
			}
		}
	}
	return conn.Deallocate(ctx, name)
}

func savepoint(ctx context.Context, b *Bench) error { // T41
	for _, t := range b.tables {
		foreign := fmt.Sprintf("SELECT tenant_id FROM %s WHERE tenant_id <> $1", t.Name)
		own := fmt.Sprintf("SELECT tenant_id FROM %s WHERE tenant_id = $1", t.Name)
		err := b.in(ctx, b.a, func(tx pgx.Tx) error {
			inner, err := tx.Begin(ctx)
			if err != nil {
				return err
			}
			if _, err := inner.Exec(ctx, db.Enter, b.sign(b.b, b.app)); err != nil {
				return err
			}
			n, err := count(ctx, inner, own, b.b.tenant)
			b.reaches(n, err, "%s inside the savepoint", t.Name)
			if err := inner.Rollback(ctx); err != nil {
				return err
			}
			n, err = count(ctx, tx, foreign, b.a.tenant)
			b.nothing(n, err, nil, "%s after the savepoint", t.Name)
			n, err = count(ctx, tx, own, b.a.tenant)
			b.reaches(n, err, "%s after the savepoint", t.Name)
			return nil
		})
		if err != nil {
			return err
		}
		n, err := b.try(ctx, nil, "SELECT tenant_id FROM "+t.Name)
		b.nothing(n, err, nil, "%s after the rollback of all", t.Name)
	}
	return nil
}

func freshConnection(ctx context.Context, b *Bench) error { // T42
	for _, role := range []string{db.RoleApp, db.RoleScribe, db.RolePlatform, db.RoleWatch, db.RoleJobs, db.RoleLive} {
		conn, err := b.connect(ctx, role)
		if err != nil {
			return err
		}
		var left string
		err = conn.QueryRow(ctx, "SELECT current_setting('backtrace_functions')").Scan(&left)
		hangUp(conn)
		if err != nil {
			return fmt.Errorf("asking a new connection of %s: %w", role, err)
		}
		b.tried++
		if left != "" {
			b.fail("a new connection of %s is in a clinic", role)
		}
	}
	// What a transaction set is gone after it.
	if err := b.keep(ctx, b.a, func(pgx.Tx) error { return nil }); err != nil {
		return err
	}
	var left string
	if err := b.app.QueryRow(ctx, "SELECT current_setting('backtrace_functions')").Scan(&left); err != nil {
		return fmt.Errorf("asking after a commit: %w", err)
	}
	b.tried++
	if left != "" {
		b.fail("the clinic outlived its transaction")
	}
	return nil
}
