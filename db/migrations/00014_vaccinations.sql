-- Vaccinations: the licences of its vets, the vaccines it keeps, the
-- doses given here or known from elsewhere, and the certificates issued over them. Doses and certificates are only
-- ever added to; a dose or a certificate that is void, or a certificate that another replaces, is so by a later row.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- The number under which a person may practise.
CREATE TABLE licences (
  tenant_id   uuid NOT NULL,
  person_id   uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  saved_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, person_id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
SELECT sec.fence('licences', '{select,insert,update}');

-- A vaccine the clinic keeps. species and protects are lists of codes apart by spaces. months is how long the label
-- says it lasts; first_* are its first course: so many doses, so many weeks apart, and the months to the first
-- booster. min_weeks is the age from which it is labelled.
CREATE TABLE vaccine_products (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  name         text NOT NULL CHECK (name <> '' AND length(name) <= 120),
  manufacturer text NOT NULL CHECK (length(manufacturer) <= 120),
  species      text NOT NULL CHECK (species ~ '^[a-z]+( [a-z]+)*$' AND length(species) <= 200),
  protects     text NOT NULL CHECK (protects ~ '^[a-z]+( [a-z]+)*$' AND length(protects) <= 200),
  months       integer NOT NULL CHECK (months BETWEEN 1 AND 60),
  first_doses  integer NOT NULL CHECK (first_doses BETWEEN 1 AND 6),
  first_weeks  integer NOT NULL CHECK (first_weeks BETWEEN 0 AND 52),
  first_months integer NOT NULL CHECK (first_months BETWEEN 0 AND 60),
  min_weeks    integer NOT NULL CHECK (min_weeks BETWEEN 0 AND 104),
  route        text NOT NULL CHECK (route IN ('under-skin', 'muscle', 'nose', 'mouth')),
  volume       text NOT NULL CHECK (length(volume) <= 40),
  item_id      uuid,
  version      bigint NOT NULL DEFAULT 1,
  ended_at     timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES price_items (tenant_id, id)
);
CREATE INDEX vaccine_products_names ON vaccine_products (tenant_id, name, id);
CREATE INDEX vaccine_products_item ON vaccine_products (tenant_id, item_id);
SELECT sec.fence('vaccine_products', '{select,insert,update}');

-- One dose. What the next one is due by is copied from the product as it was: a change of the list changes no past
-- dose. What was injected, from which lot and where, and who said so of one from elsewhere, is sealed.
CREATE TABLE doses (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  patient_id   uuid NOT NULL,
  product_id   uuid,
  visit_id     uuid,
  charge_id    uuid,
  historical   boolean NOT NULL,
  booster      boolean NOT NULL,
  protects     text NOT NULL CHECK (protects ~ '^[a-z]+( [a-z]+)*$' AND length(protects) <= 200),
  months       integer NOT NULL CHECK (months BETWEEN 1 AND 60),
  first_doses  integer NOT NULL CHECK (first_doses BETWEEN 1 AND 6),
  first_weeks  integer NOT NULL CHECK (first_weeks BETWEEN 0 AND 52),
  first_months integer NOT NULL CHECK (first_months BETWEEN 0 AND 60),
  given_on     date NOT NULL,
  giver_id     uuid,
  vet_id       uuid,
  sealed       bytea NOT NULL,
  key_version  integer NOT NULL,
  recorded_at  timestamptz NOT NULL,
  recorded_by  uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT doses_patient UNIQUE (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, product_id) REFERENCES vaccine_products (tenant_id, id),
  FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, charge_id) REFERENCES charges (tenant_id, id),
  FOREIGN KEY (tenant_id, giver_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, vet_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX doses_of_patient ON doses (tenant_id, patient_id, given_on);
CREATE INDEX doses_product ON doses (tenant_id, product_id);
CREATE INDEX doses_visit ON doses (tenant_id, visit_id);
CREATE INDEX doses_charge ON doses (tenant_id, charge_id);
CREATE INDEX doses_giver ON doses (tenant_id, giver_id);
CREATE INDEX doses_vet ON doses (tenant_id, vet_id);
SELECT sec.fence('doses', '{select,insert}');

-- A dose that was entered in error: it stays, struck through, and counts no more. The row takes over the dose's id,
-- so the same dose cannot be voided twice.
CREATE TABLE dose_voids (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id, patient_id) REFERENCES doses (tenant_id, id, patient_id)
);
SELECT sec.fence('dose_voids', '{select,insert}');

-- A due day that somebody set by hand, with a reason. It holds while the dose it was set after is the last that
-- stands. The newest row of an animal and a disease counts; one without a day goes back to the rule.
CREATE TABLE due_dates (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  protects    text NOT NULL CHECK (protects ~ '^[a-z]+$'),
  after_id    uuid,
  due_on      date,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, after_id, patient_id) REFERENCES doses (tenant_id, id, patient_id)
);
CREATE INDEX due_dates_patient ON due_dates (tenant_id, patient_id, at);
CREATE INDEX due_dates_after ON due_dates (tenant_id, after_id);
SELECT sec.fence('due_dates', '{select,insert}');

-- The next serial of certificates. The row is held until its transaction ends: serials have no gaps.
CREATE TABLE certificate_series (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  prefix    text NOT NULL CHECK (prefix ~ '^[A-Z0-9-]*$' AND length(prefix) <= 12),
  next      bigint NOT NULL DEFAULT 1 CHECK (next > 0),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT certificate_series_prefix UNIQUE (tenant_id, prefix)
);
SELECT sec.fence('certificate_series', '{select,insert}');
GRANT UPDATE (next) ON certificate_series TO paddock_app;

-- An issued certificate: what stands on it is sealed as it was that day, and pack names the rules it was made under.
-- A later one of the same dose names the one it replaces, and each is replaced once. code_hash is keyed.
CREATE TABLE certificates (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  series_id   uuid NOT NULL,
  number      bigint NOT NULL CHECK (number > 0),
  dose_id     uuid NOT NULL,
  patient_id  uuid NOT NULL,
  replaces_id uuid,
  code_hash   bytea NOT NULL CHECK (octet_length(code_hash) = 32),
  day         date NOT NULL,
  species     text NOT NULL REFERENCES species,
  protects    text NOT NULL CHECK (protects ~ '^[a-z]+( [a-z]+)*$' AND length(protects) <= 200),
  pack        text NOT NULL CHECK (length(pack) <= 40),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  issued_at   timestamptz NOT NULL,
  issued_by   uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT certificates_number UNIQUE (tenant_id, series_id, number),
  CONSTRAINT certificates_code UNIQUE (tenant_id, code_hash),
  CONSTRAINT certificates_replaced_once UNIQUE (tenant_id, replaces_id),
  CONSTRAINT certificates_dose UNIQUE (tenant_id, id, dose_id),
  FOREIGN KEY (tenant_id, series_id) REFERENCES certificate_series (tenant_id, id),
  FOREIGN KEY (tenant_id, dose_id, patient_id) REFERENCES doses (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, replaces_id, dose_id) REFERENCES certificates (tenant_id, id, dose_id),
  FOREIGN KEY (tenant_id, issued_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX certificates_of_dose ON certificates (tenant_id, dose_id, issued_at);
CREATE INDEX certificates_patient ON certificates (tenant_id, patient_id, issued_at);
CREATE INDEX certificates_issuer ON certificates (tenant_id, issued_by);
SELECT sec.fence('certificates', '{select,insert}');

-- A certificate that does not hold. The row takes over the certificate's id.
CREATE TABLE certificate_voids (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES certificates (tenant_id, id)
);
SELECT sec.fence('certificate_voids', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
