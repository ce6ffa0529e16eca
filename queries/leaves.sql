-- name: InsertLeaf :exec
INSERT INTO audit.leaf (tenant_id, id, version, at, actor_id, session_id, purpose, action, object, object_id, ids,
  outcome, route, request_id, policy_epoch, commitment, hash)
VALUES (@tenant_id, @id, @version, @at, sqlc.narg('actor_id'), sqlc.narg('session_id'), @purpose, @action, @object,
  sqlc.narg('object_id'), @ids::uuid[], @outcome, @route, @request_id, @policy_epoch, @commitment, @hash);

-- Several leaves of one clinic at once, for the scribe: one statement and one check of the context,
-- however many pages wait. ids are arrays in their text form, since PostgreSQL has no array of arrays.
-- name: InsertLeaves :exec
INSERT INTO audit.leaf (tenant_id, id, version, at, actor_id, session_id, purpose, action, object, object_id, ids,
  outcome, route, request_id, policy_epoch, commitment, hash)
SELECT @tenant_id, unnest(@leaf_ids::uuid[]), @version::smallint, unnest(@ats::timestamptz[]), unnest(@actor_ids::uuid[]),
  unnest(@session_ids::uuid[]), unnest(@purposes::text[]), unnest(@actions::text[]), unnest(@objects::text[]),
  unnest(@object_ids::uuid[]), unnest(@ids::text[])::uuid[], unnest(@outcomes::text[]), unnest(@routes::text[]),
  unnest(@request_ids::uuid[]), unnest(@policy_epochs::bigint[]), unnest(@commitments::bytea[]), unnest(@hashes::bytea[]);

-- The leaves of one object, oldest first.
-- name: ListLeaves :many
SELECT id, version, at, actor_id, session_id, purpose, action, object, object_id, ids, outcome, route, request_id,
  policy_epoch, commitment, hash
FROM audit.leaf WHERE tenant_id = @tenant_id AND object_id = @object_id
ORDER BY at, id;

-- Who opened, printed or took along one object, the newest first, before a place in that list.
-- name: ListLooks :many
SELECT id, at, actor_id, purpose, action, object FROM audit.leaf
WHERE tenant_id = @tenant_id AND object_id = @object_id AND (at, id) < (@before::timestamptz, @before_id::uuid)
  AND action IN ('opened', 'printed', 'exported', 'downloaded') AND outcome = 'done'
ORDER BY at DESC, id DESC
LIMIT 51;
