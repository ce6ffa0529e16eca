-- A patient's files, the newest first: those before a file of a day, whose names are for those who may read clinical
-- text.
-- name: ListFiles :many
SELECT f.id, f.visit_id, f.kind, f.media, f.taken_on, f.bytes, f.added_at, f.added_by, f.sealed,
  v.id AS void_id, v.voided_at, v.voided_by, v.sealed AS void_sealed
FROM files AS f
LEFT JOIN file_voids AS v ON v.tenant_id = @tenant_id AND v.id = f.id
WHERE f.tenant_id = @tenant_id AND f.patient_id = @patient_id AND (f.taken_on, f.id) < (@before_day::date, @before_id::uuid)
ORDER BY f.taken_on DESC, f.id DESC
LIMIT @most;

-- That files are there: what kind, when and by whom; nothing sealed is selected.
-- name: ListFileHeads :many
SELECT f.id, f.kind, f.media, f.taken_on, f.added_at, f.added_by,
  EXISTS (SELECT FROM file_voids AS v WHERE v.tenant_id = @tenant_id AND v.id = f.id)::boolean AS voided
FROM files AS f
WHERE f.tenant_id = @tenant_id AND f.patient_id = @patient_id AND (f.taken_on, f.id) < (@before_day::date, @before_id::uuid)
ORDER BY f.taken_on DESC, f.id DESC
LIMIT @most;

-- name: GetFile :one
SELECT f.id, f.patient_id, f.visit_id, f.kind, f.media, f.taken_on, f.bytes, f.blob, f.added_at, f.added_by, f.sealed,
  v.id AS void_id, v.voided_at, v.voided_by, v.sealed AS void_sealed
FROM files AS f
LEFT JOIN file_voids AS v ON v.tenant_id = @tenant_id AND v.id = f.id
WHERE f.tenant_id = @tenant_id AND f.id = @id;

-- What opens a file.
-- name: GetFileKey :one
SELECT f.id, f.patient_id, f.kind, f.media, f.bytes, f.blob, k.sealed,
  EXISTS (SELECT FROM file_voids AS v WHERE v.tenant_id = @tenant_id AND v.id = f.id)::boolean AS voided
FROM files AS f
JOIN file_keys AS k ON k.tenant_id = @tenant_id AND k.id = f.id
WHERE f.tenant_id = @tenant_id AND f.id = @id;

-- name: InsertFile :exec
INSERT INTO files (tenant_id, id, patient_id, visit_id, kind, media, taken_on, bytes, blob, added_at, added_by, sealed, key_version)
VALUES (@tenant_id, @id, @patient_id, sqlc.narg('visit_id'), @kind, @media, @taken_on, @bytes, @blob, @added_at, sqlc.narg('added_by'), @sealed, @key_version);

-- name: InsertFileKey :exec
INSERT INTO file_keys (tenant_id, id, sealed, key_version) VALUES (@tenant_id, @id, @sealed, @key_version);

-- name: InsertFileVoid :exec
INSERT INTO file_voids (tenant_id, id, voided_at, voided_by, sealed, key_version)
VALUES (@tenant_id, @id, @voided_at, sqlc.narg('voided_by'), @sealed, @key_version);

-- How many files are on their way in that were begun since, and are not given up: all, and a person's own.
-- name: CountFileUploads :one
SELECT count(*)::bigint AS all_of_them, count(*) FILTER (WHERE begun_by = sqlc.narg('begun_by'))::bigint AS own
FROM file_uploads WHERE tenant_id = @tenant_id AND begun_at > @since AND given_up_at IS NULL;

-- name: InsertFileUpload :exec
INSERT INTO file_uploads (tenant_id, id, patient_id, blob, begun_at, begun_by)
VALUES (@tenant_id, @id, @patient_id, @blob, @begun_at, sqlc.narg('begun_by'));

-- The upload has become a file; 0 rows where it was given up meanwhile.
-- name: EndFileUpload :execrows
DELETE FROM file_uploads WHERE tenant_id = @tenant_id AND id = @id AND given_up_at IS NULL;

-- Uploads that nobody goes on with, the oldest first.
-- name: ListLeftFileUploads :many
SELECT id, blob FROM file_uploads
WHERE tenant_id = @tenant_id AND begun_at < @before
ORDER BY begun_at, id LIMIT 100;

-- From here on the upload can become no file.
-- name: GiveUpFileUpload :many
UPDATE file_uploads SET given_up_at = coalesce(given_up_at, @given_up_at)
WHERE tenant_id = @tenant_id AND id = @id RETURNING blob;

-- name: DeleteFileUpload :exec
DELETE FROM file_uploads WHERE tenant_id = @tenant_id AND id = @id AND given_up_at IS NOT NULL;
