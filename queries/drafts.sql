-- The drafts of a patient, of one author with their text: for those who may write notes.
-- name: ListDrafts :many
SELECT d.id, d.visit_id, d.author_id, d.event_at, (CASE WHEN d.author_id = @author_id THEN d.sealed END)::bytea AS sealed, d.version, d.saved_at,
  EXISTS (SELECT FROM draft_sides AS s WHERE s.tenant_id = @tenant_id AND s.draft_id = d.id) AS apart
FROM drafts AS d WHERE d.tenant_id = @tenant_id AND d.patient_id = @patient_id
ORDER BY d.event_at DESC, d.id DESC
LIMIT 20;

-- That drafts of a patient are there, whose, and since when: for those who read notes and write none.
-- name: ListDraftHeads :many
SELECT id, author_id, event_at, saved_at FROM drafts WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY event_at DESC, id DESC
LIMIT 20;

-- name: GetDraft :one
SELECT id, patient_id, visit_id, author_id, event_at, sealed, version, saved_at
FROM drafts WHERE tenant_id = @tenant_id AND id = @id;

-- The open draft of one author about one patient.
-- name: GetAuthorDraft :one
SELECT id, patient_id, visit_id, author_id, event_at, sealed, version, saved_at
FROM drafts WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND author_id = @author_id
ORDER BY event_at, id
LIMIT 1;

-- name: LockDraft :one
SELECT id, patient_id, visit_id, author_id, event_at, sealed, version, saved_at, window_id, window_turn, window_from
FROM drafts WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertDraft :exec
INSERT INTO drafts (tenant_id, id, patient_id, visit_id, author_id, event_at, sealed, key_version, saved_at)
VALUES (@tenant_id, @id, @patient_id, sqlc.narg('visit_id'), @author_id, @event_at, @sealed, @key_version, @saved_at);

-- name: UpdateDraft :execrows
UPDATE drafts SET sealed = @sealed, key_version = @key_version, version = version + 1, saved_at = @saved_at,
  window_id = sqlc.narg('window_id'), window_turn = @window_turn, window_from = @window_from
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: DeleteDraft :execrows
DELETE FROM drafts WHERE tenant_id = @tenant_id AND id = @id;

-- The visit that a patient is in the building for, the latest of several: what is written, given and supplied then is
-- of that visit and on its bill.
-- name: GetVisitUnderWay :one
SELECT id FROM appointments
WHERE tenant_id = @tenant_id AND patient_id = @patient_id
  AND state IN ('arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready')
ORDER BY starts_at DESC, id DESC
LIMIT 1;

-- The drafts of one author that were begun before an instant, the oldest first; nothing sealed.
-- name: ListOldDrafts :many
SELECT id, patient_id, event_at FROM drafts
WHERE tenant_id = @tenant_id AND author_id = @author_id AND event_at < @before
ORDER BY event_at, id
LIMIT 20;
