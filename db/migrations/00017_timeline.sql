-- The history of a patient is read from its newest end, a page at a time, whatever it is made of: each index ends
-- with what a page goes on from. And the range a vet wants an animal's weight in.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

CREATE INDEX notes_history ON notes (tenant_id, patient_id, event_at, id);
DROP INDEX notes_patient_event;
CREATE INDEX weights_history ON weights (tenant_id, patient_id, at, id);
DROP INDEX weights_patient;
CREATE INDEX doses_history ON doses (tenant_id, patient_id, given_on, id);
DROP INDEX doses_of_patient;
CREATE INDEX certificates_history ON certificates (tenant_id, patient_id, issued_at, id);
DROP INDEX certificates_patient;
CREATE INDEX prescriptions_history ON prescriptions (tenant_id, patient_id, signed_at, id);
DROP INDEX prescriptions_patient;
CREATE INDEX alerts_history ON alerts (tenant_id, patient_id, made_at, id);
DROP INDEX alerts_patient;
CREATE INDEX patient_moves_history ON patient_moves (tenant_id, patient_id, at, id);
DROP INDEX patient_moves_patient;
-- What is over, and what is not: a page about an animal asks for either, and never for both.
CREATE INDEX appointments_history ON appointments (tenant_id, patient_id, starts_at, id) WHERE state IN ('done', 'no_show');
CREATE INDEX appointments_open ON appointments (tenant_id, patient_id, starts_at, id)
  WHERE state IN ('requested', 'booked', 'confirmed', 'arrived', 'roomed', 'with_vet', 'in_treatment', 'admitted', 'ready', 'billed');

-- The range an animal's weight should be in, as a vet sets it: never changed, the newest counts, and one without a
-- range takes it back. What it is and why is sealed.
CREATE TABLE weight_targets (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX weight_targets_patient ON weight_targets (tenant_id, patient_id, at, id);
CREATE INDEX weight_targets_by ON weight_targets (tenant_id, by_id);
SELECT sec.fence('weight_targets', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
