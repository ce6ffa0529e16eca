-- Who would come sooner or on another day, the longest waiting first.
-- name: ListWaiting :many
SELECT w.id, w.patient_id, w.client_id, w.type_id, w.resource_id, w.first_day, w.last_day, w.from_minute, w.to_minute, w.sealed, w.added_at, w.added_by,
  p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.sealed AS patient_sealed, c.sealed AS client_sealed,
  t.name AS type_name, t.minutes, t.needs, t.needs_room
FROM (
  SELECT y.id, y.patient_id, y.client_id, y.type_id, y.resource_id, y.first_day, y.last_day, y.from_minute, y.to_minute, y.sealed, y.added_at, y.added_by
  FROM waitlist AS y WHERE y.tenant_id = @tenant_id AND y.ended_at IS NULL ORDER BY y.ended_at, y.added_at, y.id LIMIT 100
) AS w
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = w.patient_id
JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = w.type_id
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = w.client_id
ORDER BY w.added_at, w.id;

-- name: LockWaiting :one
SELECT id, patient_id, ended_at, ended_as FROM waitlist WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: ListPatientWaiting :many
SELECT id FROM waitlist WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND ended_at IS NULL ORDER BY id;

-- name: InsertWaiting :exec
INSERT INTO waitlist (tenant_id, id, patient_id, client_id, type_id, resource_id, first_day, last_day, from_minute, to_minute, sealed, key_version, added_at, added_by)
VALUES (@tenant_id, @id, @patient_id, sqlc.narg('client_id'), @type_id, sqlc.narg('resource_id'), @first_day, sqlc.narg('last_day'), @from_minute, @to_minute,
  @sealed, @key_version, @added_at, @added_by);

-- name: EndWaiting :execrows
UPDATE waitlist SET ended_at = @at::timestamptz, ended_as = @ended_as::text WHERE tenant_id = @tenant_id AND id = @id AND ended_at IS NULL;
