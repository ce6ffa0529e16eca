-- What was asked for of a patient, the newest first, each once for every report of it that stands, or once with none.
-- name: ListLabs :many
SELECT q.id, q.patient_id, q.visit_id, q.note_id, q.state, q.urgent, q.sealed, q.asked_at, q.asked_by,
  r.id AS report_id, r.at AS report_at, r.sealed AS report_sealed, r.recorded_at, r.recorded_by, a.at AS seen_at, a.by_id AS seen_by
FROM lab_requests AS q
LEFT JOIN lab_reports AS r ON r.tenant_id = @tenant_id AND r.request_id = q.id
  AND NOT EXISTS (SELECT FROM lab_reports AS c WHERE c.tenant_id = @tenant_id AND c.corrects_id = r.id)
LEFT JOIN lab_acknowledgements AS a ON a.tenant_id = @tenant_id AND a.id = r.id
WHERE q.tenant_id = @tenant_id AND q.patient_id = @patient_id
ORDER BY q.asked_at DESC, q.id DESC, r.recorded_at, r.id LIMIT 300;

-- When something was asked for of a patient of which nothing came yet; nothing sealed.
-- name: ListLabsAwaited :many
SELECT asked_at FROM lab_requests
WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND state = 'open'
ORDER BY asked_at DESC, id DESC LIMIT 20;

-- name: GetLabRequest :one
SELECT id, patient_id, visit_id, note_id, state, urgent, sealed, asked_at, asked_by
FROM lab_requests WHERE tenant_id = @tenant_id AND id = @id;

-- The same row, held until the transaction ends.
-- name: LockLabRequest :one
SELECT id, patient_id, visit_id, note_id, state, urgent, sealed, asked_at, asked_by
FROM lab_requests WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertLabRequest :exec
INSERT INTO lab_requests (tenant_id, id, patient_id, visit_id, note_id, urgent, sealed, key_version, asked_at, asked_by)
VALUES (@tenant_id, @id, @patient_id, sqlc.narg('visit_id'), sqlc.narg('note_id'), @urgent, @sealed, @key_version, @asked_at, @asked_by);

-- Moves a request the caller holds.
-- name: SetLabState :execrows
UPDATE lab_requests SET state = @state WHERE tenant_id = @tenant_id AND id = @id;

-- name: GetLabCancellation :one
SELECT sealed, at, by_id FROM lab_cancellations WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertLabCancellation :exec
INSERT INTO lab_cancellations (tenant_id, id, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @sealed, @key_version, @at, @by_id);

-- Every report of a request in the order they were written, those that were corrected too, with who read each.
-- name: ListLabReports :many
SELECT r.id, r.request_id, r.patient_id, r.corrects_id, r.at, r.sealed, r.recorded_at, r.recorded_by,
  a.id AS seen_id, a.sealed AS seen_sealed, a.at AS seen_at, a.by_id AS seen_by
FROM lab_reports AS r
LEFT JOIN lab_acknowledgements AS a ON a.tenant_id = @tenant_id AND a.id = r.id
WHERE r.tenant_id = @tenant_id AND r.request_id = @request_id
ORDER BY r.recorded_at, r.id LIMIT 200;

-- Which request a report is of.
-- name: GetLabReport :one
SELECT id, request_id FROM lab_reports WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertLabReport :exec
INSERT INTO lab_reports (tenant_id, id, request_id, patient_id, corrects_id, at, sealed, key_version, recorded_at, recorded_by)
VALUES (@tenant_id, @id, @request_id, @patient_id, sqlc.narg('corrects_id'), @at, @sealed, @key_version, @recorded_at, @recorded_by);

-- name: InsertLabAcknowledgement :exec
INSERT INTO lab_acknowledgements (tenant_id, id, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @sealed, @key_version, @at, @by_id);

-- Requests with a report that nobody has read: those of one person and of whoever is not among those here, or all.
-- The urgent ones first, then the longest waiting.
-- name: ListLabsUnseen :many
SELECT q.id, q.patient_id, q.urgent, q.sealed, q.asked_at, q.asked_by, r.id AS report_id, r.corrects_id, r.at, r.sealed AS report_sealed, r.recorded_at, r.recorded_by,
  p.sealed AS patient_sealed
FROM lab_requests AS q
JOIN lab_reports AS r ON r.tenant_id = @tenant_id AND r.request_id = q.id
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = q.patient_id
WHERE q.tenant_id = @tenant_id AND q.state = 'resulted' AND (@everybody::boolean OR q.asked_by = @asked_by OR NOT q.asked_by = ANY(@here::uuid[]))
  AND NOT EXISTS (SELECT FROM lab_reports AS c WHERE c.tenant_id = @tenant_id AND c.corrects_id = r.id)
  AND NOT EXISTS (SELECT FROM lab_acknowledgements AS a WHERE a.tenant_id = @tenant_id AND a.id = r.id)
ORDER BY q.urgent DESC, q.asked_at, q.id, r.recorded_at, r.id LIMIT 200;

-- How many requests wait to be read by one person.
-- name: CountLabsUnseen :one
SELECT count(*) FROM lab_requests
WHERE tenant_id = @tenant_id AND state = 'resulted' AND (asked_by = @asked_by OR NOT asked_by = ANY(@here::uuid[]));
