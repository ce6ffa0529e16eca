package isolation

// shapeRules are about tables, keys and what refers to what. Constraints are checked without row
// security, so each must hold the clinic itself.
var shapeRules = []rule{
	{code: "T8", sql: `SELECT t.name || ' constraint ' || k.conname, 'a foreign key between tenant tables must begin with tenant_id on both sides'
		FROM pg_constraint AS k JOIN tenant_table AS t ON t.oid = k.conrelid JOIN tenant_table AS u ON u.oid = k.confrelid
		WHERE k.contype = 'f' AND NOT (k.conkey[1] = t.tenant_column AND k.confkey[1] = u.tenant_column)`},
	{
		code: "T8",
		sql: `SELECT u.name, 'is referred to by a tenant table (' || k.conname || ') and is not listed as shared'
			FROM pg_constraint AS k JOIN tenant_table AS t ON t.oid = k.conrelid JOIN relation AS u ON u.oid = k.confrelid
			WHERE k.contype = 'f' AND u.oid NOT IN (SELECT oid FROM tenant_table)`,
		except: map[string]string{
			"app.species":                  "the same list for all clinics; a reference to it tells nothing",
			"app.patient_state_moves":      "the moves every clinic's patients may make; a reference to it tells nothing",
			"app.visit_states":             "the states every clinic's visits go through; a reference to it tells nothing",
			"app.visit_state_moves":        "the moves every clinic's visits may make; a reference to it tells nothing",
			"app.charge_state_moves":       "the moves every clinic's charges may make; a reference to it tells nothing",
			"app.prescription_state_moves": "the moves every prescription may make; a reference to it tells nothing",
			"app.import_state_moves":       "the moves every clinic's imports may make; a reference to it tells nothing",
		},
	},
	{code: "T8", sql: `SELECT r.name || ' constraint ' || k.conname, 'a table without tenant_id refers to a tenant table'
		FROM pg_constraint AS k JOIN relation AS r ON r.oid = k.conrelid JOIN tenant_table AS t ON t.oid = k.confrelid
		WHERE k.contype = 'f' AND NOT r.relispartition AND r.oid NOT IN (SELECT oid FROM tenant_table)`},
	{code: "P6", sql: `SELECT t.name || ' constraint ' || k.conname, 'deletes or changes rows by itself, past grants and policies'
		FROM pg_constraint AS k JOIN tenant_table AS t ON t.oid = k.conrelid
		WHERE k.contype = 'f' AND (k.confdeltype NOT IN ('a', 'r') OR k.confupdtype NOT IN ('a', 'r'))`},
	{code: "P23", sql: `SELECT name, 'its tenant_id must be a uuid and NOT NULL' FROM tenant_table
		WHERE tenant_type <> 'uuid'::regtype OR NOT tenant_required`},
	{code: "P23", sql: `SELECT t.name, 'its primary key must begin with tenant_id' FROM tenant_table AS t
		WHERE NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = t.oid AND k.contype = 'p' AND k.conkey[1] = t.tenant_column)`},
	{code: "P23", sql: `SELECT t.name, 'has an id, so its primary key must be (tenant_id, id)' FROM tenant_table AS t
		JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attname = 'id' AND NOT a.attisdropped
		WHERE NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conrelid = t.oid AND k.contype = 'p'
			AND k.conkey = ARRAY[t.tenant_column, a.attnum])`},
	{
		code: "T10",
		sql: `SELECT name, 'a view without security_invoker reads with the rights of its owner' FROM relation AS r
			WHERE r.relkind = 'v' AND NOT EXISTS (SELECT FROM pg_options_to_table(r.reloptions) AS o
				WHERE o.option_name = 'security_invoker' AND lower(o.option_value) IN ('true', 'on', 'yes', '1'))`,
		except: map[string]string{"sec.this_clinic": "the one clinic of the signed context; the tables under it hold all of them (T10 below)"},
	},
	{code: "T10", sql: `SELECT name, 'shows more than the clinic of the signed context, or not behind a barrier' FROM relation AS r
		WHERE r.name = 'sec.this_clinic' AND NOT (coalesce(r.reloptions, '{}') @> '{security_barrier=true}' AND pg_get_viewdef(r.oid) ~ 'WHERE \(?c\.clinic_id = \( ?SELECT sec\.tenant\(\) AS tenant\)\)?;$')`},
	{code: "T11", sql: `SELECT r.name, s.rolname || ' reaches it, and it takes no policy' FROM relation AS r, serving AS s
		WHERE r.relkind IN ('m', 'f') AND (r.relowner = s.oid OR has_table_privilege(s.oid, r.oid, 'SELECT, INSERT, UPDATE, DELETE')
			OR has_any_column_privilege(s.oid, r.oid, 'SELECT, INSERT, UPDATE'))`},
	{code: "T11", sql: `SELECT 'large object ' || oid, 'large objects stand outside row security; Paddock makes none' FROM pg_largeobject_metadata`},
	{code: "P17", sql: `SELECT name, 'a counter shared by all clinics tells each how busy the others are' FROM relation
		WHERE relkind = 'S' AND schema IN ('app', 'audit', 'sec')`},
	{code: "P24", sql: `SELECT name, 'the schema public is to be empty' FROM relation WHERE schema = 'public' AND relkind <> 'i'`},
	{code: "P24", sql: `SELECT name, 'the schema public is to be empty' FROM routine WHERE schema = 'public'`},
}

// indexRules keep indexes usable under policies, and silent about other clinics.
var indexRules = []rule{
	{code: "T9", sql: `SELECT t.name || ' index ' || c.relname, 'is not led by tenant_id'
		FROM pg_index AS i JOIN tenant_table AS t ON t.oid = i.indrelid JOIN pg_class AS c ON c.oid = i.indexrelid
		WHERE i.indkey[0] <> t.tenant_column`},
	{code: "T16", sql: `SELECT t.name || ' index ' || c.relname, 'is over an expression, which policies keep from being used'
		FROM pg_index AS i JOIN tenant_table AS t ON t.oid = i.indrelid JOIN pg_class AS c ON c.oid = i.indexrelid
		WHERE i.indexprs IS NOT NULL`},
	{code: "T16", sql: `SELECT t.name || ' index ' || c.relname, 'holds the sealed column ' || a.attname
		FROM pg_index AS i JOIN tenant_table AS t ON t.oid = i.indrelid JOIN pg_class AS c ON c.oid = i.indexrelid
		JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey::smallint[]) AND a.attname ~ '^sealed'`},
	// Under row security only operators that cannot leak their arguments are pushed below the policy.
	{code: "T16", sql: `SELECT t.name || ' index ' || c.relname, 'compares ' || format_type(o.opcintype, NULL) || ', which is not leakproof'
		FROM pg_index AS i JOIN tenant_table AS t ON t.oid = i.indrelid JOIN pg_class AS c ON c.oid = i.indexrelid
		JOIN pg_opclass AS o ON o.oid = ANY (i.indclass::oid[])
		WHERE NOT i.indisexclusion AND EXISTS (SELECT FROM pg_amop AS m JOIN pg_operator AS p ON p.oid = m.amopopr
			JOIN pg_proc AS f ON f.oid = p.oprcode
			WHERE m.amopfamily = o.opcfamily AND m.amoplefttype = o.opcintype AND m.amoprighttype = o.opcintype AND NOT f.proleakproof)`},
	{code: "T16", sql: `SELECT t.name || ' index ' || c.relname, 'is a ' || m.amname || ' index; only the btree, and the exclusion constraint led by tenant_id, work under policies'
		FROM pg_index AS i JOIN tenant_table AS t ON t.oid = i.indrelid JOIN pg_class AS c ON c.oid = i.indexrelid
		JOIN pg_am AS m ON m.oid = c.relam WHERE m.amname <> 'btree' AND NOT i.indisexclusion`},
	{code: "P20", sql: `SELECT format('%I.%I', s.nspname, e.stxname), 'statistics over several columns of a tenant table are values of other clinics'
		FROM pg_statistic_ext AS e JOIN user_schema AS s ON s.oid = e.stxnamespace JOIN tenant_table AS t ON t.oid = e.stxrelid`},
}
