-- Clients, patients, who owns whom, and the keyed tokens by which sealed rows are found.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- Shared by all clinics, read-only to the application; holds no clinic data.
CREATE TABLE species (
  code text PRIMARY KEY CHECK (code ~ '^[a-z]+$'),
  name text NOT NULL,
  rank integer NOT NULL
);
GRANT SELECT ON species TO paddock_app;
INSERT INTO species (code, name, rank) VALUES
  ('dog', 'Dog', 1), ('cat', 'Cat', 2), ('rabbit', 'Rabbit', 3), ('guineapig', 'Guinea pig', 4),
  ('hamster', 'Hamster', 5), ('rat', 'Rat', 6), ('mouse', 'Mouse', 7), ('ferret', 'Ferret', 8),
  ('bird', 'Bird', 9), ('chicken', 'Chicken', 10), ('tortoise', 'Tortoise', 11), ('lizard', 'Lizard', 12),
  ('snake', 'Snake', 13), ('fish', 'Fish', 14), ('horse', 'Horse', 15), ('goat', 'Goat', 16),
  ('sheep', 'Sheep', 17), ('pig', 'Pig', 18), ('cattle', 'Cattle', 19), ('alpaca', 'Alpaca', 20),
  ('livestock', 'Livestock', 90), ('other', 'Other', 99);

CREATE TABLE clients (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid,
  PRIMARY KEY (tenant_id, id)
);
SELECT sec.fence('clients', '{select,insert,update}');

CREATE TABLE patients (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  species        text NOT NULL REFERENCES species,
  breed          text NOT NULL DEFAULT '' CHECK (length(breed) <= 120),
  sex            text NOT NULL CHECK (sex IN ('male', 'female', 'unknown')),
  neutered       text NOT NULL CHECK (neutered IN ('yes', 'no', 'unknown')),
  born_on        date,
  born_precision text CHECK (born_precision IN ('day', 'month', 'year')),
  born_estimated boolean NOT NULL DEFAULT false,
  status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'transferred', 'deceased')),
  sealed         bytea NOT NULL,
  key_version    integer NOT NULL,
  version        bigint NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  updated_by     uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT patients_born CHECK ((born_on IS NULL) = (born_precision IS NULL))
);
SELECT sec.fence('patients', '{select,insert,update}');

CREATE TABLE ownerships (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  patient_id uuid NOT NULL,
  client_id  uuid NOT NULL,
  role       text NOT NULL CHECK (role IN ('owner', 'payer', 'carer', 'trainer')),
  since      timestamptz NOT NULL,
  until      timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id)
);
CREATE INDEX ownerships_patient ON ownerships (tenant_id, patient_id);
CREATE INDEX ownerships_client ON ownerships (tenant_id, client_id);
SELECT sec.fence('ownerships', '{select,insert,update}');

CREATE TABLE identifiers (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('chip', 'tag', 'tattoo', 'licence')),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
);
CREATE INDEX identifiers_patient ON identifiers (tenant_id, patient_id);
SELECT sec.fence('identifiers', '{select,insert}');

-- Keyed hashes of words, prefixes, phone digits and addresses. To a thief of the database a token
-- tells equality and frequency inside one clinic and field, nothing across clinics.
CREATE TABLE search_tokens (
  tenant_id uuid NOT NULL,
  field     text NOT NULL CHECK (field IN ('name', 'phone', 'email', 'number')),
  token     bytea NOT NULL CHECK (octet_length(token) = 8),
  row_id    uuid NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('client', 'patient')),
  PRIMARY KEY (tenant_id, field, token, row_id)
);
CREATE INDEX search_tokens_row ON search_tokens (tenant_id, row_id);
SELECT sec.fence('search_tokens', '{select,insert,delete}');
RESET ROLE;
-- +goose StatementEnd
