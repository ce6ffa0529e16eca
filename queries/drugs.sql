-- The drug list in the order of the names, ended ones too if asked.
-- name: ListDrugs :many
SELECT id, name, ingredients, families, strength, unit, route, micrograms, step, item_id, per_item, cautions, version, ended_at
FROM drugs WHERE tenant_id = @tenant_id AND (ended_at IS NULL OR @ended::boolean)
ORDER BY name, id LIMIT @most;

-- name: GetDrug :one
SELECT id, name, ingredients, families, strength, unit, route, micrograms, step, item_id, per_item, cautions, version, ended_at
FROM drugs WHERE tenant_id = @tenant_id AND id = @id;

-- The same row, held until the transaction ends.
-- name: LockDrug :one
SELECT id, name, ingredients, families, strength, unit, route, micrograms, step, item_id, per_item, cautions, version, ended_at
FROM drugs WHERE tenant_id = @tenant_id AND id = @id FOR UPDATE;

-- name: InsertDrug :exec
INSERT INTO drugs (tenant_id, id, name, ingredients, families, strength, unit, route, micrograms, step, item_id, per_item, cautions)
VALUES (@tenant_id, @id, @name, @ingredients, @families, @strength, @unit, @route, @micrograms, @step, @item_id, @per_item, @cautions);

-- Saves a drug the caller holds.
-- name: UpdateDrug :execrows
UPDATE drugs SET name = @name, ingredients = @ingredients, families = @families, strength = @strength, unit = @unit, route = @route,
  micrograms = @micrograms, step = @step, item_id = @item_id, per_item = @per_item, cautions = @cautions, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id;

-- name: EndDrug :execrows
UPDATE drugs SET ended_at = @ended_at, version = version + 1 WHERE tenant_id = @tenant_id AND id = @id AND drugs.ended_at IS NULL;

-- name: ReturnDrug :execrows
UPDATE drugs SET ended_at = NULL, version = version + 1 WHERE tenant_id = @tenant_id AND id = @id AND drugs.ended_at IS NOT NULL;

-- What holds of one drug, each species once.
-- name: ListDrugSpecies :many
SELECT species, banned, low, high, licensed, meat_days, milk_days, source, checked
FROM drug_species WHERE tenant_id = @tenant_id AND drug_id = @drug_id ORDER BY species;

-- name: InsertDrugSpecies :exec
INSERT INTO drug_species (tenant_id, drug_id, species, banned, low, high, licensed, meat_days, milk_days, source, checked)
VALUES (@tenant_id, @drug_id, @species, @banned, @low, @high, @licensed, sqlc.narg('meat_days'), sqlc.narg('milk_days'), @source, @checked);

-- name: DeleteDrugSpecies :exec
DELETE FROM drug_species WHERE tenant_id = @tenant_id AND drug_id = @drug_id;
