-- How a clinic runs its day; no row means the defaults.
-- name: GetScheduleSettings :one
SELECT day_from, day_to, wait_mind, wait_long, no_show_grace, overbook_most, version
FROM schedule_settings WHERE tenant_id = @tenant_id;

-- Holds the settings, made with their defaults where there are none.
-- name: LockScheduleSettings :one
INSERT INTO schedule_settings AS s (tenant_id) VALUES (@tenant_id)
ON CONFLICT (tenant_id) DO UPDATE SET day_from = s.day_from
RETURNING s.day_from, s.day_to, s.wait_mind, s.wait_long, s.no_show_grace, s.overbook_most, s.version;

-- name: UpdateScheduleSettings :execrows
UPDATE schedule_settings SET day_from = @day_from, day_to = @day_to, wait_mind = @wait_mind, wait_long = @wait_long,
  no_show_grace = @no_show_grace, overbook_most = @overbook_most, version = version + 1
WHERE tenant_id = @tenant_id AND version = @version;

-- What can be booked, with the sealed name of the person behind it; ended ones only where they are asked for.
-- name: ListResources :many
SELECT r.id, r.kind, r.name, r.person_id, r.room_id, r.position, r.version, r.ended_at, p.sealed AS person_sealed
FROM (
  SELECT y.id, y.kind, y.name, y.person_id, y.room_id, y.position, y.version, y.ended_at FROM resources AS y
  WHERE y.tenant_id = @tenant_id AND (y.ended_at IS NULL OR @ended::boolean) ORDER BY y.id LIMIT 300
) AS r
LEFT JOIN LATERAL (SELECT q.sealed FROM people AS q WHERE q.tenant_id = @tenant_id AND q.id = r.person_id OFFSET 0) AS p ON true
ORDER BY r.ended_at DESC NULLS FIRST, r.position, r.id;

-- The same row, held until the transaction ends, against other changes of it but not against bookings.
-- name: LockResource :one
SELECT id, kind, name, person_id, room_id, position, version, ended_at
FROM resources WHERE tenant_id = @tenant_id AND id = @id FOR NO KEY UPDATE;

-- Holds what is to be booked, in one order for everybody: of two bookings at once the second looks when the first is there.
-- name: LockResources :many
SELECT id, ended_at FROM resources WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[])
ORDER BY id FOR NO KEY UPDATE;

-- name: InsertResource :exec
INSERT INTO resources (tenant_id, id, kind, name, person_id, room_id, position)
VALUES (@tenant_id, @id, @kind, @name, sqlc.narg('person_id'), sqlc.narg('room_id'), @position);

-- name: UpdateResource :execrows
UPDATE resources SET kind = @kind, name = @name, person_id = sqlc.narg('person_id'), room_id = sqlc.narg('room_id'), position = @position,
  version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- Ends a resource, or brings it back.
-- name: EndResource :execrows
UPDATE resources SET ended_at = sqlc.narg('ended_at'), version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- How many appointments to come hold a resource.
-- name: CountResourceAhead :one
SELECT count(*) FROM appointment_slots AS s
JOIN appointments AS a ON a.tenant_id = @tenant_id AND a.id = s.appointment_id
WHERE s.tenant_id = @tenant_id AND s.resource_id = @resource_id AND s.starts_at >= @since AND s.held
  AND a.state IN ('requested', 'booked', 'confirmed');

-- Why somebody comes; ended ones only where they are asked for.
-- name: ListAppointmentTypes :many
SELECT t.id, t.name, t.minutes, t.colour, t.needs, t.needs_room, t.quiet, t.position, t.version, t.ended_at
FROM (
  SELECT y.id, y.name, y.minutes, y.colour, y.needs, y.needs_room, y.quiet, y.position, y.version, y.ended_at FROM appointment_types AS y
  WHERE y.tenant_id = @tenant_id AND (y.ended_at IS NULL OR @ended::boolean) ORDER BY y.id LIMIT 300
) AS t
ORDER BY t.ended_at DESC NULLS FIRST, t.position, t.id;

-- name: GetAppointmentType :one
SELECT id, name, minutes, colour, needs, needs_room, quiet, position, version, ended_at
FROM appointment_types WHERE tenant_id = @tenant_id AND id = @id;

-- name: LockAppointmentType :one
SELECT id, name, minutes, colour, needs, needs_room, quiet, position, version, ended_at
FROM appointment_types WHERE tenant_id = @tenant_id AND id = @id FOR NO KEY UPDATE;

-- name: InsertAppointmentType :exec
INSERT INTO appointment_types (tenant_id, id, name, minutes, colour, needs, needs_room, quiet, position)
VALUES (@tenant_id, @id, @name, @minutes, @colour, @needs, sqlc.narg('needs_room'), @quiet, @position);

-- name: UpdateAppointmentType :execrows
UPDATE appointment_types SET name = @name, minutes = @minutes, colour = @colour, needs = @needs, needs_room = sqlc.narg('needs_room'),
  quiet = @quiet, position = @position, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- Ends a type, or brings it back.
-- name: EndAppointmentType :execrows
UPDATE appointment_types SET ended_at = sqlc.narg('ended_at'), version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- The next free times. A day is given in pieces: minutes of the clinic's clock that run on without a jump, the
-- instant the first of them is, and whether it may be offered, which the hour that clocks leave out may not. A minute of the
-- day stands in one piece, 1440 included. A resource with a rule of its own on a day has no other hours then; any other
-- has the clinic's. Where a room is needed, by kind or as the one that belongs to the resource, the first free one comes
-- along.
-- name: ListFreeTimes :many
WITH piece AS MATERIALIZED (
  SELECT unnest(@days::date[]) AS day, unnest(@from_minutes::integer[]) AS from_minute, unnest(@to_minutes::integer[]) AS to_minute,
    unnest(@piece_starts::timestamptz[]) AS starts_at, unnest(@offered::boolean[]) AS offered
), whole AS MATERIALIZED (
  SELECT p.day, min(p.starts_at) AS starts_at, max(p.starts_at) AS ends_at FROM piece AS p GROUP BY p.day
), every AS MATERIALIZED (
  SELECT r.id, r.kind, r.room_id, r.position FROM resources AS r
  WHERE r.tenant_id = @tenant_id AND r.ended_at IS NULL ORDER BY r.id LIMIT 300
), col AS MATERIALIZED (
  SELECT e.id, o.id AS room_id, e.position FROM every AS e LEFT JOIN every AS o ON o.id = e.room_id
  WHERE e.id = ANY(@resource_ids::uuid[])
), rule AS MATERIALIZED (
  SELECT h.resource_id, h.weekday, h.kind, h.from_minute, h.to_minute, h.valid_from, h.valid_to FROM hours AS h
  WHERE h.tenant_id = @tenant_id AND (h.resource_id IS NULL OR h.resource_id = ANY(ARRAY(SELECT c.id FROM col AS c)))
    AND h.valid_from <= @last_day::date AND (h.valid_to IS NULL OR h.valid_to >= @first_day::date)
), span AS MATERIALIZED (
  SELECT c.id AS resource_id, w.day, h.kind,
    a.starts_at + make_interval(mins => h.from_minute - a.from_minute) AS starts_at, h.from_minute, h.to_minute,
    b.starts_at + make_interval(mins => h.to_minute - b.from_minute) AS ends_at
  FROM col AS c
  CROSS JOIN whole AS w
  JOIN rule AS h ON h.weekday = extract(isodow FROM w.day) AND w.day >= h.valid_from AND (h.valid_to IS NULL OR w.day <= h.valid_to)
    AND (h.resource_id = c.id OR h.resource_id IS NULL AND NOT EXISTS (
      SELECT FROM rule AS o WHERE o.resource_id = c.id AND w.day >= o.valid_from AND (o.valid_to IS NULL OR w.day <= o.valid_to)))
  JOIN piece AS a ON a.day = w.day AND h.from_minute >= a.from_minute AND h.from_minute < a.to_minute
  JOIN piece AS b ON b.day = w.day AND h.to_minute >= b.from_minute AND h.to_minute < b.to_minute
), closed AS MATERIALIZED (
  SELECT k.resource_id, k.starts_at, k.ends_at FROM blocks AS k
  WHERE k.tenant_id = @tenant_id AND k.day BETWEEN @day_before::date AND @last_day::date
), busy AS MATERIALIZED (
  SELECT s.resource_id, w.day, s.starts_at, s.ends_at
  FROM appointment_slots AS s JOIN whole AS w ON s.starts_at < w.ends_at AND s.ends_at > w.starts_at
  WHERE s.tenant_id = @tenant_id AND s.day BETWEEN @day_before::date AND @last_day::date AND s.held
    AND (sqlc.narg('but_id')::uuid IS NULL OR s.appointment_id <> sqlc.narg('but_id')::uuid)
  UNION ALL
  SELECT n.resource_id, n.day, n.starts_at, n.ends_at FROM span AS n WHERE n.kind <> 'work'
  UNION ALL
  SELECT c.id, w.day, k.starts_at, k.ends_at
  FROM closed AS k JOIN whole AS w ON k.starts_at < w.ends_at AND k.ends_at > w.starts_at
  JOIN col AS c ON k.resource_id IS NULL OR k.resource_id = c.id
), grid AS (
  SELECT generate_series(0, 1435, @step::integer) AS minute
), candidate AS MATERIALIZED (
  SELECT DISTINCT n.resource_id, n.day, m.minute, p.starts_at + make_interval(mins => m.minute - p.from_minute) AS starts_at,
    p.starts_at + make_interval(mins => m.minute - p.from_minute + @minutes::integer) AS ends_at
  FROM span AS n
  JOIN grid AS m ON m.minute >= n.from_minute AND m.minute < n.to_minute
  JOIN piece AS p ON p.day = n.day AND m.minute >= p.from_minute AND m.minute < p.to_minute AND p.offered
  WHERE n.kind = 'work' AND m.minute >= @not_before::integer AND m.minute + @minutes::integer <= @not_after::integer
    AND p.starts_at + make_interval(mins => m.minute - p.from_minute) >= @since::timestamptz
    AND p.starts_at + make_interval(mins => m.minute - p.from_minute + @minutes::integer) <= n.ends_at
), free AS (
  SELECT d.resource_id, d.day, d.minute, d.starts_at, d.ends_at, c.room_id, c.position
  FROM candidate AS d JOIN col AS c ON c.id = d.resource_id
  WHERE NOT EXISTS (SELECT FROM busy AS u WHERE u.resource_id = d.resource_id AND u.day = d.day AND u.starts_at < d.ends_at AND u.ends_at > d.starts_at)
  ORDER BY d.starts_at, c.position, d.resource_id
)
SELECT f.resource_id, f.day::date AS day, f.minute::integer AS minute, f.starts_at::timestamptz AS starts_at, f.ends_at::timestamptz AS ends_at, g.id AS room_id
FROM free AS f
LEFT JOIN LATERAL (
  SELECT e.id FROM every AS e
  WHERE CASE WHEN @room_kind::text = '' THEN e.id = f.room_id ELSE e.kind = @room_kind::text END
    AND NOT EXISTS (
      SELECT FROM appointment_slots AS s
      WHERE s.tenant_id = @tenant_id AND s.resource_id = e.id AND s.held AND s.starts_at < f.ends_at AND s.ends_at > f.starts_at
        AND s.starts_at > f.starts_at - make_interval(mins => 1440)
        AND (sqlc.narg('but_id')::uuid IS NULL OR s.appointment_id <> sqlc.narg('but_id')::uuid))
    AND NOT EXISTS (
      SELECT FROM closed AS k WHERE k.resource_id = e.id AND k.starts_at < f.ends_at AND k.ends_at > f.starts_at)
  ORDER BY e.id = f.resource_id DESC, coalesce(e.id = f.room_id, false) DESC, e.position, e.id LIMIT 1
) AS g ON true
WHERE g.id IS NOT NULL OR @room_kind::text = '' AND f.room_id IS NULL
ORDER BY f.starts_at, f.position, f.resource_id LIMIT @most;
