-- The state of a patient, held until the transaction ends.
-- name: LockPatientState :one
SELECT id, status, last_move_id, born_on FROM patients WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertPatientMove :exec
INSERT INTO patient_moves (tenant_id, id, patient_id, from_state, to_state, on_day, manner, remains, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @patient_id, @from_state, @to_state, sqlc.narg('on_day'), sqlc.narg('manner'), sqlc.narg('remains'),
  @sealed, @key_version, @at, @by_id);

-- Puts a patient the caller holds into the state its last move led to.
-- name: UpdatePatientState :execrows
UPDATE patients SET status = @status, last_move_id = @last_move_id
WHERE tenant_id = @tenant_id AND id = @id;

-- The moves of a patient, the newest first.
-- name: ListPatientMoves :many
SELECT id, from_state, to_state, on_day, manner, remains, sealed, at, by_id
FROM patient_moves WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY at DESC, id DESC LIMIT @most;
