package isolation

// reachRules are about functions, and about what PostgreSQL lends to everybody.
var reachRules = []rule{
	{code: "T12", sql: `SELECT name, 'runs with the rights of its owner and stands outside sec' FROM routine WHERE prosecdef AND schema <> 'sec'`},
	{code: "T12", sql: `SELECT name, 'is owned by ' || owner || ', not by paddock_sec' FROM routine WHERE (prosecdef OR schema = 'sec') AND owner <> 'paddock_sec'`},
	{code: "T12", sql: `SELECT name, 'runs with the rights of an owner who escapes policies' FROM routine WHERE prosecdef AND mighty`},
	{code: "T12", sql: `SELECT name, 'runs with the rights of its owner and takes names from the caller''s search_path' FROM routine
		WHERE prosecdef AND NOT ('search_path=pg_catalog' = ANY (coalesce(proconfig, '{}')))`},
	{code: "T12", sql: `SELECT p.name, 'PUBLIC may execute it' FROM routine AS p
		WHERE (p.prosecdef OR p.schema IN ('app', 'audit', 'sec', 'platform', 'jobs'))
		  AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) AS g WHERE g.grantee = 0))`},
	{
		code: "T12",
		sql: `SELECT name || '(' || pg_get_function_identity_arguments(oid) || ')', 'runs with the rights of its owner, and nobody listed it with a reason'
			FROM routine WHERE prosecdef`,
		except: map[string]string{
			"sec.enter(ctx text, again boolean)":                                                 "checks a signed context with a key nobody else may read, and notes the clinic where nobody else may write",
			"sec.attempt_wait(account bytea, address bytea, at_time timestamp with time zone)":   "says how long a hashed account or address must wait; before a clinic is known",
			"sec.attempt_failed(account bytea, address bytea, at_time timestamp with time zone)": "counts a failed sign-in; before a clinic is known",
			"sec.attempt_cleared(account bytea)":                                                 "forgets an account's failures",
			"sec.clinic_at(wanted text)":                                                         "one clinic by its exact host; clinics cannot be listed",
		},
	},
	{code: "P20", sql: `SELECT p.name, 'claims to be leakproof, so it is run on rows before the policy' FROM routine AS p WHERE p.proleakproof`},
	{code: "T37", sql: `SELECT 'pg_catalog.' || c.relname, s.rolname || ' may read what other clinics'' connections run' FROM serving AS s, pg_class AS c
		WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relname IN ('pg_stat_activity', 'pg_statistic', 'pg_statistic_ext_data')
		  AND has_any_column_privilege(s.oid, c.oid, 'SELECT')`},
	{code: "T37", sql: `SELECT 'pg_catalog.' || p.proname, s.rolname || ' may read what other clinics'' connections run' FROM serving AS s, pg_proc AS p
		WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname IN ('pg_stat_get_activity', 'pg_stat_get_backend_activity')
		  AND has_function_privilege(s.oid, p.oid, 'EXECUTE')`},
	{code: "T38", sql: `SELECT 'pg_catalog.' || p.proname, s.rolname || ' may execute it, and it reaches past the tables' FROM serving AS s, pg_proc AS p
		WHERE p.pronamespace = 'pg_catalog'::regnamespace
		  AND p.proname ~ '^(lo_.*|loread|lowrite|pg_read_file|pg_read_binary_file|pg_ls_.*|pg_stat_file)$'
		  AND has_function_privilege(s.oid, p.oid, 'EXECUTE')`},
	{code: "T38", sql: `SELECT 'extension ' || extname, 'brings functions nobody looked at; Paddock uses none' FROM pg_extension
		WHERE extname <> 'plpgsql' AND NOT (extname = 'btree_gist' AND extnamespace = 'gist'::regnamespace)`},
	{code: "T38", sql: `SELECT 'schema gist', s.rolname || ' may use it; exclusion constraints are checked without' FROM serving AS s
		WHERE has_schema_privilege(s.oid, 'gist', 'USAGE, CREATE')`},
	{code: "T38", sql: `SELECT 'language ' || lanname, 'is not trusted, and PUBLIC may use it' FROM pg_language AS l
		WHERE NOT l.lanpltrusted AND l.lanname NOT IN ('internal', 'c')
		  AND (l.lanacl IS NULL OR EXISTS (SELECT FROM aclexplode(l.lanacl) AS g WHERE g.grantee = 0))`},
	{code: "T38", sql: `SELECT 'server ' || srvname, 'a foreign server leads out of the database' FROM pg_foreign_server`},
}
