-- name: InsertLeaf :exec
INSERT INTO audit.leaf (tenant_id, id, version, at, actor_id, session_id, purpose, action, object, object_id, ids,
  outcome, route, request_id, policy_epoch, commitment, hash)
VALUES (@tenant_id, @id, @version, @at, sqlc.narg('actor_id'), sqlc.narg('session_id'), @purpose, @action, @object,
  sqlc.narg('object_id'), @ids::uuid[], @outcome, @route, @request_id, @policy_epoch, @commitment, @hash);

-- The leaves of one object, oldest first.
-- name: ListLeaves :many
SELECT id, version, at, actor_id, session_id, purpose, action, object, object_id, ids, outcome, route, request_id,
  policy_epoch, commitment, hash
FROM audit.leaf WHERE tenant_id = @tenant_id AND object_id = @object_id
ORDER BY at, id;
