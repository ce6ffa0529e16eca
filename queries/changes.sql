-- Before and after of one change, sealed.
-- name: InsertChange :exec
INSERT INTO changes (tenant_id, id, at, actor_id, request_id, object, object_id, sealed, key_version)
VALUES (@tenant_id, @id, @at, sqlc.narg('actor_id'), @request_id, @object, @object_id, @sealed, @key_version);

-- name: ListChanges :many
SELECT id, at, actor_id, request_id, object, sealed FROM changes
WHERE tenant_id = @tenant_id AND object_id = @object_id
ORDER BY at, id;
