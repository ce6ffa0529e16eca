-- Where sessions begin, how long they may last, and the ways into the record of who did what.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- From where, and by what kind of device, a session began or an attempt to sign in failed. id is the session's, or
-- that of the request where there was no session. It outlives the session, since the record of what was done in it does.
CREATE TABLE origins (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  at          timestamptz NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
SELECT sec.fence('origins', '{select,insert}');

-- How long a session of the clinic may rest before it is locked, and last in all. They stand where every request looks
-- anyway, so that a change counts from the next one, everywhere, and costs none of them anything.
ALTER TABLE policy_epochs
  ADD COLUMN idle_minutes  integer NOT NULL DEFAULT 15 CONSTRAINT policy_epochs_idle CHECK (idle_minutes BETWEEN 5 AND 30),
  ADD COLUMN life_hours    integer NOT NULL DEFAULT 12 CONSTRAINT policy_epochs_life CHECK (life_hours BETWEEN 1 AND 24),
  ADD COLUMN rules_version bigint NOT NULL DEFAULT 1;
SELECT sec.fence('policy_epochs', '{select,insert,update}');

-- The record of a clinic from its newest end, and that of one person. What was done to one thing, and what kind of act
-- to what kind of thing, have indexes already.
CREATE INDEX leaf_at ON audit.leaf (tenant_id, at, id);
CREATE INDEX leaf_actor ON audit.leaf (tenant_id, actor_id, at, id);
RESET ROLE;
-- +goose StatementEnd
