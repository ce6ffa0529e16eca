-- Whose draft it is, and about whom; no clinical text is selected.
-- name: GetDraftHead :one
SELECT id, patient_id, author_id, version, saved_at FROM drafts WHERE tenant_id = @tenant_id AND id = @id;

-- Who was heard of since an instant at the notes about a patient.
-- name: ListPresences :many
SELECT id, draft_id, person_id, part, since, seen_at FROM presences
WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND seen_at > @after
ORDER BY since, id
LIMIT 20;

-- name: GetPresence :one
SELECT id, draft_id, part, since, seen_at FROM presences WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertPresence :exec
INSERT INTO presences (tenant_id, id, draft_id, patient_id, person_id, part, since, seen_at)
VALUES (@tenant_id, @id, @draft_id, @patient_id, @person_id, @part, @since, @seen_at);

-- name: UpdatePresence :execrows
UPDATE presences SET part = @part, since = @since, seen_at = @seen_at
WHERE tenant_id = @tenant_id AND id = @id AND draft_id = @draft_id;

-- name: DeletePresence :execrows
DELETE FROM presences WHERE tenant_id = @tenant_id AND id = @id AND draft_id = @draft_id;

-- name: DeletePresencesOfDraft :exec
DELETE FROM presences WHERE tenant_id = @tenant_id AND draft_id = @draft_id;

-- Windows that fell silent before an instant.
-- name: DeleteOldPresences :exec
DELETE FROM presences WHERE tenant_id = @tenant_id AND seen_at < @before;

-- That a patient is one of this clinic; nothing else is selected.
-- name: GetPatientHere :one
SELECT id FROM patients WHERE tenant_id = @tenant_id AND id = @id;
