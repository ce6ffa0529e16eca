-- The licences of those who have one on file.
-- name: ListLicences :many
SELECT person_id, sealed FROM licences WHERE tenant_id = @tenant_id ORDER BY person_id;

-- name: GetLicence :one
SELECT sealed FROM licences WHERE tenant_id = @tenant_id AND person_id = @person_id;

-- name: SaveLicence :exec
INSERT INTO licences (tenant_id, person_id, sealed, key_version, saved_at)
VALUES (@tenant_id, @person_id, @sealed, @key_version, @saved_at)
ON CONFLICT (tenant_id, person_id) DO UPDATE SET sealed = excluded.sealed, key_version = excluded.key_version, saved_at = excluded.saved_at;
