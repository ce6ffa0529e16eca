-- Makes the guesses at one account wait for each other, until the transaction ends. The key is the
-- start of the account's keyed hash.
-- name: LockAccount :exec
SELECT pg_advisory_xact_lock(@key::bigint);

-- Seconds an account or an address must still wait; 0 means that it may try now.
-- name: GetAttemptWait :one
SELECT sec.attempt_wait(@account::bytea, @address::bytea, @at::timestamptz)::integer AS seconds;

-- Notes a failure of an account and an address.
-- name: InsertFailedAttempt :exec
SELECT sec.attempt_failed(@account::bytea, @address::bytea, @at::timestamptz);

-- Forgets an account's failures; the address keeps its own.
-- name: DeleteFailedAttempts :exec
SELECT sec.attempt_cleared(@account::bytea);
