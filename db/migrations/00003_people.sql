-- The people of a clinic, what they may do, and how they prove who they are.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;
GRANT USAGE ON SCHEMA app TO paddock_app, paddock_watch;

-- Before and after of every change, sealed; written in the transaction that makes the change.
CREATE TABLE changes (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  at          timestamptz NOT NULL,
  actor_id    uuid,
  request_id  uuid NOT NULL,
  object      text NOT NULL,
  object_id   uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX changes_object ON changes (tenant_id, object_id, at);
SELECT sec.fence('changes', '{select,insert}');

-- email_token is the keyed hash by which sign-in finds a person; name and address are sealed.
CREATE TABLE people (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  email_token bytea NOT NULL CHECK (octet_length(email_token) = 32),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  state       text NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT people_email UNIQUE (tenant_id, email_token)
);
SELECT sec.fence('people', '{select,insert,update}');

CREATE TABLE roles (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  key       text NOT NULL CHECK (key ~ '^[a-z][a-z-]*$'),
  name      text NOT NULL CHECK (name <> '' AND length(name) <= 60),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT roles_key UNIQUE (tenant_id, key)
);
SELECT sec.fence('roles', '{select,insert,update}');

-- What a role allows: a permission (noun.verb) or a field group (field:noun). Allow only.
CREATE TABLE role_rights (
  tenant_id uuid NOT NULL,
  role_id   uuid NOT NULL,
  allowed   text NOT NULL CHECK (allowed ~ '^[a-z]+[.:][a-z]+$'),
  PRIMARY KEY (tenant_id, role_id, allowed),
  FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
SELECT sec.fence('role_rights', '{select,insert,delete}');

CREATE TABLE person_roles (
  tenant_id uuid NOT NULL,
  person_id uuid NOT NULL,
  role_id   uuid NOT NULL,
  PRIMARY KEY (tenant_id, person_id, role_id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
CREATE INDEX person_roles_role ON person_roles (tenant_id, role_id);
SELECT sec.fence('person_roles', '{select,insert,delete}');

-- Grows with every change of people, roles or rights; read with the session, so that a change counts from
-- the next request on every process.
CREATE TABLE policy_epochs (
  tenant_id uuid NOT NULL,
  epoch     bigint NOT NULL CHECK (epoch > 0),
  PRIMARY KEY (tenant_id)
);
SELECT sec.fence('policy_epochs', '{select,insert,update}');

-- The epoch grows here and not in the program: no path that changes who may do what can forget it.
CREATE FUNCTION policy_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog
AS $fn$
BEGIN
  UPDATE app.policy_epochs SET epoch = epoch + 1 WHERE tenant_id = coalesce(NEW.tenant_id, OLD.tenant_id);
  RETURN NULL;
END
$fn$;
REVOKE ALL ON FUNCTION policy_changed() FROM PUBLIC;
CREATE TRIGGER policy_changed AFTER INSERT OR UPDATE OF sealed, state OR DELETE ON people FOR EACH ROW EXECUTE FUNCTION policy_changed();
CREATE TRIGGER policy_changed AFTER INSERT OR UPDATE OR DELETE ON roles FOR EACH ROW EXECUTE FUNCTION policy_changed();
CREATE TRIGGER policy_changed AFTER INSERT OR UPDATE OR DELETE ON role_rights FOR EACH ROW EXECUTE FUNCTION policy_changed();
CREATE TRIGGER policy_changed AFTER INSERT OR UPDATE OR DELETE ON person_roles FOR EACH ROW EXECUTE FUNCTION policy_changed();

CREATE TABLE credentials (
  tenant_id  uuid NOT NULL,
  person_id  uuid NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('passphrase')),
  secret     text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, person_id, kind),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
SELECT sec.fence('credentials', '{select,insert,update}');

-- Single-use links by which a person sets the first passphrase.
CREATE TABLE setup_links (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  person_id  uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT setup_links_token UNIQUE (tenant_id, token_hash),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX setup_links_person ON setup_links (tenant_id, person_id);
SELECT sec.fence('setup_links', '{select,insert,update}');

-- What a person had typed when the session was locked or over, sealed, until it is sent or thrown away.
CREATE TABLE kept_forms (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  person_id   uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  kept_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX kept_forms_person ON kept_forms (tenant_id, person_id, kept_at);
SELECT sec.fence('kept_forms', '{select,insert,delete}');
RESET ROLE;
-- +goose StatementEnd
