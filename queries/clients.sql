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
