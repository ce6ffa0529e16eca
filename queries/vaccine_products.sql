-- The vaccines of a clinic by name, those it no longer keeps too if asked.
-- name: ListVaccineProducts :many
SELECT id, name, manufacturer, species, protects, months, first_doses, first_weeks, first_months, min_weeks, route, volume, item_id, version, ended_at
FROM vaccine_products WHERE tenant_id = @tenant_id AND (ended_at IS NULL OR @ended::boolean)
ORDER BY name, id LIMIT 200;

-- name: GetVaccineProduct :one
SELECT id, name, manufacturer, species, protects, months, first_doses, first_weeks, first_months, min_weeks, route, volume, item_id, version, ended_at
FROM vaccine_products WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertVaccineProduct :exec
INSERT INTO vaccine_products (tenant_id, id, name, manufacturer, species, protects, months, first_doses, first_weeks, first_months, min_weeks, route, volume, item_id)
VALUES (@tenant_id, @id, @name, @manufacturer, @species, @protects, @months, @first_doses, @first_weeks, @first_months, @min_weeks, @route, @volume, sqlc.narg('item_id'));

-- name: UpdateVaccineProduct :execrows
UPDATE vaccine_products SET name = @name, manufacturer = @manufacturer, species = @species, protects = @protects, months = @months,
  first_doses = @first_doses, first_weeks = @first_weeks, first_months = @first_months, min_weeks = @min_weeks, route = @route, volume = @volume,
  item_id = sqlc.narg('item_id'), version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: EndVaccineProduct :execrows
UPDATE vaccine_products SET ended_at = @ended_at, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND vaccine_products.ended_at IS NULL;

-- name: ReturnVaccineProduct :execrows
UPDATE vaccine_products SET ended_at = NULL, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND vaccine_products.ended_at IS NOT NULL;
