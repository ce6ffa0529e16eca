package isolation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// rule is one question to the catalogue. Its SQL gives a row, object and sentence, for each place where
// the rule does not hold; it may use the tables named in catalogueSQL.
type rule struct {
	code string
	sql  string
	// except holds the objects for which the rule need not hold, each with the reason.
	except map[string]string
}

// catalogueSQL names what the rules ask about. Partition children are left out of tenant_table: they
// must have no grants at all (T15), which is stronger than policies of their own.
const catalogueSQL = `WITH user_schema AS (
  SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace AS n
   WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), relation AS (
  SELECT c.*, format('%I.%I', s.nspname, c.relname) AS name, s.nspname AS schema
    FROM pg_class AS c JOIN user_schema AS s ON s.oid = c.relnamespace
), tenant_table AS (
  SELECT r.*, a.attnum AS tenant_column, a.atttypid AS tenant_type, a.attnotnull AS tenant_required
    FROM relation AS r
    JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
   WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition
), policy AS (
  SELECT t.oid AS tbl, t.name || ' policy ' || p.polname AS name, p.polname, p.polpermissive, p.polcmd, p.polroles,
    pg_get_expr(p.polqual, p.polrelid) AS uses, pg_get_expr(p.polwithcheck, p.polrelid) AS checks
    FROM tenant_table AS t JOIN pg_policy AS p ON p.polrelid = t.oid
), serving AS (
  SELECT r.* FROM pg_roles AS r
   WHERE r.rolname IN ('paddock_app', 'paddock_platform', 'paddock_scribe', 'paddock_watch', 'paddock_jobs', 'paddock_live')
), held AS (
  SELECT r.oid, r.name, r.schema, r.relowner, g.grantee, g.privilege_type AS verb, NULL::name AS col
    FROM relation AS r, aclexplode(r.relacl) AS g WHERE g.grantee <> r.relowner
  UNION ALL
  SELECT r.oid, r.name, r.schema, r.relowner, g.grantee, g.privilege_type, a.attname
    FROM relation AS r JOIN pg_attribute AS a ON a.attrelid = r.oid AND NOT a.attisdropped, aclexplode(a.attacl) AS g
   WHERE g.grantee <> r.relowner
), holder AS (
  SELECT h.*, coalesce(r.rolname, 'PUBLIC') AS who FROM held AS h LEFT JOIN pg_roles AS r ON r.oid = h.grantee
), routine AS (
  SELECT p.*, s.nspname || '.' || p.proname AS name, s.nspname AS schema, o.rolname AS owner,
    o.rolbypassrls OR o.rolsuper AS mighty
    FROM pg_proc AS p JOIN user_schema AS s ON s.oid = p.pronamespace JOIN pg_roles AS o ON o.oid = p.proowner
) `

// rules are all questions of the lint.
func rules() []rule {
	return slices.Concat(policyRules, shapeRules, indexRules, reachRules, grantRules, roleRules)
}

// Lint asks the catalogue of a migrated database for every rule of the fences. No finding means that
// each held. It works as any role of ours, on PostgreSQL 15 to 18.
func Lint(ctx context.Context, conn Querier) ([]Finding, error) {
	found, _, err := lint(ctx, conn)
	return found, err
}

// lint also gives the exceptions that were used, as "code object".
func lint(ctx context.Context, conn Querier) ([]Finding, map[string]bool, error) {
	all := rules()
	parts := make([]string, len(all))
	for i, r := range all {
		parts[i] = fmt.Sprintf("SELECT %d AS rule, object::text, sentence::text FROM (%s) AS found(object, sentence)", i, r.sql)
	}
	// One statement, so that the catalogue is read once: this runs at every start.
	rows, err := conn.Query(ctx, catalogueSQL+strings.Join(parts, "\nUNION ALL\n"))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	type answer struct {
		Rule             int
		Object, Sentence string
	}
	answers, err := pgx.CollectRows(rows, pgx.RowToStructByPos[answer])
	if err != nil {
		return nil, nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	slices.SortStableFunc(answers, func(a, b answer) int { return cmp.Or(a.Rule-b.Rule, strings.Compare(a.Object, b.Object)) })
	var found []Finding
	used := map[string]bool{}
	for _, a := range answers {
		r := all[a.Rule]
		if _, ok := r.except[a.Object]; ok {
			used[r.code+" "+a.Object] = true
		} else if f := (Finding{r.code, a.Object, a.Sentence}); !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	return found, used, nil
}

// column collects the first column of an answer.
func column(ctx context.Context, conn Querier, sql string) ([]string, error) {
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
