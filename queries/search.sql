-- The rows that hold as many of the wanted tokens as there are words: those that hold most of them as
-- whole words first, then the newest. The tokens of whole words stand in both lists and count as none. Tokens are cut to eight bytes: a false hit is dropped after opening.
-- name: ListTokenMatches :many
SELECT t.row_id, t.kind FROM search_tokens AS t
WHERE t.tenant_id = @tenant_id AND t.field = ANY(@fields::text[]) AND t.token = ANY(@tokens::bytea[])
GROUP BY t.row_id, t.kind
HAVING count(DISTINCT t.token) FILTER (WHERE t.token <> ALL(@whole::bytea[])) >= @words::bigint
ORDER BY count(DISTINCT t.token) FILTER (WHERE t.token = ANY(@whole::bytea[])) DESC, t.row_id DESC
LIMIT @most;

-- name: InsertSearchTokens :exec
INSERT INTO search_tokens (tenant_id, field, token, row_id, kind)
SELECT @tenant_id, unnest(@fields::text[]), unnest(@tokens::bytea[]), unnest(@row_ids::uuid[]), unnest(@kinds::text[])
ON CONFLICT (tenant_id, field, token, row_id) DO NOTHING;

-- name: DeleteSearchTokens :execrows
DELETE FROM search_tokens WHERE tenant_id = @tenant_id AND row_id = @row_id;
