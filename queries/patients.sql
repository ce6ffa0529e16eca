-- The patients a clinic opened last, newest first, with their owner, read from the record of openings;
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
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.role = 'owner' AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = o.client_id
ORDER BY r.at DESC, p.id DESC, o.since, c.id;

-- One patient with the owner's contact; no clinical text.
-- name: GetPatient :many
SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed,
  p.version, p.created_at, p.updated_at, p.updated_by,
  c.id AS client_id, c.sealed AS client_sealed
FROM patients AS p
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.role = 'owner' AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = o.client_id
WHERE p.tenant_id = @tenant_id AND p.id = @id
ORDER BY o.since, c.id;

-- The same for the patient a signed note is about.
-- name: GetPatientOfNote :many
SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed,
  p.version, p.created_at, p.updated_at, p.updated_by,
  c.id AS client_id, c.sealed AS client_sealed
FROM notes AS n
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = n.patient_id
LEFT JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = p.id AND o.role = 'owner' AND o.until IS NULL
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = o.client_id
WHERE n.tenant_id = @tenant_id AND n.id = @note_id
ORDER BY o.since, c.id;

-- name: LockPatient :one
SELECT id, species, breed, sex, neutered, born_on, born_precision, born_estimated, status, sealed, version, updated_at, updated_by
FROM patients WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- Whether a patient is there, for what is written about one.
-- name: GetPatientID :one
SELECT id FROM patients WHERE tenant_id = @tenant_id AND id = @id;

-- A client's animals.
-- name: ListClientPatients :many
SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed
FROM ownerships AS o
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = o.patient_id
WHERE o.tenant_id = @tenant_id AND o.client_id = @client_id AND o.until IS NULL
ORDER BY p.id;

-- name: InsertPatient :exec
INSERT INTO patients (tenant_id, id, species, breed, sex, neutered, born_on, born_precision, born_estimated,
  sealed, key_version, created_at, updated_at, updated_by)
VALUES (@tenant_id, @id, @species, @breed, @sex, @neutered, sqlc.narg('born_on'), sqlc.narg('born_precision'), @born_estimated,
  @sealed, @key_version, @created_at, @created_at, @updated_by);

-- Many at once, for imports; one array per column.
-- name: InsertPatients :exec
INSERT INTO patients (tenant_id, id, species, breed, sex, neutered, sealed, key_version, created_at, updated_at, updated_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@species::text[]), unnest(@breeds::text[]), 'unknown', 'unknown',
  unnest(@sealed::bytea[]), @key_version::integer, @created_at::timestamptz, @created_at::timestamptz, @updated_by::uuid;

-- Saves a patient that is still at the version the form was made from; 0 rows where it is not.
-- name: UpdatePatient :execrows
UPDATE patients SET species = @species, breed = @breed, sex = @sex, neutered = @neutered,
  born_on = sqlc.narg('born_on'), born_precision = sqlc.narg('born_precision'), born_estimated = @born_estimated,
  sealed = @sealed, key_version = @key_version, version = version + 1, updated_at = @updated_at, updated_by = @updated_by
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: InsertOwnership :exec
INSERT INTO ownerships (tenant_id, id, patient_id, client_id, role, share, may_consent, gets_reminders, since)
VALUES (@tenant_id, @id, @patient_id, @client_id, @role, @share, @may_consent, @gets_reminders, @since);

-- name: ListIdentifiers :many
SELECT id, kind, sealed, recorded_at FROM identifiers
WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY recorded_at, id;

-- name: InsertIdentifiers :exec
INSERT INTO identifiers (tenant_id, id, patient_id, kind, sealed, key_version, recorded_at)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), @kind::text, unnest(@sealed::bytea[]),
  @key_version::integer, @recorded_at::timestamptz;

-- name: CountPatients :one
SELECT count(*) FROM patients WHERE tenant_id = @tenant_id;

-- name: ListSpecies :many
SELECT code, name FROM species ORDER BY rank, code;

-- The other animals of a patient's present owners.
-- name: ListSiblings :many
SELECT DISTINCT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed
FROM ownerships AS mine
JOIN ownerships AS other ON other.tenant_id = @tenant_id AND other.client_id = mine.client_id AND other.until IS NULL
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = other.patient_id
WHERE mine.tenant_id = @tenant_id AND mine.patient_id = @patient_id AND mine.until IS NULL AND p.id <> @patient_id
ORDER BY p.id;
