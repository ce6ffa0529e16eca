-- Before and after of one change, sealed.
-- name: InsertChange :exec
INSERT INTO changes (tenant_id, id, at, actor_id, request_id, object, object_id, sealed, key_version)
VALUES (@tenant_id, @id, @at, sqlc.narg('actor_id'), @request_id, @object, @object_id, @sealed, @key_version);

-- name: ListChanges :many
SELECT id, at, actor_id, request_id, object, sealed FROM changes
WHERE tenant_id = @tenant_id AND object_id = @object_id
ORDER BY at, id;

-- The change of an object that so many newer ones followed.
-- name: GetPastChange :one
SELECT id, sealed FROM changes
WHERE tenant_id = @tenant_id AND object_id = @object_id
ORDER BY at DESC, id DESC
LIMIT 1 OFFSET @newer;
