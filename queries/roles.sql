-- Every role of the clinic with what it allows, for compiling. One that is retired allows nothing.
-- name: ListRoleRights :many
SELECT r.id, r.key, r.name, r.version, coalesce(g.allowed, '')::text AS allowed
FROM roles AS r
LEFT JOIN role_rights AS g ON g.tenant_id = @tenant_id AND g.role_id = r.id
WHERE r.tenant_id = @tenant_id AND r.retired_at IS NULL
ORDER BY r.id, g.allowed;

-- name: GetRoleByID :one
SELECT id, key, name, version, retired_at FROM roles WHERE tenant_id = @tenant_id AND id = @id;

-- A role that changed; 0 rows where it changed meanwhile or is retired.
-- name: UpdateRole :execrows
UPDATE roles SET name = @name, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version AND retired_at IS NULL;

-- name: UpdateRoleRetired :execrows
UPDATE roles SET retired_at = @retired_at, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version AND retired_at IS NULL;

-- Who holds what, of everybody who works or worked at the clinic.
-- name: ListHeld :many
SELECT p.id, p.state, p.version,
  ARRAY(SELECT r.role_id FROM person_roles AS r
         WHERE r.tenant_id = @tenant_id AND r.person_id = p.id ORDER BY r.role_id)::uuid[] AS role_ids
FROM people AS p
WHERE p.tenant_id = @tenant_id
ORDER BY p.id;

-- The same of one person.
-- name: GetHeld :one
SELECT p.version,
  ARRAY(SELECT r.role_id FROM person_roles AS r
         WHERE r.tenant_id = @tenant_id AND r.person_id = p.id ORDER BY r.role_id)::uuid[] AS role_ids
FROM people AS p
WHERE p.tenant_id = @tenant_id AND p.id = @id;

-- The roles of a person are other ones; 0 rows where somebody else changed the person meanwhile.
-- name: UpdatePersonVersion :execrows
UPDATE people SET version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;

-- name: InsertRoleChange :exec
INSERT INTO role_changes (tenant_id, id, set_id, role_id, person_id, kind, made_at, made_by, sealed, key_version)
VALUES (@tenant_id, @id, @set_id, @role_id, sqlc.narg('person_id'), @kind, @made_at, @made_by, @sealed, @key_version);

-- Whether a form was saved before.
-- name: CountRoleChanges :one
SELECT count(*) FROM role_changes WHERE tenant_id = @tenant_id AND set_id = @set_id;

-- What happened to a role, the newest first.
-- name: ListRoleChanges :many
SELECT id, person_id, kind, made_at, made_by, sealed FROM role_changes
WHERE tenant_id = @tenant_id AND role_id = @role_id
ORDER BY made_at DESC, id DESC LIMIT 100;

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

-- Whoever changes who may do what waits here for whoever does so already, and then sees what that one did.
-- name: LockPolicyEpoch :one
SELECT epoch FROM policy_epochs WHERE tenant_id = @tenant_id FOR UPDATE;
