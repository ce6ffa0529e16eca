-- What one search finds. Each token asked for says which word it stands for and how well it answers it: the
-- word is a bit among eight, shifted by 0 for the whole word of a name, by 8 for its beginning and for what is
-- not a name, by 16 for what only sounds alike, and again by 24 where it is a name. Rows that hold every word
-- come, the best answered first, then those opened lately, then the newest. Of each token the newest rows are
-- looked at, as many as asked for: of one word few will do, of several all; where that left some out, those
-- opened lately are looked for among them too. A client found by more than names brings its animals along.
-- Tokens are cut to eight bytes: a false hit is dropped after opening. A patient has as many rows as present
-- clients, owners first; identifiers come where asked for. Who is in the building, or comes today, counts
-- as opened lately and is told apart. What counts so is looked into as a set: joined, it would be read anew for
-- each row, since nothing tells the planner how many rows a token has.
-- name: ListSearchHits :many
WITH asked AS (
  SELECT unnest(@fields::text[]) AS field, unnest(@tokens::bytea[]) AS token, unnest(@bits::bigint[]) AS bits
), here AS MATERIALIZED (
  SELECT a.patient_id AS id FROM appointments AS a
  WHERE a.tenant_id = @tenant_id AND a.state IN ('arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed')
), today AS MATERIALIZED (
  SELECT a.patient_id AS id FROM appointments AS a
  WHERE a.tenant_id = @tenant_id AND a.day = @today AND a.state NOT IN ('cancelled', 'moved', 'no_show')
), lately AS MATERIALIZED (
  SELECT y.object_id AS id FROM (
    SELECT l.object_id FROM audit.leaf AS l
    WHERE l.tenant_id = @tenant_id AND l.object = 'patient' AND l.action = 'opened' AND l.object_id IS NOT NULL AND l.at > @since
    ORDER BY l.at DESC LIMIT 100
  ) AS y
  UNION SELECT h.id FROM here AS h
  UNION SELECT t.id FROM today AS t
), newest AS MATERIALIZED (
  SELECT s.row_id, s.kind, a.bits FROM asked AS a
  CROSS JOIN LATERAL (
    SELECT n.row_id, n.kind FROM search_tokens AS n
    WHERE n.tenant_id = @tenant_id AND n.field = a.field AND n.token = a.token
    ORDER BY n.row_id DESC LIMIT @each::integer
  ) AS s
), met AS (
  SELECT t.row_id, t.kind, bit_or(t.bits) AS bits
  FROM (
    SELECT w.row_id, w.kind, w.bits FROM newest AS w
    UNION ALL
    SELECT s.row_id, s.kind, a.bits FROM lately AS l CROSS JOIN asked AS a
    JOIN search_tokens AS s ON s.tenant_id = @tenant_id AND s.field = a.field AND s.token = a.token AND s.row_id = l.id
    WHERE a.field IN ('name', 'sound') AND (SELECT count(*) FROM newest) >= @each::integer
  ) AS t
  GROUP BY t.row_id, t.kind
), best AS MATERIALIZED (
  SELECT m.row_id, m.kind, m.kind = 'client' AND (m.bits >> 24) & @every::bigint <> @every::bigint AS by_contact
  FROM met AS m
  WHERE (m.bits | (m.bits >> 8) | (m.bits >> 16)) & @every::bigint = @every::bigint
  ORDER BY m.bits & @every::bigint <> @every::bigint, (m.bits | (m.bits >> 8)) & @every::bigint <> @every::bigint,
    m.row_id IN (SELECT l.id FROM lately AS l) DESC, m.row_id DESC
  LIMIT @most
), found AS (
  SELECT b.row_id, b.kind FROM best AS b
  UNION
  (SELECT o.patient_id, 'patient' FROM best AS b
   JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.client_id = b.row_id AND o.until IS NULL
   WHERE b.by_contact
   LIMIT @most)
)
SELECT f.row_id AS id, f.kind, coalesce(p.species, '') AS species, coalesce(p.breed, '') AS breed, coalesce(p.sex, '') AS sex,
  coalesce(p.neutered, '') AS neutered, p.born_on, p.born_precision, coalesce(p.born_estimated, false) AS born_estimated,
  coalesce(p.status, '') AS status, (f.row_id IN (SELECT l.id FROM lately AS l))::boolean AS lately,
  (f.row_id IN (SELECT h.id FROM here AS h))::boolean AS here, (f.row_id IN (SELECT t.id FROM today AS t))::boolean AS today, p.sealed, c.id AS client_id, c.sealed AS client_sealed,
  ARRAY(SELECT i.id FROM identifiers AS i
    WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id AND i.ended_as IS DISTINCT FROM 'in-error' AND @with_numbers::boolean
    ORDER BY i.recorded_at, i.id)::uuid[] AS number_ids,
  ARRAY(SELECT i.sealed FROM identifiers AS i
    WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id AND i.ended_as IS DISTINCT FROM 'in-error' AND @with_numbers::boolean
    ORDER BY i.recorded_at, i.id)::bytea[] AS numbers_sealed
FROM found AS f
LEFT JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = f.row_id AND f.kind = 'patient'
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = CASE f.kind WHEN 'client' THEN f.row_id ELSE o.client_id END
WHERE coalesce(p.id, c.id) IS NOT NULL
ORDER BY f.row_id, CASE o.role WHEN 'owner' THEN 1 WHEN 'payer' THEN 2 WHEN 'carer' THEN 3 ELSE 4 END, o.since, c.id;

-- The patients in the building and of a day, as few letters are looked for among them.
-- name: ListNearPatients :many
SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed,
  c.id AS client_id, c.sealed AS client_sealed, n.here
FROM (
  SELECT y.id, bool_or(y.here)::boolean AS here FROM (
    (SELECT a.patient_id AS id, true AS here FROM appointments AS a
     WHERE a.tenant_id = @tenant_id AND a.state IN ('arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed'))
    UNION ALL
    (SELECT a.patient_id, false FROM appointments AS a
     WHERE a.tenant_id = @tenant_id AND a.day = @today AND a.state NOT IN ('cancelled', 'moved', 'no_show'))
  ) AS y GROUP BY y.id
) AS n
JOIN LATERAL (
  SELECT q.id, q.species, q.breed, q.sex, q.neutered, q.born_on, q.born_precision, q.born_estimated, q.status, q.sealed
  FROM patients AS q WHERE q.tenant_id = @tenant_id AND q.id = n.id OFFSET 0
) AS p ON true
LEFT JOIN LATERAL (
  SELECT w.client_id, w.role, w.since FROM ownerships AS w
  WHERE w.tenant_id = @tenant_id AND w.patient_id = n.id AND w.until IS NULL OFFSET 0
) AS o ON true
LEFT JOIN LATERAL (
  SELECT k.id, k.sealed FROM clients AS k WHERE k.tenant_id = @tenant_id AND k.id = o.client_id OFFSET 0
) AS c ON true
ORDER BY p.id, CASE o.role WHEN 'owner' THEN 1 WHEN 'payer' THEN 2 WHEN 'carer' THEN 3 ELSE 4 END, o.since, c.id;

-- name: InsertSearchTokens :exec
INSERT INTO search_tokens (tenant_id, field, token, row_id, kind)
SELECT @tenant_id, unnest(@fields::text[]), unnest(@tokens::bytea[]), unnest(@row_ids::uuid[]), unnest(@kinds::text[])
ON CONFLICT (tenant_id, field, token, row_id) DO NOTHING;

-- Removes tokens of rows, each by its field, token and row.
-- name: DeleteSearchTokens :execrows
DELETE FROM search_tokens AS t USING (
  SELECT unnest(@fields::text[]) AS field, unnest(@tokens::bytea[]) AS token, unnest(@row_ids::uuid[]) AS row_id
) AS gone
WHERE t.tenant_id = @tenant_id AND t.field = gone.field AND t.token = gone.token AND t.row_id = gone.row_id;
