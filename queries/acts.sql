-- name: InsertAct :exec
INSERT INTO acts (tenant_id, id, patient_id, visit_id, note_id, charge_id, item_id, quantity, unit, context, sealed, key_version, at, by_id)
VALUES (@tenant_id, @id, @patient_id, @visit_id, @note_id, @charge_id, @item_id, @quantity, @unit, @context, @sealed, @key_version, @at, @by_id);

-- What was done for a note, in that order, and what became of its charge; no money is selected.
-- name: ListActsOfNote :many
SELECT a.id, a.charge_id, a.quantity, a.unit, a.sealed, a.at, a.by_id, c.state
FROM acts AS a
JOIN charges AS c ON c.tenant_id = @tenant_id AND c.id = a.charge_id
WHERE a.tenant_id = @tenant_id AND a.note_id = @note_id
ORDER BY a.at, a.id;

-- What is open to be charged for a patient; no clinical text is selected.
-- name: ListOpenChargesOfPatient :many
SELECT c.id, c.patient_id, c.client_id, c.visit_id, c.item_id, c.quantity, c.unit, c.price, c.discount_bp, c.tax_class_id,
  c.context, c.state, c.sealed, c.version, c.day, c.made_at, c.made_by, p.species, m.id AS move_id, m.sealed AS move_sealed
FROM charges AS c
JOIN patients AS p ON p.tenant_id = @tenant_id AND p.id = c.patient_id
LEFT JOIN charge_moves AS m ON m.tenant_id = @tenant_id AND m.id = c.last_move_id
WHERE c.tenant_id = @tenant_id AND c.patient_id = @patient_id AND c.state = 'open'
ORDER BY c.made_at, c.id
LIMIT 60;
