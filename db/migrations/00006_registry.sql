-- What a clinic of many years knows of its animals: several owners with shares, numbers with a history,
-- alerts, weights, and the moves between the states of a patient.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- Shared by all clinics like species: suggested in forms, any other may be typed. ontology_id is of the
-- Vertebrate Breed Ontology (CC BY 4.0), where it is known.
CREATE TABLE breeds (
  species     text NOT NULL REFERENCES species,
  name        text NOT NULL CHECK (name <> '' AND length(name) <= 120),
  ontology_id text CHECK (ontology_id ~ '^VBO:[0-9]{7}$'),
  PRIMARY KEY (species, name)
);
GRANT SELECT ON breeds TO paddock_app;
INSERT INTO breeds (species, name) VALUES
  ('dog', 'Labrador Retriever'), ('cat', 'Domestic Shorthair');

-- The moves a patient may make; any other is refused by the key of patient_moves.
CREATE TABLE patient_state_moves (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
GRANT SELECT ON patient_state_moves TO paddock_app;
INSERT INTO patient_state_moves (from_state, to_state) VALUES
  ('active', 'inactive'), ('active', 'transferred'), ('active', 'deceased'),
  ('inactive', 'active'), ('inactive', 'transferred'), ('inactive', 'deceased'),
  ('transferred', 'active'), ('transferred', 'inactive'), ('transferred', 'deceased'),
  ('deceased', 'active');

-- One move of one patient, never changed. on_day is the day it died or left, as far as that is known;
-- manner and remains are of a death; sealed holds the words (cause, reason).
CREATE TABLE patient_moves (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  on_day      date,
  manner      text CHECK (manner IN ('died', 'euthanasia', 'unknown')),
  remains     text CHECK (remains IN ('unknown', 'home', 'cremation', 'ashes', 'clinic')),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT patient_moves_state UNIQUE (tenant_id, id, patient_id, to_state),
  CONSTRAINT patient_moves_allowed FOREIGN KEY (from_state, to_state) REFERENCES patient_state_moves (from_state, to_state),
  CONSTRAINT patient_moves_death CHECK (to_state = 'deceased' OR (manner IS NULL AND remains IS NULL)),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
);
CREATE INDEX patient_moves_patient ON patient_moves (tenant_id, patient_id);
SELECT sec.fence('patient_moves', '{select,insert}');

-- A patient is in the state its last move led to; active without one.
ALTER TABLE patients
  ADD COLUMN last_move_id   uuid,
  ADD COLUMN owners_version bigint NOT NULL DEFAULT 1,
  ADD CONSTRAINT patients_moved CHECK (status = 'active' OR last_move_id IS NOT NULL),
  ADD CONSTRAINT patients_last_move FOREIGN KEY (tenant_id, last_move_id, id, status) REFERENCES patient_moves (tenant_id, id, patient_id, to_state);
SELECT sec.fence('patients', '{select,insert,update}');

-- share is what the client pays of the patient's bills, in basis points; those of a patient's present
-- clients, each linked once, sum to 10000 (kept by registry.SetOwners under a lock on the patient).
ALTER TABLE ownerships
  ADD COLUMN share         integer NOT NULL DEFAULT 10000 CHECK (share BETWEEN 0 AND 10000),
  ADD COLUMN may_consent   boolean NOT NULL DEFAULT true,
  ADD COLUMN gets_reminders boolean NOT NULL DEFAULT true;
ALTER TABLE ownerships
  ALTER COLUMN share DROP DEFAULT, ALTER COLUMN may_consent DROP DEFAULT, ALTER COLUMN gets_reminders DROP DEFAULT;
SELECT sec.fence('ownerships', '{select,insert,update}');

-- given_on is the day of the implant or of issue. standard tells the chips apart: iso has 15 digits
-- (ISO 11784), nine and ten are older ones. A number that is no longer worn, or never was, has ended.
ALTER TABLE identifiers DROP CONSTRAINT identifiers_kind_check;
ALTER TABLE identifiers
  ADD CONSTRAINT identifiers_kind_check CHECK (kind IN ('chip', 'tag', 'tattoo', 'licence', 'passport')),
  ADD COLUMN standard text CHECK (standard IN ('iso', 'nine', 'ten')),
  ADD COLUMN given_on date,
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN ended_as text CHECK (ended_as IN ('not-worn', 'in-error')),
  ADD CONSTRAINT identifiers_ended CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
  ADD CONSTRAINT identifiers_standard CHECK (standard IS NULL OR kind = 'chip');
SELECT sec.fence('identifiers', '{select,insert}');
GRANT UPDATE (ended_at, ended_as) ON identifiers TO paddock_app;

-- What must be known before an animal or a client is dealt with, in three weights. topic tells allergies
-- from the rest, and that somebody asked and there are none.
CREATE TABLE alerts (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid,
  client_id   uuid,
  level       text NOT NULL CHECK (level IN ('stop', 'mind', 'know')),
  topic       text NOT NULL CHECK (topic IN ('general', 'allergy', 'no-allergies')),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid,
  ended_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT alerts_of_one CHECK ((patient_id IS NULL) <> (client_id IS NULL)),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id)
);
CREATE INDEX alerts_patient ON alerts (tenant_id, patient_id);
CREATE INDEX alerts_client ON alerts (tenant_id, client_id);
SELECT sec.fence('alerts', '{select,insert,update}');

-- One weighing. grams is what is computed with; entered and unit are as typed. One entered in error is struck.
CREATE TABLE weights (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  at          timestamptz NOT NULL,
  grams       bigint NOT NULL CHECK (grams BETWEEN 1 AND 5000000),
  entered     text NOT NULL CHECK (entered ~ '^[0-9.]+$' AND length(entered) <= 12),
  unit        text NOT NULL CHECK (unit IN ('kg', 'g', 'lb', 'oz')),
  source      text NOT NULL CHECK (source IN ('measured', 'estimated', 'stated')),
  recorded_at timestamptz NOT NULL,
  recorded_by uuid,
  struck_at   timestamptz,
  struck_by   uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
);
CREATE INDEX weights_patient ON weights (tenant_id, patient_id, at);
SELECT sec.fence('weights', '{select,insert}');
GRANT UPDATE (struck_at, struck_by) ON weights TO paddock_app;

-- sound is for words that sound alike; address is for street, town and postcode.
ALTER TABLE search_tokens DROP CONSTRAINT search_tokens_field_check;
ALTER TABLE search_tokens ADD CONSTRAINT search_tokens_field_check CHECK (field IN ('name', 'phone', 'email', 'number', 'sound', 'address'));
-- Tokens are removed by what they are, not by their row: half the cost of writing them was this index.
DROP INDEX search_tokens_row;

SET LOCAL ROLE paddock_sec;
-- Sessions that ended are looked for by their end.
CREATE INDEX sessions_ended ON sec.sessions (tenant_id, expires_at);
RESET ROLE;
-- +goose StatementEnd
