-- The standing alerts of a patient and of those who own or pay for it, as its banner shows them.
-- name: ListBannerAlerts :many
SELECT a.id, a.patient_id, a.client_id, a.level, a.topic, a.sealed, a.version, a.made_at, a.made_by, a.updated_at, a.updated_by
FROM alerts AS a
WHERE a.tenant_id = @tenant_id AND a.patient_id = @patient_id AND a.ended_at IS NULL
UNION ALL
SELECT a.id, a.patient_id, a.client_id, a.level, a.topic, a.sealed, a.version, a.made_at, a.made_by, a.updated_at, a.updated_by
FROM ownerships AS o
JOIN alerts AS a ON a.tenant_id = @tenant_id AND a.client_id = o.client_id AND a.ended_at IS NULL
WHERE o.tenant_id = @tenant_id AND o.patient_id = @patient_id AND o.until IS NULL AND o.role IN ('owner', 'payer')
ORDER BY made_at, id;

-- The same for the patient a signed note is about.
-- name: ListBannerAlertsOfNote :many
SELECT a.id, a.patient_id, a.client_id, a.level, a.topic, a.sealed, a.version, a.made_at, a.made_by, a.updated_at, a.updated_by
FROM notes AS n
JOIN alerts AS a ON a.tenant_id = @tenant_id AND a.patient_id = n.patient_id AND a.ended_at IS NULL
WHERE n.tenant_id = @tenant_id AND n.id = @note_id
UNION ALL
SELECT a.id, a.patient_id, a.client_id, a.level, a.topic, a.sealed, a.version, a.made_at, a.made_by, a.updated_at, a.updated_by
FROM notes AS n
JOIN ownerships AS o ON o.tenant_id = @tenant_id AND o.patient_id = n.patient_id AND o.until IS NULL AND o.role IN ('owner', 'payer')
JOIN alerts AS a ON a.tenant_id = @tenant_id AND a.client_id = o.client_id AND a.ended_at IS NULL
WHERE n.tenant_id = @tenant_id AND n.id = @note_id
ORDER BY made_at, id;

-- All alerts there were of one patient, the newest first.
-- name: ListPatientAlerts :many
SELECT id, patient_id, client_id, level, topic, sealed, version, made_at, made_by, updated_at, updated_by, ended_at
FROM alerts WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY made_at DESC, id DESC LIMIT @most;

-- All alerts there were of one client, the newest first.
-- name: ListClientAlerts :many
SELECT id, patient_id, client_id, level, topic, sealed, version, made_at, made_by, updated_at, updated_by, ended_at
FROM alerts WHERE tenant_id = @tenant_id AND client_id = @client_id
ORDER BY made_at DESC, id DESC LIMIT @most;

-- The topics that stand of a patient, for what may not stand together. The caller holds the patient.
-- name: ListStandingTopics :many
SELECT id, topic, version FROM alerts
WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND ended_at IS NULL AND topic <> 'general'
ORDER BY id;

-- name: GetAlert :one
SELECT id, patient_id, client_id, level, topic, sealed, version, made_at, made_by, updated_at, updated_by, ended_at
FROM alerts WHERE tenant_id = @tenant_id AND id = @id;

-- The same row, held until the transaction ends.
-- name: LockAlert :one
SELECT id, patient_id, client_id, level, topic, sealed, version, made_at, made_by, updated_at, updated_by, ended_at
FROM alerts WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertAlert :exec
INSERT INTO alerts (tenant_id, id, patient_id, client_id, level, topic, sealed, key_version, made_at, made_by, updated_at, updated_by)
VALUES (@tenant_id, @id, sqlc.narg('patient_id'), sqlc.narg('client_id'), @level, @topic, @sealed, @key_version, @made_at, @made_by, @made_at, @made_by);

-- Saves an alert that is still at the version the form was made from and stands; 0 rows where it is not.
-- name: UpdateAlert :execrows
UPDATE alerts SET level = @level, topic = @topic, sealed = @sealed, key_version = @key_version, version = version + 1,
  updated_at = @updated_at, updated_by = @updated_by
WHERE tenant_id = @tenant_id AND id = @id AND version = @version AND ended_at IS NULL;

-- name: EndAlert :execrows
UPDATE alerts SET ended_at = @ended_at, version = version + 1, updated_at = @ended_at, updated_by = @ended_by
WHERE tenant_id = @tenant_id AND id = @id AND ended_at IS NULL;
