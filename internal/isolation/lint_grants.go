package isolation

import (
	"fmt"
	"strings"
)

// grantRules are about who holds what. Rights are named per table and per column; nothing is given to
// PUBLIC and nothing by default.
var grantRules = []rule{
	{code: "T14", sql: `SELECT name, who || ' holds ' || verb FROM holder
		WHERE verb NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'USAGE') AND who !~ '^paddock_(owner|sec|migrate)$'`},
	{code: "T14", sql: `SELECT s.nspname, coalesce(r.rolname, 'PUBLIC') || ' may create objects in the schema'
		FROM user_schema AS s, aclexplode(s.nspacl) AS g LEFT JOIN pg_roles AS r ON r.oid = g.grantee
		WHERE g.privilege_type = 'CREATE' AND g.grantee <> s.nspowner AND (r.rolname IS NULL OR r.rolname IN (SELECT rolname FROM serving))`},
	{code: "T14", sql: `SELECT d.datname, coalesce(r.rolname, 'PUBLIC') || ' holds ' || g.privilege_type || ' on the database'
		FROM pg_database AS d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS g LEFT JOIN pg_roles AS r ON r.oid = g.grantee
		WHERE d.datname = current_database() AND g.privilege_type IN ('TEMPORARY', 'CREATE')
		  AND (r.rolname IS NULL OR r.rolname IN (SELECT rolname FROM serving))`},
	{code: "T103", sql: `SELECT d.datname, 'PUBLIC may connect to the database'
		FROM pg_database AS d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS g
		WHERE d.datname = current_database() AND g.privilege_type = 'CONNECT' AND g.grantee = 0`},
	{code: "P24", sql: `SELECT s.nspname, 'PUBLIC holds ' || g.privilege_type || ' on the schema'
		FROM user_schema AS s, aclexplode(coalesce(s.nspacl, acldefault('n', s.nspowner))) AS g WHERE g.grantee = 0`},
	{code: "T14", sql: `SELECT s.nspname, 'the application may look into the control plane' FROM user_schema AS s
		WHERE s.nspname = 'platform' AND (has_schema_privilege('paddock_app', s.oid, 'USAGE') OR has_schema_privilege('paddock_scribe', s.oid, 'USAGE'))`},
	{code: "T14", sql: `SELECT s.nspname, r.rolname || ' may look into the queue of all clinics' FROM user_schema AS s, serving AS r
		WHERE s.nspname = 'jobs' AND r.rolname <> 'paddock_jobs' AND has_schema_privilege(r.oid, s.oid, 'USAGE')`},
	{code: "T14", sql: `SELECT name, 'PUBLIC holds ' || verb FROM holder WHERE who = 'PUBLIC'`},
	{code: "T15", sql: `SELECT h.name, h.who || ' holds ' || h.verb || ' on a partition child, past the policies of its parent'
		FROM holder AS h JOIN pg_class AS c ON c.oid = h.oid WHERE c.relispartition`},
	{code: "T26", sql: `SELECT h.name, h.who || ' may change ' || coalesce(h.col::text, 'every column, tenant_id included,') || ' of a row'
		FROM holder AS h JOIN tenant_table AS t ON t.oid = h.oid
		WHERE h.verb = 'UPDATE' AND (h.col IS NULL OR h.col IN ('tenant_id', 'id'))`},
	{code: "T99", sql: `SELECT name, who || ' holds ' || verb || ' on what is only ever added to' FROM holder
		WHERE name IN (` + named(onlyAddedTo, "'%s'") + `) AND verb IN ('UPDATE', 'DELETE')
		  AND NOT (verb = 'DELETE' AND name IN (` + named(importedMayGo, "'%s'") + `))`},
	{code: "T99", sql: `SELECT w.name, 'what came with no import could be deleted: the policy only_imported is missing or another' FROM
		(VALUES ` + named(importedMayGo, "('%s')") + `) AS w(name) WHERE NOT EXISTS (SELECT FROM policy AS p JOIN relation AS r ON r.oid = p.tbl
			WHERE r.name = w.name AND p.polname = 'only_imported' AND NOT p.polpermissive AND p.polcmd = 'd' AND p.polroles = '{0}' AND p.uses = '(import_id IS NOT NULL)')`},
	{code: "T99", sql: `SELECT name, who || ' may change which import a row came with' FROM holder
		WHERE name IN (` + named(importedMayGo, "'%s'") + `) AND verb = 'UPDATE' AND (col IS NULL OR col = 'import_id')`},
	{code: "T99", sql: `SELECT w.name, 'the table that is only ever added to is gone' FROM
		(VALUES ` + named(onlyAddedTo, "('%s')") + `) AS w(name) WHERE w.name NOT IN (SELECT name FROM relation)`},
	{code: "T1", sql: `SELECT h.name, h.who || ' may ' || h.verb || ' what all clinics share' FROM holder AS h
		WHERE h.schema = 'app' AND h.who = 'paddock_app' AND h.verb <> 'SELECT' AND h.oid NOT IN (SELECT oid FROM tenant_table)`},
	{code: "T13", sql: `SELECT h.name, h.who || ' holds ' || h.verb || coalesce(' (' || h.col || ')', '') || ', and its one job is another' FROM holder AS h
		WHERE (h.who = 'paddock_scribe' AND NOT (h.verb = 'INSERT' AND h.name IN ('audit.leaf', 'audit.security_event')))
		   OR (h.who = 'paddock_platform' AND h.schema <> 'platform' AND NOT (h.verb = 'SELECT' AND h.name = 'audit.security_event'))
		   OR (h.who = 'paddock_app' AND h.schema NOT IN ('app', 'audit', 'sec'))
		   OR (h.who = 'paddock_app' AND h.schema <> 'app' AND h.name NOT IN ('audit.leaf', 'sec.sessions')
			AND NOT (h.name = 'sec.this_clinic' AND h.verb = 'SELECT'))`},
	{code: "T13", sql: `SELECT h.name, 'paddock_watch holds ' || h.verb || coalesce(' (' || h.col || ')', ' on the whole row') || '; it is to see ids and token hashes only'
		FROM holder AS h WHERE h.who = 'paddock_watch' AND NOT (
			(h.verb = 'SELECT' AND coalesce(h.col, '') IN ('tenant_id', 'id'))
			OR (h.name = 'sec.sessions' AND (h.verb = 'DELETE' OR (h.verb = 'SELECT' AND coalesce(h.col, '') IN ('token_hash', 'person_id'))))
			OR (h.name = 'app.wall_screens' AND coalesce(h.col, '') IN ('ended_at', CASE h.verb WHEN 'SELECT' THEN 'token_hash' END) AND h.verb IN ('SELECT', 'UPDATE'))
			OR (h.name = 'platform.clinic' AND h.verb = 'SELECT' AND coalesce(h.col, '') = 'clinic_id'))`},
	{code: "T13", sql: `SELECT h.name, 'paddock_jobs holds ' || h.verb || coalesce(' (' || h.col || ')', ' on the whole row') || '; it is to empty the outboxes and no more'
		FROM holder AS h WHERE h.who = 'paddock_jobs' AND h.schema <> 'jobs' AND NOT (
			(h.name = 'app.outbox' AND h.verb IN ('SELECT', 'DELETE') AND h.col IS NULL)
			OR (h.name = 'platform.clinic' AND h.verb = 'SELECT' AND coalesce(h.col, '') IN ('clinic_id', 'state')))`},
	{code: "T13", sql: `SELECT h.name, h.who || ' holds ' || h.verb || ', and the queue is that of paddock_jobs alone' FROM holder AS h
		WHERE h.schema = 'jobs' AND h.who NOT IN ('paddock_jobs', 'PUBLIC')`},
	{code: "T13", sql: `SELECT h.name, 'paddock_live holds ' || h.verb || '; it is to tell and hear, and to reach nothing' FROM holder AS h WHERE h.who = 'paddock_live'`},
	{code: "T13", sql: `SELECT s.nspname, 'paddock_live may look into the schema; it is to tell and hear, and to reach nothing' FROM user_schema AS s
		JOIN pg_roles AS r ON r.rolname = 'paddock_live' WHERE s.nspname <> 'public' AND has_schema_privilege(r.oid, s.oid, 'USAGE')`},
	{code: "T13", sql: `SELECT h.name, h.who || ' holds ' || h.verb || ' and is no role of ours' FROM holder AS h
		WHERE h.schema IN ('app', 'audit', 'sec') AND h.who NOT IN ('PUBLIC', 'paddock_live')
		  AND h.who NOT IN ('paddock_owner', 'paddock_sec', 'paddock_app', 'paddock_platform', 'paddock_scribe', 'paddock_watch', 'paddock_jobs')`},
}

// roleRules hold each role to what bootstrap.sql says of it, also after it was changed by hand.
var roleRules = []rule{
	{code: "T13", sql: `SELECT w.name, 'the role is missing' FROM
		(VALUES ('paddock_owner'), ('paddock_sec'), ('paddock_migrate'), ('paddock_app'), ('paddock_platform'), ('paddock_scribe'), ('paddock_watch'), ('paddock_jobs'), ('paddock_live')) AS w(name)
		WHERE w.name NOT IN (SELECT rolname FROM pg_roles)`},
	{code: "T13", sql: `SELECT rolname, 'is a role nobody listed' FROM pg_roles WHERE rolname ~ '^paddock_' AND rolname NOT IN
		('paddock_owner', 'paddock_sec', 'paddock_migrate', 'paddock_app', 'paddock_platform', 'paddock_scribe', 'paddock_watch', 'paddock_jobs', 'paddock_live', 'paddock_admin')`},
	{code: "T13", sql: `SELECT r.rolname, concat_ws(', ', CASE WHEN r.rolsuper THEN 'is superuser' END,
			CASE WHEN r.rolbypassrls AND r.rolname NOT IN ('paddock_watch', 'paddock_jobs') THEN 'escapes every policy (BYPASSRLS)' END,
			CASE WHEN r.rolcreaterole THEN 'makes roles' END, CASE WHEN r.rolcreatedb THEN 'makes databases' END,
			CASE WHEN r.rolreplication THEN 'reads the log of all changes (REPLICATION)' END,
			CASE WHEN r.rolcanlogin AND r.rolname IN ('paddock_owner', 'paddock_sec') THEN 'logs in' END)
		FROM pg_roles AS r WHERE r.rolname ~ '^paddock_(owner|sec|migrate|app|platform|scribe|watch|jobs|live)$'
		  AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication
			OR (r.rolbypassrls AND r.rolname NOT IN ('paddock_watch', 'paddock_jobs')) OR (r.rolcanlogin AND r.rolname IN ('paddock_owner', 'paddock_sec')))`},
	{code: "T13", sql: `SELECT m.rolname, 'may become ' || g.rolname FROM pg_auth_members AS a
		JOIN pg_roles AS m ON m.oid = a.member JOIN pg_roles AS g ON g.oid = a.roleid
		WHERE m.rolname ~ '^paddock_(owner|sec|migrate|app|platform|scribe|watch|jobs|live)$'
		  AND NOT (m.rolname = 'paddock_migrate' AND g.rolname IN ('paddock_owner', 'paddock_sec'))`},
	{code: "T13", sql: `SELECT p.parname, coalesce(r.rolname, 'PUBLIC') || ' may ' || g.privilege_type || ' it' FROM pg_parameter_acl AS p, aclexplode(p.paracl) AS g
		LEFT JOIN pg_roles AS r ON r.oid = g.grantee
		WHERE (g.grantee = 0 OR r.rolname ~ '^paddock_') AND r.rolsuper IS NOT TRUE AND (p.parname, r.rolname, g.privilege_type) IS DISTINCT FROM ('backtrace_functions', 'paddock_sec', 'SET')`},
	{code: "T72", sql: `SELECT w.name, 'changes who may do what without a new policy epoch' FROM (VALUES ('app.people'), ('app.roles'), ('app.role_rights'), ('app.person_roles')) AS w(name)
		WHERE NOT EXISTS (SELECT FROM relation AS t JOIN pg_trigger AS g ON g.tgrelid = t.oid JOIN routine AS p ON p.oid = g.tgfoid
			WHERE t.name = w.name AND p.name = 'app.policy_changed' AND g.tgenabled = 'O' AND g.tgtype & 29 = 29)`},
	{code: "T13", sql: `SELECT s.rolname, 'owns ' || count(*) || ' objects here' FROM pg_shdepend AS d JOIN serving AS s ON s.oid = d.refobjid
		WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
		  AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) GROUP BY s.rolname`},
	{code: "T13", sql: `SELECT t.name, 'is owned by ' || r.rolname || ', not by paddock_owner or paddock_sec' FROM relation AS t
		JOIN pg_roles AS r ON r.oid = t.relowner
		WHERE t.relkind IN ('r', 'p', 'v', 'm') AND t.schema IN ('app', 'audit', 'sec', 'platform', 'jobs') AND r.rolname NOT IN ('paddock_owner', 'paddock_sec')`},
	{code: "T13", sql: `SELECT w.name, 'its search_path is not ' || w.path FROM
		(VALUES ('paddock_app', 'app'), ('paddock_platform', 'pg_catalog'), ('paddock_scribe', 'pg_catalog'), ('paddock_watch', 'pg_catalog'), ('paddock_jobs', 'pg_catalog'), ('paddock_live', 'pg_catalog')) AS w(name, path)
		JOIN pg_roles AS r ON r.rolname = w.name WHERE NOT ('search_path=' || w.path = ANY (coalesce(r.rolconfig, '{}')))`},
}

// onlyAddedTo are the tables whose rows nobody changes or takes away: what is signed, issued, counted or recorded.
var onlyAddedTo = []string{
	"audit.leaf", "audit.security_event", "app.changes", "app.origins",
	"app.patient_moves", "app.import_moves", "app.appointment_moves", "app.alert_notices",
	"app.charge_moves", "app.invoices", "app.invoice_lines", "app.payments", "app.allocations", "app.ledger_entries",
	"app.till_closings", "app.till_reopenings", "app.letterheads", "app.estimates",
	"app.notes", "app.addenda", "app.acts", "app.note_voids",
	"app.problems", "app.problem_states", "app.diagnoses", "app.handovers", "app.cosignatures",
	"app.doses", "app.dose_voids", "app.due_dates", "app.certificates", "app.certificate_voids",
	"app.prescriptions", "app.prescription_moves", "app.prescription_supplies", "app.prescription_labels",
	"app.files", "app.file_keys", "app.file_voids",
	"app.weight_targets", "app.role_changes",
	"app.lab_cancellations", "app.lab_reports", "app.lab_acknowledgements",
}

// importedMayGo are tables of which a row may be deleted where it came with an import that is taken back, and only
// then: a policy of the table says so, and the column it looks at is never changed.
var importedMayGo = []string{"app.notes", "app.doses", "app.weights"}

// named puts each name into a form and commas between.
func named(names []string, form string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf(form, n)
	}
	return strings.Join(out, ", ")
}
