-- Everybody who works at the clinic, with the roles they hold.
-- name: ListPeople :many
SELECT p.id, p.sealed, p.state,
  ARRAY(SELECT r.role_id FROM person_roles AS r
         WHERE r.tenant_id = @tenant_id AND r.person_id = p.id ORDER BY r.role_id)::uuid[] AS role_ids
FROM people AS p
WHERE p.tenant_id = @tenant_id
ORDER BY p.id;

-- What sign-in compares: the person of an address and the stored hash of the passphrase.
-- name: GetCredential :one
SELECT p.id AS person_id, p.state, p.sealed, c.secret
FROM people AS p
JOIN credentials AS c ON c.tenant_id = @tenant_id AND c.person_id = p.id AND c.kind = 'passphrase'
WHERE p.tenant_id = @tenant_id AND p.email_token = @email_token;

-- The stored hash of a person already known, for unlocking.
-- name: GetPersonSecret :one
SELECT c.secret FROM credentials AS c
WHERE c.tenant_id = @tenant_id AND c.person_id = @person_id AND c.kind = 'passphrase';

-- name: InsertPerson :exec
INSERT INTO people (tenant_id, id, email_token, sealed, key_version, state, created_at)
VALUES (@tenant_id, @id, @email_token, @sealed, @key_version, @state, @created_at);

-- A person who set a passphrase may sign in from now on; 0 rows for one who was disabled meanwhile.
-- name: UpdatePersonActive :execrows
UPDATE people SET state = 'active', version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND state <> 'disabled';

-- name: UpdatePersonState :execrows
UPDATE people SET state = @state, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id;

-- name: InsertCredential :exec
INSERT INTO credentials (tenant_id, person_id, kind, secret, changed_at)
VALUES (@tenant_id, @person_id, 'passphrase', @secret, @changed_at)
ON CONFLICT (tenant_id, person_id, kind) DO UPDATE SET secret = excluded.secret, changed_at = excluded.changed_at;

-- name: InsertSetupLink :exec
INSERT INTO setup_links (tenant_id, id, person_id, token_hash, expires_at)
VALUES (@tenant_id, @id, @person_id, @token_hash, @expires_at);

-- A link that can still be used, with the person it is for.
-- name: GetSetupLink :one
SELECT l.id, l.person_id, l.expires_at, p.sealed AS person_sealed, p.state AS person_state
FROM setup_links AS l
JOIN people AS p ON p.tenant_id = @tenant_id AND p.id = l.person_id
WHERE l.tenant_id = @tenant_id AND l.token_hash = @token_hash AND l.used_at IS NULL;

-- Uses a link up; 0 rows where another was faster.
-- name: UpdateSetupLinkUsed :execrows
UPDATE setup_links SET used_at = @used_at
WHERE tenant_id = @tenant_id AND id = @id AND used_at IS NULL;

-- Uses up every other link of a person, so that an older one cannot set the passphrase again.
-- name: UpdateSetupLinksSpent :execrows
UPDATE setup_links SET used_at = @used_at
WHERE tenant_id = @tenant_id AND person_id = @person_id AND used_at IS NULL;

-- Everybody of the clinic as who manages them sees them: until when the newest link can be used, and when they were
-- last met in a session that is not swept yet. 1970 stands for never.
-- name: ListStaff :many
SELECT p.id, p.sealed, p.state, p.version, p.created_at,
  coalesce((SELECT max(l.expires_at) FROM setup_links AS l
             WHERE l.tenant_id = @tenant_id AND l.person_id = p.id AND l.used_at IS NULL), 'epoch')::timestamptz AS link_ends,
  coalesce((SELECT max(s.last_seen_at) FROM sec.sessions AS s
             WHERE s.tenant_id = @tenant_id AND s.person_id = p.id), 'epoch')::timestamptz AS seen_at,
  ((SELECT count(*) FROM credentials AS c WHERE c.tenant_id = @tenant_id AND c.person_id = p.id) > 0)::boolean AS signs_in
FROM people AS p
WHERE p.tenant_id = @tenant_id
ORDER BY p.id;

-- The same of one of them.
-- name: GetStaff :one
SELECT p.id, p.sealed, p.state, p.version, p.created_at,
  coalesce((SELECT max(l.expires_at) FROM setup_links AS l
             WHERE l.tenant_id = @tenant_id AND l.person_id = p.id AND l.used_at IS NULL), 'epoch')::timestamptz AS link_ends,
  coalesce((SELECT max(s.last_seen_at) FROM sec.sessions AS s
             WHERE s.tenant_id = @tenant_id AND s.person_id = p.id), 'epoch')::timestamptz AS seen_at,
  ((SELECT count(*) FROM credentials AS c WHERE c.tenant_id = @tenant_id AND c.person_id = p.id) > 0)::boolean AS signs_in
FROM people AS p
WHERE p.tenant_id = @tenant_id AND p.id = @id;

-- Somebody may sign in from now on or no longer; 0 rows where somebody else changed the person meanwhile.
-- name: UpdatePersonStateAt :execrows
UPDATE people SET state = @state, version = version + 1
WHERE tenant_id = @tenant_id AND id = @id AND version = @version;
