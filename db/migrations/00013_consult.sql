-- The consult: a note is about a visit, and what was done in it is an act that has its charge. A signed note may be
-- marked as entered in error; the clinic keeps its own words for notes.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

ALTER TABLE drafts ADD CONSTRAINT drafts_visit FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id);
CREATE INDEX drafts_visit ON drafts (tenant_id, visit_id);
ALTER TABLE notes ADD CONSTRAINT notes_visit FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id);
CREATE INDEX notes_visit ON notes (tenant_id, visit_id);

-- What was done or given in a consult, never changed: it stands even where its charge is declined. note_id is the
-- draft's, which the note takes over. What it was is sealed.
CREATE TABLE acts (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  visit_id    uuid,
  note_id     uuid NOT NULL,
  charge_id   uuid NOT NULL,
  item_id     uuid NOT NULL,
  quantity    numeric(13,3) NOT NULL CHECK (quantity > 0),
  unit        text NOT NULL CHECK (unit IN ('each', 'tablet', 'ml', 'g', 'dose', 'pack', 'minute', 'hour', 'night', 'km')),
  context     text NOT NULL CHECK (context IN ('administered', 'dispensed')),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, charge_id) REFERENCES charges (tenant_id, id),
  FOREIGN KEY (tenant_id, item_id) REFERENCES price_items (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX acts_note ON acts (tenant_id, note_id, at);
CREATE INDEX acts_patient ON acts (tenant_id, patient_id, at);
CREATE INDEX acts_visit ON acts (tenant_id, visit_id);
CREATE INDEX acts_charge ON acts (tenant_id, charge_id);
CREATE INDEX acts_item ON acts (tenant_id, item_id);
CREATE INDEX acts_by ON acts (tenant_id, by_id);
SELECT sec.fence('acts', '{select,insert}');

-- That a signed note was entered in error: a row of its own. The note stays as it was signed.
CREATE TABLE note_voids (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  note_id     uuid NOT NULL,
  patient_id  uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, note_id, patient_id) REFERENCES notes (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX note_voids_note ON note_voids (tenant_id, note_id, patient_id);
CREATE INDEX note_voids_by ON note_voids (tenant_id, by_id);
SELECT sec.fence('note_voids', '{select,insert}');

-- The clinic's own words for notes, put in by their names.
CREATE TABLE snippets (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  name        text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]*$' AND length(name) <= 30),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  made_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT snippets_name UNIQUE (tenant_id, name)
);
SELECT sec.fence('snippets', '{select,insert,update,delete}');
RESET ROLE;
-- +goose StatementEnd
