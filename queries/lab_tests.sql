-- The tests of a clinic by name, those it no longer makes too if asked.
-- name: ListLabTests :many
SELECT id, name, unit, decimals, version, ended_at
FROM lab_tests WHERE tenant_id = @tenant_id AND (ended_at IS NULL OR @ended::boolean)
ORDER BY name, id LIMIT 1000;

-- name: GetLabTest :one
SELECT id, name, unit, decimals, version, ended_at FROM lab_tests WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertLabTest :exec
INSERT INTO lab_tests (tenant_id, id, name, unit, decimals) VALUES (@tenant_id, @id, @name, @unit, @decimals);

-- name: UpdateLabTest :execrows
UPDATE lab_tests SET name = @name, unit = @unit, decimals = @decimals, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: EndLabTest :execrows
UPDATE lab_tests SET ended_at = @ended_at, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND lab_tests.ended_at IS NULL;

-- The ranges of one test, each species once.
-- name: ListLabRanges :many
SELECT test_id, species, low, high, source FROM lab_ranges
WHERE tenant_id = @tenant_id AND test_id = @test_id ORDER BY species;

-- The ranges of all tests, for one species or for all.
-- name: ListLabRangesFor :many
SELECT r.test_id, r.species, r.low, r.high, r.source FROM lab_ranges AS r
WHERE r.tenant_id = @tenant_id AND (r.species = @species OR @species = '')
ORDER BY r.test_id, r.species LIMIT 5000;

-- name: InsertLabRange :exec
INSERT INTO lab_ranges (tenant_id, test_id, species, low, high, source)
VALUES (@tenant_id, @test_id, @species, sqlc.narg('low'), sqlc.narg('high'), @source);

-- name: DeleteLabRanges :exec
DELETE FROM lab_ranges WHERE tenant_id = @tenant_id AND test_id = @test_id;

-- The panels of a clinic by name, those it no longer makes too if asked.
-- name: ListLabPanels :many
SELECT id, name, item_id, version, ended_at
FROM lab_panels WHERE tenant_id = @tenant_id AND (ended_at IS NULL OR @ended::boolean)
ORDER BY name, id LIMIT 100;

-- name: GetLabPanel :one
SELECT id, name, item_id, version, ended_at FROM lab_panels WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertLabPanel :exec
INSERT INTO lab_panels (tenant_id, id, name, item_id) VALUES (@tenant_id, @id, @name, sqlc.narg('item_id'));

-- name: UpdateLabPanel :execrows
UPDATE lab_panels SET name = @name, item_id = sqlc.narg('item_id'), version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: EndLabPanel :execrows
UPDATE lab_panels SET ended_at = @ended_at, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND lab_panels.ended_at IS NULL;

-- Which tests the panels have.
-- name: ListLabPanelTests :many
SELECT panel_id, test_id FROM lab_panel_tests
WHERE tenant_id = @tenant_id ORDER BY panel_id, test_id LIMIT 5000;

-- name: InsertLabPanelTest :exec
INSERT INTO lab_panel_tests (tenant_id, panel_id, test_id) VALUES (@tenant_id, @panel_id, @test_id);

-- name: DeleteLabPanelTests :exec
DELETE FROM lab_panel_tests WHERE tenant_id = @tenant_id AND panel_id = @panel_id;
