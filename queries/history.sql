-- What an import of history brings, one array per column. Notes of it have no author here.
-- name: InsertPastNotes :exec
INSERT INTO notes (tenant_id, id, patient_id, import_id, event_at, signed_at, sealed, key_version)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), @import_id::uuid, unnest(@event_ats::timestamptz[]),
  @signed_at::timestamptz, unnest(@sealed::bytea[]), @key_version::integer;

-- name: InsertPastWeights :exec
INSERT INTO weights (tenant_id, id, patient_id, import_id, at, grams, entered, unit, source, recorded_at, recorded_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), @import_id::uuid, unnest(@ats::timestamptz[]), unnest(@grams::bigint[]),
  unnest(@entered::text[]), unnest(@units::text[]), 'measured', @recorded_at::timestamptz, @recorded_by::uuid;

-- A product that is not known is an empty text.
-- name: InsertPastDoses :exec
INSERT INTO doses (tenant_id, id, patient_id, import_id, product_id, historical, booster, protects, months, first_doses, first_weeks, first_months,
  given_on, sealed, key_version, recorded_at, recorded_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), @import_id::uuid, nullif(unnest(@product_ids::text[]), '')::uuid, true, false,
  unnest(@protects::text[]), unnest(@months::integer[]), unnest(@first_doses::integer[]), unnest(@first_weeks::integer[]), unnest(@first_months::integer[]),
  unnest(@given_on::date[]), unnest(@sealed::bytea[]), @key_version::integer, @recorded_at::timestamptz, @recorded_by::uuid;

-- Which line brought what.
-- name: InsertImportEntries :exec
INSERT INTO import_entries (tenant_id, import_id, line, kind, patient_id, entry_id, print)
SELECT @tenant_id, @import_id::uuid, unnest(@lines::integer[]), unnest(@kinds::text[]), unnest(@patient_ids::uuid[]),
  unnest(@entry_ids::uuid[]), unnest(@prints::bytea[]);

-- Which of these entries an import brought that is in the clinic.
-- name: ListEntryPrints :many
SELECT DISTINCT t.print FROM (SELECT unnest(@prints::bytea[]) AS print) AS asked
CROSS JOIN LATERAL (
  SELECT e.print FROM import_entries AS e WHERE e.tenant_id = @tenant_id AND e.print = asked.print OFFSET 0
) AS t;

-- What an import brought and is still there, in the order of the file.
-- name: ListImportEntries :many
SELECT line, kind, patient_id, entry_id FROM import_entries
WHERE tenant_id = @tenant_id AND import_id = @import_id AND line > @after::integer
ORDER BY line LIMIT @most;

-- name: CountImportEntries :one
SELECT count(*) FILTER (WHERE kind = 'visit')::integer AS visits, count(*) FILTER (WHERE kind = 'note')::integer AS notes,
  count(*) FILTER (WHERE kind = 'weight')::integer AS weights, count(*) FILTER (WHERE kind = 'vaccination')::integer AS doses
FROM import_entries WHERE tenant_id = @tenant_id AND import_id = @import_id;

-- Why entries cannot be taken back: what was done with each since, if anything was. A weight may have been gone by
-- where something was prescribed while it was the last.
-- name: ListEntryUses :many
SELECT asked.id::uuid AS id,
  EXISTS (SELECT FROM addenda AS a WHERE a.tenant_id = @tenant_id AND a.note_id = asked.id)::boolean AS added_to,
  (EXISTS (SELECT FROM note_voids AS n WHERE n.tenant_id = @tenant_id AND n.note_id = asked.id)
    OR EXISTS (SELECT FROM dose_voids AS d WHERE d.tenant_id = @tenant_id AND d.id = asked.id)
    OR EXISTS (SELECT FROM weights AS w WHERE w.tenant_id = @tenant_id AND w.id = asked.id AND w.struck_at IS NOT NULL))::boolean AS voided,
  EXISTS (SELECT FROM due_dates AS u WHERE u.tenant_id = @tenant_id AND u.after_id = asked.id)::boolean AS followed,
  EXISTS (SELECT FROM certificates AS c WHERE c.tenant_id = @tenant_id AND c.dose_id = asked.id)::boolean AS certified,
  EXISTS (SELECT FROM weights AS w JOIN prescriptions AS p ON p.tenant_id = @tenant_id AND p.patient_id = w.patient_id AND p.signed_at >= w.recorded_at
    WHERE w.tenant_id = @tenant_id AND w.id = asked.id AND NOT EXISTS (SELECT FROM weights AS x
      WHERE x.tenant_id = @tenant_id AND x.patient_id = w.patient_id AND x.at > w.at AND x.at <= p.signed_at))::boolean AS prescribed
FROM (SELECT unnest(@ids::uuid[]) AS id) AS asked
ORDER BY asked.id;

-- The entries of an import that were used since, in the order of the file, with how many there are. What is looked
-- for is what ListEntryUses tells apart.
-- name: ListEntriesUsed :many
SELECT u.line, u.kind, u.patient_id, p.sealed, u.added_to, u.voided, u.followed, u.certified, u.prescribed, (count(*) OVER ())::integer AS total
FROM (
  SELECT e.line, e.kind, e.patient_id,
    EXISTS (SELECT FROM addenda AS a WHERE a.tenant_id = @tenant_id AND a.note_id = e.entry_id)::boolean AS added_to,
    (EXISTS (SELECT FROM note_voids AS n WHERE n.tenant_id = @tenant_id AND n.note_id = e.entry_id)
      OR EXISTS (SELECT FROM dose_voids AS d WHERE d.tenant_id = @tenant_id AND d.id = e.entry_id)
      OR EXISTS (SELECT FROM weights AS w WHERE w.tenant_id = @tenant_id AND w.id = e.entry_id AND w.struck_at IS NOT NULL))::boolean AS voided,
    EXISTS (SELECT FROM due_dates AS u WHERE u.tenant_id = @tenant_id AND u.after_id = e.entry_id)::boolean AS followed,
    EXISTS (SELECT FROM certificates AS c WHERE c.tenant_id = @tenant_id AND c.dose_id = e.entry_id)::boolean AS certified,
    EXISTS (SELECT FROM weights AS w JOIN prescriptions AS p ON p.tenant_id = @tenant_id AND p.patient_id = w.patient_id AND p.signed_at >= w.recorded_at
      WHERE w.tenant_id = @tenant_id AND w.id = e.entry_id AND NOT EXISTS (SELECT FROM weights AS x
        WHERE x.tenant_id = @tenant_id AND x.patient_id = w.patient_id AND x.at > w.at AND x.at <= p.signed_at))::boolean AS prescribed
  FROM import_entries AS e WHERE e.tenant_id = @tenant_id AND e.import_id = @import_id
) AS u
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = u.patient_id
WHERE u.added_to OR u.voided OR u.followed OR u.certified OR u.prescribed
ORDER BY u.line LIMIT @most;

-- name: DeleteImportEntries :execrows
DELETE FROM import_entries WHERE tenant_id = @tenant_id AND import_id = @import_id AND line = ANY(@lines::integer[]);

-- Only what came with this import; the policy of each table lets nothing go that came with none.
-- name: DeletePastNotes :execrows
DELETE FROM notes AS n USING (SELECT unnest(@ids::uuid[]) AS id) AS gone
WHERE n.tenant_id = @tenant_id AND n.id = gone.id AND n.import_id = @import_id;

-- name: DeletePastWeights :execrows
DELETE FROM weights AS w USING (SELECT unnest(@ids::uuid[]) AS id) AS gone
WHERE w.tenant_id = @tenant_id AND w.id = gone.id AND w.import_id = @import_id;

-- name: DeletePastDoses :execrows
DELETE FROM doses AS d USING (SELECT unnest(@ids::uuid[]) AS id) AS gone
WHERE d.tenant_id = @tenant_id AND d.id = gone.id AND d.import_id = @import_id;
