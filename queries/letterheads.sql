-- What heads the documents of the clinic now.
-- name: GetLetterhead :one
SELECT id, version, sealed, made_by FROM letterheads WHERE tenant_id = @tenant_id ORDER BY version DESC LIMIT 1;

-- name: InsertLetterhead :exec
INSERT INTO letterheads (tenant_id, id, version, sealed, key_version, made_at, made_by)
VALUES (@tenant_id, @id, @version, @sealed, @key_version, @made_at, @made_by);
