-- The range an animal's weight should be in, as it was last set.
-- name: GetWeightTarget :many
SELECT id, sealed, at, by_id FROM weight_targets
WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY at DESC, id DESC LIMIT 1;

-- name: InsertWeightTarget :exec
INSERT INTO weight_targets (tenant_id, id, patient_id, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @patient_id, @sealed, @key_version, @at, @by_id);
