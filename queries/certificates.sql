-- name: InsertCertificateSeries :execrows
INSERT INTO certificate_series (tenant_id, id, prefix) VALUES (@tenant_id, @id, @prefix)
ON CONFLICT (tenant_id, prefix) DO NOTHING;

-- name: GetCertificateSeries :one
SELECT id, prefix FROM certificate_series WHERE tenant_id = @tenant_id ORDER BY id LIMIT 1;

-- A certificate under the next serial, whose row is held from here to the end of the transaction: what is rolled
-- back gives its serial to the next.
-- name: InsertCertificate :one
WITH given AS (
  UPDATE certificate_series SET next = next + 1 WHERE tenant_id = @tenant_id AND id = @series_id
  RETURNING next - 1 AS number
)
INSERT INTO certificates (tenant_id, id, series_id, number, dose_id, patient_id, replaces_id, code_hash, day, species, protects, pack, sealed, key_version, issued_at, issued_by)
SELECT @tenant_id, @id, @series_id, given.number, @dose_id, @patient_id, sqlc.narg('replaces_id'), @code_hash, @day, @species, @protects, @pack, @sealed, @key_version, @issued_at, @issued_by
FROM given
RETURNING number;

-- A certificate with what became of it.
-- name: GetCertificate :one
SELECT c.id, s.prefix, c.number, c.dose_id, c.patient_id, c.replaces_id, c.day, c.species, c.protects, c.pack, c.sealed, c.issued_at, c.issued_by,
  n.id AS replaced_by, x.id AS void_id, x.sealed AS void_sealed, x.at AS void_at, x.by_id AS void_by
FROM certificates AS c
JOIN certificate_series AS s ON s.tenant_id = @tenant_id AND s.id = c.series_id
LEFT JOIN certificates AS n ON n.tenant_id = @tenant_id AND n.replaces_id = c.id
LEFT JOIN certificate_voids AS x ON x.tenant_id = @tenant_id AND x.id = c.id
WHERE c.tenant_id = @tenant_id AND c.id = @id;

-- The certificates of a patient, the newest first, without what stands on them.
-- name: ListCertificates :many
SELECT c.id, s.prefix, c.number, c.dose_id, c.replaces_id, c.day, c.issued_at, c.issued_by, n.id AS replaced_by, x.id AS void_id
FROM certificates AS c
JOIN certificate_series AS s ON s.tenant_id = @tenant_id AND s.id = c.series_id
LEFT JOIN certificates AS n ON n.tenant_id = @tenant_id AND n.replaces_id = c.id
LEFT JOIN certificate_voids AS x ON x.tenant_id = @tenant_id AND x.id = c.id
WHERE c.tenant_id = @tenant_id AND c.patient_id = @patient_id
ORDER BY c.issued_at DESC, c.id DESC LIMIT 200;

-- What anybody may learn of a certificate by its code: no owner, no animal's name.
-- name: GetCertificateOfCode :one
SELECT c.id, s.prefix, c.number, c.day, c.species, c.protects, n.id AS replaced_by, x.id AS void_id
FROM certificates AS c
JOIN certificate_series AS s ON s.tenant_id = @tenant_id AND s.id = c.series_id
LEFT JOIN certificates AS n ON n.tenant_id = @tenant_id AND n.replaces_id = c.id
LEFT JOIN certificate_voids AS x ON x.tenant_id = @tenant_id AND x.id = c.id
WHERE c.tenant_id = @tenant_id AND c.code_hash = @code_hash;

-- name: InsertCertificateVoid :exec
INSERT INTO certificate_voids (tenant_id, id, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @sealed, @key_version, @at, @by_id);
