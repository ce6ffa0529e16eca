-- What releases have given the clinic so far.
-- name: ListUpgrades :many
SELECT name FROM upgrades WHERE tenant_id = @tenant_id ORDER BY name;

-- Notes that the clinic has been given something.
-- name: InsertUpgrade :exec
INSERT INTO upgrades (tenant_id, id, name, at) VALUES (@tenant_id, @id, @name, @at);

-- Several at once, for a new clinic, whose roles hold everything from the start.
-- name: InsertUpgrades :exec
INSERT INTO upgrades (tenant_id, id, name, at)
SELECT @tenant_id, unnest(@ids::uuid[]), unnest(@names::text[]), @at;
