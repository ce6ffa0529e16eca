-- What was supplied stands in the history of the animal by itself: a supply knows whose it is, and the index ends with
-- what a page goes on from. And an open note knows whose saving it has, so that nobody meets his own words as another's.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- For the moment of this transaction, which holds both tables, their owner reads past the fence: of every clinic the
-- supplies take over the animal of their own prescription.
ALTER TABLE prescriptions ADD CONSTRAINT prescriptions_of_patient UNIQUE (tenant_id, id, patient_id);
ALTER TABLE prescription_supplies ADD COLUMN patient_id uuid;
ALTER TABLE prescriptions NO FORCE ROW LEVEL SECURITY;
ALTER TABLE prescription_supplies NO FORCE ROW LEVEL SECURITY;
UPDATE prescription_supplies AS s SET patient_id = p.patient_id
FROM prescriptions AS p WHERE p.tenant_id = s.tenant_id AND p.id = s.prescription_id;
ALTER TABLE prescription_supplies FORCE ROW LEVEL SECURITY;
ALTER TABLE prescriptions FORCE ROW LEVEL SECURITY;

-- The animal is the prescription's, so that no supply stands in the history of another.
ALTER TABLE prescription_supplies
  ALTER COLUMN patient_id SET NOT NULL,
  DROP CONSTRAINT prescription_supplies_tenant_id_prescription_id_fkey,
  ADD CONSTRAINT prescription_supplies_of FOREIGN KEY (tenant_id, prescription_id, patient_id)
    REFERENCES prescriptions (tenant_id, id, patient_id);
CREATE INDEX prescription_supplies_history ON prescription_supplies (tenant_id, patient_id, at, id);

-- The window that saved last, which of its savings that was, and the version its unbroken run of savings began from.
ALTER TABLE drafts
  ADD COLUMN window_id uuid,
  ADD COLUMN window_turn bigint NOT NULL DEFAULT 0 CHECK (window_turn >= 0),
  ADD COLUMN window_from bigint NOT NULL DEFAULT 0;
GRANT UPDATE (window_id, window_turn, window_from) ON drafts TO paddock_app;
RESET ROLE;
-- +goose StatementEnd
