//go:build !race

package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paddock/db"
	"paddock/internal/clock"
	"paddock/internal/dbtest"
	"paddock/internal/demo"
	"paddock/internal/identity"
	"paddock/internal/isolation"
	"paddock/internal/provision"
	"paddock/internal/sqlcheck"
	"paddock/internal/tenancy"
)

const (
	realPatients = 1000   // of the big clinic, with all that belongs to them
	bigClinic    = 10_000 // rows of the big clinic in every tenant table, at least
	bigTable     = 1000   // rows from which on nobody may read a table from end to end
)

// wholeTable are the statements that read a table from end to end on purpose, with the reason.
var wholeTable = map[string]string{
	"CountClients":  "counts for tests and reports, never for a page",
	"CountPatients": "counts for tests and reports, never for a page",
}

// No statement of a page reads a big table from end to end. Planner statistics cannot be made up, so the
// rows are there; the plan is the one for any parameters, as a statement gets it that has run for a while.
func TestNoPlanReadsABigTableFromEndToEnd(t *testing.T) {
	ctx := context.Background()
	e := dbtest.New(t)
	makeBigClinic(t, e)
	admin := e.Admin(t)
	rows, err := admin.Query(ctx, `SELECT relname::text, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples >= $1`, bigTable)
	if err != nil {
		t.Fatal(err)
	}
	big := map[string]int64{}
	var name string
	var tuples int64
	if _, err := pgx.ForEachRow(rows, []any{&name, &tuples}, func() error { big[name] = tuples; return nil }); err != nil {
		t.Fatal(err)
	}
	statements, err := sqlcheck.Load(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	conns := map[string]*pgx.Conn{}
	for _, role := range db.LoginRoles() {
		conns[role] = e.As(t, role)
		if _, err := conns[role].Exec(ctx, "SET plan_cache_mode = force_generic_plan"); err != nil {
			t.Fatal(err)
		}
	}
	found, siblings := map[string]bool{}, sqlcheck.Statement{}
	for _, st := range statements {
		if st.Name == "ListSiblings" {
			siblings = st
		}
		plan := planOf(t, conns, st)
		for _, table := range plan.readWhole() {
			if n := big[table]; n > 0 {
				found[st.Name] = true
				if wholeTable[st.Name] == "" {
					t.Errorf("%s %s reads the %d rows of %s from end to end", st.File, st.Name, n, table)
				}
			}
		}
	}
	for name := range wholeTable {
		if !found[name] {
			t.Errorf("%s reads no table from end to end any more: take it off the list", name)
		}
	}
	if _, err := admin.Exec(ctx, "DROP INDEX app.ownerships_client"); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(planOf(t, conns, siblings).readWhole(), "ownerships") {
		t.Error("an index that is gone is not noticed")
	}
	t.Logf("%d statements over %d big tables", len(statements), len(big))
}

// planned is a node of EXPLAIN (FORMAT JSON).
type planned struct {
	Node     string    `json:"Node Type"`
	Relation string    `json:"Relation Name"`
	Plans    []planned `json:"Plans"`
}

// readWhole are the tables that a plan reads from end to end.
func (p planned) readWhole() (tables []string) {
	if p.Node == "Seq Scan" {
		tables = append(tables, p.Relation)
	}
	for _, under := range p.Plans {
		tables = append(tables, under.readWhole()...)
	}
	return tables
}

var parameter = regexp.MustCompile(`\$(\d+)`)

// planOf plans a statement as the first role that may run it, paddock_app before the others.
func planOf(t *testing.T, conns map[string]*pgx.Conn, st sqlcheck.Statement) planned {
	t.Helper()
	ctx := context.Background()
	most := 0
	for _, m := range parameter.FindAllStringSubmatch(st.SQL, -1) {
		n, _ := strconv.Atoi(m[1])
		most = max(most, n)
	}
	call := "q"
	if most > 0 {
		call += "(" + strings.TrimSuffix(strings.Repeat("NULL, ", most), ", ") + ")"
	}
	roles := append([]string{db.RoleApp}, slices.DeleteFunc(db.LoginRoles(), func(r string) bool { return r == db.RoleApp })...)
	for _, role := range roles {
		var text string
		conn := conns[role]
		_, err := conn.Exec(ctx, "PREPARE q AS "+st.SQL)
		if err == nil {
			err = conn.QueryRow(ctx, "EXPLAIN (FORMAT JSON) EXECUTE "+call, pgx.QueryExecModeSimpleProtocol).Scan(&text)
			if _, gone := conn.Exec(ctx, "DEALLOCATE q"); gone != nil {
				t.Fatal(gone)
			}
		}
		var pg *pgconn.PgError
		if errors.As(err, &pg) && (pg.Code == "42501" || pg.Code == "42P01") { // not this role's
			continue
		}
		if err != nil {
			t.Fatalf("%s as %s: %v", st.Name, role, err)
		}
		var explained []struct{ Plan planned }
		if err := json.Unmarshal([]byte(text), &explained); err != nil || len(explained) != 1 {
			t.Fatalf("%s: the plan cannot be read: %v", st.Name, err)
		}
		return explained[0].Plan
	}
	t.Fatalf("no role may run %s", st.Name)
	return planned{}
}

// makeBigClinic fills a clinic with demo patients, gives it a row in every other tenant table, and
// repeats what there is until each holds enough.
func makeBigClinic(t *testing.T, e *dbtest.Env) {
	t.Helper()
	ctx := context.Background()
	signIns, err := identity.NewSignIns(identity.Config{Store: e.Store, Vault: e.Vault, Clock: e.Clock, AddressKey: identity.AddressKey(make([]byte, 32))})
	check(t, err)
	directory := tenancy.NewDirectory(e.Store, e.Clock)
	n := demo.Numbers{Clinics: 1, Patients: realPatients, Years: 1, Seed: 1, Plain: true}
	_, err = demo.Fill(ctx, demo.Deps{
		Deps:      provision.Deps{Store: e.Store, Platform: e.Platform, Vault: e.Vault, BaseDomain: "localhost", Placement: dbtest.Placement},
		Directory: directory, SignIns: signIns, Command: "test",
	}, n, nil)
	check(t, err)
	at, ok, err := directory.At(ctx, n.Label(1)+".localhost")
	if err != nil || !ok {
		t.Fatalf("the big clinic is not at its host: %v", err)
	}
	bench, err := isolation.NewBench(ctx, isolation.Deps{
		Endpoint: e.Endpoint, Scribe: e.Scribe, Clock: e.Clock, A: at.Tenant(), B: e.NewClinic(t).Tenant,
		Signer: func(clock.Clock) (*db.Signer, error) { return e.Signer, nil },
	})
	check(t, err)
	bench.Close()
	admin := e.Admin(t)
	_, err = admin.Exec(ctx, "SET session_replication_role = replica") // rows that refer to nothing will do
	check(t, err)
	rows, err := admin.Query(ctx, `SELECT a.attrelid::regclass::text,
		  (SELECT string_agg(format('%L, CASE WHEN r.%I IS NOT NULL THEN (%s)::text END', k.attname, k.attname, CASE format_type(k.atttypid, k.atttypmod)
		      WHEN 'uuid' THEN 'gen_random_uuid()' WHEN 'bytea' THEN '''\x'' || substr(repeat(md5(n::text), 8), 1, 2 * octet_length(r.' || quote_ident(k.attname) || '))'
		      WHEN 'text' THEN 'r.' || quote_ident(k.attname) || CASE k.attname WHEN 'code' THEN ' || n' ELSE '' END WHEN 'bigint' THEN 'n' WHEN 'integer' THEN 'n' WHEN 'smallint' THEN 'n'
		      ELSE '(now() - n * interval ''1 hour'')::' || format_type(k.atttypid, k.atttypmod) END), ', ')
		    FROM pg_attribute AS k WHERE k.attrelid = a.attrelid AND k.attname <> 'tenant_id' AND k.attgenerated = ''
		      AND (k.attnum = ANY (SELECT unnest(i.indkey::smallint[]) FROM pg_index AS i WHERE i.indrelid = a.attrelid))),
		  (SELECT string_agg(quote_ident(k.attname), ', ' ORDER BY k.attnum) FROM pg_attribute AS k
		    WHERE k.attrelid = a.attrelid AND k.attnum > 0 AND NOT k.attisdropped AND k.attgenerated = '')
		FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
		WHERE a.attname = 'tenant_id' AND NOT a.attisdropped AND c.relkind = 'r' ORDER BY 1`)
	check(t, err)
	type tenantTable struct {
		Name    string
		Keys    *string
		Columns string
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[tenantTable])
	check(t, err)
	for _, table := range tables {
		if table.Keys == nil { // one row a clinic
			continue
		}
		_, err := admin.Exec(ctx, fmt.Sprintf(`INSERT INTO %[1]s (%[4]s) SELECT %[4]s FROM (SELECT made.* FROM (
			  SELECT DISTINCT ON (n) r.*, n FROM generate_series(1, greatest(0, %[2]d - (SELECT count(*) FROM %[1]s WHERE tenant_id = $1))) AS n,
			    (SELECT * FROM %[1]s WHERE tenant_id = $1 LIMIT 1) AS r) AS r,
			jsonb_populate_record(NULL::%[1]s, to_jsonb(r) || jsonb_strip_nulls(jsonb_build_object(%[3]s))) AS made) AS made ON CONFLICT DO NOTHING`,
			table.Name, bigClinic, *table.Keys, table.Columns), at.Tenant().ID())
		if err != nil {
			t.Fatalf("repeating %s: %v", table.Name, err)
		}
	}
	_, err = admin.Exec(ctx, "ANALYZE")
	check(t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
