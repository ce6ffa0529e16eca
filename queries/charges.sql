-- The visit something is charged to, held so that it does not end meanwhile.
-- name: HoldChargedVisit :one
SELECT id, patient_id, state FROM appointments WHERE tenant_id = @tenant_id AND id = @id FOR SHARE;

-- name: InsertCharge :exec
INSERT INTO charges (tenant_id, id, patient_id, client_id, visit_id, item_id, quantity, unit, price, discount_bp, tax_class_id,
  context, sealed, key_version, day, made_at, made_by)
VALUES (@tenant_id, @id, @patient_id, @client_id, @visit_id, @item_id, @quantity, @unit, @price, @discount_bp, @tax_class_id,
  @context, @sealed, @key_version, @day, @made_at, @made_by);

-- A charge, and why it is in the state it is in.
-- name: GetCharge :one
SELECT c.id, c.patient_id, c.client_id, c.visit_id, c.item_id, c.quantity, c.unit, c.price, c.discount_bp, c.tax_class_id,
  c.context, c.state, c.sealed, c.version, c.day, c.made_at, c.made_by, p.species, m.id AS move_id, m.sealed AS move_sealed
FROM charges AS c
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = c.patient_id
LEFT JOIN charge_moves AS m ON m.tenant_id = @tenant_id AND m.id = c.last_move_id
WHERE c.tenant_id = @tenant_id AND c.id = @id;

-- name: ListChargesAmong :many
SELECT c.id, c.patient_id, c.client_id, c.visit_id, c.item_id, c.quantity, c.unit, c.price, c.discount_bp, c.tax_class_id,
  c.context, c.state, c.sealed, c.version, c.day, c.made_at, c.made_by, p.species, m.id AS move_id, m.sealed AS move_sealed
FROM charges AS c
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = c.patient_id
LEFT JOIN charge_moves AS m ON m.tenant_id = @tenant_id AND m.id = c.last_move_id
WHERE c.tenant_id = @tenant_id AND c.id = ANY(@ids::uuid[])
ORDER BY c.made_at, c.id;

-- Every charge of a visit, whatever became of it, in the order they were made.
-- name: ListChargesOfVisit :many
SELECT c.id, c.patient_id, c.client_id, c.visit_id, c.item_id, c.quantity, c.unit, c.price, c.discount_bp, c.tax_class_id,
  c.context, c.state, c.sealed, c.version, c.day, c.made_at, c.made_by, p.species, m.id AS move_id, m.sealed AS move_sealed
FROM charges AS c
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = c.patient_id
LEFT JOIN charge_moves AS m ON m.tenant_id = @tenant_id AND m.id = c.last_move_id
WHERE c.tenant_id = @tenant_id AND c.visit_id = @visit_id
ORDER BY c.made_at, c.id;

-- The open charges a client pays: those in the client's name, and those of the animals the client has a share of.
-- name: ListOpenChargesOfClient :many
SELECT c.id, c.patient_id, c.client_id, c.visit_id, c.item_id, c.quantity, c.unit, c.price, c.discount_bp, c.tax_class_id,
  c.context, c.state, c.sealed, c.version, c.day, c.made_at, c.made_by, p.species, m.id AS move_id, m.sealed AS move_sealed
FROM (
  SELECT a.id FROM charges AS a WHERE a.tenant_id = @tenant_id AND a.client_id = @client_id AND a.state = 'open'
  UNION
  SELECT b.id FROM ownerships AS o
  JOIN charges AS b ON b.tenant_id = @tenant_id AND b.patient_id = o.patient_id AND b.state = 'open' AND b.client_id IS NULL
  WHERE o.tenant_id = @tenant_id AND o.client_id = @client_id AND o.until IS NULL AND o.share > 0
) AS mine
JOIN charges AS c ON c.tenant_id = @tenant_id AND c.id = mine.id
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = c.patient_id
LEFT JOIN charge_moves AS m ON m.tenant_id = @tenant_id AND m.id = c.last_move_id
ORDER BY c.made_at, c.id;

-- What the open charges of several visits are made of; nothing sealed.
-- name: ListOpenSums :many
SELECT c.id, c.visit_id, c.quantity, c.price, c.discount_bp, c.tax_class_id, c.context, c.day, p.species
FROM charges AS c
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = c.patient_id
WHERE c.tenant_id = @tenant_id AND c.visit_id = ANY(@visits::uuid[]) AND c.state = 'open'
ORDER BY c.visit_id, c.made_at, c.id;

-- The same of everybody who is on their way out, whoever they are.
-- name: ListOpenSumsLeaving :many
SELECT c.id, c.visit_id, c.quantity, c.price, c.discount_bp, c.tax_class_id, c.context, c.day, p.species
FROM appointments AS a
JOIN LATERAL (
  SELECT y.id, y.visit_id, y.patient_id, y.quantity, y.price, y.discount_bp, y.tax_class_id, y.context, y.day, y.made_at
  FROM charges AS y WHERE y.tenant_id = @tenant_id AND y.visit_id = a.id AND y.state = 'open' OFFSET 0
) AS c ON true
JOIN LATERAL (SELECT y.species FROM patients AS y WHERE y.tenant_id = @tenant_id AND y.id = c.patient_id OFFSET 0) AS p ON true
WHERE a.tenant_id = @tenant_id AND a.state IN ('ready', 'billed')
ORDER BY c.visit_id, c.made_at, c.id;

-- name: CountOpenCharges :one
SELECT count(*) FROM charges WHERE tenant_id = @tenant_id AND visit_id = @visit_id AND state = 'open';

-- Charges in the order of their ids, held until the transaction ends.
-- name: LockCharges :many
SELECT id, state, version FROM charges WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[]) ORDER BY id FOR UPDATE;

-- name: UpdateCharge :execrows
UPDATE charges SET client_id = @client_id, quantity = @quantity, unit = @unit, price = @price, discount_bp = @discount_bp,
  tax_class_id = @tax_class_id, context = @context, sealed = @sealed, key_version = @key_version, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- Moves of charges from one state to another, one element of each array for a charge.
-- name: InsertChargeMoves :exec
INSERT INTO charge_moves (tenant_id, id, charge_id, from_state, to_state, invoice_id, sealed, key_version, at, by_id)
SELECT @tenant_id, m.id, m.charge, @from_state, @to_state, m.invoice, m.sealed, @key_version, @at, @by_id
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@charges::uuid[]) AS charge, unnest(@invoices::uuid[]) AS invoice, unnest(@sealed::bytea[]) AS sealed) AS m;

-- Puts charges the caller holds into the state that their last moves led to.
-- name: UpdateChargeStates :execrows
UPDATE charges SET state = @state, last_move_id = m.id, version = charges.version + 1
FROM (SELECT unnest(@ids::uuid[]) AS id, unnest(@charges::uuid[]) AS charge) AS m
WHERE charges.tenant_id = @tenant_id AND charges.id = m.charge;

-- The clients who pay for the animals of charges, with their shares, owners first, then payers, the longest first.
-- name: ListSharesOfCharges :many
SELECT o.patient_id, o.client_id, o.share FROM ownerships AS o
WHERE o.tenant_id = @tenant_id AND o.until IS NULL AND o.share > 0
  AND o.patient_id IN (SELECT c.patient_id FROM charges AS c WHERE c.tenant_id = @tenant_id AND c.id = ANY(@charges::uuid[]))
ORDER BY o.patient_id, CASE o.role WHEN 'owner' THEN 1 ELSE 2 END, o.since, o.client_id;

-- Clients in the order of their ids, held until the transaction ends.
-- name: LockPayers :many
SELECT id FROM clients WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[]) ORDER BY id FOR UPDATE;

-- Animals in the order of their ids, held so that their owners stay who they are.
-- name: HoldCharged :many
SELECT id FROM patients WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[]) ORDER BY id FOR SHARE;

-- The client something is charged to: there until the transaction ends.
-- name: HoldChargedClient :one
SELECT id FROM clients WHERE tenant_id = @tenant_id AND id = @id FOR KEY SHARE;

-- name: HoldChargedPatient :one
SELECT id FROM patients WHERE tenant_id = @tenant_id AND id = @id FOR KEY SHARE;

-- Visits in the order of their ids, held so that they do not end meanwhile.
-- name: HoldChargedVisits :many
SELECT id, state FROM appointments WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[]) ORDER BY id FOR SHARE;

-- The visit that is billed, held for what moves it on afterwards.
-- name: LockBilledVisit :one
SELECT id, state, patient_id, client_id FROM appointments WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;
