-- A clinic's screens, the newest first.
-- name: ListWallScreens :many
SELECT id, name, made_at, made_by, opened_at, ended_at FROM wall_screens
WHERE tenant_id = @tenant_id
ORDER BY made_at DESC, id DESC LIMIT 100;

-- name: GetWallScreen :one
SELECT id, name, made_at, made_by, opened_at, ended_at FROM wall_screens
WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertWallScreen :execrows
INSERT INTO wall_screens (tenant_id, id, token_hash, name, made_at, made_by)
VALUES (@tenant_id, @id, @token_hash, @name, @made_at, @made_by)
ON CONFLICT (tenant_id, id) DO NOTHING;

-- The screen that a code opens, while it does.
-- name: GetWallScreenToOpen :one
SELECT id, name FROM wall_screens
WHERE tenant_id = @tenant_id AND token_hash = @token_hash AND opened_at IS NULL AND ended_at IS NULL AND made_at > @made_after::timestamptz;

-- The code is used up: in its place stands the token of the browser that used it. Of two at once one does.
-- name: UpdateWallScreenOpened :one
UPDATE wall_screens SET token_hash = @token_hash, opened_at = @opened_at
WHERE tenant_id = @tenant_id AND token_hash = @code_hash AND opened_at IS NULL AND ended_at IS NULL AND made_at > @made_after::timestamptz
RETURNING id;

-- name: UpdateWallScreenEnded :execrows
UPDATE wall_screens SET ended_at = @ended_at WHERE tenant_id = @tenant_id AND id = @id AND ended_at IS NULL;

-- The screen of a token with what a request of it is judged by besides. No row for a token of another clinic,
-- of a screen that was ended, or for a code.
-- name: GetWallScreenOf :one
SELECT w.id, w.name, c.state AS clinic_state, c.epoch AS clinic_epoch
FROM wall_screens AS w
JOIN sec.this_clinic AS c ON c.tenant_id = @tenant_id
WHERE w.tenant_id = @tenant_id AND w.token_hash = @token_hash AND w.opened_at IS NOT NULL AND w.ended_at IS NULL;

-- Who is in the building, as a wall may show it: no client, no reason, no more of the patient than its name.
-- name: ListWall :many
SELECT a.id, a.state, a.state_since, a.arrived_at, a.urgent, a.quiet, t.name AS type_name, r.name AS place,
  p.id AS patient_id, p.species, p.sealed AS patient_sealed
FROM (
  SELECT y.id, y.patient_id, y.type_id, y.place_id, y.state, y.state_since, y.arrived_at, y.urgent, y.quiet FROM appointments AS y
  WHERE y.tenant_id = @tenant_id AND y.state = ANY(@states::text[])
  ORDER BY y.state_since DESC, y.id LIMIT 200
) AS a
JOIN LATERAL (
  SELECT y.id, y.species, y.sealed FROM patients AS y WHERE y.tenant_id = @tenant_id AND y.id = a.patient_id OFFSET 0
) AS p ON true
JOIN appointment_types AS t ON t.tenant_id = @tenant_id AND t.id = a.type_id
LEFT JOIN resources AS r ON r.tenant_id = @tenant_id AND r.id = a.place_id
ORDER BY a.urgent DESC, coalesce(a.arrived_at, a.state_since), a.id;
