package isolation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"paddock/db"
	"paddock/internal/dbtest"
)

func TestACleanDatabaseHasNoFinding(t *testing.T) {
	e := dbtest.Shared(t)
	found, used, err := lint(context.Background(), e.As(t, db.RoleApp))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	for _, r := range rules() {
		for object, reason := range r.except {
			if !used[r.code+" "+object] {
				t.Errorf("the exception %s %s (%s) excuses nothing", r.code, object, reason)
			}
		}
	}
}

// behind makes a table behind the fence, as a migration does.
const behind = "SET LOCAL ROLE paddock_owner; CREATE TABLE app.visits (tenant_id uuid NOT NULL, id uuid NOT NULL, note text, at date NOT NULL DEFAULT now(), PRIMARY KEY (tenant_id, id)); SELECT sec.fence('app.visits', '{select,insert,update}'); RESET ROLE;"

// broken are the ways a catalogue can be wrong. Each is done by the superuser in a transaction, linted
// as paddock_app, and rolled back. "Only" says that no other rule is to speak up.
var broken = []struct {
	name, code, object, sql string
	only                    bool
}{
	{"row security off", "T1", "app.clients", "ALTER TABLE app.clients DISABLE ROW LEVEL SECURITY", true},
	{"a table of clinic data without tenant_id", "T1", "app.loose", "SET LOCAL ROLE paddock_owner; CREATE TABLE app.loose (id uuid PRIMARY KEY)", true},
	{"a shared list that the application may change", "T1", "app.species", "GRANT UPDATE (name) ON app.species TO paddock_app", true},
	{"FORCE missing", "T2", "app.patients", "ALTER TABLE app.patients NO FORCE ROW LEVEL SECURITY", true},
	{"no policy", "T3", "app.addenda", "DROP POLICY base ON app.addenda; DROP POLICY tenant_gate ON app.addenda", false},
	{"no gate", "T4", "app.notes", "DROP POLICY tenant_gate ON app.notes", true},
	{"a permissive gate", "T4", "app.notes", "DROP POLICY tenant_gate ON app.notes; CREATE POLICY tenant_gate ON app.notes USING (tenant_id = (SELECT sec.tenant())) WITH CHECK (tenant_id = (SELECT sec.tenant()))", false},
	{"a gate for one role only", "T4", "app.notes", "ALTER POLICY tenant_gate ON app.notes TO paddock_app", true},
	{"a gate for reading only", "T4", "app.notes", "DROP POLICY tenant_gate ON app.notes; CREATE POLICY tenant_gate ON app.notes AS RESTRICTIVE FOR SELECT USING (tenant_id = (SELECT sec.tenant()))", false},
	{"a second permissive policy", "T5", "app.notes policy extra", "CREATE POLICY extra ON app.notes USING (true)", true},
	{"a base for everybody", "T5", "app.notes policy base", "ALTER POLICY base ON app.notes TO PUBLIC", true},
	{"a base for the watch", "T5", "app.notes policy base", "ALTER POLICY base ON app.notes TO paddock_app, paddock_watch", true},
	{"WITH CHECK (true)", "T6", "app.notes policy tenant_gate", "ALTER POLICY tenant_gate ON app.notes WITH CHECK (true)", true},
	{"WITH CHECK missing", "T6", "app.notes policy tenant_gate", "DROP POLICY tenant_gate ON app.notes; CREATE POLICY tenant_gate ON app.notes AS RESTRICTIVE USING (tenant_id = (SELECT sec.tenant()))", true},
	{"the function for every row", "T7", "app.notes policy tenant_gate", "ALTER POLICY tenant_gate ON app.notes USING (tenant_id = sec.tenant()) WITH CHECK (tenant_id = sec.tenant())", true},
	{"a plain setting", "T7", "app.notes policy tenant_gate", "ALTER POLICY tenant_gate ON app.notes USING (tenant_id = current_setting('app.tenant')::uuid) WITH CHECK (tenant_id = current_setting('app.tenant')::uuid)", false},
	{"a gate that lets rows without a clinic through", "T7", "app.notes policy tenant_gate", "ALTER POLICY tenant_gate ON app.notes USING (tenant_id = (SELECT sec.tenant()) OR visit_id IS NULL) WITH CHECK (tenant_id = (SELECT sec.tenant()) OR visit_id IS NULL)", true},
	{"a foreign key without the clinic", "T8", "app.drafts constraint loose", behind + "CREATE UNIQUE INDEX loose_key ON app.patients (id); ALTER TABLE app.drafts ADD CONSTRAINT loose FOREIGN KEY (patient_id) REFERENCES app.patients (id)", false},
	{"a foreign key that does not begin with the clinic", "T8", "app.visits constraint loose", behind + "CREATE UNIQUE INDEX visits_back ON app.visits (tenant_id, id, note); ALTER TABLE app.visits ADD COLUMN person uuid, ADD CONSTRAINT loose FOREIGN KEY (person, tenant_id) REFERENCES app.people (id, tenant_id)", false},
	{"a foreign key to an unlisted shared table", "T8", "app.colours", "SET LOCAL ROLE paddock_owner; CREATE TABLE app.colours (code text PRIMARY KEY); ALTER TABLE app.patients ADD CONSTRAINT colours FOREIGN KEY (breed) REFERENCES app.colours", false},
	{"a unique index without the clinic", "T9", "app.people index people_token", "CREATE UNIQUE INDEX people_token ON app.people (email_token)", true},
	{"a plain index without the clinic", "T9", "app.notes index notes_event", "CREATE INDEX notes_event ON app.notes (event_at, tenant_id)", true},
	{"a view with its owner's rights", "T10", "app.seen", "SET LOCAL ROLE paddock_owner; CREATE VIEW app.seen AS SELECT id FROM app.notes", true},
	{"a view with security_invoker off", "T10", "app.seen", "SET LOCAL ROLE paddock_owner; CREATE VIEW app.seen WITH (security_invoker = false) AS SELECT id FROM app.notes", true},
	{"all clinics in the view of one", "T10", "sec.this_clinic", "CREATE OR REPLACE VIEW sec.this_clinic WITH (security_barrier) AS SELECT c.clinic_id AS tenant_id, c.state, p.epoch, p.tier, p.cluster FROM platform.clinic AS c JOIN platform.placement AS p ON p.clinic_id = c.clinic_id", true},
	{"the view of one clinic without its barrier", "T10", "sec.this_clinic", "ALTER VIEW sec.this_clinic RESET (security_barrier)", true},
	{"a materialized view within reach", "T11", "app.seen", "SET LOCAL ROLE paddock_owner; CREATE MATERIALIZED VIEW app.seen AS SELECT id FROM app.notes; GRANT SELECT ON app.seen TO paddock_app", true},
	{"a large object", "T11", "large object 4242", "SELECT lo_create(4242)", true},
	{"a definer function in app", "T12", "app.peek", "CREATE FUNCTION app.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1::bigint'", true},
	{"a definer function with a loose search_path", "T12", "sec.peek", "CREATE FUNCTION sec.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'; ALTER FUNCTION sec.peek() OWNER TO paddock_sec; REVOKE ALL ON FUNCTION sec.peek() FROM PUBLIC", true},
	{"a definer function nobody listed", "T12", "sec.peek()", "CREATE FUNCTION sec.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1::bigint'; ALTER FUNCTION sec.peek() OWNER TO paddock_sec; REVOKE ALL ON FUNCTION sec.peek() FROM PUBLIC", true},
	{"PUBLIC may run a function of sec", "T12", "sec.tenant", "GRANT EXECUTE ON FUNCTION sec.tenant() TO PUBLIC", true},
	{"a function of sec owned by the superuser", "T12", "sec.tenant", "ALTER FUNCTION sec.tenant() OWNER TO CURRENT_USER", true},
	{"BYPASSRLS", "T13", "paddock_app", "ALTER ROLE paddock_app BYPASSRLS", true},
	{"SUPERUSER", "T13", "paddock_app", "ALTER ROLE paddock_app SUPERUSER", false},
	{"CREATEROLE", "T13", "paddock_platform", "ALTER ROLE paddock_platform CREATEROLE", true},
	{"CREATEDB", "T13", "paddock_app", "ALTER ROLE paddock_app CREATEDB", true},
	{"REPLICATION", "T13", "paddock_scribe", "ALTER ROLE paddock_scribe REPLICATION", true},
	{"an owner that logs in", "T13", "paddock_owner", "ALTER ROLE paddock_owner LOGIN", true},
	{"member of the owner", "T13", "paddock_app", "GRANT paddock_owner TO paddock_app", false},
	{"member of a role that reads all", "T13", "paddock_watch", "GRANT pg_read_all_data TO paddock_watch", false},
	{"owner of a table", "T13", "paddock_app", "GRANT CREATE ON SCHEMA app TO paddock_app; ALTER TABLE app.species OWNER TO paddock_app", false},
	{"a role nobody listed", "T13", "paddock_helper", "CREATE ROLE paddock_helper", true},
	{"the scribe reads", "T13", "audit.leaf", "GRANT SELECT ON audit.leaf TO paddock_scribe", true},
	{"the watch reads whole rows", "T13", "app.people", "GRANT SELECT ON app.people TO paddock_watch", true},
	{"the watch reads one more column", "T13", "app.people", "GRANT SELECT (email_token) ON app.people TO paddock_watch", true},
	{"the queue reads a clinic's rows", "T13", "app.clients", "GRANT SELECT (id) ON app.clients TO paddock_jobs", true},
	{"the queue asks for jobs itself", "T13", "app.outbox", "GRANT INSERT ON app.outbox TO paddock_jobs", true},
	{"the queue opens clinics", "T13", "platform.clinic", "GRANT UPDATE (state) ON platform.clinic TO paddock_jobs", true},
	{"the line of live pages reads a clinic's rows", "T13", "app.clients", "GRANT SELECT (id) ON app.clients TO paddock_live", true},
	{"the line of live pages looks into a schema", "T13", "platform", "GRANT USAGE ON SCHEMA platform TO paddock_live", true},
	{"the queue makes roles", "T13", "paddock_jobs", "ALTER ROLE paddock_jobs CREATEROLE", true},
	{"the application writes into the queue", "T13", "jobs.river_job", "GRANT INSERT ON jobs.river_job TO paddock_app", true},
	{"the control plane reads the queue", "T13", "jobs.river_job", "GRANT SELECT (args) ON jobs.river_job TO paddock_platform", true},
	{"the application looks into the queue", "T14", "jobs", "GRANT USAGE ON SCHEMA jobs TO paddock_app", true},
	{"PUBLIC may run a function of the queue", "T12", "jobs.river_job_state_in_bitmask", "GRANT EXECUTE ON FUNCTION jobs.river_job_state_in_bitmask(bit, jobs.river_job_state) TO PUBLIC", true},
	{"the control plane reads a clinic's rows", "T13", "app.clients", "GRANT SELECT ON app.clients TO paddock_platform", true},
	{"the application lists clinics", "T13", "platform.clinic", "GRANT SELECT ON platform.clinic TO paddock_app", true},
	{"a search_path with more in it", "T13", "paddock_app", "ALTER ROLE paddock_app SET search_path = app, public", true},
	{"TRUNCATE", "T14", "app.notes", "GRANT TRUNCATE ON app.notes TO paddock_app", true},
	{"REFERENCES", "T14", "app.notes", "GRANT REFERENCES ON app.notes TO paddock_app", true},
	{"TRIGGER", "T14", "app.notes", "GRANT TRIGGER ON app.notes TO paddock_app", true},
	{"CREATE in a schema", "T14", "app", "GRANT CREATE ON SCHEMA app TO paddock_app", true},
	{"TEMP", "T14", "", "DO $$BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO paddock_app', current_database()); END$$", true},
	{"the application looks into the control plane", "T14", "platform", "GRANT USAGE ON SCHEMA platform TO paddock_app", true},
	{"CONNECT for PUBLIC", "T103", "", "DO $$BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO PUBLIC', current_database()); END$$", true},
	{"a partition child with a grant", "T15", "app.visits_2026", "SET LOCAL ROLE paddock_owner; " + partitioned + "; GRANT SELECT ON app.visits_2026 TO paddock_app", true},
	{"an index on an enum", "T16", "app.visits index visits_state", behind + "CREATE TYPE app.state AS ENUM ('a'); ALTER TABLE app.visits ADD COLUMN state app.state; CREATE INDEX visits_state ON app.visits (tenant_id, state)", true},
	{"an index on a numeric", "T16", "app.visits index visits_price", behind + "ALTER TABLE app.visits ADD COLUMN price numeric; CREATE INDEX visits_price ON app.visits (tenant_id, price)", true},
	{"an index on an expression", "T16", "app.visits index visits_note", behind + "CREATE INDEX visits_note ON app.visits (tenant_id, lower(note))", false},
	{"an index on a sealed column", "T16", "app.notes index notes_sealed", "CREATE INDEX notes_sealed ON app.notes (tenant_id, sealed)", true},
	{"an index that is no btree", "T16", "app.notes index notes_hash", "CREATE INDEX notes_hash ON app.notes USING hash (tenant_id)", true},
	{"a table with default privileges only", "T17", "app.added", "SET LOCAL ROLE paddock_owner; CREATE TABLE app.added (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))", false},
	{"default privileges", "T17", "paddock_owner", "ALTER DEFAULT PRIVILEGES FOR ROLE paddock_owner GRANT SELECT ON TABLES TO paddock_app", true},
	{"tenant_id may be changed", "T26", "app.notes", "GRANT UPDATE (tenant_id) ON app.drafts TO paddock_app; GRANT UPDATE (id) ON app.notes TO paddock_app", false},
	{"all columns may be changed", "T26", "app.clients", "GRANT UPDATE ON app.clients TO paddock_app", true},
	{"activity is readable", "T37", "pg_catalog.pg_stat_activity", "GRANT SELECT ON pg_stat_activity TO PUBLIC", true},
	{"activity is readable by its function", "T37", "pg_catalog.pg_stat_get_activity", "GRANT EXECUTE ON FUNCTION pg_stat_get_activity(integer) TO paddock_app", true},
	{"large objects can be made", "T38", "pg_catalog.lo_create", "GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC", true},
	{"files can be read", "T38", "pg_catalog.pg_read_file", "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO paddock_app", true},
	{"an extension", "T38", "extension dblink", "SET LOCAL allow_system_table_mods = on; UPDATE pg_extension SET extname = 'dblink' WHERE extname = 'plpgsql'", true},
	{"a context in a stored setting", "T42", "paddock_app", "ALTER ROLE paddock_app SET backtrace_functions = 'x'", true},
	{"row security off in a stored setting", "T42", "paddock_app", "ALTER ROLE paddock_app SET row_security = off", true},
	{"a trigger", "T44", "app.notes trigger peek: another function", "CREATE TRIGGER peek BEFORE UPDATE ON app.notes FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()", true},
	{"a rule", "T44", "app.notes rule peek", "CREATE RULE peek AS ON DELETE TO app.notes DO ALSO NOTIFY peek", true},
	{"UPDATE on signed notes", "T99", "app.notes", "GRANT UPDATE (event_at) ON app.notes TO paddock_app", true},
	{"DELETE on the record", "T99", "audit.leaf", "GRANT DELETE ON audit.leaf TO paddock_app", true},
	{"DELETE of what came with no import", "T99", "app.notes", "DROP POLICY only_imported ON app.notes", true},
	{"DELETE of what came with any import or none", "T99", "app.doses", "ALTER POLICY only_imported ON app.doses USING (true)", true},
	{"UPDATE of the import a row came with", "T99", "app.weights", "GRANT UPDATE (import_id) ON app.weights TO paddock_app", true},
	{"a foreign key that cascades", "P6", "app.kept_forms constraint loose", "ALTER TABLE app.kept_forms ADD CONSTRAINT loose FOREIGN KEY (tenant_id, person_id) REFERENCES app.people (tenant_id, id) ON DELETE CASCADE", true},
	{"a shared counter", "P17", "app.numbers", "SET LOCAL ROLE paddock_owner; CREATE SEQUENCE app.numbers", true},
	{"rights that change without a new epoch", "T72", "app.role_rights", "ALTER TABLE app.role_rights DISABLE TRIGGER policy_changed", true},
	{"people who change without a new epoch", "T72", "app.people", "DROP TRIGGER policy_changed ON app.people", true},
	{"a function that claims to be leakproof", "P20", "sec.calm", "CREATE FUNCTION sec.calm(text) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true'; ALTER FUNCTION sec.calm(text) OWNER TO paddock_sec; REVOKE ALL ON FUNCTION sec.calm(text) FROM PUBLIC", true},
	{"statistics over columns", "P20", "app.twocols", "CREATE STATISTICS app.twocols ON species, breed FROM app.patients", true},
	{"a nullable clinic", "P23", "app.maybe", "SET LOCAL ROLE paddock_owner; CREATE TABLE app.maybe (tenant_id uuid, id uuid NOT NULL); SELECT sec.fence('app.maybe', '{select}')", false},
	{"a primary key without the clinic", "P23", "app.maybe", "SET LOCAL ROLE paddock_owner; CREATE TABLE app.maybe (tenant_id uuid NOT NULL, id uuid PRIMARY KEY); SELECT sec.fence('app.maybe', '{select}')", false},
	{"something in public", "P24", "public.stray", "CREATE TABLE public.stray (x int)", true},
	{"rights on public", "P24", "public", "GRANT USAGE ON SCHEMA public TO PUBLIC", true},
}

const partitioned = "CREATE TABLE app.visits (tenant_id uuid NOT NULL, id uuid NOT NULL, note text, PRIMARY KEY (tenant_id, id)) PARTITION BY HASH (tenant_id); CREATE TABLE app.visits_2026 PARTITION OF app.visits FOR VALUES WITH (modulus 1, remainder 0); SELECT sec.fence('app.visits', '{select,insert,update}')"

var errRollback = errors.New("rolled back on purpose")

func TestEachBrokenCatalogueIsFound(t *testing.T) { // T1 to T17 and the pitfalls
	ctx := context.Background()
	admin := dbtest.New(t).Admin(t)
	seen := map[string]bool{}
	for _, b := range broken {
		err := pgx.BeginFunc(ctx, admin, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, b.sql); err != nil {
				t.Errorf("%s: the fixture is wrong: %v", b.name, err)
				return err
			}
			if _, err := tx.Exec(ctx, "SET LOCAL ROLE paddock_app"); err != nil {
				return err
			}
			found, err := Lint(ctx, tx)
			if err != nil {
				t.Errorf("%s: %v", b.name, err)
				return err
			}
			if !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == b.code && (b.object == "" || f.Object == b.object) }) {
				t.Errorf("%s: no %s at %q among %v", b.name, b.code, b.object, found)
			}
			for _, f := range found {
				if b.only && f.Code != b.code {
					t.Errorf("%s: %s alone was to speak up, and so did %v", b.name, b.code, f)
				}
				if strings.TrimSpace(f.Sentence) == "" {
					t.Errorf("%s: %s at %s says nothing", b.name, f.Code, f.Object)
				}
			}
			seen[b.code] = true
			return errRollback
		})
		if !errors.Is(err, errRollback) && err != nil && !t.Failed() {
			t.Errorf("%s: %v", b.name, err)
		}
	}
	for _, r := range rules() {
		if !seen[r.code] {
			t.Errorf("rule %s was never broken on purpose", r.code)
		}
	}
}
