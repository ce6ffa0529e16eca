-- The record of who did what: leaves are inserted and never changed.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- One act a person would recognise. hash is the RFC 6962 leaf hash of the canonical encoding of the
-- columns before it (internal/audit/leaf.go), version says which encoding; tx lets a sequencer put
-- leaves in commit order.
CREATE TABLE audit.leaf (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  version      smallint NOT NULL CHECK (version > 0),
  at           timestamptz NOT NULL,
  actor_id     uuid,
  session_id   uuid,
  purpose      text NOT NULL,
  action       text NOT NULL CHECK (action ~ '^[a-z][a-z.-]*$'),
  object       text NOT NULL CHECK (object ~ '^[a-z][a-z.-]*$'),
  object_id    uuid,
  ids          uuid[] NOT NULL DEFAULT '{}',
  outcome      text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  route        text NOT NULL,
  request_id   uuid NOT NULL,
  policy_epoch bigint NOT NULL,
  commitment   bytea,
  hash         bytea NOT NULL CHECK (octet_length(hash) = 32),
  tx           xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX leaf_object ON audit.leaf (tenant_id, object_id, at);
CREATE INDEX leaf_recent ON audit.leaf (tenant_id, object, action, at);
SELECT sec.fence('audit.leaf', '{select,insert}', '{paddock_app,paddock_scribe}');

-- The platform's own log: attempts to cross a fence, with both clinics. No clinic reads it, and the
-- scribe can only add to it.
CREATE TABLE audit.security_event (
  id           uuid PRIMARY KEY,
  at           timestamptz NOT NULL,
  kind         text NOT NULL CHECK (kind ~ '^[a-z][a-z.-]*$'),
  at_clinic    uuid,
  of_clinic    uuid,
  actor_id     uuid,
  session_id   uuid,
  route        text NOT NULL,
  request_id   uuid NOT NULL
);
REVOKE ALL ON audit.security_event FROM PUBLIC;
GRANT INSERT ON audit.security_event TO paddock_scribe;
GRANT SELECT ON audit.security_event TO paddock_platform;
GRANT USAGE ON SCHEMA audit TO paddock_app, paddock_scribe, paddock_platform, paddock_watch;
RESET ROLE;
-- +goose StatementEnd
