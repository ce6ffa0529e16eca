-- Files of a patient: what stands here says what a file is and opens it; its bytes lie sealed in a store of their
-- own, under a name that tells nothing.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- A file on its way in. The row is there before the first byte is stored and gone with the file's own row, so
-- that whatever was left half is known and can be swept. Who has begun to sweep it has set given_up_at: a file
-- whose upload was given up is never finished.
CREATE TABLE file_uploads (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  blob        text NOT NULL CHECK (blob ~ '^[0-9A-Za-z]+$'),
  begun_at    timestamptz NOT NULL,
  begun_by    uuid,
  given_up_at timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT file_uploads_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
);
CREATE INDEX file_uploads_patients ON file_uploads (tenant_id, patient_id);
CREATE INDEX file_uploads_begun ON file_uploads (tenant_id, begun_at);
SELECT sec.fence('file_uploads', '{select,insert,update,delete}');

-- A file that is whole. taken_on is the day the picture was taken or the paper written. bytes are those kept, after
-- a picture was made anew.
CREATE TABLE files (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  visit_id    uuid,
  kind        text NOT NULL CHECK (kind IN ('photo', 'imaging', 'lab', 'letter', 'consent', 'other')),
  media       text NOT NULL CHECK (media IN ('image/jpeg', 'image/png', 'application/pdf', 'text/plain')),
  taken_on    date NOT NULL,
  bytes       bigint NOT NULL CHECK (bytes > 0),
  blob        text NOT NULL CHECK (blob ~ '^[0-9A-Za-z]+$'),
  added_at    timestamptz NOT NULL,
  added_by    uuid,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT files_blob UNIQUE (tenant_id, blob),
  CONSTRAINT files_patient FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  CONSTRAINT files_visit FOREIGN KEY (tenant_id, visit_id, patient_id) REFERENCES appointments (tenant_id, id, patient_id)
);
CREATE INDEX files_patient_taken ON files (tenant_id, patient_id, taken_on, id);
CREATE INDEX files_visits ON files (tenant_id, visit_id);
SELECT sec.fence('files', '{select,insert}');

-- The key of one file. It stands apart so that no list of files fetches keys.
CREATE TABLE file_keys (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES files (tenant_id, id)
);
SELECT sec.fence('file_keys', '{select,insert}');

-- A file taken off the record, once and with a reason: the row takes over the file's id. What was stored stays as long
-- as records are kept.
CREATE TABLE file_voids (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  voided_at   timestamptz NOT NULL,
  voided_by   uuid,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id) REFERENCES files (tenant_id, id)
);
SELECT sec.fence('file_voids', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
