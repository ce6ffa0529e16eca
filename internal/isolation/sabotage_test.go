package isolation

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"paddock/internal/dbtest"
	"paddock/internal/postgres"
)

// sabotage is one thing broken on purpose, and what must notice. The numbers are those of the design's
// mutation run; S18 and S21 to S25 are about source text and stand in sabotage_source_test.go.
type sabotage struct {
	name string
	// given is done before, and must leave everything in red green: what the thing broken needs to show.
	given string
	// sql breaks it, as superuser. A text in it between « and » changes the source of sec.enter().
	sql string
	// lint and red are the rules and probes that must speak up.
	lint, red []string
	// only demands that no other rule and none of the probes T20 to T46 besides red speaks up.
	only bool
	// before is run on the bench ahead of the probes.
	before func(b *Bench)
	// ownServer keeps a change of roles away from the other tests.
	ownServer bool
}

func codes(list string) []string { return strings.Fields(list) }

var sabotages = []sabotage{
	{name: "S1 row security off", sql: "ALTER TABLE app.clients DISABLE ROW LEVEL SECURITY", lint: codes("T1"), red: codes("T20 T23 T27")},
	{name: "S2 FORCE removed", sql: "ALTER TABLE app.clients NO FORCE ROW LEVEL SECURITY", lint: codes("T2"), only: true},
	{name: "S3 gate dropped", sql: "DROP POLICY tenant_gate ON app.clients", lint: codes("T4"), red: codes("T20 T27")},
	{
		name: "S4 gate permissive",
		sql: `DROP POLICY tenant_gate ON app.clients;
			CREATE POLICY tenant_gate ON app.clients USING (tenant_id = (SELECT sec.tenant())) WITH CHECK (tenant_id = (SELECT sec.tenant()))`,
		lint: codes("T4 T5"), red: codes("T20 T23"),
	},
	{name: "S5 second permissive policy", sql: "CREATE POLICY wide ON app.clients USING (true)", lint: codes("T5"), only: true},
	{
		name: "S6 WITH CHECK (true)", given: "GRANT UPDATE (tenant_id) ON app.clients TO paddock_app",
		sql: "ALTER POLICY tenant_gate ON app.clients WITH CHECK (true)", lint: codes("T6"), red: codes("T25 T26"),
	},
	{
		name: "S7 gate without SELECT", sql: "ALTER POLICY tenant_gate ON app.clients USING (tenant_id = sec.tenant()) WITH CHECK (tenant_id = sec.tenant())",
		lint: codes("T7"), only: true,
	},
	{name: "S8 signature not checked", sql: "«'hex') THEN sec.refuse('PD001')»'hex') AND false THEN sec.refuse('PD001')»", red: codes("T21 T23")},
	{
		name: "S9 signature without the backend", sql: "«|| pg_backend_pid(), 'UTF8'»|| 0, 'UTF8'»", red: codes("T22"),
		before: func(b *Bench) { b.backend = func(*pgx.Conn) uint32 { return 0 } },
	},
	{
		name: "S8 a setting believed that anybody may write", red: codes("T23"),
		sql: `CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql STABLE
			RETURN coalesce(nullif(current_setting('paddock.ctx', true), ''), nullif(current_setting('backtrace_functions'), ''))::uuid`,
	},
	{name: "S10 key readable", sql: "GRANT SELECT ON sec.context_keys TO paddock_app", lint: codes("T13"), red: codes("T21")},
	{
		name: "S10 the note of the clinic writable", sql: "GRANT SET ON PARAMETER backtrace_functions TO paddock_app",
		lint: codes("T13"), red: codes("T21 T23"), ownServer: true,
	},
	{name: "S11 expiry not checked", sql: "«to_timestamp(split_part(ctx, '_', 5)::bigint) < clock_timestamp()»false»", red: codes("T24")},
	{
		name: "S12 a clinic by default", red: codes("T20 T40"),
		sql: "CREATE OR REPLACE FUNCTION sec.tenant() RETURNS uuid LANGUAGE sql STABLE RETURN coalesce(nullif(current_setting('backtrace_functions'), ''), '{A}')::uuid",
	},
	{
		name: "S13 foreign key without the clinic", lint: codes("T8"), red: codes("T28"),
		sql: `CREATE UNIQUE INDEX loose ON app.patients (id); ALTER TABLE app.drafts DROP CONSTRAINT drafts_tenant_id_patient_id_fkey,
			ADD CONSTRAINT loose FOREIGN KEY (patient_id) REFERENCES app.patients (id)`,
	},
	{name: "S14 unique index without the clinic", sql: "CREATE UNIQUE INDEX loose ON app.people (email_token)", lint: codes("T9"), red: codes("T29 T30")},
	{name: "S15 view with its owner's rights", sql: "CREATE VIEW app.loose AS SELECT id FROM app.clients; ALTER VIEW app.loose OWNER TO paddock_owner", lint: codes("T10")},
	{
		name: "S15 materialized view granted", lint: codes("T11"),
		sql: "CREATE MATERIALIZED VIEW app.loose AS SELECT id FROM app.clients; ALTER MATERIALIZED VIEW app.loose OWNER TO paddock_owner; GRANT SELECT ON app.loose TO paddock_app",
	},
	{name: "S16 definer function in app", sql: "CREATE FUNCTION app.loose() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM app.clients'", lint: codes("T12")},
	{name: "S17 BYPASSRLS", sql: "ALTER ROLE paddock_app BYPASSRLS", lint: codes("T13"), red: codes("T20"), ownServer: true},
	{name: "S19 TRUNCATE granted", sql: "GRANT TRUNCATE ON app.search_tokens TO paddock_app", lint: codes("T14"), red: codes("T32")},
	{
		name: "S19 partition child granted", given: "SET ROLE paddock_owner; " + partitioned + "; RESET ROLE",
		sql: "GRANT SELECT ON app.visits_2026 TO paddock_app", lint: codes("T15"), red: codes("T33"),
	},
	{
		name: "S20 activity readable", lint: codes("T37"), red: codes("T37"),
		sql: "GRANT SELECT ON pg_stat_activity TO PUBLIC; GRANT EXECUTE ON FUNCTION pg_stat_get_activity(integer) TO PUBLIC",
	},
	{name: "S45 UPDATE on the record granted", sql: "GRANT UPDATE (outcome) ON audit.leaf TO paddock_app", lint: codes("T99")},
}

func TestEachSabotageIsNoticed(t *testing.T) {
	for _, s := range sabotages {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.run(t)
		})
	}
}

func (s sabotage) run(t *testing.T) {
	ctx := context.Background()
	e := s.database(t)
	admin := e.Admin(t)
	b := bench(t, e)
	if s.given != "" {
		must(t, admin, s.given)
		if err := b.reload(ctx); err != nil {
			t.Fatal(err)
		}
		if red := s.probe(t, b); len(red) > 0 {
			t.Fatalf("%v speak up before anything is broken", red)
		}
	}
	s.break1(t, admin, b)
	if s.before != nil {
		s.before(b)
	}
	if err := b.reload(ctx); err != nil {
		t.Fatal(err)
	}
	found, err := Lint(ctx, b.app)
	if err != nil {
		t.Fatal(err)
	}
	var lint []string
	for _, f := range found {
		lint = append(lint, f.Code)
	}
	red := s.probe(t, b)
	for _, code := range s.lint {
		if !slices.Contains(lint, code) {
			t.Errorf("the lint's %s did not notice; it found %v", code, found)
		}
	}
	for _, code := range s.red {
		if !slices.Contains(red, code) {
			t.Errorf("the probe %s did not notice; these did: %v", code, red)
		}
	}
	for _, code := range lint {
		if s.only && !slices.Contains(s.lint, code) {
			t.Errorf("the lint's %s was to stay green", code)
		}
	}
	for _, code := range red {
		if s.only && !slices.Contains(s.red, code) {
			t.Errorf("the probe %s was to stay green: the other gates do not hold", code)
		}
	}
}

func (s sabotage) database(t *testing.T) *dbtest.Env {
	t.Helper()
	if !s.ownServer {
		return dbtest.New(t)
	}
	server, err := postgres.StartThrowaway(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return dbtest.NewOn(t, server.AdminURL("postgres"))
}

// break1 does the one thing.
func (s sabotage) break1(t *testing.T, admin *pgx.Conn, b *Bench) {
	t.Helper()
	sql := s.sql
	if parts := strings.FieldsFunc(sql, func(r rune) bool { return r == '«' || r == '»' }); len(parts) == 2 {
		var source string
		if err := admin.QueryRow(context.Background(), "SELECT pg_get_functiondef('sec.enter(text, boolean)'::regprocedure)").Scan(&source); err != nil {
			t.Fatal(err)
		}
		if strings.Count(source, parts[0]) != 1 {
			t.Fatalf("%q does not stand once in sec.enter(): the sabotage is out of date", parts[0])
		}
		sql = strings.Replace(source, parts[0], parts[1], 1)
	}
	must(t, admin, strings.ReplaceAll(sql, "{A}", b.a.tenant.String()))
}

// probe runs the probes the sabotage speaks of, or all where no other may speak up.
func (s sabotage) probe(t *testing.T, b *Bench) (red []string) {
	t.Helper()
	for _, p := range Probes() {
		if !s.only && !slices.Contains(s.red, p.ID) {
			continue
		}
		if r := b.run(context.Background(), p); r.Err != nil {
			red = append(red, p.ID)
		}
	}
	return red
}

func must(t *testing.T, admin *pgx.Conn, sql string) {
	t.Helper()
	if _, err := admin.Exec(context.Background(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
