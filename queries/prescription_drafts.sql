-- The prescriptions of a patient that are not signed, the newest first.
-- name: ListPrescriptionDrafts :many
SELECT p.id, p.patient_id, p.drug_id, p.sealed, p.version, p.made_at, p.made_by, p.saved_at, p.saved_by, d.name
FROM prescription_drafts AS p
JOIN drugs AS d ON d.tenant_id = @tenant_id AND d.id = p.drug_id
WHERE p.tenant_id = @tenant_id AND p.patient_id = @patient_id ORDER BY p.made_at DESC, p.id DESC;

-- name: GetPrescriptionDraft :one
SELECT id, patient_id, drug_id, sealed, version, made_at, made_by, saved_at, saved_by FROM prescription_drafts
WHERE tenant_id = @tenant_id AND id = @id;

-- The same row, held until the transaction ends.
-- name: LockPrescriptionDraft :one
SELECT id, patient_id, drug_id, sealed, version, made_at, made_by, saved_at, saved_by FROM prescription_drafts
WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertPrescriptionDraft :exec
INSERT INTO prescription_drafts (tenant_id, id, patient_id, drug_id, sealed, key_version, made_at, made_by, saved_at, saved_by)
VALUES (@tenant_id, @id, @patient_id, @drug_id, @sealed, @key_version, @made_at, @made_by, @made_at, @made_by);

-- name: UpdatePrescriptionDraft :execrows
UPDATE prescription_drafts SET drug_id = @drug_id, sealed = @sealed, key_version = @key_version, version = version + 1,
  saved_at = @saved_at, saved_by = @saved_by
WHERE tenant_id = @tenant_id AND id = @id;

-- The patient of a prescription that was prepared, as it was recorded: of one that is gone as well.
-- name: GetPreparedPatient :one
SELECT (ids[1])::uuid AS patient_id FROM audit.leaf
WHERE tenant_id = @tenant_id AND object_id = @object_id AND object = 'prescription-draft' AND action = 'created' AND outcome = 'done'
ORDER BY at, id LIMIT 1;

-- name: DeletePrescriptionDraft :execrows
DELETE FROM prescription_drafts WHERE tenant_id = @tenant_id AND id = @id;
