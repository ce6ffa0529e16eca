-- Imports: a file that was uploaded, what a dry run says of it, and the rows it brought, so that a whole
-- batch can be taken back.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- The moves an import may make; any other is refused by the key of import_moves.
CREATE TABLE import_state_moves (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
GRANT SELECT ON import_state_moves TO paddock_app;
INSERT INTO import_state_moves (from_state, to_state) VALUES
  ('uploading', 'staged'), ('uploading', 'discarded'),
  ('staged', 'checking'), ('staged', 'discarded'),
  ('checking', 'checked'), ('checking', 'staged'),
  ('checked', 'checking'), ('checked', 'running'), ('checked', 'discarded'),
  ('running', 'done'), ('running', 'failed'),
  ('failed', 'running'), ('failed', 'withdrawing'),
  ('done', 'withdrawing'),
  ('withdrawing', 'withdrawn'), ('withdrawing', 'stuck'),
  ('stuck', 'withdrawing'), ('withdrawn', 'withdrawing');

-- One file on its way. sealed holds its name, headings, samples and mapping; content is a keyed commitment
-- to its bytes. A line is counted once: of those done, rows are added, merged, skipped or refused.
CREATE TABLE imports (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  state        text NOT NULL DEFAULT 'uploading' CHECK (state IN ('uploading', 'staged', 'checking', 'checked', 'running', 'failed',
    'done', 'withdrawing', 'stuck', 'withdrawn', 'discarded')),
  last_move_id uuid,
  sealed       bytea NOT NULL,
  key_version  integer NOT NULL,
  bytes        bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
  parts        integer NOT NULL DEFAULT 0 CHECK (parts >= 0),
  content      bytea CHECK (octet_length(content) = 32),
  rows_total   integer NOT NULL DEFAULT 0 CHECK (rows_total >= 0),
  rows_done    integer NOT NULL DEFAULT 0 CHECK (rows_done >= 0),
  added        integer NOT NULL DEFAULT 0,
  merged       integer NOT NULL DEFAULT 0,
  skipped      integer NOT NULL DEFAULT 0,
  refused      integer NOT NULL DEFAULT 0,
  conflicts    integer NOT NULL DEFAULT 0,
  unnamed      integer NOT NULL DEFAULT 0,
  kept         integer NOT NULL DEFAULT 0,
  by_id        uuid,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT imports_moved CHECK (state = 'uploading' OR last_move_id IS NOT NULL),
  CONSTRAINT imports_counted CHECK (rows_done = added + merged + skipped + refused)
);
-- Two runs at once would each add what the other is adding.
CREATE UNIQUE INDEX imports_one_at_work ON imports (tenant_id) WHERE state IN ('running', 'withdrawing');
-- What a list shows.
CREATE INDEX imports_shown ON imports (tenant_id, id) WHERE state NOT IN ('uploading', 'discarded');

-- One move of one import, never changed.
CREATE TABLE import_moves (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  import_id   uuid NOT NULL,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT import_moves_state UNIQUE (tenant_id, id, import_id, to_state),
  CONSTRAINT import_moves_allowed FOREIGN KEY (from_state, to_state) REFERENCES import_state_moves (from_state, to_state),
  FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
);
CREATE INDEX import_moves_import ON import_moves (tenant_id, import_id);
SELECT sec.fence('import_moves', '{select,insert}');
ALTER TABLE imports
  ADD CONSTRAINT imports_last_move FOREIGN KEY (tenant_id, last_move_id, id, state) REFERENCES import_moves (tenant_id, id, import_id, to_state);
SELECT sec.fence('imports', '{select,insert,update}');

-- The uploaded file, sealed in parts of about 1 MiB; gone once the import has run or is discarded.
CREATE TABLE import_parts (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  import_id   uuid NOT NULL,
  part        integer NOT NULL CHECK (part >= 0),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT import_parts_part UNIQUE (tenant_id, import_id, part),
  FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
);
SELECT sec.fence('import_parts', '{select,insert,delete}');

-- What became of one line of a file. print is a keyed fingerprint of what the line says, by which the
-- same line is known again; it is kept of what is in the clinic. A line that is taken back is deleted, and
-- what of a taken-back import still stands here could not be.
CREATE TABLE import_rows (
  tenant_id     uuid NOT NULL,
  import_id     uuid NOT NULL,
  line          integer NOT NULL CHECK (line > 0),
  outcome       text NOT NULL CHECK (outcome IN ('refused', 'skipped', 'added', 'merged')),
  conflict      boolean NOT NULL,
  patient_id    uuid,
  identifier_id uuid,
  print         bytea CHECK (octet_length(print) = 8),
  PRIMARY KEY (tenant_id, import_id, line),
  CONSTRAINT import_rows_kept CHECK ((outcome IN ('added', 'merged')) = (patient_id IS NOT NULL AND print IS NOT NULL)),
  FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, identifier_id) REFERENCES identifiers (tenant_id, id)
);
CREATE INDEX import_rows_patient ON import_rows (tenant_id, patient_id) WHERE patient_id IS NOT NULL;
CREATE INDEX import_rows_identifier ON import_rows (tenant_id, identifier_id) WHERE identifier_id IS NOT NULL;
CREATE INDEX import_rows_print ON import_rows (tenant_id, print) WHERE print IS NOT NULL;
SELECT sec.fence('import_rows', '{select,insert,delete}');

-- Lines that were refused or need an eye, with their reasons, in chunks; they may quote the file. Written
-- anew by each check and by the run.
CREATE TABLE import_problems (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  import_id   uuid NOT NULL,
  part        integer NOT NULL CHECK (part >= 0),
  problems    integer NOT NULL CHECK (problems > 0),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT import_problems_part UNIQUE (tenant_id, import_id, part),
  FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
);
SELECT sec.fence('import_problems', '{select,insert,delete}');

-- What an import made is deleted where it is taken back; the keys of everything written about a patient
-- refuse it for one that was used since.
GRANT DELETE ON patients, identifiers TO paddock_app;
RESET ROLE;
-- +goose StatementEnd
