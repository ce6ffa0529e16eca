-- name: GetClient :one
SELECT id, sealed, version, created_at, updated_at, updated_by
FROM clients WHERE tenant_id = @tenant_id AND id = @id;

-- The same row, held until the transaction ends.
-- name: LockClient :one
SELECT id, sealed, version, updated_at, updated_by
FROM clients WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertClient :exec
INSERT INTO clients (tenant_id, id, sealed, key_version, created_at, updated_at, updated_by)
VALUES (@tenant_id, @id, @sealed, @key_version, @created_at, @created_at, @updated_by);

-- Saves a client that is still at the version the form was made from; 0 rows where it is not.
-- name: UpdateClient :execrows
UPDATE clients SET sealed = @sealed, key_version = @key_version, version = version + 1,
  updated_at = @updated_at, updated_by = @updated_by
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: CountClients :one
SELECT count(*) FROM clients WHERE tenant_id = @tenant_id;

-- Clients that may be the one a form describes: the rows that hold a token of one of the words in @either (a
-- phone number, an e-mail address), or all those of @every (the name), each a bit of a number as in
-- ListSearchHits. What only shares a token is dropped after opening.
-- name: ListAlikeClients :many
WITH asked AS (
  SELECT unnest(@fields::text[]) AS field, unnest(@tokens::bytea[]) AS token, unnest(@words::integer[]) AS word
), met AS MATERIALIZED (
  SELECT t.row_id FROM asked AS a
  JOIN search_tokens AS t ON t.tenant_id = @tenant_id AND t.field = a.field AND t.token = a.token
  WHERE t.kind = 'client' AND t.row_id <> @but
  GROUP BY t.row_id
  HAVING bit_or(a.word) & @either::integer <> 0 OR bit_or(a.word) & @every::integer = @every::integer
  ORDER BY bit_or(a.word) & @either::integer <> 0 DESC, t.row_id DESC
  LIMIT @most
)
SELECT c.id, c.sealed FROM met AS m
JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = m.row_id
ORDER BY c.id;
