-- name: ListIdentifiers :many
SELECT id, kind, standard, given_on, sealed, recorded_at, ended_at, ended_as FROM identifiers
WHERE tenant_id = @tenant_id AND patient_id = @patient_id
ORDER BY recorded_at, id;

-- name: GetIdentifier :one
SELECT id, patient_id, kind, standard, given_on, sealed, recorded_at, ended_at, ended_as FROM identifiers
WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertIdentifier :exec
INSERT INTO identifiers (tenant_id, id, patient_id, kind, standard, given_on, sealed, key_version, recorded_at)
VALUES (@tenant_id, @id, @patient_id, @kind, sqlc.narg('standard'), sqlc.narg('given_on'), @sealed, @key_version, @recorded_at);

-- Ends a number that is still worn; 0 rows where it has ended.
-- name: EndIdentifier :execrows
UPDATE identifiers SET ended_at = @ended_at, ended_as = @ended_as
WHERE tenant_id = @tenant_id AND id = @id AND identifiers.ended_at IS NULL;

-- The other patients that may have a number of a kind, by its token; the number itself is compared after opening.
-- name: ListNumberHolders :many
SELECT i.id, i.sealed AS number_sealed, p.id AS patient_id, p.sealed
FROM search_tokens AS t
JOIN identifiers AS i ON i.tenant_id = @tenant_id AND i.patient_id = t.row_id AND i.kind = @kind AND i.ended_at IS NULL
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = i.patient_id
WHERE t.tenant_id = @tenant_id AND t.field = 'number' AND t.token = @token AND t.kind = 'patient' AND t.row_id <> @patient_id
ORDER BY p.id, i.id LIMIT 100;
