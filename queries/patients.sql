-- The patients a clinic opened last, newest first, with their present clients, read from the record of openings;
-- filled up with the newest in the registry, whose opened_at is 1970.
-- name: ListRecentPatients :many
SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed,
  c.id AS client_id, c.sealed AS client_sealed, r.at::timestamptz AS opened_at
FROM (
  SELECT y.id, max(y.at) AS at FROM (
    (SELECT l.object_id AS id, l.at FROM audit.leaf AS l
     WHERE l.tenant_id = @tenant_id AND l.object = 'patient' AND l.action = 'opened'
     ORDER BY l.at DESC, l.id DESC LIMIT 500)
    UNION ALL
    (SELECT q.id, to_timestamp(0) FROM patients AS q WHERE q.tenant_id = @tenant_id ORDER BY q.id DESC LIMIT 50)
  ) AS y GROUP BY y.id ORDER BY max(y.at) DESC, y.id DESC LIMIT 50
) AS r
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = r.id
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = o.client_id
ORDER BY r.at DESC, p.id DESC, CASE o.role WHEN 'owner' THEN 1 WHEN 'payer' THEN 2 WHEN 'carer' THEN 3 ELSE 4 END, o.since, c.id;

-- One patient with its present clients, owners first, then payers, carers and trainers, as in every list, and
-- the first chip it wears; no clinical text.
-- name: GetPatient :many
SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed,
  p.version, p.owners_version, p.created_at, p.updated_at, p.updated_by, m.on_day AS moved_on,
  c.id AS client_id, c.sealed AS client_sealed, o.role, o.share, o.may_consent, o.gets_reminders, o.since,
  chip.id AS chip_id, chip.sealed AS chip_sealed
FROM patients AS p
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = o.client_id
LEFT JOIN patient_moves AS m ON m.tenant_id = @tenant_id AND m.id = p.last_move_id
LEFT JOIN LATERAL (
  SELECT i.id, i.sealed FROM identifiers AS i
  WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id AND i.kind = 'chip' AND i.ended_at IS NULL
  ORDER BY i.recorded_at, i.id LIMIT 1
) AS chip ON true
WHERE p.tenant_id = @tenant_id AND p.id = @id
ORDER BY CASE o.role WHEN 'owner' THEN 1 WHEN 'payer' THEN 2 WHEN 'carer' THEN 3 ELSE 4 END, o.since, c.id;

-- The same for the patient a signed note is about.
-- name: GetPatientOfNote :many
SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed,
  p.version, p.owners_version, p.created_at, p.updated_at, p.updated_by, m.on_day AS moved_on,
  c.id AS client_id, c.sealed AS client_sealed, o.role, o.share, o.may_consent, o.gets_reminders, o.since,
  chip.id AS chip_id, chip.sealed AS chip_sealed
FROM notes AS n
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = n.patient_id
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = o.client_id
LEFT JOIN patient_moves AS m ON m.tenant_id = @tenant_id AND m.id = p.last_move_id
LEFT JOIN LATERAL (
  SELECT i.id, i.sealed FROM identifiers AS i
  WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id AND i.kind = 'chip' AND i.ended_at IS NULL
  ORDER BY i.recorded_at, i.id LIMIT 1
) AS chip ON true
WHERE n.tenant_id = @tenant_id AND n.id = @note_id
ORDER BY CASE o.role WHEN 'owner' THEN 1 WHEN 'payer' THEN 2 WHEN 'carer' THEN 3 ELSE 4 END, o.since, c.id;

-- name: LockPatient :one
SELECT id, species, breed, sex, neutered, born_on, born_precision, born_estimated, status, sealed, version, owners_version, updated_at, updated_by
FROM patients WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- Whether a patient is there, for what is written about one.
-- name: GetPatientID :one
SELECT id FROM patients WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertPatient :exec
INSERT INTO patients (tenant_id, id, species, breed, sex, neutered, born_on, born_precision, born_estimated,
  sealed, key_version, created_at, updated_at, updated_by)
VALUES (@tenant_id, @id, @species, @breed, @sex, @neutered, sqlc.narg('born_on'), sqlc.narg('born_precision'), @born_estimated,
  @sealed, @key_version, @created_at, @created_at, @updated_by);

-- Saves a patient that is still at the version the form was made from; 0 rows where it is not.
-- name: UpdatePatient :execrows
UPDATE patients SET species = @species, breed = @breed, sex = @sex, neutered = @neutered,
  born_on = sqlc.narg('born_on'), born_precision = sqlc.narg('born_precision'), born_estimated = @born_estimated,
  sealed = @sealed, key_version = @key_version, version = version + 1, updated_at = @updated_at, updated_by = @updated_by
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: CountPatients :one
SELECT count(*) FROM patients WHERE tenant_id = @tenant_id;

-- What the patients of these ids are called.
-- name: ListPatientsCalled :many
SELECT id, sealed FROM patients WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[])
ORDER BY id;

-- name: ListSpecies :many
SELECT code, name FROM species ORDER BY rank, code;

-- The other animals of a patient's present owners and payers; those of a stable or a trainer may be hundreds.
-- name: ListSiblings :many
SELECT DISTINCT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed
FROM ownerships AS mine
JOIN ownerships AS other ON other.tenant_id = @tenant_id AND other.client_id = mine.client_id AND other.until IS NULL
  AND other.role IN ('owner', 'payer')
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = other.patient_id
WHERE mine.tenant_id = @tenant_id AND mine.patient_id = @patient_id AND mine.until IS NULL
  AND mine.role IN ('owner', 'payer') AND p.id <> @patient_id
ORDER BY p.id;
