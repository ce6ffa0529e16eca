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

-- Only the newest few are kept for a person, so that a form sent again and again fills nothing.
-- name: DeleteOldKeptForms :execrows
DELETE FROM kept_forms AS k
WHERE k.tenant_id = @tenant_id AND k.person_id = @person_id AND k.id NOT IN (
  SELECT n.id FROM kept_forms AS n
  WHERE n.tenant_id = @tenant_id AND n.person_id = @person_id
  ORDER BY n.kept_at DESC, n.id DESC LIMIT @most
);
