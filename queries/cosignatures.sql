-- name: InsertHandover :exec
INSERT INTO handovers (tenant_id, id, patient_id, author_id, at) VALUES (@tenant_id, @id, @patient_id, @author_id, @at);

-- Whether a note was signed under supervision, and who co-signed it; no row for any other note.
-- name: GetHandover :one
SELECT h.patient_id, h.author_id, h.at, c.by_id AS cosigned_by, c.at AS cosigned_at
FROM handovers AS h
LEFT JOIN cosignatures AS c ON c.tenant_id = @tenant_id AND c.id = h.id
WHERE h.tenant_id = @tenant_id AND h.id = @id;

-- name: InsertCosignature :exec
INSERT INTO cosignatures (tenant_id, id, patient_id, author_id, by_id, at) VALUES (@tenant_id, @id, @patient_id, @author_id, @by_id, @at);

-- The notes of others that wait for a co-signature at the clinic, the oldest first; what is void needs none.
-- name: ListWaitingForCosignature :many
SELECT h.id, h.patient_id, h.author_id, h.at FROM handovers AS h
WHERE h.tenant_id = @tenant_id AND h.author_id <> @but
  AND NOT EXISTS (SELECT FROM cosignatures AS c WHERE c.tenant_id = @tenant_id AND c.id = h.id)
  AND NOT EXISTS (SELECT FROM note_voids AS v WHERE v.tenant_id = @tenant_id AND v.note_id = h.id)
ORDER BY h.at, h.id
LIMIT 20;
