package sqlcheck

// fixture is a statement that lets another clinic in, and the same statement put right. $1 is the
// tenant's parameter. Where nothing can put a statement right, right is "".
type fixture struct {
	name, wrong, says, right string
}

const (
	notTied  = "is not tied"
	notTheID = "with a tenant_id that is not $1"
)

var fixtures = []fixture{
	{
		"no predicate", `SELECT id FROM patients WHERE id = $2`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1 AND id = $2`,
	},
	{
		"inner join", `SELECT p.id FROM patients p JOIN clients c ON c.id = p.client_id WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p JOIN clients c ON c.id = p.client_id AND c.tenant_id = $1 WHERE p.tenant_id = $1`,
	},
	{
		"join tied to the other table only", `SELECT p.id FROM patients p JOIN clients c ON c.tenant_id = p.tenant_id AND c.id = p.client_id WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p JOIN clients c ON c.tenant_id = $1 AND c.tenant_id = p.tenant_id AND c.id = p.client_id WHERE p.tenant_id = $1`,
	},
	{
		"comma join", `SELECT p.id FROM patients p, clients c WHERE p.tenant_id = $1 AND c.id = p.client_id`, notTied,
		`SELECT p.id FROM patients p, clients c WHERE p.tenant_id = $1 AND c.tenant_id = $1 AND c.id = p.client_id`,
	},
	{
		"cross join", `SELECT p.id FROM patients p CROSS JOIN clients c WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p CROSS JOIN clients c WHERE p.tenant_id = $1 AND $1 = c.tenant_id`,
	},
	{
		"bare tenant_id over two tables", `SELECT p.id FROM patients p JOIN species s ON s.code = p.species WHERE tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p JOIN species s ON s.code = p.species WHERE p.tenant_id = $1`,
	},
	{
		"left join tied on the wrong side", `SELECT p.id FROM patients p LEFT JOIN clients c ON p.tenant_id = $1 AND c.id = p.client_id WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p LEFT JOIN clients c ON c.tenant_id = $1 AND c.id = p.client_id WHERE p.tenant_id = $1`,
	},
	{
		"left join tied in WHERE", `SELECT p.id FROM patients p LEFT JOIN clients c ON c.id = p.client_id WHERE p.tenant_id = $1 AND c.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p LEFT JOIN clients c ON c.id = p.client_id AND c.tenant_id = $1 WHERE p.tenant_id = $1`,
	},
	{
		"left join whose ON ties the kept side", `SELECT p.id FROM patients p LEFT JOIN clients c ON c.tenant_id = $1 AND p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p LEFT JOIN clients c ON c.tenant_id = $1 WHERE p.tenant_id = $1`,
	},
	{
		"right join", `SELECT p.id FROM clients c RIGHT JOIN patients p ON p.tenant_id = $1 AND c.tenant_id = $1`, notTied,
		`SELECT p.id FROM clients c RIGHT JOIN patients p ON c.tenant_id = $1 WHERE p.tenant_id = $1`,
	},
	{
		"full join", `SELECT p.id FROM clients c FULL JOIN patients p ON p.tenant_id = $1 AND c.tenant_id = $1`, notTied,
		`SELECT p.id FROM (SELECT id FROM clients WHERE tenant_id = $1) c FULL JOIN (SELECT id FROM patients WHERE tenant_id = $1) p ON p.id = c.id`,
	},
	{"natural join", `SELECT p.id FROM patients p NATURAL JOIN clients c WHERE p.tenant_id = $1 AND c.tenant_id = $1`, "NATURAL", ""},
	{
		"join using tenant_id", `SELECT p.id FROM patients p JOIN clients c USING (tenant_id) WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p JOIN clients c USING (tenant_id) WHERE p.tenant_id = $1 AND c.tenant_id = $1`,
	},
	{
		"self join, one side free", `SELECT a.id FROM patients a JOIN patients b ON b.client_id = a.client_id WHERE a.tenant_id = $1`, notTied,
		`SELECT a.id FROM patients a JOIN patients b ON b.tenant_id = $1 AND b.client_id = a.client_id WHERE a.tenant_id = $1`,
	},
	{
		"alias that takes another table's name", `SELECT clients.id FROM patients clients, clients c WHERE clients.tenant_id = $1`, notTied,
		`SELECT clients.id FROM patients clients, clients c WHERE clients.tenant_id = $1 AND c.tenant_id = $1`,
	},
	{
		"six tables, one free", `SELECT a.id FROM patients a JOIN clients b ON b.tenant_id = $1 JOIN notes c ON c.tenant_id = $1 JOIN patients d ON d.tenant_id = $1 JOIN clients e ON e.id = d.client_id JOIN notes f ON f.tenant_id = $1 WHERE a.tenant_id = $1`, notTied,
		`SELECT a.id FROM patients a JOIN clients b ON b.tenant_id = $1 JOIN notes c ON c.tenant_id = $1 JOIN patients d ON d.tenant_id = $1 JOIN clients e ON e.tenant_id = $1 AND e.id = d.client_id JOIN notes f ON f.tenant_id = $1 WHERE a.tenant_id = $1`,
	},
	{
		"name hidden by a join's alias", `SELECT 1 FROM patients a WHERE a.tenant_id = $1 AND EXISTS (SELECT 1 FROM (clients a CROSS JOIN notes b) j WHERE a.tenant_id = $1 AND b.tenant_id = $1)`, notTied,
		`SELECT 1 FROM patients a WHERE a.tenant_id = $1 AND EXISTS (SELECT 1 FROM (clients a JOIN notes b ON a.tenant_id = $1 AND b.tenant_id = $1) j)`,
	},

	{
		"subquery in FROM", `SELECT s.id FROM (SELECT id FROM patients) s`, notTied,
		`SELECT s.id FROM (SELECT id FROM patients WHERE tenant_id = $1) s`,
	},
	{
		"subquery tied from outside only", `SELECT s.id FROM (SELECT id, tenant_id FROM patients) s WHERE s.tenant_id = $1`, notTied,
		`SELECT s.id FROM (SELECT id, tenant_id FROM patients WHERE tenant_id = $1) s WHERE s.tenant_id = $1`,
	},
	{
		"subquery in the select list", `SELECT p.id, (SELECT count(*) FROM notes n WHERE n.patient_id = p.id) FROM patients p WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id, (SELECT count(*) FROM notes n WHERE n.tenant_id = $1 AND n.patient_id = p.id) FROM patients p WHERE p.tenant_id = $1`,
	},
	{
		"subquery in ORDER BY", `SELECT id FROM patients p WHERE tenant_id = $1 ORDER BY (SELECT max(n.id) FROM notes n)`, notTied,
		`SELECT id FROM patients p WHERE tenant_id = $1 ORDER BY (SELECT max(n.id) FROM notes n WHERE n.tenant_id = $1)`,
	},
	{
		"subquery in LIMIT", `SELECT id FROM patients WHERE tenant_id = $1 LIMIT (SELECT count(*) FROM notes)`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1 LIMIT (SELECT count(*) FROM notes WHERE tenant_id = $1)`,
	},
	{
		"subquery in HAVING", `SELECT client_id FROM patients WHERE tenant_id = $1 GROUP BY client_id HAVING count(*) > (SELECT count(*) FROM notes)`, notTied,
		`SELECT client_id FROM patients WHERE tenant_id = $1 GROUP BY client_id HAVING count(*) > (SELECT count(*) FROM notes WHERE tenant_id = $1)`,
	},
	{
		"subquery in ON", `SELECT p.id FROM patients p JOIN clients c ON c.tenant_id = $1 AND c.id IN (SELECT client_id FROM patients) WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p JOIN clients c ON c.tenant_id = $1 AND c.id IN (SELECT client_id FROM patients WHERE tenant_id = $1) WHERE p.tenant_id = $1`,
	},
	{
		"subquery in a window", `SELECT rank() OVER (ORDER BY (SELECT count(*) FROM notes)) FROM patients WHERE tenant_id = $1`, notTied,
		`SELECT rank() OVER (ORDER BY (SELECT count(*) FROM notes WHERE tenant_id = $1)) FROM patients WHERE tenant_id = $1`,
	},
	{
		"subquery in a filter", `SELECT count(*) FILTER (WHERE id IN (SELECT patient_id FROM notes)) FROM patients WHERE tenant_id = $1`, notTied,
		`SELECT count(*) FILTER (WHERE id IN (SELECT patient_id FROM notes WHERE tenant_id = $1)) FROM patients WHERE tenant_id = $1`,
	},
	{
		"subquery in an array", `SELECT ARRAY(SELECT id FROM notes) FROM patients WHERE tenant_id = $1`, notTied,
		`SELECT ARRAY(SELECT id FROM notes WHERE tenant_id = $1) FROM patients WHERE tenant_id = $1`,
	},
	{
		"subquery in a function of FROM", `SELECT u.id FROM unnest(ARRAY(SELECT id FROM notes)) AS u(id)`, notTied,
		`SELECT u.id FROM unnest(ARRAY(SELECT id FROM notes WHERE tenant_id = $1)) AS u(id)`,
	},
	{
		"subquery in the left side of IN", `SELECT id FROM patients WHERE tenant_id = $1 AND (SELECT max(id) FROM notes) IN (SELECT id FROM notes WHERE tenant_id = $1)`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1 AND (SELECT max(id) FROM notes WHERE tenant_id = $1) IN (SELECT id FROM notes WHERE tenant_id = $1)`,
	},
	{
		"EXISTS", `SELECT id FROM patients p WHERE p.tenant_id = $1 AND EXISTS (SELECT 1 FROM notes n WHERE n.patient_id = p.id)`, notTied,
		`SELECT id FROM patients p WHERE p.tenant_id = $1 AND EXISTS (SELECT 1 FROM notes n WHERE n.tenant_id = $1 AND n.patient_id = p.id)`,
	},
	{
		"EXISTS that ties the outer table again", `SELECT id FROM patients p WHERE p.tenant_id = $1 AND EXISTS (SELECT 1 FROM notes n WHERE p.tenant_id = $1 AND n.patient_id = p.id)`, notTied,
		`SELECT id FROM patients p WHERE p.tenant_id = $1 AND EXISTS (SELECT 1 FROM notes n WHERE p.tenant_id = $1 AND n.tenant_id = $1 AND n.patient_id = p.id)`,
	},
	{
		"NOT EXISTS", `SELECT id FROM patients p WHERE p.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM notes n WHERE n.patient_id = p.id)`, notTied,
		`SELECT id FROM patients p WHERE p.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM notes n WHERE n.tenant_id = $1 AND n.patient_id = p.id)`,
	},
	{
		"NOT IN", `SELECT id FROM patients WHERE tenant_id = $1 AND id NOT IN (SELECT patient_id FROM notes)`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1 AND id NOT IN (SELECT patient_id FROM notes WHERE tenant_id = $1)`,
	},
	{
		"lateral", `SELECT p.id, l.id FROM patients p, LATERAL (SELECT n.id FROM notes n WHERE n.patient_id = p.id LIMIT 1) l WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id, l.id FROM patients p, LATERAL (SELECT n.id FROM notes n WHERE n.tenant_id = $1 AND n.patient_id = p.id LIMIT 1) l WHERE p.tenant_id = $1`,
	},

	{
		"CTE", `WITH n AS (SELECT patient_id FROM notes) SELECT p.id FROM patients p JOIN n ON n.patient_id = p.id WHERE p.tenant_id = $1`, notTied,
		`WITH n AS (SELECT patient_id FROM notes WHERE tenant_id = $1) SELECT p.id FROM patients p JOIN n ON n.patient_id = p.id WHERE p.tenant_id = $1`,
	},
	{
		"CTE named like the table it reads", `WITH patients AS (SELECT id FROM patients) SELECT id FROM patients`, notTied,
		`WITH patients AS (SELECT id FROM patients WHERE tenant_id = $1) SELECT id FROM patients`,
	},
	{
		"table behind a CTE of its name", `WITH patients AS (SELECT $1::uuid AS tenant_id) SELECT id FROM app.patients`, notTied,
		`WITH patients AS (SELECT $1::uuid AS tenant_id) SELECT tenant_id FROM patients`,
	},
	{
		"CTE that outlives its query", `SELECT id FROM (WITH patients AS (SELECT 1 AS id) SELECT id FROM patients) s UNION SELECT id FROM patients`, notTied,
		`SELECT id FROM (WITH patients AS (SELECT 1 AS id) SELECT id FROM patients) s UNION SELECT id FROM patients WHERE tenant_id = $1`,
	},
	{
		"recursive arm", `WITH RECURSIVE r AS (SELECT id FROM clients WHERE tenant_id = $1 UNION SELECT c.id FROM clients c JOIN r ON c.merged_into = r.id) SELECT id FROM r`, notTied,
		`WITH RECURSIVE r AS (SELECT id FROM clients WHERE tenant_id = $1 UNION SELECT c.id FROM clients c JOIN r ON c.merged_into = r.id WHERE c.tenant_id = $1) SELECT id FROM r`,
	},
	{
		"CTE that changes rows", `WITH gone AS (DELETE FROM drafts WHERE id = $2 RETURNING id) SELECT id FROM gone`, notTied,
		`WITH gone AS (DELETE FROM drafts WHERE tenant_id = $1 AND id = $2 RETURNING id) SELECT id FROM gone`,
	},
	{
		"UNION", `SELECT id FROM patients WHERE tenant_id = $1 UNION SELECT id FROM clients`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1 UNION SELECT id FROM clients WHERE tenant_id = $1`,
	},
	{
		"EXCEPT in brackets", `(SELECT id FROM patients) EXCEPT (SELECT id FROM clients WHERE tenant_id = $1) ORDER BY 1`, notTied,
		`(SELECT id FROM patients WHERE tenant_id = $1) EXCEPT (SELECT id FROM clients WHERE tenant_id = $1) ORDER BY 1`,
	},
	{"TABLE", `TABLE patients`, notTied, ""},
	{
		"row lock", `SELECT p.id FROM patients p WHERE p.id = $2 FOR UPDATE OF p`, notTied,
		`SELECT p.id FROM patients p WHERE p.tenant_id = $1 AND p.id = $2 FOR UPDATE OF p`,
	},
	{
		"VALUES with a subquery", `VALUES ((SELECT count(*) FROM patients))`, notTied,
		`VALUES ((SELECT count(*) FROM patients WHERE tenant_id = $1))`,
	},

	{
		"OR that widens", `SELECT id FROM patients WHERE tenant_id = $1 OR species = $2`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1 AND (species = $2 OR species IS NULL)`,
	},
	{
		"OR after AND", `SELECT id FROM patients WHERE tenant_id = $1 AND id = $2 OR true`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1 AND (id = $2 OR true)`,
	},
	{"comparison inside NOT", `SELECT id FROM patients WHERE NOT (tenant_id = $1)`, notTied, ""},
	{"not equal", `SELECT id FROM patients WHERE tenant_id <> $1`, notTied, ""},
	{"at least", `SELECT id FROM patients WHERE tenant_id >= $1`, notTied, ""},
	{
		"an operator of somebody's own", `SELECT id FROM patients WHERE tenant_id OPERATOR(app.=) $1`, notTied,
		`SELECT id FROM patients WHERE tenant_id OPERATOR(pg_catalog.=) $1`,
	},
	{"compared with itself", `SELECT id FROM patients WHERE tenant_id = tenant_id`, notTied, ""},
	{
		"compared as text", `SELECT id FROM patients WHERE tenant_id::text = $1::text`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1::uuid`,
	},
	{"compared with a list", `SELECT id FROM patients WHERE tenant_id = ANY($1::uuid[])`, notTied, ""},
	{"compared with IN", `SELECT id FROM patients WHERE tenant_id IN ($1, $2)`, notTied, ""},
	{"compared as a row", `SELECT id FROM patients WHERE (tenant_id, id) = ($1, $2)`, notTied, ""},
	{"not distinct", `SELECT id FROM patients WHERE tenant_id IS NOT DISTINCT FROM $1`, notTied, ""},
	{"COALESCE round the column", `SELECT id FROM patients WHERE COALESCE(tenant_id, $1) = $1`, notTied, ""},
	{"COALESCE round the parameter", `SELECT id FROM patients WHERE tenant_id = COALESCE($1, tenant_id)`, notTied, ""},
	{"CASE", `SELECT id FROM patients WHERE CASE WHEN $2 THEN tenant_id = $1 ELSE true END`, notTied, ""},
	{"IS NOT FALSE", `SELECT id FROM patients WHERE (tenant_id = $1) IS NOT FALSE`, notTied, ""},
	{
		"another parameter", `SELECT id FROM patients WHERE tenant_id = $2`, notTied,
		`SELECT id FROM patients WHERE tenant_id = $1`,
	},
	{
		"another parameter in one place", `SELECT p.id FROM patients p JOIN notes n ON n.tenant_id = $2 WHERE p.tenant_id = $1`, notTied,
		`SELECT p.id FROM patients p JOIN notes n ON n.tenant_id = $1 WHERE p.tenant_id = $1`,
	},
	{"a fixed clinic", `SELECT id FROM patients WHERE tenant_id = '0190a3b4-0000-7000-8000-000000000001'`, notTied, ""},
	{"another column", `SELECT id FROM patients WHERE id = $1`, notTied, ""},
	{"columns renamed", `SELECT id FROM patients AS p(id, tenant_id) WHERE p.tenant_id = $1`, "renamed", ""},
	{
		"only in HAVING", `SELECT tenant_id FROM patients GROUP BY tenant_id HAVING tenant_id = $1`, notTied,
		`SELECT tenant_id FROM patients WHERE tenant_id = $1 GROUP BY tenant_id HAVING tenant_id = $1`,
	},

	{
		"UPDATE", `UPDATE patients SET name = $3 WHERE id = $2`, notTied,
		`UPDATE patients SET name = $3 WHERE tenant_id = $1 AND id = $2`,
	},
	{"UPDATE without WHERE", `UPDATE patients SET name = $2`, notTied, ""},
	{
		"UPDATE FROM", `UPDATE patients p SET name = c.name FROM clients c WHERE p.tenant_id = $1 AND c.id = p.client_id`, notTied,
		`UPDATE patients p SET name = c.name FROM clients c WHERE p.tenant_id = $1 AND c.tenant_id = $1 AND c.id = p.client_id`,
	},
	{
		"UPDATE FROM, target free", `UPDATE patients p SET name = c.name FROM clients c WHERE c.tenant_id = $1 AND c.id = p.client_id`, notTied,
		`UPDATE patients p SET name = c.name FROM clients c WHERE c.tenant_id = $1 AND p.tenant_id = $1 AND c.id = p.client_id`,
	},
	{
		"UPDATE with a subquery in SET", `UPDATE patients SET name = (SELECT max(name) FROM clients) WHERE tenant_id = $1`, notTied,
		`UPDATE patients SET name = (SELECT max(name) FROM clients WHERE tenant_id = $1) WHERE tenant_id = $1`,
	},
	{"UPDATE of tenant_id", `UPDATE patients SET tenant_id = $2 WHERE tenant_id = $1`, "sets tenant_id", ""},
	{
		"UPDATE of tenant_id among others", `UPDATE patients SET (name, tenant_id) = ($3, $2) WHERE tenant_id = $1`, "sets tenant_id",
		`UPDATE patients SET (name, species) = ($3, $2) WHERE tenant_id = $1`,
	},
	{"UPDATE at a cursor", `UPDATE patients SET name = $1 WHERE CURRENT OF c`, notTied, ""},
	{
		"DELETE", `DELETE FROM drafts WHERE id = $2`, notTied,
		`DELETE FROM drafts WHERE tenant_id = $1 AND id = $2`,
	},
	{
		"DELETE USING", `DELETE FROM drafts d USING patients p WHERE d.tenant_id = $1 AND p.id = d.patient_id`, notTied,
		`DELETE FROM drafts d USING patients p WHERE d.tenant_id = $1 AND p.tenant_id = $1 AND p.id = d.patient_id`,
	},
	{
		"RETURNING from another table", `DELETE FROM drafts d WHERE d.tenant_id = $1 RETURNING (SELECT p.name FROM patients p WHERE p.id = d.patient_id)`, notTied,
		`DELETE FROM drafts d WHERE d.tenant_id = $1 RETURNING (SELECT p.name FROM patients p WHERE p.tenant_id = $1 AND p.id = d.patient_id)`,
	},
	{
		"RETURNING of an INSERT", `INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) RETURNING (SELECT max(name) FROM patients)`, notTied,
		`INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) RETURNING id`,
	},

	{
		"INSERT of another clinic", `INSERT INTO drafts (tenant_id, id) VALUES ($2, $1)`, notTheID,
		`INSERT INTO drafts (id, tenant_id) VALUES ($2, $1)`,
	},
	{
		"INSERT of two rows", `INSERT INTO drafts (tenant_id, id) VALUES ($1, $2), ($3, $4)`, notTheID,
		`INSERT INTO drafts (tenant_id, id) VALUES ($1, $2), ($1, $4)`,
	},
	{"INSERT of the default clinic", `INSERT INTO drafts (tenant_id, id) VALUES (DEFAULT, $1)`, notTheID, ""},
	{"INSERT without tenant_id", `INSERT INTO drafts (id) VALUES ($1)`, "does not list tenant_id", ""},
	{"INSERT without columns", `INSERT INTO drafts VALUES ($1, $2)`, "does not list tenant_id", ""},
	{"INSERT of defaults", `INSERT INTO drafts DEFAULT VALUES`, "does not list tenant_id", ""},
	{
		"INSERT SELECT from a free table", `INSERT INTO drafts (tenant_id, id) SELECT $1, n.id FROM notes n`, notTied,
		`INSERT INTO drafts (tenant_id, id) SELECT $1, n.id FROM notes n WHERE n.tenant_id = $1`,
	},
	{
		"INSERT SELECT of another tenant_id", `INSERT INTO drafts (tenant_id, id) SELECT n.author_id, n.id FROM notes n WHERE n.tenant_id = $1`, notTheID,
		`INSERT INTO drafts (tenant_id, id) SELECT n.tenant_id, n.id FROM notes n WHERE n.tenant_id = $1`,
	},
	{
		"INSERT SELECT with a star", `INSERT INTO drafts (tenant_id, id) SELECT * FROM notes WHERE tenant_id = $1`, notTheID,
		`INSERT INTO drafts (tenant_id, id) SELECT tenant_id, id FROM notes WHERE tenant_id = $1`,
	},
	{
		"INSERT SELECT with a star that shifts the places", `INSERT INTO drafts (id, tenant_id) SELECT n.*, n.tenant_id FROM notes n WHERE n.tenant_id = $1`, notTheID,
		`INSERT INTO drafts (id, tenant_id) SELECT n.id, n.tenant_id FROM notes n WHERE n.tenant_id = $1`,
	},
	{
		"INSERT SELECT from a list of clinics", `INSERT INTO drafts (tenant_id, id) SELECT unnest($2::uuid[]), unnest($3::uuid[])`, notTheID,
		`INSERT INTO drafts (tenant_id, id) SELECT $1::uuid, unnest($2::uuid[])`,
	},
	{
		"INSERT SELECT from VALUES", `INSERT INTO drafts (tenant_id, id) SELECT v.tenant_id, v.id FROM (VALUES ($2::uuid, $3::uuid)) AS v(tenant_id, id)`, notTheID,
		`INSERT INTO drafts (tenant_id, id) SELECT $1, v.id FROM (VALUES ($2::uuid)) AS v(id)`,
	},
	{
		"INSERT SELECT, second arm", `INSERT INTO drafts (tenant_id, id) SELECT $1, $2 UNION ALL SELECT $3, $4`, notTheID,
		`INSERT INTO drafts (tenant_id, id) SELECT $1, $2 UNION ALL SELECT $1, $4`,
	},
	{
		"ON CONFLICT across clinics", `INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, "ON CONFLICT",
		`INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO NOTHING`,
	},
	{"ON CONFLICT of any kind", `INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, "ON CONFLICT", ""},
	{"ON CONFLICT by a constraint's name", `INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT ON CONSTRAINT drafts_pkey DO NOTHING`, "ON CONFLICT", ""},
	{
		"ON CONFLICT that moves the row", `INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = $3`, "sets tenant_id",
		`INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET body = $3`,
	},
	{
		"ON CONFLICT with a subquery", `INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET body = (SELECT max(body) FROM notes)`, notTied,
		`INSERT INTO drafts (tenant_id, id) VALUES ($1, $2) ON CONFLICT (tenant_id, id) DO UPDATE SET body = (SELECT max(body) FROM notes WHERE tenant_id = $1)`,
	},

	{"MERGE", `MERGE INTO drafts d USING notes n ON d.tenant_id = $1 AND n.tenant_id = $1 WHEN MATCHED THEN DELETE`, "only SELECT", ""},
	{"TRUNCATE", `TRUNCATE patients`, "only SELECT", ""},
	{"COPY", `COPY patients TO STDOUT`, "only SELECT", ""},
	{"SET", `SET paddock.ctx = 'x'`, "only SELECT", ""},
	{"DO", `DO $$ BEGIN DELETE FROM app.patients; END $$`, "only SELECT", ""},
	{"EXPLAIN", `EXPLAIN SELECT id FROM patients WHERE tenant_id = $1`, "only SELECT", ""},
	{"two statements", `SELECT 1; DELETE FROM patients`, "2 statements", ""},
	{"SELECT INTO", `SELECT id INTO TEMP x FROM patients WHERE tenant_id = $1`, "SELECT INTO", ""},
	{"no SQL at all", `SELEC id`, "cannot read", ""},
	{"unknown table", `SELECT id FROM strangers WHERE tenant_id = $1`, "not in the catalogue", ""},
	{
		"unknown schema", `SELECT id FROM elsewhere.patients WHERE tenant_id = $1`, "not in the catalogue",
		`SELECT id FROM app.patients WHERE app.patients.tenant_id = $1`,
	},
	{"another database", `SELECT id FROM other.app.patients WHERE tenant_id = $1`, "another database", ""},
	{
		"write to a reference table", `UPDATE species SET name = $1`, "only read",
		`SELECT name FROM species ORDER BY name`,
	},
	{
		"control plane in a clinic's statement", `SELECT p.id FROM patients p, platform.clinic c WHERE p.tenant_id = $1`, "control plane",
		`SELECT id FROM platform.clinic WHERE host = $1`,
	},
	{"sample of a table", `SELECT id FROM patients TABLESAMPLE system (1) WHERE tenant_id = $1`, "something other", ""},
	{"set_config", `SELECT set_config('paddock.ctx', $2, true) FROM patients WHERE tenant_id = $1`, "set_config", ""},
	{"function that runs SQL", `SELECT query_to_xml('select * from app.patients', true, true, '')`, "query_to_xml", ""},
	{
		"function of ours in FROM", `SELECT t.x FROM sec.everything() AS t(x)`, "sec.everything",
		`SELECT sec.tenant()`,
	},
	{
		"pg_catalog written out", `SELECT pg_catalog.pg_read_file('x')`, "pg_read_file",
		`SELECT pg_catalog.lower('X')`,
	},
	{
		"function dressed as a harmless one", `SELECT app.lower(name) FROM patients WHERE tenant_id = $1`, "app.lower",
		`SELECT lower(name) FROM patients WHERE tenant_id = $1`,
	},
}

// rightBesides are statements of the shapes this project writes, beyond those put right above.
var rightBesides = map[string]string{
	"bulk insert":          `INSERT INTO drafts (tenant_id, id, body) SELECT $1, unnest($2::uuid[]), unnest($3::bytea[])`,
	"bulk insert, ROWS":    `INSERT INTO drafts (tenant_id, id, body) SELECT $1, u.id, u.body FROM ROWS FROM (unnest($2::uuid[]), unnest($3::bytea[])) AS u(id, body)`,
	"union of token rows":  `SELECT row_id FROM tokens WHERE tenant_id = $1 AND token = ANY($2::bytea[]) INTERSECT SELECT row_id FROM tokens t WHERE t.tenant_id = $1 AND t.field = $3`,
	"optional filter":      `SELECT id FROM patients WHERE tenant_id = $1 AND ($2::text IS NULL OR species = $2) ORDER BY name, id LIMIT 50`,
	"qualified by table":   `SELECT patients.id FROM patients JOIN species ON species.code = patients.species WHERE patients.tenant_id = $1`,
	"outer join of a join": `SELECT p.id FROM patients p LEFT JOIN (notes n JOIN drafts d ON d.tenant_id = $1 AND d.id = n.id) ON n.tenant_id = $1 AND n.patient_id = p.id WHERE p.tenant_id = $1`,
	"move with history":    `WITH gone AS (DELETE FROM drafts WHERE tenant_id = $1 AND id = $2 RETURNING tenant_id, id, body) INSERT INTO notes (tenant_id, id, body) SELECT $1, id, body FROM gone RETURNING id`,
	"version check":        `UPDATE clients SET sealed = $3, version = version + 1 WHERE tenant_id = $1 AND id = $2 AND version = $4 RETURNING version`,
	"no table":             `SELECT now()`,
	"keyset page":          `SELECT id FROM patients WHERE tenant_id = $1 AND (opened_at, id) < ($2, $3) ORDER BY opened_at DESC, id DESC LIMIT 50`,
}
