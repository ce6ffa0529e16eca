-- The drafts of a patient with their text: for those who may read clinical text.
-- name: ListDrafts :many
SELECT id, author_id, event_at, sealed, version, saved_at
FROM drafts WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY event_at DESC, id DESC
LIMIT 20;

-- name: GetDraft :one
SELECT id, patient_id, author_id, event_at, sealed, version, saved_at
FROM drafts WHERE tenant_id = @tenant_id AND id = @id;

-- The open draft of one author about one patient.
-- name: GetAuthorDraft :one
SELECT id, patient_id, author_id, event_at, sealed, version, saved_at
FROM drafts WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND author_id = @author_id
ORDER BY event_at, id
LIMIT 1;

-- name: LockDraft :one
SELECT id, patient_id, visit_id, author_id, event_at, sealed, version, saved_at
FROM drafts WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertDraft :exec
INSERT INTO drafts (tenant_id, id, patient_id, author_id, event_at, sealed, key_version, saved_at)
VALUES (@tenant_id, @id, @patient_id, @author_id, @event_at, @sealed, @key_version, @saved_at);

-- name: UpdateDraft :execrows
UPDATE drafts SET sealed = @sealed, key_version = @key_version, version = version + 1, saved_at = @saved_at
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: DeleteDraft :execrows
DELETE FROM drafts WHERE tenant_id = @tenant_id AND id = @id;
