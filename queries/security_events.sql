-- One attempt to cross a fence, in the platform's own log.
-- name: InsertSecurityEvent :exec
INSERT INTO audit.security_event (id, at, kind, at_clinic, of_clinic, actor_id, session_id, route, request_id)
VALUES (@id, @at, @kind, sqlc.narg('at_clinic'), sqlc.narg('of_clinic'), sqlc.narg('actor_id'), sqlc.narg('session_id'), @route, @request_id);
