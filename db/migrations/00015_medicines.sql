-- Medicines: the clinic's own drug list, prescriptions that are closed by a signature, what was supplied on them, and
-- every label that was printed.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- The drug list. micrograms is what one unit holds of what is dosed by weight, 0 for what is not; step is the least
-- part of a unit that can be given and per_item what one item of the price list holds, both in thousandths of a unit.
CREATE TABLE drugs (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  name        text NOT NULL CHECK (name <> '' AND length(name) <= 120),
  ingredients text NOT NULL CHECK (ingredients <> '' AND length(ingredients) <= 300),
  families    text NOT NULL CHECK (length(families) <= 300),
  strength    text NOT NULL CHECK (strength <> '' AND length(strength) <= 60),
  unit        text NOT NULL CHECK (unit IN ('tablet', 'capsule', 'ml', 'g', 'dose', 'pipette', 'drop')),
  route       text NOT NULL CHECK (route IN ('mouth', 'skin', 'ear', 'eye', 'nose', 'under-skin', 'muscle', 'vein')),
  micrograms  bigint NOT NULL CHECK (micrograms BETWEEN 0 AND 1000000000),
  step        bigint NOT NULL CHECK (step BETWEEN 1 AND 1000000),
  item_id     uuid,
  per_item    bigint NOT NULL CHECK (per_item BETWEEN 1 AND 1000000000),
  cautions    text NOT NULL CHECK (length(cautions) <= 300),
  version     bigint NOT NULL DEFAULT 1,
  ended_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES price_items (tenant_id, id)
);
CREATE INDEX drugs_names ON drugs (tenant_id, name, id);
CREATE INDEX drugs_item ON drugs (tenant_id, item_id);
SELECT sec.fence('drugs', '{select,insert,update}');

-- What holds of a drug for a species: the range of one dose in micrograms a kilogram, 0 where none is known, or that
-- it is never given. Days until food of the animal is eaten; none where the clinic does not know them.
CREATE TABLE drug_species (
  tenant_id uuid NOT NULL,
  drug_id   uuid NOT NULL,
  species   text NOT NULL REFERENCES species,
  banned    boolean NOT NULL,
  low       bigint NOT NULL CHECK (low BETWEEN 0 AND 1000000000),
  high      bigint NOT NULL CHECK (high BETWEEN 0 AND 1000000000),
  licensed  boolean NOT NULL,
  meat_days integer,
  milk_days integer,
  source    text NOT NULL CHECK (length(source) <= 300),
  checked   boolean NOT NULL,
  PRIMARY KEY (tenant_id, drug_id, species),
  FOREIGN KEY (tenant_id, drug_id) REFERENCES drugs (tenant_id, id)
);
SELECT sec.fence('drug_species', '{select,insert,delete}');

-- A prescription that nobody has signed. A nurse may have prepared it.
CREATE TABLE prescription_drafts (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  drug_id     uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  saved_at    timestamptz NOT NULL,
  saved_by    uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, drug_id) REFERENCES drugs (tenant_id, id)
);
CREATE INDEX prescription_drafts_patient ON prescription_drafts (tenant_id, patient_id, made_at);
CREATE INDEX prescription_drafts_drug ON prescription_drafts (tenant_id, drug_id);
SELECT sec.fence('prescription_drafts', '{select,insert,update,delete}');

-- A signed prescription, which nobody changes: quantity is one supply, supplies how many were approved. sealed is
-- what stands on the label, sealed_clinical why: the dose, what was found when it was signed, and the reasons.
CREATE TABLE prescriptions (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  patient_id      uuid NOT NULL,
  drug_id         uuid NOT NULL,
  quantity        numeric(13,3) NOT NULL CHECK (quantity > 0),
  unit            text NOT NULL CHECK (unit IN ('tablet', 'capsule', 'ml', 'g', 'dose', 'pipette', 'drop')),
  supplies        integer NOT NULL CHECK (supplies BETWEEN 1 AND 99),
  expires_on      date NOT NULL,
  sealed          bytea NOT NULL,
  sealed_clinical bytea NOT NULL,
  key_version     integer NOT NULL,
  prepared_by     uuid,
  signed_at       timestamptz NOT NULL,
  signed_by       uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, drug_id) REFERENCES drugs (tenant_id, id)
);
CREATE INDEX prescriptions_patient ON prescriptions (tenant_id, patient_id, signed_at);
CREATE INDEX prescriptions_drug ON prescriptions (tenant_id, drug_id);
SELECT sec.fence('prescriptions', '{select,insert}');

-- Which state may follow which. That one has expired is read from its day.
CREATE TABLE prescription_state_moves (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
GRANT SELECT ON prescription_state_moves TO paddock_app;
INSERT INTO prescription_state_moves (from_state, to_state) VALUES
  ('draft', 'signed'), ('signed', 'dispensing'), ('signed', 'completed'), ('dispensing', 'completed'),
  ('signed', 'stopped'), ('dispensing', 'stopped');

CREATE TABLE prescription_moves (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  prescription_id uuid NOT NULL,
  from_state      text NOT NULL,
  to_state        text NOT NULL,
  sealed          bytea NOT NULL,
  key_version     integer NOT NULL,
  at              timestamptz NOT NULL,
  by_id           uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT prescription_moves_state UNIQUE (tenant_id, id, prescription_id, to_state),
  CONSTRAINT prescription_moves_allowed FOREIGN KEY (from_state, to_state) REFERENCES prescription_state_moves (from_state, to_state),
  FOREIGN KEY (tenant_id, prescription_id) REFERENCES prescriptions (tenant_id, id)
);
CREATE INDEX prescription_moves_of ON prescription_moves (tenant_id, prescription_id, at);
SELECT sec.fence('prescription_moves', '{select,insert}');

-- How a signed prescription stands: its last move, and how many supplies are left of those approved, never below 0.
CREATE TABLE prescription_states (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL,
  state         text NOT NULL CHECK (state IN ('signed', 'dispensing', 'completed', 'stopped')),
  supplies_left integer NOT NULL CHECK (supplies_left >= 0),
  last_move_id  uuid NOT NULL,
  version       bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES prescriptions (tenant_id, id),
  CONSTRAINT prescription_states_last_move FOREIGN KEY (tenant_id, last_move_id, id, state)
    REFERENCES prescription_moves (tenant_id, id, prescription_id, to_state)
);
SELECT sec.fence('prescription_states', '{select,insert,update}');

-- One supply, with its charge. sealed holds batch and expiry.
CREATE TABLE prescription_supplies (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  prescription_id uuid NOT NULL,
  number          integer NOT NULL CHECK (number > 0),
  quantity        numeric(13,3) NOT NULL CHECK (quantity > 0),
  charge_id       uuid NOT NULL,
  sealed          bytea NOT NULL,
  key_version     integer NOT NULL,
  day             date NOT NULL,
  at              timestamptz NOT NULL,
  by_id           uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT prescription_supplies_number UNIQUE (tenant_id, prescription_id, number),
  FOREIGN KEY (tenant_id, prescription_id) REFERENCES prescriptions (tenant_id, id),
  FOREIGN KEY (tenant_id, charge_id) REFERENCES charges (tenant_id, id)
);
CREATE INDEX prescription_supplies_charge ON prescription_supplies (tenant_id, charge_id);
SELECT sec.fence('prescription_supplies', '{select,insert}');

-- One printing of a supply's label, with the words that stood on it. What has a number above 1 is a reprint.
CREATE TABLE prescription_labels (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  supply_id   uuid NOT NULL,
  number      integer NOT NULL CHECK (number > 0),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT prescription_labels_number UNIQUE (tenant_id, supply_id, number),
  FOREIGN KEY (tenant_id, supply_id) REFERENCES prescription_supplies (tenant_id, id)
);
SELECT sec.fence('prescription_labels', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
