-- Which of these patients are there, for a fill that was cut off.
-- name: ListPatientsAmong :many
SELECT id FROM patients WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[])
ORDER BY id;

-- Many at once, for fills; one array per column, as in all below.
-- name: InsertClients :exec
INSERT INTO clients (tenant_id, id, sealed, key_version, created_at, updated_at, updated_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@sealed::bytea[]), @key_version::integer, @created_at::timestamptz,
  @created_at::timestamptz, @updated_by::uuid;

-- A birth that is not known is an empty text.
-- name: InsertWholePatients :exec
INSERT INTO patients (tenant_id, id, species, breed, sex, neutered, born_on, born_precision, born_estimated,
  sealed, key_version, created_at, updated_at, updated_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@species::text[]), unnest(@breeds::text[]), unnest(@sexes::text[]),
  unnest(@neutered::text[]), nullif(unnest(@born_on::text[]), '')::date, nullif(unnest(@born_precisions::text[]), ''),
  unnest(@born_estimated::boolean[]), unnest(@sealed::bytea[]), @key_version::integer, @created_at::timestamptz,
  @created_at::timestamptz, @updated_by::uuid;

-- name: InsertOwnerships :exec
INSERT INTO ownerships (tenant_id, id, patient_id, client_id, role, share, may_consent, gets_reminders, since)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), unnest(@client_ids::uuid[]), unnest(@roles::text[]),
  unnest(@shares::integer[]), unnest(@may_consent::boolean[]), unnest(@gets_reminders::boolean[]), @since::timestamptz;

-- A standard and a day that are not known are empty texts.
-- name: InsertIdentifiers :exec
INSERT INTO identifiers (tenant_id, id, patient_id, kind, standard, given_on, sealed, key_version, recorded_at)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), unnest(@kinds::text[]), nullif(unnest(@standards::text[]), ''),
  nullif(unnest(@given_on::text[]), '')::date, unnest(@sealed::bytea[]), @key_version::integer, @recorded_at::timestamptz;

-- name: InsertNotes :exec
INSERT INTO notes (tenant_id, id, patient_id, author_id, event_at, signed_at, sealed, key_version)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), @author_id::uuid, unnest(@event_ats::timestamptz[]),
  @signed_at::timestamptz, unnest(@sealed::bytea[]), @key_version::integer;

-- The tokens of one field of new rows of one kind.
-- name: InsertFieldTokens :exec
INSERT INTO search_tokens (tenant_id, field, token, row_id, kind)
SELECT @tenant_id, @field::text, unnest(@tokens::bytea[]), unnest(@row_ids::uuid[]), @kind::text;

-- name: InsertWeights :exec
INSERT INTO weights (tenant_id, id, patient_id, at, grams, entered, unit, source, recorded_at, recorded_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), unnest(@ats::timestamptz[]), unnest(@grams::bigint[]),
  unnest(@entered::text[]), unnest(@units::text[]), unnest(@sources::text[]), unnest(@ats::timestamptz[]), @recorded_by::uuid;

-- Of patients.
-- name: InsertAlerts :exec
INSERT INTO alerts (tenant_id, id, patient_id, level, topic, sealed, key_version, made_at, made_by, updated_at, updated_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), unnest(@levels::text[]), unnest(@topics::text[]),
  unnest(@sealed::bytea[]), @key_version::integer, unnest(@made_at::timestamptz[]), @made_by::uuid, unnest(@made_at::timestamptz[]), @made_by::uuid;
