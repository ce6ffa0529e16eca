-- Which of these patients are there, for a fill that was cut off.
-- name: ListPatientsAmong :many
SELECT id FROM patients WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[])
ORDER BY id;

-- Many at once, for fills; one array per column, as in all below.
-- name: InsertClients :exec
INSERT INTO clients (tenant_id, id, sealed, key_version, created_at, updated_at, updated_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@sealed::bytea[]), @key_version::integer, @created_at::timestamptz,
  @created_at::timestamptz, @updated_by::uuid;

-- InsertPatients with all that a form asks for. A birth that is not known is an empty text.
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
  unnest(@shares::integer[]), unnest(@may_consent::boolean[]), true, @since::timestamptz;

-- name: InsertNotes :exec
INSERT INTO notes (tenant_id, id, patient_id, author_id, event_at, signed_at, sealed, key_version)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), @author_id::uuid, unnest(@event_ats::timestamptz[]),
  @signed_at::timestamptz, unnest(@sealed::bytea[]), @key_version::integer;

-- The tokens of one field of new rows of one kind.
-- name: InsertFieldTokens :exec
INSERT INTO search_tokens (tenant_id, field, token, row_id, kind)
SELECT @tenant_id, @field::text, unnest(@tokens::bytea[]), unnest(@row_ids::uuid[]), @kind::text;
