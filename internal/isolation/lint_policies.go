package isolation

const epochReason = "makes a new policy epoch, with the rights of whoever changes the row"

// gateText is the clinic's predicate of every tenant table as PostgreSQL prints it. The sub-select
// makes it run once per statement instead of once per row.
const gateText = `(tenant_id = ( SELECT sec.tenant() AS tenant))`

// policyRules hold the generator of policies (sec.fence) to its word.
var policyRules = []rule{
	{code: "T1", sql: `SELECT 'the database', 'has no tenant table: it is not migrated, and there is nothing to check' WHERE NOT EXISTS (SELECT FROM tenant_table)`},
	{code: "T1", sql: `SELECT name, 'row security is off' FROM tenant_table WHERE NOT relrowsecurity`},
	{
		code: "T1",
		sql: `SELECT r.name, 'has no tenant_id and is not listed as shared' FROM relation AS r
			WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND r.schema IN ('app', 'audit', 'sec')
			  AND r.oid NOT IN (SELECT oid FROM tenant_table)`,
		except: map[string]string{
			"app.species":                  "the same list for all clinics, read-only to the application",
			"app.breeds":                   "the same list for all clinics, read-only to the application",
			"app.patient_state_moves":      "the moves every clinic's patients may make, read-only to the application",
			"app.visit_states":             "the states every clinic's visits go through, read-only to the application",
			"app.visit_state_moves":        "the moves every clinic's visits may make, read-only to the application",
			"app.charge_state_moves":       "the moves every clinic's charges may make, read-only to the application",
			"app.prescription_state_moves": "the moves every prescription may make, read-only to the application",
			"app.import_state_moves":       "the moves every clinic's imports may make, read-only to the application",
			"sec.attempts":                 "keyed hashes of who failed to sign in where; reached through definer functions only",
			"sec.context_keys":             "the keys of the signed context; read by paddock_sec alone",
			"audit.security_event":         "the platform's own log of crossings, which names two clinics; no clinic reads it",
		},
	},
	{code: "T2", sql: `SELECT name, 'row security does not bind its owner: FORCE is missing' FROM tenant_table
		WHERE relrowsecurity AND NOT relforcerowsecurity`},
	{code: "T3", sql: `SELECT t.name, 'has no policy' FROM tenant_table AS t
		WHERE NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = t.oid)`},
	{code: "T4", sql: `SELECT t.name, 'has no restrictive policy tenant_gate for all commands and all roles' FROM tenant_table AS t
		WHERE NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = t.oid AND p.polname = 'tenant_gate'
			AND NOT p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}')`},
	{code: "T5", sql: `SELECT name, 'is a permissive policy beside base' FROM policy WHERE polpermissive AND polname <> 'base'`},
	{code: "T5", sql: `SELECT p.name, 'is not the base the generator makes: FOR ALL to paddock_app (or the scribe) USING (true)'
		FROM policy AS p WHERE p.polname = 'base' AND NOT (p.polpermissive AND p.polcmd = '*' AND p.uses = 'true' AND p.checks IS NULL
			AND NOT EXISTS (SELECT FROM unnest(p.polroles) AS o(role) LEFT JOIN pg_roles AS r ON r.oid = o.role
				WHERE coalesce(r.rolname, 'PUBLIC') NOT IN ('paddock_app', 'paddock_scribe')))`},
	{code: "T6", sql: `SELECT name, 'its WITH CHECK is missing or is not its USING' FROM policy
		WHERE (polname = 'tenant_gate' OR NOT polpermissive) AND polcmd <> 'd' AND checks IS DISTINCT FROM uses`},
	{code: "T7", sql: `SELECT p.name, 'calls a function or setting for every row instead of once, inside (SELECT ...)'
		FROM policy AS p, unnest(ARRAY[p.uses, p.checks]) AS e(text)
		WHERE replace(e.text, '( SELECT sec.tenant() AS tenant)', '') ~* 'tenant\(|current_setting|current_user|session_user'`},
	{code: "T7", sql: `SELECT name, 'its text is not ` + gateText + `' FROM policy
		WHERE polname = 'tenant_gate' AND uses IS DISTINCT FROM '` + gateText + `' AND uses !~ 'tenant\('`},
	{code: "T7", sql: `SELECT name, 'its text is not ` + gateText + `' FROM policy
		WHERE polname = 'tenant_gate' AND uses ~ 'tenant\(' AND uses <> '` + gateText + `'
		  AND uses <> replace('` + gateText + `', '( SELECT sec.tenant() AS tenant)', 'sec.tenant()')`},
	{code: "T17", sql: `SELECT t.name, 'was not put behind the fence: it has neither policies nor named grants (sec.fence)'
		FROM tenant_table AS t
		WHERE NOT EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = t.oid AND p.polname IN ('base', 'tenant_gate'))`},
	{code: "T17", sql: `SELECT r.rolname, 'has default privileges: a table made later would be granted without being named'
		FROM pg_default_acl AS d JOIN pg_roles AS r ON r.oid = d.defaclrole`},
	{
		code: "T44",
		sql: `SELECT t.name || ' trigger ' || g.tgname || ': ' || coalesce((SELECT f.name FROM routine AS f WHERE f.oid = g.tgfoid), 'another function'), 'a tenant table has no triggers' FROM tenant_table AS t
			JOIN pg_trigger AS g ON g.tgrelid = t.oid WHERE NOT g.tgisinternal`,
		except: map[string]string{
			"app.people trigger policy_changed: app.policy_changed":       epochReason,
			"app.roles trigger policy_changed: app.policy_changed":        epochReason,
			"app.role_rights trigger policy_changed: app.policy_changed":  epochReason,
			"app.person_roles trigger policy_changed: app.policy_changed": epochReason,
		},
	},
	{code: "T44", sql: `SELECT t.name || ' rule ' || w.rulename, 'a tenant table has no rules' FROM tenant_table AS t
		JOIN pg_rewrite AS w ON w.ev_class = t.oid`},
	{code: "T44", sql: `SELECT evtname, 'an event trigger runs with the rights of whoever sets it off' FROM pg_event_trigger`},
	{code: "T42", sql: `SELECT 'backtrace_functions', 'is set for every session, and is where sec.enter() notes the clinic: empty it in the server''s settings'
		FROM pg_settings WHERE name = 'backtrace_functions' AND reset_val <> ''`},
	{code: "T42", sql: `SELECT coalesce(r.rolname, 'all roles'), 'a stored setting gives every session ' || split_part(s.text, '=', 1)
		FROM pg_db_role_setting AS d LEFT JOIN pg_roles AS r ON r.oid = d.setrole, unnest(d.setconfig) AS s(text)
		WHERE (d.setdatabase = 0 OR d.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
		  AND s.text ~* '^(paddock\.|backtrace_functions=|row_security=|session_replication_role=|role=)'`},
}
