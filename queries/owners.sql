-- A client's animals, each once with the link that holds now, else the one that ended last.
-- name: ListClientPatients :many
SELECT DISTINCT ON (p.id) p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.status, p.sealed,
  o.role, o.share, o.until
FROM ownerships AS o
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = o.patient_id
WHERE o.tenant_id = @tenant_id AND o.client_id = @client_id
ORDER BY p.id, o.until DESC NULLS FIRST, o.since DESC, o.id;

-- The animals whose tokens hold a client's name.
-- name: ListLinkedPatients :many
SELECT DISTINCT patient_id FROM ownerships
WHERE tenant_id = @tenant_id AND client_id = @client_id AND until IS NULL
ORDER BY patient_id;

-- The links of a patient that have ended, the latest first.
-- name: ListPastOwners :many
SELECT o.id, o.client_id, o.role, o.since, o.until, c.sealed AS client_sealed
FROM ownerships AS o
JOIN clients AS c ON c.tenant_id = @tenant_id AND c.id = o.client_id
WHERE o.tenant_id = @tenant_id AND o.patient_id = @patient_id AND o.until IS NOT NULL
ORDER BY o.until DESC, o.id DESC LIMIT 50;

-- Whose clients those are that somebody asked for.
-- name: ListClientsAmong :many
SELECT id, sealed FROM clients WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[])
ORDER BY id;

-- name: InsertOwnership :exec
INSERT INTO ownerships (tenant_id, id, patient_id, client_id, role, share, may_consent, gets_reminders, since)
VALUES (@tenant_id, @id, @patient_id, @client_id, @role, @share, @may_consent, @gets_reminders, @since);

-- What of a link may change while it lasts; another role is another link.
-- name: UpdateOwnership :execrows
UPDATE ownerships SET share = @share, may_consent = @may_consent, gets_reminders = @gets_reminders
WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND client_id = @client_id AND role = @role AND until IS NULL;

-- name: EndOwnership :execrows
UPDATE ownerships SET until = @until
WHERE tenant_id = @tenant_id AND patient_id = @patient_id AND client_id = @client_id AND role = @role AND ownerships.until IS NULL;

-- Says that the links of a patient are others now; 0 rows where they were already.
-- name: UpdateOwnersVersion :execrows
UPDATE patients SET owners_version = owners_version + 1
WHERE tenant_id = @tenant_id AND id = @id AND owners_version = @version;

-- Who changed an object last, and when.
-- name: GetLastChange :one
SELECT at, actor_id FROM changes
WHERE tenant_id = @tenant_id AND object_id = @object_id
ORDER BY at DESC, id DESC
LIMIT 1;
