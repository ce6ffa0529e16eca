-- The moves there are, the same for every clinic.
-- name: ListVisitStateMoves :many
SELECT from_state, to_state, needs FROM visit_state_moves ORDER BY from_state, to_state;

-- The right that a move takes; no row for one that is not allowed.
-- name: GetVisitStateMove :one
SELECT needs FROM visit_state_moves WHERE from_state = @from_state AND to_state = @to_state;

-- name: InsertAppointmentMove :exec
INSERT INTO appointment_moves (tenant_id, id, appointment_id, from_state, to_state, by_whom, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @appointment_id, @from_state, @to_state, sqlc.narg('by_whom'), @sealed, @key_version, @at, @by_id);

-- Puts an appointment the caller holds into the state its last move led to.
-- name: UpdateAppointmentState :execrows
UPDATE appointments SET state = @state, last_move_id = @last_move_id, state_since = @at, version = version + 1,
  arrived_at = CASE WHEN @state = 'arrived' THEN coalesce(arrived_at, @at) WHEN @state IN ('requested', 'booked', 'confirmed') THEN NULL ELSE arrived_at END,
  place_id = CASE WHEN @state IN ('arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed') THEN place_id END,
  next_at = CASE WHEN @state IN ('in_treatment', 'admitted') THEN next_at END,
  moved_to_id = sqlc.narg('moved_to_id')
WHERE tenant_id = @tenant_id AND id = @id;

-- The moves of an appointment, the oldest first.
-- name: ListAppointmentMoves :many
SELECT id, from_state, to_state, by_whom, sealed, at, by_id
FROM appointment_moves WHERE tenant_id = @tenant_id AND appointment_id = @appointment_id
ORDER BY at, id;

-- name: GetAppointmentMove :one
SELECT id, from_state, to_state FROM appointment_moves
WHERE tenant_id = @tenant_id AND id = @id;

-- The standing alerts of a visit's patient and of those who own or pay for it, as its banner shows them.
-- name: ListVisitAlerts :many
SELECT l.id, l.patient_id, l.client_id, l.level, l.topic, l.sealed, l.version, l.made_at, l.made_by, l.updated_at, l.updated_by
FROM appointments AS a
JOIN alerts AS l ON l.tenant_id = @tenant_id AND l.patient_id = a.patient_id AND l.ended_at IS NULL
WHERE a.tenant_id = @tenant_id AND a.id = @appointment_id
UNION ALL
SELECT l.id, l.patient_id, l.client_id, l.level, l.topic, l.sealed, l.version, l.made_at, l.made_by, l.updated_at, l.updated_by
FROM appointments AS a
JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = a.patient_id AND o.until IS NULL AND o.role IN ('owner', 'payer')
JOIN alerts AS l ON l.tenant_id = @tenant_id AND l.client_id = o.client_id AND l.ended_at IS NULL
WHERE a.tenant_id = @tenant_id AND a.id = @appointment_id
ORDER BY made_at, id;

-- The last weighing of a visit's patient that stands, and the version of its client.
-- name: GetVisitWeight :one
SELECT w.id, w.at, w.grams, w.entered, w.unit, w.source, w.recorded_at, w.recorded_by
FROM appointments AS a
JOIN weights AS w ON w.tenant_id = @tenant_id AND w.patient_id = a.patient_id AND w.struck_at IS NULL
WHERE a.tenant_id = @tenant_id AND a.id = @appointment_id
ORDER BY w.at DESC, w.id DESC LIMIT 1;

-- name: GetVisitClientVersion :one
SELECT c.version FROM appointments AS a
JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = a.client_id
WHERE a.tenant_id = @tenant_id AND a.id = @appointment_id;

-- name: ListAlertNotices :many
SELECT alert_id, at, by_id FROM alert_notices
WHERE tenant_id = @tenant_id AND appointment_id = @appointment_id ORDER BY alert_id;

-- Notices of alerts that stand on this visit; those of any other are left out, those taken already too.
-- name: InsertAlertNotices :execrows
INSERT INTO alert_notices (tenant_id, appointment_id, alert_id, at, by_id)
SELECT @tenant_id, a.id, l.id, @at, @by_id
FROM appointments AS a
JOIN alerts AS l ON l.tenant_id = @tenant_id AND l.id = ANY(@alert_ids::uuid[]) AND l.ended_at IS NULL
  AND (l.patient_id = a.patient_id OR EXISTS (
    SELECT FROM ownerships AS o WHERE o.tenant_id = @tenant_id AND o.patient_id = a.patient_id AND o.client_id = l.client_id
      AND o.until IS NULL AND o.role IN ('owner', 'payer')))
WHERE a.tenant_id = @tenant_id AND a.id = @appointment_id
ON CONFLICT (tenant_id, appointment_id, alert_id) DO NOTHING;

-- Who comes with a patient, held against a change of the one or the other: clients before patients.
-- name: HoldClient :one
SELECT id FROM clients WHERE tenant_id = @tenant_id AND id = @id FOR KEY SHARE;
