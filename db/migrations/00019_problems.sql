-- Problems that last over visits, diagnoses from code lists of the clinic's choice, and notes that wait for a
-- co-signature. What a diagnosis or a problem was called is sealed, with its code: the lists themselves are no
-- patient's and are not.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- A list of codes in one version. licence and source are the clinic's note on where it may use it from. Codes are added
-- by hand to the list that is the clinic's own.
CREATE TABLE code_systems (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  name      text NOT NULL CHECK (name <> '' AND length(name) <= 80),
  version   text NOT NULL CHECK (version <> '' AND length(version) <= 40),
  licence   text NOT NULL CHECK (length(licence) <= 300),
  source    text NOT NULL CHECK (length(source) <= 300),
  own       boolean NOT NULL,
  made_at   timestamptz NOT NULL,
  ended_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT code_systems_version UNIQUE (tenant_id, name, version)
);
SELECT sec.fence('code_systems', '{select,insert}');
GRANT UPDATE (ended_at) ON code_systems TO paddock_app;

-- One code. species is a list of codes apart by spaces, '' for all; parent is another code of the list or ''. find is
-- what is searched: the words in small letters, each behind a blank.
CREATE TABLE codes (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  system_id uuid NOT NULL,
  code      text NOT NULL CHECK (code <> '' AND length(code) <= 40),
  name      text NOT NULL CHECK (name <> '' AND length(name) <= 200),
  species   text NOT NULL CHECK (species ~ '^([a-z]+( [a-z]+)*)?$' AND length(species) <= 200),
  parent    text NOT NULL CHECK (length(parent) <= 40),
  find      text NOT NULL CHECK (length(find) <= 300),
  ended_at  timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT codes_code UNIQUE (tenant_id, system_id, code),
  FOREIGN KEY (tenant_id, system_id) REFERENCES code_systems (tenant_id, id)
);
SELECT sec.fence('codes', '{select,insert}');
GRANT UPDATE (ended_at) ON codes TO paddock_app;

-- A condition of an animal that lasts over visits. How it stands is the last of its states.
CREATE TABLE problems (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  patient_id uuid NOT NULL,
  made_at    timestamptz NOT NULL,
  by_id      uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT problems_patient UNIQUE (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX problems_of_patient ON problems (tenant_id, patient_id);
CREATE INDEX problems_by ON problems (tenant_id, by_id);
SELECT sec.fence('problems', '{select,insert}');

-- All that is said of a problem at one time, never changed: the highest version counts, and each has one successor.
-- since_on is the day from which it is so, at when that was written down; onset_on is when the problem began, where
-- known. note_id is the note, or the draft it takes over from, in which the problem came up.
CREATE TABLE problem_states (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  problem_id  uuid NOT NULL,
  patient_id  uuid NOT NULL,
  version     bigint NOT NULL CHECK (version > 0),
  state       text NOT NULL CHECK (state IN ('active', 'controlled', 'resolved')),
  since_on    date NOT NULL,
  onset_on    date,
  note_id     uuid,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT problem_states_version UNIQUE (tenant_id, problem_id, version),
  FOREIGN KEY (tenant_id, problem_id, patient_id) REFERENCES problems (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, by_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX problem_states_of_patient ON problem_states (tenant_id, patient_id, problem_id, version);
CREATE INDEX problem_states_history ON problem_states (tenant_id, patient_id, at, id);
CREATE INDEX problem_states_note ON problem_states (tenant_id, note_id);
CREATE INDEX problem_states_by ON problem_states (tenant_id, by_id);
SELECT sec.fence('problem_states', '{select,insert}');

-- What is diagnosed in a note that is not signed yet. lasting says that a problem is kept of it.
CREATE TABLE draft_diagnoses (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  draft_id    uuid NOT NULL,
  certainty   text NOT NULL CHECK (certainty IN ('tentative', 'confirmed', 'ruled-out')),
  lasting     boolean NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, draft_id) REFERENCES drafts (tenant_id, id)
);
CREATE INDEX draft_diagnoses_draft ON draft_diagnoses (tenant_id, draft_id, at);
SELECT sec.fence('draft_diagnoses', '{select,insert,delete}');

-- What was diagnosed in a signed note, as system, version, code and words stood that day. problem_id is the problem it
-- was about or began.
CREATE TABLE diagnoses (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  note_id     uuid NOT NULL,
  patient_id  uuid NOT NULL,
  problem_id  uuid,
  certainty   text NOT NULL CHECK (certainty IN ('tentative', 'confirmed', 'ruled-out')),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, note_id, patient_id) REFERENCES notes (tenant_id, id, patient_id),
  FOREIGN KEY (tenant_id, problem_id, patient_id) REFERENCES problems (tenant_id, id, patient_id)
);
CREATE INDEX diagnoses_note ON diagnoses (tenant_id, note_id, at);
CREATE INDEX diagnoses_problem ON diagnoses (tenant_id, problem_id);
SELECT sec.fence('diagnoses', '{select,insert}');

-- That a note was signed under supervision: it waits for another's signature. The row takes over the note's id, and
-- names the note's author.
ALTER TABLE notes ADD CONSTRAINT notes_signed_by UNIQUE (tenant_id, id, patient_id, author_id);
CREATE TABLE handovers (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  patient_id uuid NOT NULL,
  author_id  uuid NOT NULL,
  at         timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT handovers_author UNIQUE (tenant_id, id, patient_id, author_id),
  FOREIGN KEY (tenant_id, id, patient_id, author_id) REFERENCES notes (tenant_id, id, patient_id, author_id)
);
CREATE INDEX handovers_at ON handovers (tenant_id, at);
CREATE INDEX handovers_patient ON handovers (tenant_id, patient_id);
SELECT sec.fence('handovers', '{select,insert}');

-- The second signature, by anybody but the author. The row takes over the note's id, so that there is one at most.
CREATE TABLE cosignatures (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  patient_id uuid NOT NULL,
  author_id  uuid NOT NULL,
  by_id      uuid NOT NULL CHECK (by_id <> author_id),
  at         timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, id, patient_id, author_id) REFERENCES handovers (tenant_id, id, patient_id, author_id)
);
SELECT sec.fence('cosignatures', '{select,insert}');
RESET ROLE;
-- +goose StatementEnd
