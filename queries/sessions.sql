-- The session of a cookie with what a request is judged by besides: the epoch of the clinic's people and
-- roles, and the clinic's own state. No row for a token of another clinic.
-- name: GetSession :one
SELECT s.id, s.person_id, s.data, s.created_at, s.last_seen_at, s.expires_at, s.locked_at,
  e.epoch AS policy_epoch, e.idle_minutes, e.life_hours, c.state AS clinic_state, c.epoch AS clinic_epoch
FROM sec.sessions AS s
JOIN policy_epochs AS e ON e.tenant_id = @tenant_id
JOIN sec.this_clinic AS c ON c.tenant_id = @tenant_id
WHERE s.tenant_id = @tenant_id AND s.token_hash = @token_hash;

-- A session begins, for as long as the clinic's rules let one last.
-- name: InsertSession :execrows
INSERT INTO sec.sessions (tenant_id, id, token_hash, person_id, data, created_at, last_seen_at, expires_at)
SELECT @tenant_id, @id, @token_hash, @person_id, @data, b.at, b.at, b.at + e.life_hours * interval '1 hour'
FROM policy_epochs AS e CROSS JOIN (SELECT @created_at::timestamptz AS at) AS b
WHERE e.tenant_id = @tenant_id;

-- scs's own data of a session, kept under its present token.
-- name: UpdateSessionData :execrows
UPDATE sec.sessions SET data = @data, last_seen_at = @last_seen_at
WHERE tenant_id = @tenant_id AND token_hash = @token_hash;

-- A new token for a session whose assurance changed (sign-in, unlock, step-up).
-- name: UpdateSessionToken :execrows
UPDATE sec.sessions SET token_hash = @token_hash, locked_at = NULL, last_seen_at = @last_seen_at
WHERE tenant_id = @tenant_id AND id = @id;

-- Written at most once a minute, after the page; never for a locked session, and never backwards.
-- name: UpdateSessionSeen :execrows
UPDATE sec.sessions SET last_seen_at = @last_seen_at
WHERE tenant_id = @tenant_id AND id = @id AND locked_at IS NULL AND last_seen_at < @last_seen_at;

-- Locks a session; what it holds is kept.
-- name: UpdateSessionLocked :execrows
UPDATE sec.sessions SET locked_at = @locked_at
WHERE tenant_id = @tenant_id AND id = @id AND locked_at IS NULL;

-- Ends one session.
-- name: DeleteSession :execrows
DELETE FROM sec.sessions WHERE tenant_id = @tenant_id AND token_hash = @token_hash;

-- Ends every session of a person.
-- name: DeletePersonSessions :execrows
DELETE FROM sec.sessions WHERE tenant_id = @tenant_id AND person_id = @person_id;

-- Sweeps sessions that ended before an instant.
-- name: DeleteEndedSessions :execrows
DELETE FROM sec.sessions WHERE tenant_id = @tenant_id AND expires_at < @before;

-- The sessions of one person that go on or are locked, the one used last first, with where each began.
-- name: ListPersonSessions :many
SELECT s.id, s.person_id, s.created_at, s.last_seen_at, s.expires_at, s.locked_at, e.idle_minutes, e.life_hours, o.sealed AS origin
FROM sec.sessions AS s
JOIN policy_epochs AS e ON e.tenant_id = @tenant_id
LEFT JOIN origins AS o ON o.tenant_id = @tenant_id AND o.id = s.id
WHERE s.tenant_id = @tenant_id AND s.person_id = @person_id AND s.expires_at > @now
ORDER BY s.last_seen_at DESC, s.id;

-- The same of everybody, person by person.
-- name: ListSessions :many
SELECT s.id, s.person_id, s.created_at, s.last_seen_at, s.expires_at, s.locked_at, e.idle_minutes, e.life_hours, o.sealed AS origin
FROM (
  SELECT y.id, y.person_id, y.created_at, y.last_seen_at, y.expires_at, y.locked_at FROM sec.sessions AS y
  WHERE y.tenant_id = @tenant_id AND y.expires_at > @now
  ORDER BY y.person_id, y.id LIMIT 500
) AS s
JOIN policy_epochs AS e ON e.tenant_id = @tenant_id
LEFT JOIN LATERAL (SELECT x.sealed FROM origins AS x WHERE x.tenant_id = @tenant_id AND x.id = s.id OFFSET 0) AS o ON true
ORDER BY s.person_id, s.last_seen_at DESC, s.id;

-- Ends one session of a person; 0 rows where it is somebody else's or over.
-- name: DeleteSessionOf :execrows
DELETE FROM sec.sessions WHERE tenant_id = @tenant_id AND id = @id AND person_id = @person_id;

-- Ends all sessions of a person but one.
-- name: DeleteOtherSessions :many
DELETE FROM sec.sessions WHERE tenant_id = @tenant_id AND person_id = @person_id AND id <> @id RETURNING id;

-- name: InsertOrigin :exec
INSERT INTO origins (tenant_id, id, at, sealed, key_version) VALUES (@tenant_id, @id, @at, @sealed, @key_version)
ON CONFLICT (tenant_id, id) DO NOTHING;

-- Where sessions began and attempts came from, by their ids.
-- name: ListOrigins :many
SELECT id, sealed FROM origins WHERE tenant_id = @tenant_id AND id = ANY(@ids::uuid[]) ORDER BY id;

-- How long sessions of the clinic last.
-- name: GetSignInRules :one
SELECT idle_minutes, life_hours, rules_version FROM policy_epochs WHERE tenant_id = @tenant_id;

-- name: LockSignInRules :one
SELECT idle_minutes, life_hours, rules_version FROM policy_epochs WHERE tenant_id = @tenant_id FOR UPDATE;

-- name: UpdateSignInRules :execrows
UPDATE policy_epochs SET idle_minutes = @idle_minutes, life_hours = @life_hours, rules_version = rules_version + 1
WHERE tenant_id = @tenant_id AND rules_version = @rules_version;
