-- A clinic's newest imports; those of clinical history for who may read such text.
-- name: ListImports :many
SELECT id, state, holds, sealed, bytes, rows_total, rows_done, added, merged, skipped, refused, conflicts, unnamed, kept,
  visits, notes, weights, doses, by_id, created_at, updated_at, version
FROM imports WHERE tenant_id = @tenant_id AND state NOT IN ('uploading', 'discarded') AND (holds = 'animals' OR @clinical::boolean)
ORDER BY id DESC LIMIT 100;

-- What stands in the file of an import, before anything of it is read.
-- name: GetImportHolds :one
SELECT holds FROM imports WHERE tenant_id = @tenant_id AND id = @id;

-- name: GetImport :one
SELECT id, state, holds, sealed, bytes, parts, content, rows_total, rows_done, added, merged, skipped, refused, conflicts, unnamed,
  kept, visits, notes, weights, doses, by_id, created_at, updated_at, version
FROM imports WHERE tenant_id = @tenant_id AND id = @id;

-- The same row, held until the transaction ends.
-- name: LockImport :one
SELECT id, state, holds, sealed, bytes, parts, content, rows_total, rows_done, added, merged, skipped, refused, conflicts, unnamed,
  kept, visits, notes, weights, doses, by_id, created_at, updated_at, version
FROM imports WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- Uploads that nobody goes on with, since the process that took them in is gone.
-- name: ListCutOffImports :many
SELECT id FROM imports WHERE tenant_id = @tenant_id AND state = 'uploading' AND updated_at < @before
ORDER BY id LIMIT 100;

-- The one import that brings rows in, or takes them back: imports_one_at_work.
-- name: GetImportAtWork :one
SELECT id FROM imports WHERE tenant_id = @tenant_id AND state IN ('running', 'withdrawing');

-- name: InsertImport :exec
INSERT INTO imports (tenant_id, id, holds, sealed, key_version, by_id, created_at, updated_at)
VALUES (@tenant_id, @id, @holds, @sealed, @key_version, @by_id, @created_at, @created_at);

-- What is known of the file once it is there as a whole.
-- name: SetImportFile :execrows
UPDATE imports SET sealed = @sealed, key_version = @key_version, bytes = @bytes, parts = @parts, content = @content
WHERE tenant_id = @tenant_id AND id = @id AND state = 'uploading';

-- Brings the part of an upload that has come so far to the row, so that it is not taken for cut off.
-- name: SetImportBytes :execrows
UPDATE imports SET bytes = @bytes, parts = @parts, updated_at = @updated_at
WHERE tenant_id = @tenant_id AND id = @id AND state = 'uploading';

-- name: SetImportSealed :execrows
UPDATE imports SET sealed = @sealed, key_version = @key_version
WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertImportMove :exec
INSERT INTO import_moves (tenant_id, id, import_id, from_state, to_state, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @import_id, @from_state, @to_state, @sealed, @key_version, @at, @by_id);

-- name: MoveImport :execrows
UPDATE imports SET state = @to_state, last_move_id = @move_id, updated_at = @updated_at, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND state = @from_state;

-- name: GetImportMove :one
SELECT m.id, m.from_state, m.to_state, m.sealed, m.at, m.by_id
FROM imports AS i JOIN import_moves AS m ON m.tenant_id = @tenant_id AND m.id = i.last_move_id
WHERE i.tenant_id = @tenant_id AND i.id = @id;

-- name: ResetImportCounts :execrows
UPDATE imports SET rows_done = 0, added = 0, merged = 0, skipped = 0, refused = 0, conflicts = 0, unnamed = 0, kept = 0,
  visits = 0, notes = 0, weights = 0, doses = 0
WHERE tenant_id = @tenant_id AND id = @id;

-- name: SetImportTotal :execrows
UPDATE imports SET rows_total = @rows_total, updated_at = @updated_at
WHERE tenant_id = @tenant_id AND id = @id AND state = @state;

-- Goes on from where the counts stand; 0 rows where somebody else went on, or the import is in another state.
-- name: CountImport :execrows
UPDATE imports SET rows_done = @rows_done, added = @added, merged = @merged, skipped = @skipped, refused = @refused,
  conflicts = @conflicts, unnamed = @unnamed, visits = @visits, notes = @notes, weights = @weights, doses = @doses, updated_at = @updated_at
WHERE tenant_id = @tenant_id AND id = @id AND state = @state AND rows_done = @was_done;

-- name: SetImportKept :execrows
UPDATE imports SET kept = @kept, updated_at = @updated_at
WHERE tenant_id = @tenant_id AND id = @id AND state = 'withdrawing';

-- name: InsertImportPart :exec
INSERT INTO import_parts (tenant_id, id, import_id, part, sealed, key_version)
VALUES (@tenant_id, @id, @import_id, @part, @sealed, @key_version);

-- name: GetImportPart :one
SELECT id, sealed FROM import_parts WHERE tenant_id = @tenant_id AND import_id = @import_id AND part = @part;

-- name: DeleteImportParts :execrows
DELETE FROM import_parts WHERE tenant_id = @tenant_id AND import_id = @import_id;

-- What became of many lines, one array per column.
-- name: InsertImportRows :exec
INSERT INTO import_rows (tenant_id, import_id, line, outcome, conflict, patient_id, identifier_id, print)
SELECT @tenant_id, @import_id::uuid, unnest(@lines::integer[]), unnest(@outcomes::text[]), unnest(@conflicts::boolean[]),
  unnest(@patient_ids::uuid[]), unnest(@identifier_ids::uuid[]), unnest(@prints::bytea[]);

-- Which of these lines came with another import and are in the clinic.
-- name: ListImportPrints :many
SELECT DISTINCT t.print FROM (SELECT unnest(@prints::bytea[]) AS print) AS asked
CROSS JOIN LATERAL (
  SELECT r.print FROM import_rows AS r
  WHERE r.tenant_id = @tenant_id AND r.print = asked.print AND r.import_id <> @import_id OFFSET 0
) AS t;

-- Who has these numbers, in three statements, each of which walks its list from the outside (OFFSET keeps it
-- from being turned round): while a clinic's first rows come in, the planner knows nothing of them, and would
-- compare each with the whole list. A number may be found by the end of a longer one, which is dropped after
-- opening.
-- name: ListImportTwins :many
SELECT DISTINCT t.row_id FROM (SELECT unnest(@tokens::bytea[]) AS token) AS asked
CROSS JOIN LATERAL (
  SELECT s.row_id FROM search_tokens AS s
  WHERE s.tenant_id = @tenant_id AND s.field = 'number' AND s.token = asked.token AND s.kind = 'patient' OFFSET 0
) AS t
ORDER BY t.row_id;

-- name: ListImportTwinPatients :many
SELECT t.id, t.species, t.breed, t.sex, t.neutered, t.born_on, t.born_precision, t.born_estimated, t.sealed
FROM (SELECT unnest(@ids::uuid[]) AS id) AS asked
CROSS JOIN LATERAL (
  SELECT p.id, p.species, p.breed, p.sex, p.neutered, p.born_on, p.born_precision, p.born_estimated, p.sealed
  FROM patients AS p WHERE p.tenant_id = @tenant_id AND p.id = asked.id OFFSET 0
) AS t
ORDER BY t.id;

-- name: ListImportTwinNumbers :many
SELECT t.id, t.patient_id, t.kind, t.sealed, t.given_on FROM (SELECT unnest(@ids::uuid[]) AS id) AS asked
CROSS JOIN LATERAL (
  SELECT i.id, i.patient_id, i.kind, i.sealed, i.given_on FROM identifiers AS i
  WHERE i.tenant_id = @tenant_id AND i.patient_id = asked.id OFFSET 0
) AS t
ORDER BY t.patient_id, t.id;

-- Which line of an import made which patient, for a run that goes on.
-- name: ListImportMade :many
SELECT line, patient_id FROM import_rows
WHERE tenant_id = @tenant_id AND import_id = @import_id AND line > @after::integer AND outcome = 'added'
ORDER BY line LIMIT @most;

-- name: InsertImportProblems :exec
INSERT INTO import_problems (tenant_id, id, import_id, part, problems, sealed, key_version)
VALUES (@tenant_id, @id, @import_id, @part, @problems, @sealed, @key_version);

-- name: GetImportProblems :one
SELECT id, sealed FROM import_problems WHERE tenant_id = @tenant_id AND import_id = @import_id AND part = @part;

-- name: CountImportProblems :one
SELECT coalesce(sum(problems), 0)::integer AS problems, count(*)::integer AS parts FROM import_problems
WHERE tenant_id = @tenant_id AND import_id = @import_id;

-- name: DeleteImportProblems :execrows
DELETE FROM import_problems WHERE tenant_id = @tenant_id AND import_id = @import_id;

-- How many patients an import made, and how many rows it added to others, that are still there.
-- name: CountImportRows :one
SELECT count(*) FILTER (WHERE outcome = 'added')::integer AS added, count(*) FILTER (WHERE outcome = 'merged')::integer AS merged
FROM import_rows WHERE tenant_id = @tenant_id AND import_id = @import_id AND outcome IN ('added', 'merged');

-- Patients in the order given, held against everything that would be written about them.
-- name: LockImportPatients :many
SELECT t.id, t.sealed FROM (SELECT unnest(@ids::uuid[]) AS id) AS asked
CROSS JOIN LATERAL (
  SELECT p.id, p.sealed FROM patients AS p WHERE p.tenant_id = @tenant_id AND p.id = asked.id FOR UPDATE
) AS t;

-- Why patients of an import cannot be taken back: what was done with each since, if anything was.
-- name: ListImportUses :many
SELECT p.id,
  (p.version > 1)::boolean AS changed,
  (p.owners_version > 1 OR EXISTS (SELECT FROM ownerships AS o WHERE o.tenant_id = @tenant_id AND o.patient_id = p.id))::boolean AS owned,
  EXISTS (SELECT FROM notes AS n WHERE n.tenant_id = @tenant_id AND n.patient_id = p.id)::boolean AS noted,
  EXISTS (SELECT FROM drafts AS d WHERE d.tenant_id = @tenant_id AND d.patient_id = p.id)::boolean AS drafted,
  EXISTS (SELECT FROM alerts AS a WHERE a.tenant_id = @tenant_id AND a.patient_id = p.id)::boolean AS alerted,
  EXISTS (SELECT FROM weights AS w WHERE w.tenant_id = @tenant_id AND w.patient_id = p.id)::boolean AS weighed,
  EXISTS (SELECT FROM import_entries AS h WHERE h.tenant_id = @tenant_id AND h.patient_id = p.id)::boolean AS recorded,
  (EXISTS (SELECT FROM doses AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
    OR EXISTS (SELECT FROM prescriptions AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
    OR EXISTS (SELECT FROM appointments AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
    OR EXISTS (SELECT FROM charges AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
    OR EXISTS (SELECT FROM files AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id))::boolean AS treated,
  EXISTS (SELECT FROM patient_moves AS m WHERE m.tenant_id = @tenant_id AND m.patient_id = p.id)::boolean AS moved,
  EXISTS (SELECT FROM import_rows AS r WHERE r.tenant_id = @tenant_id AND r.patient_id = p.id AND r.import_id <> @import_id)::boolean AS imported,
  EXISTS (SELECT FROM identifiers AS i WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id
    AND (i.ended_at IS NOT NULL OR i.recorded_at > p.created_at
      AND NOT EXISTS (SELECT FROM import_rows AS r WHERE r.tenant_id = @tenant_id AND r.identifier_id = i.id)))::boolean AS numbered
FROM (SELECT unnest(@ids::uuid[]) AS id) AS asked
CROSS JOIN LATERAL (
  SELECT q.id, q.version, q.owners_version, q.created_at FROM patients AS q WHERE q.tenant_id = @tenant_id AND q.id = asked.id OFFSET 0
) AS p
ORDER BY p.id;

-- The patients of an import that were used since, in the order of the file, with how many there are. What is
-- looked for is what ListImportUses tells apart.
-- name: ListImportUsed :many
SELECT u.id, u.line, u.sealed, u.changed, u.owned, u.noted, u.drafted, u.alerted, u.weighed, u.recorded, u.treated, u.moved, u.imported, u.numbered,
  (count(*) OVER ())::integer AS total
FROM (
  SELECT p.id, f.line, p.sealed,
    (p.version > 1)::boolean AS changed,
    (p.owners_version > 1 OR EXISTS (SELECT FROM ownerships AS o WHERE o.tenant_id = @tenant_id AND o.patient_id = p.id))::boolean AS owned,
    EXISTS (SELECT FROM notes AS n WHERE n.tenant_id = @tenant_id AND n.patient_id = p.id)::boolean AS noted,
    EXISTS (SELECT FROM drafts AS d WHERE d.tenant_id = @tenant_id AND d.patient_id = p.id)::boolean AS drafted,
    EXISTS (SELECT FROM alerts AS a WHERE a.tenant_id = @tenant_id AND a.patient_id = p.id)::boolean AS alerted,
    EXISTS (SELECT FROM weights AS w WHERE w.tenant_id = @tenant_id AND w.patient_id = p.id)::boolean AS weighed,
    EXISTS (SELECT FROM import_entries AS h WHERE h.tenant_id = @tenant_id AND h.patient_id = p.id)::boolean AS recorded,
    (EXISTS (SELECT FROM doses AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
      OR EXISTS (SELECT FROM prescriptions AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
      OR EXISTS (SELECT FROM appointments AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
      OR EXISTS (SELECT FROM charges AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id)
      OR EXISTS (SELECT FROM files AS v WHERE v.tenant_id = @tenant_id AND v.patient_id = p.id))::boolean AS treated,
    EXISTS (SELECT FROM patient_moves AS m WHERE m.tenant_id = @tenant_id AND m.patient_id = p.id)::boolean AS moved,
    EXISTS (SELECT FROM import_rows AS r WHERE r.tenant_id = @tenant_id AND r.patient_id = p.id AND r.import_id <> @import_id)::boolean AS imported,
    EXISTS (SELECT FROM identifiers AS i WHERE i.tenant_id = @tenant_id AND i.patient_id = p.id
      AND (i.ended_at IS NOT NULL OR i.recorded_at > p.created_at
        AND NOT EXISTS (SELECT FROM import_rows AS r WHERE r.tenant_id = @tenant_id AND r.identifier_id = i.id)))::boolean AS numbered
  FROM import_rows AS f
  JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = f.patient_id
  WHERE f.tenant_id = @tenant_id AND f.import_id = @import_id AND f.outcome = 'added'
) AS u
WHERE u.changed OR u.owned OR u.noted OR u.drafted OR u.alerted OR u.weighed OR u.recorded OR u.treated OR u.moved OR u.imported OR u.numbered
ORDER BY u.line LIMIT @most;

-- The lines of patients that no other import has to do with.
-- name: DeleteImportRowsOf :execrows
DELETE FROM import_rows AS r USING (SELECT unnest(@ids::uuid[]) AS id) AS gone WHERE r.tenant_id = @tenant_id AND r.patient_id = gone.id;

-- name: DeleteIdentifiersOf :execrows
DELETE FROM identifiers AS i USING (SELECT unnest(@ids::uuid[]) AS id) AS gone WHERE i.tenant_id = @tenant_id AND i.patient_id = gone.id;

-- name: DeletePatients :execrows
DELETE FROM patients AS p USING (SELECT unnest(@ids::uuid[]) AS id) AS gone WHERE p.tenant_id = @tenant_id AND p.id = gone.id;

-- Numbers an import added to animals that it did not make, after one line of the file, and whether they were
-- ended since. Those of animals that it made go or stay with these.
-- name: ListImportMerges :many
SELECT r.line, r.identifier_id AS id, r.patient_id, (i.ended_at IS NOT NULL)::boolean AS ended
FROM import_rows AS r JOIN identifiers AS i ON i.tenant_id = @tenant_id AND i.id = r.identifier_id
WHERE r.tenant_id = @tenant_id AND r.import_id = @import_id AND r.outcome = 'merged' AND r.line > @after::integer
  AND NOT EXISTS (SELECT FROM import_rows AS made
    WHERE made.tenant_id = @tenant_id AND made.import_id = @import_id AND made.patient_id = r.patient_id AND made.outcome = 'added')
ORDER BY r.line LIMIT @most;

-- name: DeleteImportLines :execrows
DELETE FROM import_rows WHERE tenant_id = @tenant_id AND import_id = @import_id AND line = ANY(@lines::integer[]);

-- Lines that brought nothing into the clinic need not be known once an import is taken back.
-- name: DeleteImportRest :execrows
DELETE FROM import_rows WHERE tenant_id = @tenant_id AND import_id = @import_id AND outcome IN ('skipped', 'refused');

-- name: DeleteIdentifiers :execrows
DELETE FROM identifiers AS i USING (SELECT unnest(@ids::uuid[]) AS id) AS gone WHERE i.tenant_id = @tenant_id AND i.id = gone.id;

-- An import at work that somebody asked to go on: from now it is waited for again.
-- name: TouchImport :execrows
UPDATE imports SET updated_at = @updated_at, version = version + 1 WHERE tenant_id = @tenant_id AND id = @id;
