-- The appointments of a day that stand, all of them or those that are expected and late, with the next that is expected,
-- and whoever is in the building, whenever they came: each row once, and no more of it than the pages of a day show. Animals and
-- people are looked up one by one (OFFSET keeps a table from being read from end to end for them), for they are few whatever the
-- planner knows. Their seats are in ListShownSeats, which takes them by the day.
-- name: ListShownAppointments :many
SELECT a.id, a.patient_id, a.client_id, a.day, a.start_minute, a.minutes, a.starts_at, a.ends_at, a.state, a.state_since, a.last_move_id,
  a.walk_in, a.urgent, a.quiet, a.place_id, a.next_at, a.arrived_at, a.sealed, a.version,
  p.species, p.sealed AS patient_sealed, c.sealed AS client_sealed, t.name AS type_name, t.colour
FROM (
  SELECT x.id, x.patient_id, x.client_id, x.type_id, x.day, x.start_minute, x.minutes, x.starts_at, x.ends_at, x.state, x.state_since,
    x.last_move_id, x.walk_in, x.urgent, x.quiet, x.place_id, x.next_at, x.arrived_at, x.sealed, x.version
  FROM appointments AS x
  WHERE x.tenant_id = @tenant_id AND x.day = @day AND x.state NOT IN ('cancelled', 'moved')
    AND (@whole::boolean OR x.state IN ('booked', 'confirmed') AND x.starts_at < @now)
  UNION ALL
  SELECT y.id, y.patient_id, y.client_id, y.type_id, y.day, y.start_minute, y.minutes, y.starts_at, y.ends_at, y.state, y.state_since,
    y.last_move_id, y.walk_in, y.urgent, y.quiet, y.place_id, y.next_at, y.arrived_at, y.sealed, y.version
  FROM appointments AS y
  WHERE y.tenant_id = @tenant_id AND y.state IN ('arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed')
    AND (NOT @whole OR y.day <> @day)
  UNION ALL
  (SELECT z.id, z.patient_id, z.client_id, z.type_id, z.day, z.start_minute, z.minutes, z.starts_at, z.ends_at, z.state, z.state_since,
    z.last_move_id, z.walk_in, z.urgent, z.quiet, z.place_id, z.next_at, z.arrived_at, z.sealed, z.version
   FROM appointments AS z
   WHERE z.tenant_id = @tenant_id AND z.day = @day AND z.state IN ('booked', 'confirmed') AND z.starts_at >= @now AND NOT @whole
   ORDER BY z.starts_at, z.id LIMIT 1)
) AS a
JOIN LATERAL (
  SELECT y.name, y.colour FROM appointment_types AS y WHERE y.tenant_id = @tenant_id AND y.id = a.type_id OFFSET 0
) AS t ON true
JOIN LATERAL (
  SELECT y.species, y.sealed FROM patients AS y WHERE y.tenant_id = @tenant_id AND y.id = a.patient_id OFFSET 0
) AS p ON true
LEFT JOIN LATERAL (
  SELECT y.sealed FROM clients AS y WHERE y.tenant_id = @tenant_id AND y.id = a.client_id OFFSET 0
) AS c ON true
ORDER BY a.starts_at, a.id;

-- What those whom ListShownAppointments shows take, but for the next that is expected. No seat comes twice: it has the day of
-- its appointment.
-- name: ListShownSeats :many
SELECT s.appointment_id, s.resource_id, s.lane, r.kind
FROM (
  SELECT d.appointment_id, d.resource_id, d.lane FROM appointment_slots AS d
  WHERE d.tenant_id = @tenant_id AND d.day = @day AND @whole::boolean
  UNION ALL
  SELECT o.appointment_id, o.resource_id, o.lane FROM appointment_slots AS o
  WHERE o.tenant_id = @tenant_id AND o.appointment_id = ANY(ARRAY(
    SELECT y.id FROM appointments AS y
    WHERE y.tenant_id = @tenant_id AND y.state IN ('arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed')
      AND (NOT @whole OR y.day <> @day)
    UNION ALL
    SELECT x.id FROM appointments AS x
    WHERE x.tenant_id = @tenant_id AND x.day = @day AND x.state IN ('booked', 'confirmed') AND x.starts_at < @now AND NOT @whole))
) AS s
JOIN resources AS r ON r.tenant_id = @tenant_id AND r.id = s.resource_id;

-- The standing alerts of those whom ListShownAppointments shows, of level stop or mind.
-- name: ListShownAlerts :many
WITH shown AS MATERIALIZED (
  SELECT x.patient_id FROM appointments AS x
  WHERE x.tenant_id = @tenant_id AND x.day = @day AND x.state NOT IN ('cancelled', 'moved')
    AND (@whole::boolean OR x.state IN ('booked', 'confirmed') AND x.starts_at < @now)
  UNION
  SELECT y.patient_id FROM appointments AS y
  WHERE y.tenant_id = @tenant_id AND y.state IN ('arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed')
)
SELECT s.patient_id::uuid AS patient_id, l.id, l.level, l.topic, l.sealed, l.made_at FROM shown AS s
JOIN alerts AS l ON l.tenant_id = @tenant_id AND l.patient_id = s.patient_id AND l.ended_at IS NULL AND l.level IN ('stop', 'mind')
UNION ALL
SELECT s.patient_id::uuid, l.id, l.level, l.topic, l.sealed, l.made_at FROM shown AS s
JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = s.patient_id AND o.until IS NULL AND o.role IN ('owner', 'payer')
JOIN alerts AS l ON l.tenant_id = @tenant_id AND l.client_id = o.client_id AND l.ended_at IS NULL AND l.level IN ('stop', 'mind')
ORDER BY made_at, id;

-- name: GetAppointment :one
SELECT a.id, a.patient_id, a.client_id, a.type_id, a.series_id, a.day, a.start_minute, a.minutes, a.starts_at, a.ends_at, a.state, a.state_since,
  a.last_move_id, a.walk_in, a.urgent, a.quiet, a.asks, a.place_id, a.next_at, a.arrived_at, a.moved_to_id, a.sealed, a.version, a.booked_at, a.booked_by,
  p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed AS patient_sealed, c.sealed AS client_sealed,
  t.name AS type_name, t.minutes AS type_minutes, t.colour, t.needs, t.needs_room, t.quiet AS type_quiet,
  ARRAY(SELECT s.resource_id::text || s.lane::text FROM appointment_slots AS s JOIN resources AS r ON r.tenant_id = @tenant_id AND r.id = s.resource_id
    WHERE s.tenant_id = @tenant_id AND s.appointment_id = a.id
    ORDER BY array_position(ARRAY['vet', 'nurse', 'room', 'theatre'], r.kind), s.resource_id)::text[] AS seats
FROM appointments AS a
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = a.patient_id
JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = a.type_id
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = a.client_id
WHERE a.tenant_id = @tenant_id AND a.id = @id;

-- The appointments of a patient from a day on, or before it, the latest first.
-- name: ListPatientAppointments :many
SELECT a.id, a.patient_id, a.client_id, a.type_id, a.series_id, a.day, a.start_minute, a.minutes, a.starts_at, a.ends_at, a.state, a.state_since,
  a.last_move_id, a.walk_in, a.urgent, a.quiet, a.asks, a.place_id, a.next_at, a.arrived_at, a.moved_to_id, a.sealed, a.version, a.booked_at, a.booked_by,
  p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed AS patient_sealed, c.sealed AS client_sealed,
  t.name AS type_name, t.minutes AS type_minutes, t.colour, t.needs, t.needs_room, t.quiet AS type_quiet,
  ARRAY(SELECT s.resource_id::text || s.lane::text FROM appointment_slots AS s JOIN resources AS r ON r.tenant_id = @tenant_id AND r.id = s.resource_id
    WHERE s.tenant_id = @tenant_id AND s.appointment_id = a.id
    ORDER BY array_position(ARRAY['vet', 'nurse', 'room', 'theatre'], r.kind), s.resource_id)::text[] AS seats
FROM (
  SELECT y.id FROM appointments AS y WHERE y.tenant_id = @tenant_id AND y.patient_id = @patient_id AND y.state <> 'moved'
  ORDER BY y.day DESC, y.id DESC LIMIT @most
) AS x
JOIN appointments AS a ON a.tenant_id = @tenant_id AND a.id = x.id
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = a.patient_id
JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = a.type_id
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = a.client_id
ORDER BY a.starts_at DESC, a.id DESC;

-- What a patient is expected or in the building for, the soonest first; the latest of very many.
-- name: ListPatientAhead :many
SELECT a.id, a.patient_id, a.client_id, a.type_id, a.series_id, a.day, a.start_minute, a.minutes, a.starts_at, a.ends_at, a.state, a.state_since,
  a.last_move_id, a.walk_in, a.urgent, a.quiet, a.asks, a.place_id, a.next_at, a.arrived_at, a.moved_to_id, a.sealed, a.version, a.booked_at, a.booked_by,
  p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed AS patient_sealed, c.sealed AS client_sealed,
  t.name AS type_name, t.minutes AS type_minutes, t.colour, t.needs, t.needs_room, t.quiet AS type_quiet,
  ARRAY(SELECT s.resource_id::text || s.lane::text FROM appointment_slots AS s JOIN resources AS r ON r.tenant_id = @tenant_id AND r.id = s.resource_id
    WHERE s.tenant_id = @tenant_id AND s.appointment_id = a.id
    ORDER BY array_position(ARRAY['vet', 'nurse', 'room', 'theatre'], r.kind), s.resource_id)::text[] AS seats
FROM (
  SELECT y.id FROM appointments AS y WHERE y.tenant_id = @tenant_id AND y.patient_id = @patient_id
    AND y.state IN ('requested', 'booked', 'confirmed', 'arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed')
  ORDER BY y.starts_at DESC, y.id DESC LIMIT @most
) AS x
JOIN appointments AS a ON a.tenant_id = @tenant_id AND a.id = x.id
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = a.patient_id
JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = a.type_id
LEFT JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = a.client_id
ORDER BY a.starts_at, a.id;

-- The appointments a client is expected to, and whose are in the building.
-- name: ListClientAppointments :many
SELECT a.id, a.patient_id, a.client_id, a.type_id, a.series_id, a.day, a.start_minute, a.minutes, a.starts_at, a.ends_at, a.state, a.state_since,
  a.last_move_id, a.walk_in, a.urgent, a.quiet, a.asks, a.place_id, a.next_at, a.arrived_at, a.moved_to_id, a.sealed, a.version, a.booked_at, a.booked_by,
  p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed AS patient_sealed, c.sealed AS client_sealed,
  t.name AS type_name, t.minutes AS type_minutes, t.colour, t.needs, t.needs_room, t.quiet AS type_quiet,
  ARRAY(SELECT s.resource_id::text || s.lane::text FROM appointment_slots AS s JOIN resources AS r ON r.tenant_id = @tenant_id AND r.id = s.resource_id
    WHERE s.tenant_id = @tenant_id AND s.appointment_id = a.id
    ORDER BY array_position(ARRAY['vet', 'nurse', 'room', 'theatre'], r.kind), s.resource_id)::text[] AS seats
FROM appointments AS a
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = a.patient_id
JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = a.type_id
JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = a.client_id
WHERE a.tenant_id = @tenant_id AND a.client_id = @client_id
  AND a.state IN ('requested', 'booked', 'confirmed', 'arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed')
ORDER BY a.starts_at, a.id LIMIT 100;

-- How often a client did not come.
-- name: CountNoShows :one
SELECT count(*) FROM appointments WHERE tenant_id = @tenant_id AND client_id = @client_id AND state = 'no_show';

-- How often whoever an appointment is for did not come, that one included.
-- name: CountNoShowsOf :one
SELECT count(*) FROM appointments AS a
JOIN appointments AS b ON b.tenant_id = @tenant_id AND b.client_id = a.client_id AND b.state = 'no_show'
WHERE a.tenant_id = @tenant_id AND a.id = @appointment_id;

-- The plain row of an appointment, held until the transaction ends.
-- name: LockAppointment :one
SELECT id, patient_id, client_id, type_id, series_id, day, start_minute, minutes, zone, starts_at, ends_at, state, last_move_id, walk_in, urgent, quiet,
  asks, place_id, next_at, arrived_at, sealed, version
FROM appointments WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- Those that are still ahead of a patient, held in the order of their ids.
-- name: LockPatientAhead :many
SELECT id, state, last_move_id FROM appointments
WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND state IN ('requested', 'booked', 'confirmed')
ORDER BY id FOR UPDATE;

-- Those of a series that are still ahead from a day on, held in the order of their ids, which is that of their days.
-- name: LockSeriesAhead :many
SELECT id, day, state, last_move_id, version FROM appointments
WHERE tenant_id = @tenant_id AND series_id = @series_id AND day >= @first_day AND state IN ('requested', 'booked', 'confirmed')
ORDER BY id FOR UPDATE;

-- name: InsertAppointmentSeries :exec
INSERT INTO appointment_series (tenant_id, id, every_weeks, times, first_day, made_at, made_by)
VALUES (@tenant_id, @id, @every_weeks, @times, @first_day, @made_at, @made_by);

-- name: InsertAppointment :exec
INSERT INTO appointments (tenant_id, id, patient_id, client_id, type_id, series_id, day, start_minute, minutes, zone, starts_at, ends_at,
  state, state_since, walk_in, urgent, quiet, asks, arrived_at, sealed, key_version, booked_at, booked_by)
VALUES (@tenant_id, @id, @patient_id, sqlc.narg('client_id'), @type_id, sqlc.narg('series_id'), @day, @start_minute, @minutes, @zone, @starts_at, @ends_at,
  @state, @at, @walk_in, @urgent, @quiet, @asks, sqlc.narg('arrived_at'), @sealed, @key_version, @at, @by_id);

-- The time of an appointment the caller holds.
-- name: UpdateAppointmentTime :execrows
UPDATE appointments SET day = @day, start_minute = @start_minute, minutes = @minutes, zone = @zone, starts_at = @starts_at, ends_at = @ends_at,
  sealed = @sealed, key_version = @key_version, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id;

-- What else may be put right of an appointment the caller holds.
-- name: UpdateAppointmentDetails :execrows
UPDATE appointments SET type_id = @type_id, urgent = @urgent, quiet = @quiet, asks = @asks, place_id = sqlc.narg('place_id'), next_at = sqlc.narg('next_at'),
  sealed = @sealed, key_version = @key_version, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id;

-- Takes what an appointment the caller holds needs of resources that are held too.
-- name: InsertAppointmentSlots :exec
INSERT INTO appointment_slots (tenant_id, appointment_id, resource_id, lane, day, starts_at, ends_at, held)
SELECT @tenant_id, @appointment_id::uuid, unnest(@resource_ids::uuid[]), unnest(@lanes::integer[]), @day, @starts_at, @ends_at, true;

-- name: DeleteAppointmentSlots :execrows
DELETE FROM appointment_slots WHERE tenant_id = @tenant_id AND appointment_id = @appointment_id;

-- Gives free what an appointment that is off holds.
-- name: ReleaseAppointmentSlots :execrows
UPDATE appointment_slots SET held = false WHERE tenant_id = @tenant_id AND appointment_id = @appointment_id AND held;

-- name: ListAppointmentSlots :many
SELECT s.resource_id, s.lane, r.kind FROM appointment_slots AS s
JOIN resources AS r ON r.tenant_id = @tenant_id AND r.id = s.resource_id
WHERE s.tenant_id = @tenant_id AND s.appointment_id = @appointment_id
ORDER BY array_position(ARRAY['vet', 'nurse', 'room', 'theatre'], r.kind), s.resource_id;

-- What overlaps a span at some resources, but for one appointment's own.
-- name: ListOverlaps :many
SELECT s.resource_id, s.lane, s.appointment_id, s.starts_at, s.ends_at FROM appointment_slots AS s
WHERE s.tenant_id = @tenant_id AND s.resource_id = ANY(@resource_ids::uuid[]) AND s.held
  AND s.starts_at < @ends_at AND s.ends_at > @starts_at AND s.starts_at > @since
  AND s.appointment_id <> @but_id
ORDER BY s.starts_at, s.appointment_id, s.resource_id;

-- How much of each resource is booked on each of some days.
-- name: ListLoads :many
SELECT s.resource_id, s.day, count(*)::integer AS appointments, (sum(extract(epoch FROM s.ends_at - s.starts_at)) / 60)::integer AS minutes,
  (sum(greatest(extract(epoch FROM s.ends_at - greatest(s.starts_at, @now::timestamptz)), 0)) / 60)::integer AS ahead
FROM appointment_slots AS s
WHERE s.tenant_id = @tenant_id AND s.day BETWEEN @first_day AND @last_day AND s.held
GROUP BY s.resource_id, s.day ORDER BY s.day, s.resource_id;

-- Appointments that are still ahead, some of them, for computing their instants anew; held.
-- name: LockAhead :many
SELECT id, day, start_minute, minutes, zone, starts_at, ends_at FROM appointments
WHERE tenant_id = @tenant_id AND state IN ('requested', 'booked', 'confirmed') AND day >= @first_day AND id > @after
ORDER BY id LIMIT @most FOR UPDATE;

-- The same without holding them, to see whether the rules of the zone are those they were made by.
-- name: ListAhead :many
SELECT id, day, start_minute, zone, starts_at FROM appointments
WHERE tenant_id = @tenant_id AND state IN ('requested', 'booked', 'confirmed') AND day >= @first_day AND id > @after
ORDER BY id LIMIT @most;

-- The instants of many, one array per column, of rows the caller holds.
-- name: UpdateAppointmentInstants :execrows
UPDATE appointments AS a SET zone = @zone, starts_at = n.starts_at, ends_at = n.ends_at, version = a.version + 1
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@starts::timestamptz[]) AS starts_at, unnest(@ends::timestamptz[]) AS ends_at) AS n
WHERE a.tenant_id = @tenant_id AND a.id = n.id;

-- What many hold, for taking it again at other instants.
-- name: ListSlotsOf :many
SELECT appointment_id, resource_id, lane, day, held FROM appointment_slots
WHERE tenant_id = @tenant_id AND appointment_id = ANY(@ids::uuid[])
ORDER BY appointment_id, resource_id;

-- name: DeleteSlotsOf :execrows
DELETE FROM appointment_slots WHERE tenant_id = @tenant_id AND appointment_id = ANY(@ids::uuid[]);

-- Takes what many hold again, one array per column, of resources that are held.
-- name: InsertSlotsOf :exec
INSERT INTO appointment_slots (tenant_id, appointment_id, resource_id, lane, day, starts_at, ends_at, held)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@resource_ids::uuid[]), unnest(@lanes::integer[]), unnest(@days::date[]),
  unnest(@starts::timestamptz[]), unnest(@ends::timestamptz[]), true;
