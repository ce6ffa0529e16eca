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

-- The record of the clinic from a place in it back to an instant, the newest first: what is asked for among the next
-- @span leaves, and the last of these in any case, from which to go on. However rare what is asked for, one page
-- reads no more than that.
-- name: ListLog :many
SELECT w.id, w.at, w.actor_id, w.session_id, w.purpose, w.action, w.object, w.object_id, w.things::integer AS things, w.first_ids::uuid[] AS first_ids,
  w.outcome, w.route, w.request_id, (w.place = @span::integer)::boolean AS last
FROM (
  SELECT y.*, row_number() OVER (ORDER BY y.at DESC, y.id DESC) AS place FROM (
    SELECT l.id, l.at, l.actor_id, l.session_id, l.purpose, l.action, l.object, l.object_id, cardinality(l.ids) AS things,
      l.ids[1:2] AS first_ids, l.outcome, l.route, l.request_id
    FROM audit.leaf AS l
    WHERE l.tenant_id = @tenant_id AND (l.at, l.id) < (@before::timestamptz, @before_id::uuid) AND l.at >= @since::timestamptz
    ORDER BY l.at DESC, l.id DESC LIMIT @span::integer
  ) AS y
) AS w
WHERE w.place = @span::integer OR ((@action::text = '' OR w.action = @action::text) AND (@object::text = '' OR w.object = @object::text)
  AND (@route::text = '' OR w.route = @route::text))
ORDER BY w.at DESC, w.id DESC LIMIT @most::integer;

-- The same of what one person did.
-- name: ListLogOfPerson :many
SELECT w.id, w.at, w.actor_id, w.session_id, w.purpose, w.action, w.object, w.object_id, w.things::integer AS things, w.first_ids::uuid[] AS first_ids,
  w.outcome, w.route, w.request_id, (w.place = @span::integer)::boolean AS last
FROM (
  SELECT y.*, row_number() OVER (ORDER BY y.at DESC, y.id DESC) AS place FROM (
    SELECT l.id, l.at, l.actor_id, l.session_id, l.purpose, l.action, l.object, l.object_id, cardinality(l.ids) AS things,
      l.ids[1:2] AS first_ids, l.outcome, l.route, l.request_id
    FROM audit.leaf AS l
    WHERE l.tenant_id = @tenant_id AND l.actor_id = @actor_id AND (l.at, l.id) < (@before::timestamptz, @before_id::uuid) AND l.at >= @since::timestamptz
    ORDER BY l.at DESC, l.id DESC LIMIT @span::integer
  ) AS y
) AS w
WHERE w.place = @span::integer OR ((@action::text = '' OR w.action = @action::text) AND (@object::text = '' OR w.object = @object::text)
  AND (@route::text = '' OR w.route = @route::text))
ORDER BY w.at DESC, w.id DESC LIMIT @most::integer;

-- The same of what was done to one thing, by one person where one is named.
-- name: ListLogOfObject :many
SELECT w.id, w.at, w.actor_id, w.session_id, w.purpose, w.action, w.object, w.object_id, w.things::integer AS things, w.first_ids::uuid[] AS first_ids,
  w.outcome, w.route, w.request_id, (w.place = @span::integer)::boolean AS last
FROM (
  SELECT y.*, row_number() OVER (ORDER BY y.at DESC, y.id DESC) AS place FROM (
    SELECT l.id, l.at, l.actor_id, l.session_id, l.purpose, l.action, l.object, l.object_id, cardinality(l.ids) AS things,
      l.ids[1:2] AS first_ids, l.outcome, l.route, l.request_id
    FROM audit.leaf AS l
    WHERE l.tenant_id = @tenant_id AND l.object_id = @object_id AND (l.at, l.id) < (@before::timestamptz, @before_id::uuid) AND l.at >= @since::timestamptz
    ORDER BY l.at DESC, l.id DESC LIMIT @span::integer
  ) AS y
) AS w
WHERE w.place = @span::integer OR ((@action::text = '' OR w.action = @action::text) AND (@object::text = '' OR w.object = @object::text)
  AND (@route::text = '' OR w.route = @route::text)
  AND (sqlc.narg('actor_id')::uuid IS NULL OR w.actor_id = sqlc.narg('actor_id')::uuid))
ORDER BY w.at DESC, w.id DESC LIMIT @most::integer;

-- What kinds of acts on what kinds of things the record holds, found by leaping from one to the next.
-- name: ListLogKinds :many
WITH RECURSIVE kinds AS (
  (SELECT f.object, f.action FROM audit.leaf AS f WHERE f.tenant_id = @tenant_id ORDER BY f.object, f.action LIMIT 1)
  UNION ALL
  SELECT n.object, n.action FROM kinds AS k
  JOIN LATERAL (
    SELECT l.object, l.action FROM audit.leaf AS l
    WHERE l.tenant_id = @tenant_id AND (l.object, l.action) > (k.object, k.action)
    ORDER BY l.object, l.action LIMIT 1
  ) AS n ON true
)
SELECT object, action FROM kinds ORDER BY object, action;

-- The newest leaves of some of these kinds, from a place in the record back to an instant.
-- name: ListLogOfKinds :many
SELECT w.id, w.at, w.actor_id, w.session_id, w.purpose, w.action, w.object, w.object_id, w.things::integer AS things, w.first_ids::uuid[] AS first_ids,
  w.outcome, w.route, w.request_id, false AS last
FROM (SELECT unnest(@objects::text[]) AS object, unnest(@actions::text[]) AS action) AS k
JOIN LATERAL (
  SELECT l.id, l.at, l.actor_id, l.session_id, l.purpose, l.action, l.object, l.object_id, cardinality(l.ids) AS things,
    l.ids[1:2] AS first_ids, l.outcome, l.route, l.request_id
  FROM audit.leaf AS l
  WHERE l.tenant_id = @tenant_id AND l.object = k.object AND l.action = k.action
    AND (l.at, l.id) < (@before::timestamptz, @before_id::uuid) AND l.at >= @since::timestamptz
  ORDER BY l.at DESC, l.id DESC LIMIT @most::integer
) AS w ON true
ORDER BY w.at DESC, w.id DESC LIMIT @most::integer;
