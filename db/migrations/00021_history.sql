-- Clinical history of an earlier practice system: what an import brings of visits, notes, weights and vaccinations,
-- closed as it came, and which of it may be taken back.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- holds says what stands in the file: animals, entries of history of which a column says the kind, or of one kind.
-- The counts by kind are of what was added.
ALTER TABLE imports
  ADD COLUMN holds text NOT NULL DEFAULT 'animals' CHECK (holds IN ('animals', 'history', 'visit', 'note', 'weight', 'vaccination')),
  ADD COLUMN visits integer NOT NULL DEFAULT 0,
  ADD COLUMN notes integer NOT NULL DEFAULT 0,
  ADD COLUMN weights integer NOT NULL DEFAULT 0,
  ADD COLUMN doses integer NOT NULL DEFAULT 0;
GRANT UPDATE (visits, notes, weights, doses) ON imports TO paddock_app;

-- A note that came with an import has no author among the people of the clinic; every other has one. What came with
-- an import may be deleted where that is taken back, and nothing else of these tables: the policy narrows what the
-- fence lets through, and import_id is never changed.
ALTER TABLE notes ALTER COLUMN author_id DROP NOT NULL;
ALTER TABLE notes
  ADD COLUMN import_id uuid,
  ADD CONSTRAINT notes_with_import FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id),
  ADD CONSTRAINT notes_signed CHECK ((author_id IS NULL) = (import_id IS NOT NULL));
CREATE INDEX notes_of_import ON notes (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE POLICY only_imported ON notes AS RESTRICTIVE FOR DELETE USING (import_id IS NOT NULL);

ALTER TABLE weights
  ADD COLUMN import_id uuid,
  ADD CONSTRAINT weights_import FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id);
CREATE INDEX weights_of_import ON weights (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE POLICY only_imported ON weights AS RESTRICTIVE FOR DELETE USING (import_id IS NOT NULL);

-- A dose of a vaccine the clinic does not keep protects against nothing that is known: it is shown, not counted.
ALTER TABLE doses DROP CONSTRAINT doses_protects_check;
ALTER TABLE doses
  ADD COLUMN import_id uuid,
  ADD CONSTRAINT doses_import FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id),
  ADD CONSTRAINT doses_protects_check CHECK (protects ~ '^([a-z]+( [a-z]+)*)?$' AND length(protects) <= 200),
  ADD CONSTRAINT doses_counted CHECK (protects <> '' OR import_id IS NOT NULL);
CREATE INDEX doses_of_import ON doses (tenant_id, import_id) WHERE import_id IS NOT NULL;
CREATE POLICY only_imported ON doses AS RESTRICTIVE FOR DELETE USING (import_id IS NOT NULL);
GRANT DELETE ON notes, weights, doses TO paddock_app;

-- The number an animal had in an earlier practice system, by which its history names it.
ALTER TABLE identifiers DROP CONSTRAINT identifiers_kind_check;
ALTER TABLE identifiers ADD CONSTRAINT identifiers_kind_check CHECK (kind IN ('chip', 'tag', 'tattoo', 'licence', 'passport', 'former'));

-- What one line of a file of history brought: entry_id is a note, for visits too, a weight or a dose. print is a
-- keyed fingerprint of patient, day, kind and content, by which the same entry is known again.
CREATE TABLE import_entries (
  tenant_id  uuid NOT NULL,
  import_id  uuid NOT NULL,
  line       integer NOT NULL CHECK (line > 0),
  kind       text NOT NULL CHECK (kind IN ('visit', 'note', 'weight', 'vaccination')),
  patient_id uuid NOT NULL,
  entry_id   uuid NOT NULL,
  print      bytea NOT NULL CHECK (octet_length(print) = 8),
  PRIMARY KEY (tenant_id, import_id, line),
  FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
);
CREATE INDEX import_entries_patient ON import_entries (tenant_id, patient_id);
CREATE INDEX import_entries_print ON import_entries (tenant_id, print);
SELECT sec.fence('import_entries', '{select,insert,delete}');
RESET ROLE;
-- +goose StatementEnd
