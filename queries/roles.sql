-- Every role of the clinic with what it allows, for compiling.
-- name: ListRoleRights :many
SELECT r.id, r.key, r.name, coalesce(g.allowed, '')::text AS allowed
FROM roles AS r
LEFT JOIN role_rights AS g ON g.tenant_id = @tenant_id AND g.role_id = r.id
WHERE r.tenant_id = @tenant_id
ORDER BY r.id, g.allowed;

-- A role of the clinic by its key. No row where the clinic has none of that key.
-- name: GetRole :one
SELECT id, name FROM roles WHERE tenant_id = @tenant_id AND key = @key;

-- name: InsertRole :exec
INSERT INTO roles (tenant_id, id, key, name) VALUES (@tenant_id, @id, @key, @name);

-- name: InsertRoleRights :exec
INSERT INTO role_rights (tenant_id, role_id, allowed)
SELECT @tenant_id, @role_id, unnest(@allowed::text[]);

-- Gives a role one right; 0 rows where it has it.
-- name: InsertRoleRight :execrows
INSERT INTO role_rights (tenant_id, role_id, allowed) VALUES (@tenant_id, @role_id, @allowed)
ON CONFLICT (tenant_id, role_id, allowed) DO NOTHING;

-- name: DeleteRoleRight :execrows
DELETE FROM role_rights WHERE tenant_id = @tenant_id AND role_id = @role_id AND allowed = @allowed;

-- name: InsertPersonRole :exec
INSERT INTO person_roles (tenant_id, person_id, role_id) VALUES (@tenant_id, @person_id, @role_id);

-- name: DeletePersonRole :execrows
DELETE FROM person_roles WHERE tenant_id = @tenant_id AND person_id = @person_id AND role_id = @role_id;

-- name: InsertPolicyEpoch :exec
INSERT INTO policy_epochs (tenant_id, epoch) VALUES (@tenant_id, 1);

-- name: GetPolicyEpoch :one
SELECT epoch FROM policy_epochs WHERE tenant_id = @tenant_id;
