-- name: ListSnippets :many
SELECT id, name, sealed, version FROM snippets
WHERE tenant_id = @tenant_id
ORDER BY name, id
LIMIT 500;

-- name: GetSnippet :one
SELECT id, name, sealed, version FROM snippets WHERE tenant_id = @tenant_id AND id = @id;

-- name: LockSnippet :one
SELECT id, name, sealed, version FROM snippets WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertSnippet :exec
INSERT INTO snippets (tenant_id, id, name, sealed, key_version, made_at)
VALUES (@tenant_id, @id, @name, @sealed, @key_version, @made_at);

-- name: UpdateSnippet :execrows
UPDATE snippets SET name = @name, sealed = @sealed, key_version = @key_version, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: DeleteSnippet :execrows
DELETE FROM snippets WHERE tenant_id = @tenant_id AND id = @id;
