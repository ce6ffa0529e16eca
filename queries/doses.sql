-- The doses of a patient, the newest first, with what voided them.
-- name: ListDoses :many
SELECT d.id, d.patient_id, d.product_id, d.visit_id, d.charge_id, d.historical, d.booster, d.protects, d.months, d.first_doses, d.first_weeks,
  d.first_months, d.given_on, d.giver_id, d.vet_id, d.sealed, d.recorded_at, d.recorded_by, (d.import_id IS NOT NULL)::boolean AS imported,
  x.id AS void_id, x.sealed AS void_sealed, x.at AS void_at, x.by_id AS void_by
FROM doses AS d
LEFT JOIN dose_voids AS x ON x.tenant_id = @tenant_id AND x.id = d.id
WHERE d.tenant_id = @tenant_id AND d.patient_id = @patient_id
ORDER BY d.given_on DESC, d.id DESC LIMIT 500;

-- What due days are computed from, and no more: nothing sealed, and no dose that is void.
-- name: ListDoseHeads :many
SELECT d.id, d.historical, d.booster, d.protects, d.months, d.first_doses, d.first_weeks, d.first_months, d.given_on
FROM doses AS d
WHERE d.tenant_id = @tenant_id AND d.patient_id = @patient_id
  AND NOT EXISTS (SELECT FROM dose_voids AS x WHERE x.tenant_id = @tenant_id AND x.id = d.id)
ORDER BY d.given_on DESC, d.id DESC LIMIT 500;

-- name: GetDose :one
SELECT d.id, d.patient_id, d.product_id, d.visit_id, d.charge_id, d.historical, d.booster, d.protects, d.months, d.first_doses, d.first_weeks,
  d.first_months, d.given_on, d.giver_id, d.vet_id, d.sealed, d.recorded_at, d.recorded_by, (d.import_id IS NOT NULL)::boolean AS imported,
  x.id AS void_id, x.sealed AS void_sealed, x.at AS void_at, x.by_id AS void_by
FROM doses AS d
LEFT JOIN dose_voids AS x ON x.tenant_id = @tenant_id AND x.id = d.id
WHERE d.tenant_id = @tenant_id AND d.id = @id;

-- name: InsertDose :exec
INSERT INTO doses (tenant_id, id, patient_id, product_id, visit_id, charge_id, historical, booster, protects, months, first_doses, first_weeks,
  first_months, given_on, giver_id, vet_id, sealed, key_version, recorded_at, recorded_by)
VALUES (@tenant_id, @id, @patient_id, sqlc.narg('product_id'), sqlc.narg('visit_id'), sqlc.narg('charge_id'), @historical, @booster, @protects, @months,
  @first_doses, @first_weeks, @first_months, @given_on, sqlc.narg('giver_id'), sqlc.narg('vet_id'), @sealed, @key_version, @recorded_at, @recorded_by);

-- name: InsertDoseVoid :exec
INSERT INTO dose_voids (tenant_id, id, patient_id, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @patient_id, @sealed, @key_version, @at, @by_id);

-- The due days of a patient that were set by hand, the newest of each disease, without their reasons.
-- name: ListDueDates :many
SELECT DISTINCT ON (protects) id, protects, after_id, due_on, at, by_id FROM due_dates
WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY protects, at DESC, id DESC;

-- The same with their reasons.
-- name: ListDueReasons :many
SELECT DISTINCT ON (protects) id, sealed FROM due_dates
WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY protects, at DESC, id DESC;

-- name: InsertDueDate :exec
INSERT INTO due_dates (tenant_id, id, patient_id, protects, after_id, due_on, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @patient_id, @protects, sqlc.narg('after_id'), sqlc.narg('due_on'), @sealed, @key_version, @at, @by_id);
