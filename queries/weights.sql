-- A patient's weighings, the newest first, those entered in error included.
-- name: ListWeights :many
SELECT id, at, grams, entered, unit, source, recorded_at, recorded_by, struck_at, struck_by, (import_id IS NOT NULL)::boolean AS imported
FROM weights WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY at DESC, id DESC LIMIT @most;

-- The last weighing up to an instant that was not entered in error.
-- name: GetWeightBefore :one
SELECT id, at, grams, entered, unit, source, recorded_at, recorded_by
FROM weights WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND at <= @at AND struck_at IS NULL
ORDER BY at DESC, id DESC LIMIT 1;

-- The last weighing of the patient a signed note is about.
-- name: GetWeightOfNote :one
SELECT w.id, w.at, w.grams, w.entered, w.unit, w.source, w.recorded_at, w.recorded_by
FROM notes AS n
JOIN weights AS w ON w.tenant_id = @tenant_id AND w.patient_id = n.patient_id AND w.struck_at IS NULL
WHERE n.tenant_id = @tenant_id AND n.id = @note_id
ORDER BY w.at DESC, w.id DESC LIMIT 1;

-- name: LockWeight :one
SELECT id, patient_id, at, grams, entered, unit, source, recorded_at, recorded_by, struck_at, struck_by
FROM weights WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertWeight :exec
INSERT INTO weights (tenant_id, id, patient_id, at, grams, entered, unit, source, recorded_at, recorded_by)
VALUES (@tenant_id, @id, @patient_id, @at, @grams, @entered, @unit, @source, @recorded_at, @recorded_by);

-- Marks a weighing as entered in error; 0 rows where it is already.
-- name: StrikeWeight :execrows
UPDATE weights SET struck_at = @struck_at, struck_by = @struck_by
WHERE tenant_id = @tenant_id AND id = @id AND struck_at IS NULL;
