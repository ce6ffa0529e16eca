-- Roles that a clinic makes itself, and what was changed about each role: who, when and why.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- A role that is retired is held by nobody and allows nothing. A clinic's own has a key that begins with "own-".
ALTER TABLE roles
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  ADD COLUMN retired_at timestamptz;
SELECT sec.fence('roles', '{select,insert,update}');

-- The platform's rights are nothing that a clinic can give, whatever asks for it.
ALTER TABLE role_rights ADD CONSTRAINT role_rights_of_clinic CHECK (left(allowed, 8) <> 'platform');

-- What one form changed about one role; a form that changed several roles left one row for each, all of one set.
-- sealed holds the reason, what was given and taken, and names.
CREATE TABLE role_changes (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  set_id      uuid NOT NULL,
  role_id     uuid NOT NULL,
  person_id   uuid,
  kind        text NOT NULL CHECK (kind IN ('made', 'renamed', 'rights', 'retired', 'given', 'taken')),
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  CHECK (person_id IS NOT NULL OR kind NOT IN ('given', 'taken'))
);
CREATE INDEX role_changes_role ON role_changes (tenant_id, role_id, made_at, id);
CREATE INDEX role_changes_set ON role_changes (tenant_id, set_id);
CREATE INDEX role_changes_person ON role_changes (tenant_id, person_id);
SELECT sec.fence('role_changes', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
