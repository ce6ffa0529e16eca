-- The session of a cookie with what a request is judged by besides: the epoch of the clinic's people and
-- roles, and the clinic's own state. No row for a token of another clinic.
-- name: GetSession :one
SELECT s.id, s.person_id, s.data, s.created_at, s.last_seen_at, s.expires_at, s.locked_at,
  e.epoch AS policy_epoch, c.state AS clinic_state, c.epoch AS clinic_epoch
FROM sec.sessions AS s
JOIN policy_epochs AS e ON e.tenant_id = @tenant_id
JOIN sec.this_clinic AS c ON c.tenant_id = @tenant_id
WHERE s.tenant_id = @tenant_id AND s.token_hash = @token_hash;

-- A session begins.
-- name: InsertSession :exec
INSERT INTO sec.sessions (tenant_id, id, token_hash, person_id, data, created_at, last_seen_at, expires_at)
VALUES (@tenant_id, @id, @token_hash, @person_id, @data, @created_at, @created_at, @expires_at);

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
