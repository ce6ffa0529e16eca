-- The weekly rules that hold on one of some days, of every resource and of the clinic.
-- name: ListHours :many
SELECT id, resource_id, weekday, kind, from_minute, to_minute, valid_from, valid_to
FROM hours WHERE tenant_id = @tenant_id AND valid_from <= @last_day::date AND (valid_to IS NULL OR valid_to >= @first_day::date)
ORDER BY resource_id, weekday, from_minute, id;

-- The rules of one resource, or of the clinic, that hold on a day or later.
-- name: ListHoursOf :many
SELECT id, resource_id, weekday, kind, from_minute, to_minute, valid_from, valid_to
FROM hours WHERE tenant_id = @tenant_id AND resource_id IS NOT DISTINCT FROM sqlc.narg('resource_id')
  AND (valid_to IS NULL OR valid_to >= @first_day::date)
ORDER BY valid_from, weekday, from_minute, id;

-- name: InsertHours :exec
INSERT INTO hours (tenant_id, id, resource_id, weekday, kind, from_minute, to_minute, valid_from)
SELECT @tenant_id, unnest(@ids::uuid[]), sqlc.narg('resource_id')::uuid, unnest(@weekdays::integer[]), unnest(@kinds::text[]),
  unnest(@from_minutes::integer[]), unnest(@to_minutes::integer[]), @valid_from;

-- Rules end the day before others begin to hold; those that would begin later never do.
-- name: EndHours :execrows
UPDATE hours SET valid_to = @last_day::date
WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[]);

-- name: DeleteHours :execrows
DELETE FROM hours WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[]);

-- What is not offered on some days.
-- name: ListBlocks :many
SELECT id, resource_id, kind, day, starts_at, ends_at, sealed, made_at, made_by
FROM blocks WHERE tenant_id = @tenant_id AND day BETWEEN @first_day AND @last_day
ORDER BY starts_at, id;

-- name: GetBlock :one
SELECT id, resource_id, kind, day, starts_at, ends_at, sealed, made_at, made_by
FROM blocks WHERE tenant_id = @tenant_id AND id = @id;

-- One row a day.
-- name: InsertBlocks :exec
INSERT INTO blocks (tenant_id, id, resource_id, kind, day, starts_at, ends_at, sealed, key_version, made_at, made_by)
SELECT @tenant_id, unnest(@ids::uuid[]), sqlc.narg('resource_id')::uuid, @kind, unnest(@days::date[]), unnest(@starts::timestamptz[]),
  unnest(@ends::timestamptz[]), unnest(@sealed::bytea[]), @key_version, @made_at, @made_by;

-- name: DeleteBlock :execrows
DELETE FROM blocks WHERE tenant_id = @tenant_id AND id = @id;
