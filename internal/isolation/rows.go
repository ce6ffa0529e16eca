package isolation

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paddock/internal/actor"
	"paddock/internal/audit"
	"paddock/internal/id"
)

// load reads one row of a clinic, in the clinic's own context.
func (b *Bench) load(ctx context.Context, s *side, t *table) (row, error) {
	var text string
	err := b.in(ctx, s, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, fmt.Sprintf("SELECT to_jsonb(t)::text FROM %s AS t WHERE tenant_id = $1 ORDER BY %s LIMIT 1",
			t.Name, quoted(t.primary()[len(t.primary())-1])), s.tenant).Scan(&text)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s as its own clinic: %w", t.Name, err)
	}
	return decode(text)
}

func decode(text string) (row, error) {
	r := row{}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("reading a row: %w", err)
	}
	return r, nil
}

// furnish gives a clinic one row in every tenant table where it has none, through the application's
// own rights. The rows stay: the canaries keep them from one check to the next.
func (b *Bench) furnish(ctx context.Context, s *side) error {
	for _, t := range b.tables {
		have, err := b.load(ctx, s, t)
		if errors.Is(err, pgx.ErrNoRows) {
			have, err = b.make(ctx, s, t)
		}
		if err != nil {
			return fmt.Errorf("a row of %s for clinic %s: %w", t.Name, s.tenant, err)
		}
		s.rows[t.Name] = have
	}
	return nil
}

// make inserts the simplest row the table's types and checks allow: with the references it must have,
// and where a check asks for one of several, with the first that it takes.
func (b *Bench) make(ctx context.Context, s *side, t *table) (row, error) {
	if t.Name == "audit.leaf" {
		// A leaf is a line of the record, canary or not: it has its true hash.
		return b.makeLeaf(ctx, s, t)
	}
	made, err := b.makeWith(ctx, s, t, nil, 0)
	refused := func() bool {
		var pg *pgconn.PgError
		return errors.As(err, &pg) && pg.Code == "23514"
	}
	for _, ref := range t.References {
		if refused() && !ref.Needed && ref.Tenant && s.rows[ref.To] != nil {
			made, err = b.makeWith(ctx, s, t, &ref, 0)
		}
	}
	for nth := 1; refused() && slices.ContainsFunc(t.References, func(r reference) bool { return !r.Tenant }); nth++ {
		var next error
		if made, next = b.makeWith(ctx, s, t, nil, nth); errors.Is(next, pgx.ErrNoRows) {
			break // the shared list has no more
		}
		err = next
	}
	return made, err
}

// makeWith makes a row with one more reference than those it must have, if also names one, and with the
// nth entry of each shared list it refers to.
func (b *Bench) makeWith(ctx context.Context, s *side, t *table, also *reference, nth int) (row, error) {
	r := row{"tenant_id": s.tenant.String()}
	for _, ref := range t.References {
		if !ref.Needed && (also == nil || also.Name != ref.Name) {
			continue
		}
		values, err := b.referred(ctx, s, ref, nth)
		if err != nil {
			return nil, err
		}
		for i, c := range ref.Columns {
			if _, set := r[c]; !set {
				r[c] = values[ref.ToColumns[i]]
			}
		}
	}
	for _, c := range t.Columns {
		if _, set := r[c.Name]; set || !c.Required {
			continue
		}
		const layout = "2006-01-02T15:04:05Z"
		v, err := c.simplest(b.clock.Now().Format(layout), b.clock.Now().Add(time.Hour).Format(layout))
		if err != nil {
			return nil, err
		}
		r[c.Name] = v
	}
	err := b.keep(ctx, s, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, t.insertSQL(r), r.json())
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.load(ctx, s, t)
}

func (b *Bench) makeLeaf(ctx context.Context, s *side, t *table) (row, error) {
	leaf := audit.NewLeaf(s.who(actor.Probe), b.clock.Now(), audit.Entry{Action: audit.Created, Object: "probe"})
	if err := b.scribe.Write(ctx, leaf); err != nil {
		return nil, err
	}
	return b.load(ctx, s, t)
}

// referred is the row a new one refers to: the clinic's own, or the nth of a shared list, counted from 0.
func (b *Bench) referred(ctx context.Context, s *side, ref reference, nth int) (row, error) {
	if ref.Tenant {
		return s.rows[ref.To], nil
	}
	var text string
	err := b.in(ctx, s, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, fmt.Sprintf("SELECT to_jsonb(t)::text FROM %s AS t ORDER BY %s LIMIT 1 OFFSET %d", ref.To, quoted(ref.ToColumns[0]), nth)).Scan(&text)
	})
	if err != nil {
		return nil, fmt.Errorf("the shared list %s: %w", ref.To, err)
	}
	return decode(text)
}

var (
	oneOf      = regexp.MustCompile(`(?:ARRAY\[|\w = )'([^']*)'`)
	octets     = regexp.MustCompile(`octet_length\(\w+\) = (\d+)`)
	atLeast    = regexp.MustCompile(`\w >= (\d+)`)
	pattern    = regexp.MustCompile(`~ '([^']*)'`)
	candidates = []string{"probe", "probe.probe", "GB", "GBP", "1"}
)

// simplest is a value that the column's type and checks allow; what ends, ends later than now. A column with a check it cannot satisfy
// is an error: teach it here, so that the table is probed like all others.
func (c tableColumn) simplest(now, later string) (any, error) {
	checks := strings.Join(c.Checks, " ")
	switch c.Type {
	case "uuid":
		return id.New().String(), nil
	case "smallint", "integer", "bigint":
		if m := atLeast.FindStringSubmatch(checks); m != nil && m[1] != "0" {
			n, err := strconv.Atoi(m[1])
			return n, err
		}
		return 1, nil
	case "boolean":
		return false, nil
	case "numeric(13,3)", "numeric(7,4)":
		return 1, nil
	case "timestamp with time zone":
		if strings.HasPrefix(c.Name, "ends_") {
			return later, nil
		}
		return now, nil
	case "date":
		return now[:10], nil
	case "bytea":
		n := 16
		if m := octets.FindStringSubmatch(checks); m != nil {
			n, _ = strconv.Atoi(m[1]) // the pattern gives digits only
		}
		return randomBytes(n), nil
	case "text":
		if m := oneOf.FindStringSubmatch(checks); m != nil {
			return m[1], nil
		}
		for _, v := range candidates {
			if c.allows(v) {
				return v, nil
			}
		}
	}
	return nil, fmt.Errorf("no value is known for column %s of type %s with %q", c.Name, c.Type, checks)
}

// allows reports whether the patterns among the checks match a text.
func (c tableColumn) allows(v string) bool {
	for _, check := range c.Checks {
		for _, m := range pattern.FindAllStringSubmatch(check, -1) {
			if ok, err := regexp.MatchString(m[1], v); !ok || err != nil {
				return false
			}
		}
	}
	return true
}

// renewed is a copy of a row that violates no key beside the original; ok is false where a key has no
// column of its own to change, as where a clinic can have only one such row.
func (t *table) renewed(r row) (fresh row, ok bool) {
	fresh, ok = r.with("tenant_id", r["tenant_id"]), true
	changed := map[string]bool{}
	for _, key := range t.Keys {
		if slices.ContainsFunc(key, func(c string) bool { return changed[c] }) {
			continue
		}
		at := slices.IndexFunc(key, func(name string) bool {
			v, can := t.other(name, r)
			if can {
				fresh[name], changed[name] = v, true
			}
			return can
		})
		ok = ok && at >= 0
	}
	return fresh, ok
}

// other is another value for a column of a key, where it may have one.
func (t *table) other(name string, r row) (any, bool) {
	if name == "tenant_id" || t.refers(name) {
		return nil, false
	}
	c := t.column(name)
	old, _ := r[name].(string)
	switch c.Type {
	case "uuid":
		return id.New().String(), true
	case "bytea":
		return randomBytes((len(old) - 2) / 2), true
	case "smallint", "integer", "bigint":
		n, _ := r[name].(json.Number)
		v, err := n.Int64()
		return v + 1 + rand.Int64N(10_000), err == nil //nolint:gosec // test values, nothing rests on them
	case "date":
		day, err := time.Parse(time.DateOnly, old)
		return day.AddDate(0, 0, 1+rand.IntN(10_000)).Format(time.DateOnly), err == nil //nolint:gosec // test values, nothing rests on them
	case "text":
		v := old + letters(6)
		if !c.allows(v) {
			v = strings.ToUpper(v)
		}
		return v, !oneOf.MatchString(strings.Join(c.Checks, " ")) && c.allows(v)
	default:
		return nil, false
	}
}

// randomBytes are bytes as JSON carries them to PostgreSQL. They need be different, not secret.
func randomBytes(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32()) //nolint:gosec // test values, nothing rests on them
	}
	return `\x` + hex.EncodeToString(b)
}

func letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + rand.IntN(26)) //nolint:gosec // test values, nothing rests on them
	}
	return string(b)
}
