-- The second texts of a draft, the oldest first.
-- name: ListDraftSides :many
SELECT id, base_version, sealed, saved_at FROM draft_sides
WHERE tenant_id = @tenant_id AND draft_id = @draft_id
ORDER BY saved_at, id
LIMIT 20;

-- name: GetDraftSide :one
SELECT id, draft_id, base_version, sealed, saved_at FROM draft_sides
WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertDraftSide :exec
INSERT INTO draft_sides (tenant_id, id, draft_id, base_version, sealed, key_version, saved_at)
VALUES (@tenant_id, @id, @draft_id, @base_version, @sealed, @key_version, @saved_at);

-- name: UpdateDraftSide :execrows
UPDATE draft_sides SET base_version = @base_version, sealed = @sealed, key_version = @key_version, saved_at = @saved_at
WHERE tenant_id = @tenant_id AND id = @id AND draft_id = @draft_id;

-- name: DeleteDraftSide :execrows
DELETE FROM draft_sides WHERE tenant_id = @tenant_id AND id = @id AND draft_id = @draft_id;
