-- Signed notes of a patient with their text, newest first: for those who may read clinical text.
-- name: ListNotes :many
SELECT n.id, n.author_id, n.event_at, n.signed_at, n.sealed, (n.import_id IS NOT NULL)::boolean AS imported,
  EXISTS (SELECT FROM note_voids AS v WHERE v.tenant_id = @tenant_id AND v.note_id = n.id) AS voided,
  (SELECT count(*) FROM addenda AS a WHERE a.tenant_id = @tenant_id AND a.note_id = n.id)::bigint AS addenda
FROM notes AS n
WHERE n.tenant_id = @tenant_id AND n.patient_id = @patient_id
ORDER BY n.event_at DESC, n.id DESC
LIMIT 50;

-- That a note was written, when and by whom; no clinical text is selected.
-- name: ListNoteHeads :many
SELECT n.id, n.author_id, n.event_at, n.signed_at, (n.import_id IS NOT NULL)::boolean AS imported,
  EXISTS (SELECT FROM note_voids AS v WHERE v.tenant_id = @tenant_id AND v.note_id = n.id) AS voided
FROM notes AS n
WHERE n.tenant_id = @tenant_id AND n.patient_id = @patient_id
ORDER BY n.event_at DESC, n.id DESC
LIMIT 50;

-- name: GetNote :one
SELECT id, patient_id, author_id, event_at, signed_at, sealed, (import_id IS NOT NULL)::boolean AS imported
FROM notes WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertNote :exec
INSERT INTO notes (tenant_id, id, patient_id, visit_id, author_id, event_at, signed_at, sealed, key_version)
VALUES (@tenant_id, @id, @patient_id, sqlc.narg('visit_id'), @author_id, @event_at, @signed_at, @sealed, @key_version);

-- name: ListAddenda :many
SELECT id, author_id, kind, event_at, signed_at, sealed
FROM addenda WHERE tenant_id = @tenant_id AND note_id = @note_id
ORDER BY signed_at, id;

-- name: InsertAddendum :exec
INSERT INTO addenda (tenant_id, id, note_id, patient_id, author_id, kind, event_at, signed_at, sealed, key_version)
VALUES (@tenant_id, @id, @note_id, @patient_id, @author_id, @kind, @event_at, @signed_at, @sealed, @key_version);

-- name: GetNoteVoid :one
SELECT id, sealed, at, by_id FROM note_voids WHERE tenant_id = @tenant_id AND note_id = @note_id
ORDER BY at, id
LIMIT 1;

-- name: InsertNoteVoid :exec
INSERT INTO note_voids (tenant_id, id, note_id, patient_id, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @note_id, @patient_id, @sealed, @key_version, @at, @by_id);
