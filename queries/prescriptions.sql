-- The signed prescriptions of a patient, newest first, with how they stand: what a label says and no more, and not why one was
-- stopped.
-- name: ListPrescriptions :many
SELECT p.id, p.patient_id, p.drug_id, p.quantity, p.unit, p.supplies, p.expires_on, p.sealed, p.prepared_by, p.signed_at, p.signed_by,
  s.state, s.supplies_left, s.version, m.at AS moved_at, m.by_id AS moved_by
FROM prescriptions AS p
JOIN prescription_states AS s ON s.tenant_id = @tenant_id AND s.id = p.id
JOIN prescription_moves AS m ON m.tenant_id = @tenant_id AND m.id = s.last_move_id
WHERE p.tenant_id = @tenant_id AND p.patient_id = @patient_id
ORDER BY p.signed_at DESC, p.id DESC LIMIT @most;

-- name: GetPrescription :one
SELECT p.id, p.patient_id, p.drug_id, p.quantity, p.unit, p.supplies, p.expires_on, p.sealed, p.prepared_by, p.signed_at, p.signed_by,
  s.state, s.supplies_left, s.version, m.at AS moved_at, m.by_id AS moved_by
FROM prescriptions AS p
JOIN prescription_states AS s ON s.tenant_id = @tenant_id AND s.id = p.id
JOIN prescription_moves AS m ON m.tenant_id = @tenant_id AND m.id = s.last_move_id
WHERE p.tenant_id = @tenant_id AND p.id = @id;

-- Why a prescription was signed as it was, and what was said of its last move, for those who read clinical text.
-- name: GetPrescriptionReasons :one
SELECT p.sealed_clinical, m.id AS move_id, m.sealed AS move_sealed FROM prescriptions AS p
JOIN prescription_states AS s ON s.tenant_id = @tenant_id AND s.id = p.id
JOIN prescription_moves AS m ON m.tenant_id = @tenant_id AND m.id = s.last_move_id
WHERE p.tenant_id = @tenant_id AND p.id = @id;

-- Why the newest prescriptions of a patient were stopped, for those who read clinical text.
-- name: ListStopReasons :many
SELECT p.id, m.id AS move_id, m.sealed AS move_sealed
FROM prescriptions AS p
JOIN prescription_states AS s ON s.tenant_id = @tenant_id AND s.id = p.id AND s.state = 'stopped'
JOIN prescription_moves AS m ON m.tenant_id = @tenant_id AND m.id = s.last_move_id
WHERE p.tenant_id = @tenant_id AND p.patient_id = @patient_id
ORDER BY p.signed_at DESC, p.id DESC LIMIT @most;

-- name: InsertPrescription :exec
INSERT INTO prescriptions (tenant_id, id, patient_id, drug_id, quantity, unit, supplies, expires_on, sealed, sealed_clinical, key_version,
  prepared_by, signed_at, signed_by)
VALUES (@tenant_id, @id, @patient_id, @drug_id, @quantity, @unit, @supplies, @expires_on, @sealed, @sealed_clinical, @key_version,
  @prepared_by, @signed_at, @signed_by);

-- name: InsertPrescriptionState :exec
INSERT INTO prescription_states (tenant_id, id, state, supplies_left, last_move_id)
VALUES (@tenant_id, @id, 'signed', @supplies_left, @last_move_id);

-- How a prescription stands, held until the transaction ends.
-- name: LockPrescriptionState :one
SELECT s.state, s.supplies_left, s.last_move_id, s.version FROM prescription_states AS s
WHERE s.tenant_id = @tenant_id AND s.id = @id FOR UPDATE;

-- The prescriptions of a patient that medicine may still be supplied on, held in the order of their ids.
-- name: LockLivePrescriptions :many
SELECT s.id, s.state, s.supplies_left FROM prescriptions AS p
JOIN prescription_states AS s ON s.tenant_id = @tenant_id AND s.id = p.id AND s.state IN ('signed', 'dispensing')
WHERE p.tenant_id = @tenant_id AND p.patient_id = @patient_id
ORDER BY s.id FOR UPDATE OF s;

-- name: InsertPrescriptionMove :exec
INSERT INTO prescription_moves (tenant_id, id, prescription_id, from_state, to_state, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @prescription_id, @from_state, @to_state, @sealed, @key_version, @at, @by_id);

-- Puts a prescription the caller holds into the state of its last move.
-- name: UpdatePrescriptionState :execrows
UPDATE prescription_states SET state = @state, supplies_left = @supplies_left, last_move_id = @last_move_id, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertSupply :exec
INSERT INTO prescription_supplies (tenant_id, id, prescription_id, patient_id, number, quantity, charge_id, sealed, key_version, day, at, by_id)
VALUES (@tenant_id, @id, @prescription_id, @patient_id, @number, @quantity, @charge_id, @sealed, @key_version, @day, @at, @by_id);

-- name: GetSupply :one
SELECT id, prescription_id, number, quantity, charge_id, sealed, day, at, by_id FROM prescription_supplies
WHERE tenant_id = @tenant_id AND id = @id;

-- The supplies of some prescriptions, the first ones first.
-- name: ListSupplies :many
SELECT id, prescription_id, number, quantity, charge_id, sealed, day, at, by_id FROM prescription_supplies
WHERE tenant_id = @tenant_id AND prescription_id = ANY(@prescriptions::uuid[])
ORDER BY prescription_id, number;

-- The supplies of a patient's newest prescriptions, the first ones first.
-- name: ListPatientSupplies :many
SELECT s.id, s.prescription_id, s.number, s.quantity, s.charge_id, s.sealed, s.day, s.at, s.by_id
FROM (
  SELECT q.id FROM prescriptions AS q WHERE q.tenant_id = @tenant_id AND q.patient_id = @patient_id
  ORDER BY q.signed_at DESC, q.id DESC LIMIT @most
) AS p
JOIN prescription_supplies AS s ON s.tenant_id = @tenant_id AND s.prescription_id = p.id
ORDER BY s.prescription_id, s.number;

-- name: InsertLabel :exec
INSERT INTO prescription_labels (tenant_id, id, supply_id, number, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @supply_id, @number, @sealed, @key_version, @at, @by_id);

-- name: GetLabel :one
SELECT l.id, l.supply_id, l.number, l.sealed, l.at, l.by_id, p.id AS prescription_id, p.patient_id
FROM prescription_labels AS l
JOIN prescription_supplies AS s ON s.tenant_id = @tenant_id AND s.id = l.supply_id
JOIN prescriptions AS p ON p.tenant_id = @tenant_id AND p.id = s.prescription_id
WHERE l.tenant_id = @tenant_id AND l.id = @id;

-- How often the label of a supply was printed, by whom and when, the first time first.
-- name: ListLabels :many
SELECT id, number, at, by_id FROM prescription_labels WHERE tenant_id = @tenant_id AND supply_id = @supply_id ORDER BY number;
