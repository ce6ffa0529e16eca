-- name: InsertKeptForm :exec
INSERT INTO kept_forms (tenant_id, id, person_id, sealed, key_version, kept_at)
VALUES (@tenant_id, @id, @person_id, @sealed, @key_version, @kept_at);

-- One kept form, only for the person who typed it.
-- name: GetKeptForm :one
SELECT id, sealed, kept_at FROM kept_forms
WHERE tenant_id = @tenant_id AND id = @id AND person_id = @person_id;

-- The newest text kept for a person.
-- name: GetNewestKeptForm :one
SELECT id FROM kept_forms
WHERE tenant_id = @tenant_id AND person_id = @person_id
ORDER BY kept_at DESC, id DESC LIMIT 1;

-- name: DeleteKeptForm :execrows
DELETE FROM kept_forms WHERE tenant_id = @tenant_id AND id = @id AND person_id = @person_id;
