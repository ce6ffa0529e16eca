package isolation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
	"paddock/internal/id"
)

// twice is what a clinic's second row of a kind gives where there can be only one.
const twice = "23505"

func foreignInsert(ctx context.Context, b *Bench) error { // T25
	for _, t := range b.tables {
		own, single := t.renewed(b.a.rows[t.Name])
		_, err := b.try(ctx, b.a, t.insertSQL(own), own.json())
		if err != nil && (single || sqlstate(err) != twice) {
			b.fail("inserting an own row into %s: %s", t.Name, outcome(err))
		}
		for name, from := range map[string]row{"a row of A's in the name of B": own, "a row like B's own": b.b.rows[t.Name]} {
			r := from.with("tenant_id", b.b.tenant.String())
			_, err = b.try(ctx, b.a, t.insertSQL(r), r.json())
			b.refused(err, denied, "inserting into %s %s", t.Name, name)
		}
	}
	return nil
}

// moved asks for the change of tenant_id itself. The right to it is given to nobody; where it is given
// all the same, the policy refuses.
func moved(ctx context.Context, b *Bench) error { // T26
	for _, t := range b.tables {
		mine := b.a.rows[t.Name]
		_, err := b.try(ctx, b.a, fmt.Sprintf("UPDATE %s SET tenant_id = $2 WHERE %s", t.Name, t.is(t.primary())), mine.json(), b.b.tenant)
		b.refused(err, denied, "moving a row of %s to B", t.Name)
		// Without a WHERE no column is read, so that the gate's WITH CHECK stands alone.
		_, err = b.try(ctx, b.a, fmt.Sprintf("UPDATE %s SET tenant_id = $1", t.Name), b.b.tenant)
		b.refused(err, denied, "moving all rows of %s to B", t.Name)
		key := quotedAll(t.primary())
		_, err = b.try(ctx, b.a, t.insertSQL(mine)+fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET tenant_id = $2", key), mine.json(), b.b.tenant)
		b.refused(err, denied, "moving a row of %s to B by ON CONFLICT", t.Name)
		n, err := b.try(ctx, b.a, fmt.Sprintf("UPDATE %s SET tenant_id = $1 WHERE tenant_id = $2", t.Name), b.a.tenant, b.b.tenant)
		b.nothing(n, err, denied, "moving B's rows of %s to A", t.Name)
	}
	return nil
}

func foreignChange(ctx context.Context, b *Bench) error { // T27
	for _, t := range b.tables {
		theirs := b.b.rows[t.Name]
		alone := without(t.primary(), "tenant_id")
		for _, key := range [][]string{t.primary(), alone} {
			if len(key) == 0 {
				continue
			}
			err := b.in(ctx, b.a, func(tx pgx.Tx) error {
				before, err := b.asB(ctx, tx, t)
				if err != nil {
					return err
				}
				if c := t.changeable(); c != "" {
					n, err := countInside(ctx, tx, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", t.Name, quoted(c), quoted(c), t.is(key)), theirs.json())
					b.nothing(n, err, nil, "changing B's row of %s by %v", t.Name, key)
				}
				if t.Delete {
					n, err := countInside(ctx, tx, fmt.Sprintf("DELETE FROM %s WHERE %s", t.Name, t.is(key)), theirs.json())
					b.nothing(n, err, nil, "deleting B's row of %s by %v", t.Name, key)
				} else {
					_, err := countInside(ctx, tx, fmt.Sprintf("DELETE FROM %s WHERE %s", t.Name, t.is(key)), theirs.json())
					b.refused(err, denied, "deleting from %s, which keeps its rows", t.Name)
				}
				after, err := b.asB(ctx, tx, t)
				if err != nil {
					return err
				}
				if before != after {
					b.fail("B's row of %s is not what it was", t.Name)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// asB reads B's known row in B's own context, inside a transaction of A's, to whose context it returns.
func (b *Bench) asB(ctx context.Context, tx pgx.Tx, t *table) (string, error) {
	if _, err := tx.Exec(ctx, db.Enter, b.sign(b.b, b.app)); err != nil {
		return "", fmt.Errorf("setting the context: %w", err)
	}
	var text string
	err := tx.QueryRow(ctx, fmt.Sprintf("SELECT to_jsonb(t)::text FROM %s AS t WHERE %s", t.Name, t.is(t.primary())), b.b.rows[t.Name].json()).Scan(&text)
	if err != nil {
		return "", fmt.Errorf("reading B's row of %s in its own context: %w", t.Name, err)
	}
	if _, err := tx.Exec(ctx, db.Enter, b.sign(b.a, b.app)); err != nil {
		return "", fmt.Errorf("setting the context: %w", err)
	}
	return text, nil
}

// countInside runs a statement under a savepoint, so that its refusal leaves the transaction usable.
func countInside(ctx context.Context, tx pgx.Tx, sql string, args ...any) (n int64, err error) {
	inner, err := tx.Begin(ctx)
	if err != nil {
		return 0, err
	}
	n, err = count(ctx, inner, sql, args...)
	if err != nil {
		if back := inner.Rollback(ctx); back != nil {
			return n, back
		}
		return n, err
	}
	return n, inner.Commit(ctx)
}

func foreignParent(ctx context.Context, b *Bench) error { // T28
	for _, t := range b.tables {
		for _, ref := range t.References {
			if !ref.Tenant {
				continue
			}
			whole, _ := t.renewed(b.a.rows[t.Name])
			naming := func(child row) error {
				for i, c := range ref.Columns {
					if c != "tenant_id" {
						child = child.with(c, b.b.rows[ref.To][ref.ToColumns[i]])
					}
				}
				_, err := b.try(ctx, b.a, t.insertSQL(child), child.json())
				return err
			}
			err := naming(t.alone(ref, whole))
			var pg *pgconn.PgError
			if errors.As(err, &pg) && pg.Code == "23514" {
				err = naming(whole) // a check asks for another of its references beside this one
			}
			b.refused(err, []string{"23503"}, "a row of %s naming B's parent by %s", t.Name, ref.Name)
		}
	}
	return nil
}

// likeB is a row of A's with B's value in the columns of a key that are A's to choose; ok is false
// where the key has none.
func (b *Bench) likeB(t *table, key []string) (r row, ok bool) {
	r, _ = t.renewed(b.a.rows[t.Name])
	for _, c := range key {
		if c == "tenant_id" || t.refers(c) || b.a.rows[t.Name][c] == b.b.rows[t.Name][c] {
			continue
		}
		r, ok = r.with(c, b.b.rows[t.Name][c]), true
	}
	return r, ok
}

func foreignConflict(ctx context.Context, b *Bench) error { // T29
	for _, t := range b.tables {
		for _, key := range t.Keys {
			r, ok := b.likeB(t, key)
			if !ok {
				continue
			}
			endings := []string{"DO NOTHING", fmt.Sprintf("(%s) DO NOTHING", quotedAll(key))}
			if c := t.changeable(); c != "" {
				endings = append(endings, fmt.Sprintf("(%s) DO UPDATE SET %s = excluded.%s", quotedAll(key), quoted(c), quoted(c)))
			}
			for _, ending := range endings {
				err := b.in(ctx, b.a, func(tx pgx.Tx) error {
					before, err := b.asB(ctx, tx, t)
					if err != nil {
						return err
					}
					b.tried++
					if n, err := countInside(ctx, tx, t.insertSQL(r)+" ON CONFLICT "+ending, r.json()); err != nil || n != 1 {
						b.fail("%s, key %v, ON CONFLICT %s: B's key was met, %s and %d rows", t.Name, key, ending, outcome(err), n)
					}
					after, err := b.asB(ctx, tx, t)
					if err == nil && before != after {
						b.fail("%s, key %v, ON CONFLICT %s: B's row is not what it was", t.Name, key, ending)
					}
					return err
				})
				if err != nil {
					return err
				}
			}
		}
		theirs := b.b.rows[t.Name]
		_, err := b.try(ctx, b.a, t.insertSQL(theirs)+" ON CONFLICT DO NOTHING", theirs.json())
		b.refused(err, denied, "%s, B's whole row ON CONFLICT DO NOTHING", t.Name)
	}
	return nil
}

func sameKey(ctx context.Context, b *Bench) error { // T30
	for _, t := range b.tables {
		for _, key := range t.Keys {
			r, ok := b.likeB(t, key)
			if !ok {
				continue
			}
			b.tried++
			if n, err := b.try(ctx, b.a, t.insertSQL(r), r.json()); err != nil || n != 1 {
				b.fail("%s: A cannot have the key %v that B has: %s", t.Name, key, outcome(err))
			}
		}
	}
	return nil
}

func sameAnswer(ctx context.Context, b *Bench) error { // T46
	for _, t := range b.tables {
		for _, ref := range t.References {
			if !ref.Tenant {
				continue
			}
			theirs, _ := t.renewed(b.a.rows[t.Name])
			theirs = t.alone(ref, theirs)
			nobodys := theirs
			for i, c := range ref.Columns {
				if c == "tenant_id" {
					continue
				}
				theirs = theirs.with(c, b.b.rows[ref.To][ref.ToColumns[i]])
				if t.column(c).Type == "uuid" {
					nobodys = nobodys.with(c, id.New().String())
				} else {
					nobodys = nobodys.with(c, theirs[c]) // a state both may be in
				}
			}
			_, one := b.try(ctx, b.a, t.insertSQL(theirs), theirs.json())
			_, two := b.try(ctx, b.a, t.insertSQL(nobodys), nobodys.json())
			b.alike(answerText(one, theirs), answerText(two, nobodys), "a row of %s by %s", t.Name, ref.Name)
		}
		free := slices.IndexFunc(t.primary(), func(c string) bool { return t.column(c).Type == "uuid" && c != "tenant_id" })
		if free < 0 {
			continue
		}
		theirs := b.b.rows[t.Name]
		nobodys := theirs.with(t.primary()[free], id.New().String())
		where := t.is(without(t.primary(), "tenant_id"))
		statements := []string{fmt.Sprintf("SELECT tenant_id FROM %s WHERE %s", t.Name, where), fmt.Sprintf("DELETE FROM %s WHERE %s", t.Name, where)}
		if c := t.changeable(); c != "" {
			statements = append(statements, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", t.Name, quoted(c), quoted(c), where))
		}
		for _, sql := range statements {
			n, one := b.try(ctx, b.a, sql, theirs.json())
			m, two := b.try(ctx, b.a, sql, nobodys.json())
			b.alike(fmt.Sprint(n, answerText(one, theirs)), fmt.Sprint(m, answerText(two, nobodys)), "%s", sql)
		}
		n, err := b.try(ctx, b.b, statements[0], theirs.json())
		b.reaches(n, err, "B's row of %s", t.Name)
	}
	return nil
}

func (b *Bench) alike(one, two, format string, args ...any) {
	b.tried++
	if one != two {
		b.fail("%s: B's id is answered %q and nobody's %q", fmt.Sprintf(format, args...), one, two)
	}
}

// answerText is everything the server said, with the values of the row that was sent blotted out.
func answerText(err error, sent row) string {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return outcome(err)
	}
	text := strings.Join([]string{pg.Code, pg.Severity, pg.Message, pg.Detail, pg.Hint, pg.ConstraintName, pg.TableName, pg.Where}, "|")
	for _, v := range sent {
		if s, ok := v.(string); ok && len(s) == 36 {
			text = strings.ReplaceAll(text, s, "ID")
		}
	}
	return text
}

func quotedAll(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = quoted(n)
	}
	return strings.Join(list, ", ")
}
