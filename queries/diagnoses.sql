-- name: InsertDraftDiagnosis :exec
INSERT INTO draft_diagnoses (tenant_id, id, draft_id, certainty, lasting, sealed, key_version, at)
VALUES (@tenant_id, @id, @draft_id, @certainty, @lasting, @sealed, @key_version, @at);

-- name: ListDraftDiagnoses :many
SELECT id, certainty, lasting, sealed, at FROM draft_diagnoses
WHERE tenant_id = @tenant_id AND draft_id = @draft_id
ORDER BY at, id
LIMIT 100;

-- name: DeleteDraftDiagnosis :execrows
DELETE FROM draft_diagnoses WHERE tenant_id = @tenant_id AND draft_id = @draft_id AND id = @id;

-- name: DeleteDraftDiagnoses :exec
DELETE FROM draft_diagnoses WHERE tenant_id = @tenant_id AND draft_id = @draft_id;

-- name: InsertDiagnosis :exec
INSERT INTO diagnoses (tenant_id, id, note_id, patient_id, problem_id, certainty, sealed, key_version, at)
VALUES (@tenant_id, @id, @note_id, @patient_id, sqlc.narg('problem_id'), @certainty, @sealed, @key_version, @at);

-- What was diagnosed in a signed note; for those who may read clinical text.
-- name: ListDiagnoses :many
SELECT id, problem_id, certainty, sealed, at FROM diagnoses
WHERE tenant_id = @tenant_id AND note_id = @note_id
ORDER BY at, id
LIMIT 100;

-- What was diagnosed of a problem over all its notes, the newest first.
-- name: ListDiagnosesOfProblem :many
SELECT d.id, d.note_id, d.certainty, d.sealed, d.at, n.event_at, n.author_id,
  EXISTS (SELECT FROM note_voids AS v WHERE v.tenant_id = @tenant_id AND v.note_id = d.note_id) AS voided
FROM diagnoses AS d
JOIN notes AS n ON n.tenant_id = @tenant_id AND n.id = d.note_id
WHERE d.tenant_id = @tenant_id AND d.problem_id = @problem_id
ORDER BY n.event_at DESC, d.id DESC
LIMIT 200;
