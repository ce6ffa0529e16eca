-- name: InsertEstimate :exec
INSERT INTO estimates (tenant_id, id, patient_id, client_id, visit_id, version, replaces_id, low, high, currency, sealed, key_version, made_at, made_by)
VALUES (@tenant_id, @id, @patient_id, @client_id, @visit_id, @version, @replaces_id, @low, @high, @currency, @sealed, @key_version, @made_at, @made_by);

-- An estimate, and whether a later one stands for the same work.
-- name: GetEstimate :one
SELECT e.id, e.patient_id, e.client_id, e.visit_id, e.version, e.replaces_id, e.low, e.high, e.currency, e.sealed, e.made_at, e.made_by,
  EXISTS (SELECT FROM estimates AS n WHERE n.tenant_id = @tenant_id AND n.replaces_id = e.id) AS replaced
FROM estimates AS e WHERE e.tenant_id = @tenant_id AND e.id = @id;

-- The estimates for an animal, the newest first.
-- name: ListPatientEstimates :many
SELECT e.id, e.patient_id, e.client_id, e.visit_id, e.version, e.replaces_id, e.low, e.high, e.currency, e.sealed, e.made_at, e.made_by,
  EXISTS (SELECT FROM estimates AS n WHERE n.tenant_id = @tenant_id AND n.replaces_id = e.id) AS replaced
FROM estimates AS e WHERE e.tenant_id = @tenant_id AND e.patient_id = @patient_id
ORDER BY e.made_at DESC, e.id DESC LIMIT 50;

-- The estimates for a visit that no later one replaces, the newest first.
-- name: ListVisitEstimates :many
SELECT e.id, e.patient_id, e.client_id, e.visit_id, e.version, e.replaces_id, e.low, e.high, e.currency, e.sealed, e.made_at, e.made_by,
  EXISTS (SELECT FROM estimates AS n WHERE n.tenant_id = @tenant_id AND n.replaces_id = e.id) AS replaced
FROM estimates AS e WHERE e.tenant_id = @tenant_id AND e.visit_id = @visit_id
  AND NOT EXISTS (SELECT FROM estimates AS n WHERE n.tenant_id = @tenant_id AND n.replaces_id = e.id)
ORDER BY e.made_at DESC, e.id DESC LIMIT 10;
