-- Two windows on one open note, and who is writing where. A text that met another is kept beside the draft until its
-- author has chosen; who writes is a line that expires by itself and holds no word of the note.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- A draft that still has a second text cannot go: signing it meets the reference. id is the window's.
CREATE TABLE draft_sides (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  draft_id     uuid NOT NULL,
  base_version bigint NOT NULL,
  sealed       bytea NOT NULL,
  key_version  integer NOT NULL,
  saved_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT draft_sides_draft FOREIGN KEY (tenant_id, draft_id) REFERENCES drafts (tenant_id, id)
);
CREATE INDEX draft_sides_drafts ON draft_sides (tenant_id, draft_id, saved_at);
SELECT sec.fence('draft_sides', '{select,insert,update,delete}');

-- A window in which somebody writes: since when, where in the note, and when it was last heard of.
CREATE TABLE presences (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  draft_id   uuid NOT NULL,
  patient_id uuid NOT NULL,
  person_id  uuid NOT NULL,
  part       text NOT NULL CHECK (part IN ('subjective', 'objective', 'assessment', 'plan', 'vitals', 'orders')),
  since      timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX presences_patient ON presences (tenant_id, patient_id, seen_at);
CREATE INDEX presences_draft ON presences (tenant_id, draft_id);
CREATE INDEX presences_person ON presences (tenant_id, person_id);
CREATE INDEX presences_seen ON presences (tenant_id, seen_at);
SELECT sec.fence('presences', '{select,insert,update,delete}');
RESET ROLE;
-- +goose StatementEnd
