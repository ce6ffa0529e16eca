-- What heads and ends the documents of a clinic, days that were closed too early, and screens met elsewhere.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- How a clinic calls itself on paper: its name, address and numbers, sealed. Each version is a row of its own and the
-- highest one holds; a document keeps what held when it was issued.
CREATE TABLE letterheads (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  version     bigint NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT letterheads_version UNIQUE (tenant_id, version)
);
SELECT sec.fence('letterheads', '{select,insert}');

-- A closed day that was opened again, with the reason; round counts how often that was done to the day. Nothing of the
-- closing is rewritten: what it put into the ledger is taken back by entries of its own, and the day is closed anew by
-- another closing.
CREATE TABLE till_reopenings (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  closing_id  uuid NOT NULL,
  day         date NOT NULL,
  round       bigint NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  opened_at   timestamptz NOT NULL,
  opened_by   uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT till_reopenings_round UNIQUE (tenant_id, day, round),
  FOREIGN KEY (tenant_id, closing_id) REFERENCES till_closings (tenant_id, id)
);
CREATE INDEX till_reopenings_closing ON till_reopenings (tenant_id, closing_id);
SELECT sec.fence('till_reopenings', '{select,insert}');

-- The first closing of a day follows on none, every later one on the reopening of the one before: the closings of a
-- day are a chain, and only its last link can hold.
ALTER TABLE till_closings ADD COLUMN reopening_id uuid;
ALTER TABLE till_closings DROP CONSTRAINT till_closings_day;
ALTER TABLE till_closings ADD CONSTRAINT till_closings_day UNIQUE NULLS NOT DISTINCT (tenant_id, day, reopening_id);
CREATE INDEX till_closings_reopening ON till_closings (tenant_id, reopening_id);
ALTER TABLE till_closings ADD FOREIGN KEY (tenant_id, reopening_id) REFERENCES till_reopenings (tenant_id, id);

-- A screen's cookie that is met on another clinic's host ends the screen, as it ends a session.
GRANT SELECT (token_hash, ended_at), UPDATE (ended_at) ON wall_screens TO paddock_watch;
RESET ROLE;
-- +goose StatementEnd
