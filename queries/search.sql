-- What one search finds, each patient with its owner: the rows that hold as many of the wanted tokens as
-- there are words, those that hold most of them as whole words first, then the newest. The tokens of whole
-- words stand in both lists and count as none. Tokens are cut to eight bytes: a false hit is dropped after
-- opening. A row has a token once in a field, and a token is keyed with its field, so rows are counted and
-- not tokens. A patient has as many rows as owners, one after another; identifiers come where asked for.
-- name: ListSearchHits :many
WITH found AS MATERIALIZED (
  SELECT t.row_id, t.kind FROM search_tokens AS t
  WHERE t.tenant_id = @tenant_id AND t.field = ANY(@fields::text[]) AND t.token = ANY(@tokens::bytea[])
  GROUP BY t.row_id, t.kind
  HAVING count(*) FILTER (WHERE t.token <> ALL(@whole::bytea[])) >= @words::bigint
  ORDER BY count(*) FILTER (WHERE t.token = ANY(@whole::bytea[])) DESC, t.row_id DESC
  LIMIT @most
)
SELECT f.row_id AS id, f.kind, coalesce(p.species, '') AS species, coalesce(p.breed, '') AS breed, coalesce(p.sex, '') AS sex,
  coalesce(p.neutered, '') AS neutered, p.born_on, p.born_precision, coalesce(p.born_estimated, false) AS born_estimated,
  coalesce(p.status, '') AS status, p.sealed, c.id AS client_id, c.sealed AS client_sealed,
  ARRAY(SELECT i.id FROM identifiers AS i
    WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id AND @with_numbers::boolean
    ORDER BY i.recorded_at, i.id)::uuid[] AS number_ids,
  ARRAY(SELECT i.sealed FROM identifiers AS i
    WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id AND @with_numbers::boolean
    ORDER BY i.recorded_at, i.id)::bytea[] AS numbers_sealed
FROM found AS f
LEFT JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = f.row_id AND f.kind = 'patient'
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.role = 'owner' AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = CASE f.kind WHEN 'client' THEN f.row_id ELSE o.client_id END
WHERE coalesce(p.id, c.id) IS NOT NULL
ORDER BY f.row_id, o.since, c.id;

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
