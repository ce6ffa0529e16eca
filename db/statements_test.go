//go:build !race

package db_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"paddock/internal/dbtest"
	"paddock/internal/sqlcheck"
)

// catalogue is what the statement check has to know, read from a migrated database: a table added by a
// migration is a tenant table by its column.
func catalogue(t *testing.T) sqlcheck.Catalogue {
	t.Helper()
	rows, err := dbtest.Shared(t).Admin(t).Query(context.Background(), `SELECT n.nspname::text, c.relname::text,
		EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		WHERE n.nspname IN ('app', 'audit', 'sec', 'platform') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`)
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Schema, Name string
		Tenant       bool
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[entry])
	if err != nil {
		t.Fatal(err)
	}
	cat := sqlcheck.Catalogue{
		Tenant: map[sqlcheck.Table]bool{}, Reference: map[sqlcheck.Table]bool{}, Control: map[sqlcheck.Table]bool{},
		Functions: map[string]bool{
			"sec.attempt_wait": true, "sec.attempt_failed": true, "sec.attempt_cleared": true, // keyed hashes only
			"pg_advisory_xact_lock": true, // LockAccount: by the keyed hash of an account, before a clinic's row is known
		},
	}
	for _, e := range list {
		name := sqlcheck.Table{Schema: e.Schema, Name: e.Name}
		switch {
		case e.Tenant:
			cat.Tenant[name] = true
		case e.Schema == "app":
			cat.Reference[name] = true
		default:
			cat.Control[name] = true
		}
	}
	if len(cat.Tenant) < 15 {
		t.Fatalf("the catalogue has only %d tenant tables", len(cat.Tenant))
	}
	return cat
}

func TestEveryStatementNamesItsClinic(t *testing.T) { // T45, the half that is read
	statements, err := sqlcheck.Load(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	cat := catalogue(t)
	for _, st := range statements {
		for _, p := range sqlcheck.Check(st, cat) {
			t.Errorf("%s: %v", st.File, p)
		}
	}
	t.Logf("%d statements over %d tenant tables", len(statements), len(cat.Tenant))
}

func TestALooseJoinOfSixTablesIsRefused(t *testing.T) { // T45
	cat := catalogue(t)
	tables := []string{"patients", "clients", "ownerships", "notes", "people", "drafts"}
	join := func(loose int) string {
		where := make([]string, 0, len(tables))
		for i, name := range tables {
			if i != loose {
				where = append(where, name+".tenant_id = $1")
			}
		}
		return "SELECT patients.id FROM " + strings.Join(tables, ", ") + " WHERE " + strings.Join(where, " AND ")
	}
	if found := sqlcheck.Check(sqlcheck.Statement{Name: "whole", SQL: join(-1), Tenant: []int{1}}, cat); len(found) > 0 {
		t.Errorf("the whole join is right, but: %v", found)
	}
	for i, name := range tables {
		found := sqlcheck.Check(sqlcheck.Statement{Name: "loose", SQL: join(i), Tenant: []int{1}}, cat)
		if len(found) != 1 || !strings.Contains(found[0].String(), name) {
			t.Errorf("a join that leaves %s untied: %v", name, found)
		}
	}
}

// handWritten is all SQL of this package that sqlc did not make, with the reason it may be. What runs
// as the application beyond the fence itself can name no clinic's table.
var handWritten = map[string]string{
	"SELECT sec.enter($1, false), set_config('transaction_read_only', 'on', true)": "fence: looks what was left behind, sets the context for the transaction, forbids writing",
	"SELECT sec.enter($1, false)": "fence: the same for a writing transaction",
	"SELECT":                      "fence: the tag of an answer", "UPDATE": "fence: the tag of an answer",
	"SELECT sec.enter($1, true)": "fence: a long transaction signs anew",
	"BEGIN":                      "fence", "COMMIT": "fence", "ROLLBACK": "fence",
	"SELECT clinic_id, name, state, time_zone, country, tier, cluster, epoch FROM sec.clinic_at($1)": "application: one clinic by its exact host, before a clinic is known",

	"SELECT tenant_id FROM ": "watch (AllTenantsOwnerOf): ids only",
	" WHERE tenant_id = ANY(ARRAY(SELECT clinic_id FROM platform.clinic WHERE clinic_id <> $2)) AND id = $1": "watch (AllTenantsOwnerOf)",
	" UNION ALL ": "watch (AllTenantsOwnerOf)",
	"UPDATE app.wall_screens SET ended_at = $3 WHERE tenant_id = ANY(ARRAY(SELECT clinic_id FROM platform.clinic WHERE clinic_id <> $2)) AND token_hash = $1 AND ended_at IS NULL RETURNING tenant_id, id": "watch (AllTenantsEndScreen): ends a screen met on another clinic's host",
	"DELETE FROM sec.sessions WHERE tenant_id = ANY(ARRAY(SELECT clinic_id FROM platform.clinic)) AND token_hash = $1 RETURNING tenant_id, id, person_id":                                                  "watch (AllTenantsEndSession): ends a session met on another clinic's host",

	"INSERT INTO platform.clinic (clinic_id, name, state, time_zone, country, demo, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)":                                                                                          "control plane",
	"INSERT INTO platform.placement (clinic_id, tier, cluster, epoch) VALUES ($1, $2, $3, $4)":                                                                                                                                "control plane",
	"INSERT INTO platform.tenant_host (host, clinic_id) VALUES ($1, $2)":                                                                                                                                                      "control plane",
	"UPDATE platform.clinic SET state = $2 WHERE clinic_id = (SELECT clinic_id FROM platform.tenant_host WHERE host = $1) AND state <> 'canary'":                                                                              "control plane",
	"SELECT c.clinic_id, c.name, c.state, c.time_zone, c.country, c.demo, coalesce(h.host, ''), c.created_at FROM platform.clinic AS c LEFT JOIN platform.tenant_host AS h ON h.clinic_id = c.clinic_id ORDER BY c.clinic_id": "control plane (AllTenantsClinics): no clinic data",

	"FROM app.outbox AS o WHERE EXISTS (SELECT FROM platform.clinic AS c WHERE c.clinic_id = o.tenant_id AND c.state = 'active')": "queue (AllTenantsRelay): rows of ids and a MAC, of the clinics that are open",
	"SELECT EXISTS (SELECT ": "queue (AllTenantsRelay)",
	"WITH taken AS ( DELETE FROM app.outbox WHERE (tenant_id, id) IN (SELECT o.tenant_id, o.id ":                                                                                    "queue (AllTenantsRelay)",
	" ORDER BY o.id LIMIT $1) RETURNING tenant_id, id, kind, object_id, person_id, epoch, mac) SELECT tenant_id, id, kind, object_id, person_id, epoch, mac FROM taken ORDER BY id": "queue (AllTenantsRelay)",

	"LISTEN ":            "live (AllTenantsHear): opaque tokens, as a role that can read nothing",
	"SELECT pg_notify('": "live: opaque tokens to all processes, as that role; no statement of the application notifies",

	"SELECT pg_advisory_lock($1)":                       "administrator: one migration at a time",
	"SELECT current_setting('server_version_num')::int": "administrator: the server's version",
	"ALTER ROLE ": "administrator: the roles' passwords, as verifiers",
	"INSERT INTO sec.context_keys AS k (version, inner_pad, outer_pad) VALUES ($1, $2, $3) ON CONFLICT (version) DO NOTHING": "migrator as paddock_sec: the context key",
	"SELECT inner_pad = $2 FROM sec.context_keys WHERE version = $1":                                                         "migrator as paddock_sec: whether it is the same key",
}

var (
	looksLikeSQL = regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|WHERE|UNION|RETURNING|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|CLOSE ALL|DECLARE|ALTER|GRANT|REVOKE|CREATE|DROP|TRUNCATE|COPY|LISTEN|NOTIFY|set_config|DISCARD|RESET)\b|^SET `)
	spaces       = regexp.MustCompile(`\s+`)
)

func TestAllHandWrittenSQLIsListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".sql.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING {
				return true
			}
			raw, err := strconv.Unquote(l.Value)
			if err != nil || !looksLikeSQL.MatchString(raw) {
				return true
			}
			text := spaces.ReplaceAllString(raw, " ")
			if _, ok := handWritten[text]; !ok {
				t.Errorf("%s holds SQL that is not listed: %q", name, text)
			}
			used[text] = true
			return true
		})
	}
	for text := range handWritten {
		if !used[text] {
			t.Errorf("listed and no longer there: %q", text)
		}
	}
}

// The fence sets its context for the transaction and nothing longer; no statement sets anything at all.
func TestNoStatementSetsASetting(t *testing.T) { // T42, the half that is read
	statements, err := sqlcheck.Load(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, 0, len(statements)+len(handWritten))
	for _, st := range statements {
		if strings.Contains(st.SQL, "set_config") {
			t.Errorf("%s sets a setting", st.Name)
		}
		texts = append(texts, st.SQL)
	}
	for text := range handWritten {
		texts = append(texts, text)
	}
	session := regexp.MustCompile(`(?is)set_config\([^)]*,\s*false\s*\)|^\s*(--[^\n]*\n\s*)*SET\s|\bDISCARD\b|\bRESET\b`)
	for _, text := range texts {
		if session.MatchString(text) {
			t.Errorf("sets a setting for the session: %q", text)
		}
	}
	if !slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(s, "sec.enter($1, false)") }) {
		t.Error("the fence's own statement was not seen: nothing was checked")
	}
}
