-- Lab results by hand: the clinic's own tests with its ranges, what was asked for, what came of it, and who has read
-- it. Reports are only ever added to: one that was wrong stays, and a later row corrects it.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- One thing that is measured. decimals is how many it is written with at the least.
CREATE TABLE lab_tests (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  name      text NOT NULL CHECK (name <> '' AND length(name) <= 80),
  unit      text NOT NULL CHECK (length(unit) <= 20),
  decimals  integer NOT NULL CHECK (decimals BETWEEN 0 AND 4),
  version   bigint NOT NULL DEFAULT 1,
  ended_at  timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX lab_tests_names ON lab_tests (tenant_id, name, id);
SELECT sec.fence('lab_tests', '{select,insert,update}');

-- The clinic's own range of a test for a species, in ten-thousandths of the unit; none where it has no such end.
CREATE TABLE lab_ranges (
  tenant_id uuid NOT NULL,
  test_id   uuid NOT NULL,
  species   text NOT NULL REFERENCES species,
  low       bigint,
  high      bigint,
  source    text NOT NULL CHECK (length(source) <= 200),
  PRIMARY KEY (tenant_id, test_id, species),
  FOREIGN KEY (tenant_id, test_id) REFERENCES lab_tests (tenant_id, id)
);
SELECT sec.fence('lab_ranges', '{select,insert,delete}');

-- Tests that are asked for together, and what is charged for that.
CREATE TABLE lab_panels (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  name      text NOT NULL CHECK (name <> '' AND length(name) <= 80),
  item_id   uuid,
  version   bigint NOT NULL DEFAULT 1,
  ended_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES price_items (tenant_id, id)
);
CREATE INDEX lab_panels_names ON lab_panels (tenant_id, name, id);
CREATE INDEX lab_panels_item ON lab_panels (tenant_id, item_id);
SELECT sec.fence('lab_panels', '{select,insert,update}');

CREATE TABLE lab_panel_tests (
  tenant_id uuid NOT NULL,
  panel_id  uuid NOT NULL,
  test_id   uuid NOT NULL,
  PRIMARY KEY (tenant_id, panel_id, test_id),
  FOREIGN KEY (tenant_id, panel_id) REFERENCES lab_panels (tenant_id, id),
  FOREIGN KEY (tenant_id, test_id) REFERENCES lab_tests (tenant_id, id)
);
CREATE INDEX lab_panel_tests_test ON lab_panel_tests (tenant_id, test_id);
SELECT sec.fence('lab_panel_tests', '{select,insert,delete}');

-- What was asked for, never changed but for its state. note_id is the draft's it was asked in, which the note takes
-- over. Which tests, on which sample and where, is sealed: that something is awaited is all that others see.
CREATE TABLE lab_requests (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  visit_id    uuid,
  note_id     uuid,
  state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resulted', 'acknowledged', 'cancelled')),
  urgent      boolean NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  asked_at    timestamptz NOT NULL,
  asked_by    uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT lab_requests_patient UNIQUE (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, asked_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX lab_requests_of_patient ON lab_requests (tenant_id, patient_id, asked_at);
CREATE INDEX lab_requests_visit ON lab_requests (tenant_id, visit_id);
CREATE INDEX lab_requests_asker ON lab_requests (tenant_id, asked_by);
CREATE INDEX lab_requests_unseen ON lab_requests (tenant_id, asked_at) WHERE state = 'resulted';
SELECT sec.fence('lab_requests', '{select,insert}');
GRANT UPDATE (state) ON lab_requests TO paddock_app;

-- Why nothing will come of a request. The row takes over the request's id.
CREATE TABLE lab_cancellations (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES lab_requests (tenant_id, id)
);
SELECT sec.fence('lab_cancellations', '{select,insert}');

-- What came of it, as it was shown: values with their units and ranges, and findings. at is when it was found,
-- recorded_at when it was written down. One that corrects another names it, and each is corrected once.
CREATE TABLE lab_reports (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  request_id  uuid NOT NULL,
  patient_id  uuid NOT NULL,
  corrects_id uuid,
  at          timestamptz NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT lab_reports_request UNIQUE (tenant_id, id, request_id),
  CONSTRAINT lab_reports_corrected_once UNIQUE (tenant_id, corrects_id),
  FOREIGN KEY (tenant_id, request_id, patient_id) REFERENCES lab_requests (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, corrects_id, request_id) REFERENCES lab_reports (tenant_id, id, request_id),
  FOREIGN KEY (tenant_id, recorded_by) REFERENCES people (tenant_id, id)
);
CREATE INDEX lab_reports_of_request ON lab_reports (tenant_id, request_id, recorded_at);
CREATE INDEX lab_reports_history ON lab_reports (tenant_id, patient_id, at, id);
CREATE INDEX lab_reports_recorder ON lab_reports (tenant_id, recorded_by);
SELECT sec.fence('lab_reports', '{select,insert}');

-- That a named person has read a report. The row takes over the report's id: it is read once, for good.
CREATE TABLE lab_acknowledgements (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES lab_reports (tenant_id, id)
);
SELECT sec.fence('lab_acknowledgements', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
