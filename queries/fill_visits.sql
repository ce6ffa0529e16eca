-- Appointments of the past with their moves, for fills; one array per column, as in all below. Both at once: each
-- names the other, and keys are compared at the end of a statement. What is not known is an empty text.
-- name: InsertPastAppointments :exec
WITH moves AS (
  INSERT INTO appointment_moves (tenant_id, id, appointment_id, from_state, to_state, sealed, key_version, at, by_id)
  SELECT @tenant_id, unnest(@move_ids::uuid[]), unnest(@moved_ids::uuid[]), unnest(@from_states::text[]), unnest(@to_states::text[]),
    unnest(@move_sealed::bytea[]), @key_version::integer, unnest(@move_ats::timestamptz[]),
    unnest(@move_bys::uuid[])
)
INSERT INTO appointments (tenant_id, id, patient_id, client_id, type_id, day, start_minute, minutes, zone, starts_at, ends_at, state,
  state_since, last_move_id, walk_in, urgent, quiet, asks, place_id, next_at, arrived_at, sealed, key_version, booked_at, booked_by)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@patient_ids::uuid[]), nullif(unnest(@client_ids::text[]), '')::uuid, unnest(@type_ids::uuid[]),
  unnest(@days::date[]), unnest(@start_minutes::integer[]), unnest(@minutes::integer[]), @zone::text, unnest(@starts_ats::timestamptz[]),
  unnest(@ends_ats::timestamptz[]), unnest(@states::text[]), unnest(@sinces::timestamptz[]), nullif(unnest(@last_move_ids::text[]), '')::uuid,
  unnest(@walk_ins::boolean[]), unnest(@urgents::boolean[]), unnest(@quiets::boolean[]), unnest(@asks::text[]),
  nullif(unnest(@place_ids::text[]), '')::uuid, nullif(unnest(@next_ats::text[]), '')::timestamptz, nullif(unnest(@arrived_ats::text[]), '')::timestamptz,
  unnest(@sealed::bytea[]), @key_version::integer, unnest(@booked_ats::timestamptz[]), @by_id::uuid;

-- A time that is taken is left out: what was said to be there stands over nothing.
-- name: InsertPastSlots :exec
INSERT INTO appointment_slots (tenant_id, appointment_id, resource_id, lane, day, starts_at, ends_at, held)
SELECT @tenant_id, unnest(@appointment_ids::uuid[]), unnest(@resource_ids::uuid[]), unnest(@lanes::integer[]), unnest(@days::date[]),
  unnest(@starts_ats::timestamptz[]), unnest(@ends_ats::timestamptz[]), unnest(@held::boolean[]);

-- Which of these appointments are there, for a fill that was cut off.
-- name: ListAppointmentsAmong :many
SELECT id FROM appointments WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[])
ORDER BY id;
