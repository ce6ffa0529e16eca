-- The code lists of the clinic with how many codes of each may be chosen, its own first.
-- name: ListCodeSystems :many
SELECT s.id, s.name, s.version, s.licence, s.source, s.own, s.made_at, s.ended_at,
  (SELECT count(*) FROM codes AS c WHERE c.tenant_id = @tenant_id AND c.system_id = s.id AND c.ended_at IS NULL)::bigint AS codes
FROM code_systems AS s
WHERE s.tenant_id = @tenant_id
ORDER BY s.own DESC, s.name, s.version
LIMIT 100;

-- name: GetCodeSystem :one
SELECT id, name, version, licence, source, own, made_at, ended_at FROM code_systems WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertCodeSystem :exec
INSERT INTO code_systems (tenant_id, id, name, version, licence, source, own, made_at)
VALUES (@tenant_id, @id, @name, @version, @licence, @source, @own, @made_at);

-- name: EndCodeSystem :execrows
UPDATE code_systems SET ended_at = @ended_at WHERE tenant_id = @tenant_id AND id = @id AND NOT own AND code_systems.ended_at IS NULL;

-- The codes of a list in their order, from after one on.
-- name: ListCodes :many
SELECT id, code, name, species, parent, ended_at FROM codes
WHERE tenant_id = @tenant_id AND system_id = @system_id AND code > @after
ORDER BY code LIMIT @most;

-- Codes that may be chosen and have each of the words, its beginnings given as patterns; those for one species and
-- those for all. The clinic's own first, then the shortest.
-- name: FindCodes :many
SELECT c.id, c.code, c.name, s.name AS system, s.version
FROM codes AS c
JOIN code_systems AS s ON s.tenant_id = @tenant_id AND s.id = c.system_id
WHERE c.tenant_id = @tenant_id AND c.ended_at IS NULL AND s.ended_at IS NULL
  AND c.find LIKE ALL (@patterns::text[])
  AND (c.species = '' OR strpos(' ' || c.species || ' ', ' ' || @species::text || ' ') > 0)
ORDER BY s.own DESC, length(c.name), c.code, c.id
LIMIT @most;

-- One code that may still be chosen, with its list.
-- name: GetCode :one
SELECT c.id, c.code, c.name, s.id AS system_id, s.name AS system, s.version
FROM codes AS c
JOIN code_systems AS s ON s.tenant_id = @tenant_id AND s.id = c.system_id
WHERE c.tenant_id = @tenant_id AND c.id = @id AND c.ended_at IS NULL AND s.ended_at IS NULL;

-- name: InsertCodes :exec
INSERT INTO codes (tenant_id, id, system_id, code, name, species, parent, find)
SELECT @tenant_id, unnest(@ids::uuid[]), @system_id, unnest(@codes::text[]), unnest(@names::text[]), unnest(@species::text[]), unnest(@parents::text[]), unnest(@finds::text[]);

-- name: EndCode :execrows
UPDATE codes SET ended_at = @ended_at WHERE tenant_id = @tenant_id AND id = @id AND codes.ended_at IS NULL;

-- The species of the animal a draft of this author is about.
-- name: GetDraftSpecies :one
SELECT p.species FROM drafts AS d
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = d.patient_id
WHERE d.tenant_id = @tenant_id AND d.id = @id AND d.author_id = @author_id;
