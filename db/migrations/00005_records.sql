-- The clinical note. A draft lives in one table and may change; what is signed lives in another that
-- the application can only add to. Later words are rows of their own.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

CREATE TABLE drafts (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  visit_id    uuid,
  author_id   uuid NOT NULL,
  event_at    timestamptz NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  saved_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX drafts_patient ON drafts (tenant_id, patient_id, event_at);
CREATE INDEX drafts_author ON drafts (tenant_id, author_id);
SELECT sec.fence('drafts', '{select,insert,update,delete}');

-- A note takes over its draft's id, so the same draft cannot be signed twice.
CREATE TABLE notes (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  visit_id    uuid,
  author_id   uuid NOT NULL,
  event_at    timestamptz NOT NULL,
  signed_at   timestamptz NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT notes_patient UNIQUE (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX notes_patient_event ON notes (tenant_id, patient_id, event_at);
CREATE INDEX notes_author ON notes (tenant_id, author_id);
SELECT sec.fence('notes', '{select,insert}');

CREATE TABLE addenda (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  note_id     uuid NOT NULL,
  patient_id  uuid NOT NULL,
  author_id   uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('addendum', 'correction', 'late-entry')),
  event_at    timestamptz NOT NULL,
  signed_at   timestamptz NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, note_id, patient_id) REFERENCES notes (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, author_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX addenda_note ON addenda (tenant_id, note_id, signed_at);
CREATE INDEX addenda_author ON addenda (tenant_id, author_id);
SELECT sec.fence('addenda', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
