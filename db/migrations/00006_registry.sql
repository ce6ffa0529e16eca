-- What a clinic of many years knows of its animals: several owners with shares, numbers with a history,
-- alerts, weights, and the moves between the states of a patient.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- Shared by all clinics like species: suggested in forms, any other may be typed. ontology_id is of the
-- Vertebrate Breed Ontology (CC BY 4.0), where it is known.
CREATE TABLE breeds (
  species     text NOT NULL REFERENCES species,
  name        text NOT NULL CHECK (name <> '' AND length(name) <= 120),
  ontology_id text CHECK (ontology_id ~ '^VBO:[0-9]{7}$'),
  PRIMARY KEY (species, name)
);
GRANT SELECT ON breeds TO paddock_app;
INSERT INTO breeds (species, name) VALUES
  ('dog', 'Airedale Terrier'), ('dog', 'Akita'), ('dog', 'Alaskan Malamute'), ('dog', 'American Bulldog'),
  ('dog', 'American Staffordshire Terrier'), ('dog', 'Australian Cattle Dog'), ('dog', 'Australian Shepherd'),
  ('dog', 'Basset Hound'), ('dog', 'Beagle'), ('dog', 'Bearded Collie'), ('dog', 'Belgian Malinois'),
  ('dog', 'Bernese Mountain Dog'), ('dog', 'Bichon Frise'), ('dog', 'Border Collie'), ('dog', 'Border Terrier'),
  ('dog', 'Boston Terrier'), ('dog', 'Boxer'), ('dog', 'Bulldog'), ('dog', 'Bullmastiff'), ('dog', 'Cairn Terrier'),
  ('dog', 'Cane Corso'), ('dog', 'Cavalier King Charles Spaniel'), ('dog', 'Cavapoo'), ('dog', 'Chihuahua'),
  ('dog', 'Chow Chow'), ('dog', 'Cockapoo'), ('dog', 'Cocker Spaniel'), ('dog', 'Crossbreed'), ('dog', 'Dachshund'),
  ('dog', 'Dachshund, Miniature'), ('dog', 'Dalmatian'), ('dog', 'Dobermann'), ('dog', 'English Setter'),
  ('dog', 'English Springer Spaniel'), ('dog', 'Flat-Coated Retriever'), ('dog', 'French Bulldog'),
  ('dog', 'German Shepherd Dog'), ('dog', 'German Shorthaired Pointer'), ('dog', 'Golden Retriever'),
  ('dog', 'Goldendoodle'), ('dog', 'Great Dane'), ('dog', 'Greyhound'), ('dog', 'Havanese'),
  ('dog', 'Hungarian Vizsla'), ('dog', 'Irish Setter'), ('dog', 'Irish Wolfhound'), ('dog', 'Italian Greyhound'),
  ('dog', 'Jack Russell Terrier'), ('dog', 'Labradoodle'), ('dog', 'Labrador Retriever'), ('dog', 'Lhasa Apso'),
  ('dog', 'Lurcher'), ('dog', 'Maltese'), ('dog', 'Mastiff'), ('dog', 'Miniature Pinscher'),
  ('dog', 'Miniature Schnauzer'), ('dog', 'Newfoundland'), ('dog', 'Papillon'), ('dog', 'Patterdale Terrier'),
  ('dog', 'Pembroke Welsh Corgi'), ('dog', 'Pomeranian'), ('dog', 'Poodle, Miniature'), ('dog', 'Poodle, Standard'),
  ('dog', 'Poodle, Toy'), ('dog', 'Pug'), ('dog', 'Rhodesian Ridgeback'), ('dog', 'Rottweiler'),
  ('dog', 'Rough Collie'), ('dog', 'Saint Bernard'), ('dog', 'Samoyed'), ('dog', 'Shetland Sheepdog'),
  ('dog', 'Shiba Inu'), ('dog', 'Shih Tzu'), ('dog', 'Siberian Husky'), ('dog', 'Soft-Coated Wheaten Terrier'),
  ('dog', 'Staffordshire Bull Terrier'), ('dog', 'Weimaraner'), ('dog', 'West Highland White Terrier'),
  ('dog', 'Whippet'), ('dog', 'Yorkshire Terrier'),
  ('cat', 'Abyssinian'), ('cat', 'American Shorthair'), ('cat', 'Bengal'), ('cat', 'Birman'),
  ('cat', 'British Shorthair'), ('cat', 'Burmese'), ('cat', 'Cornish Rex'), ('cat', 'Devon Rex'),
  ('cat', 'Domestic Longhair'), ('cat', 'Domestic Medium Hair'), ('cat', 'Domestic Shorthair'),
  ('cat', 'Exotic Shorthair'), ('cat', 'Maine Coon'), ('cat', 'Norwegian Forest Cat'), ('cat', 'Oriental Shorthair'),
  ('cat', 'Persian'), ('cat', 'Ragdoll'), ('cat', 'Russian Blue'), ('cat', 'Scottish Fold'), ('cat', 'Siamese'),
  ('cat', 'Siberian'), ('cat', 'Sphynx'), ('cat', 'Tonkinese'), ('cat', 'Turkish Van'),
  ('rabbit', 'Angora'), ('rabbit', 'Belgian Hare'), ('rabbit', 'Dutch'), ('rabbit', 'English Lop'),
  ('rabbit', 'Flemish Giant'), ('rabbit', 'French Lop'), ('rabbit', 'Lionhead'), ('rabbit', 'Mini Lop'),
  ('rabbit', 'Mini Rex'), ('rabbit', 'Netherland Dwarf'), ('rabbit', 'New Zealand White'), ('rabbit', 'Rex'),
  ('guineapig', 'Abyssinian'), ('guineapig', 'American'), ('guineapig', 'Peruvian'), ('guineapig', 'Rex'),
  ('guineapig', 'Sheltie'), ('guineapig', 'Skinny Pig'), ('guineapig', 'Teddy'),
  ('hamster', 'Chinese'), ('hamster', 'Dwarf Campbell''s'), ('hamster', 'Roborovski'), ('hamster', 'Syrian'),
  ('rat', 'Dumbo'), ('rat', 'Fancy'),
  ('bird', 'African Grey Parrot'), ('bird', 'Amazon Parrot'), ('bird', 'Budgerigar'), ('bird', 'Canary'),
  ('bird', 'Cockatiel'), ('bird', 'Cockatoo'), ('bird', 'Conure'), ('bird', 'Lovebird'), ('bird', 'Macaw'),
  ('bird', 'Pigeon'), ('bird', 'Zebra Finch'),
  ('chicken', 'Brahma'), ('chicken', 'Hybrid Layer'), ('chicken', 'Leghorn'), ('chicken', 'Orpington'),
  ('chicken', 'Pekin Bantam'), ('chicken', 'Plymouth Rock'), ('chicken', 'Rhode Island Red'), ('chicken', 'Silkie'),
  ('chicken', 'Sussex'), ('chicken', 'Wyandotte'),
  ('tortoise', 'Hermann''s Tortoise'), ('tortoise', 'Horsfield''s Tortoise'), ('tortoise', 'Leopard Tortoise'),
  ('tortoise', 'Red-Eared Slider'), ('tortoise', 'Spur-Thighed Tortoise'),
  ('lizard', 'Bearded Dragon'), ('lizard', 'Chameleon'), ('lizard', 'Crested Gecko'), ('lizard', 'Leopard Gecko'),
  ('snake', 'Boa Constrictor'), ('snake', 'Corn Snake'), ('snake', 'King Snake'), ('snake', 'Royal Python'),
  ('horse', 'Appaloosa'), ('horse', 'Arab'), ('horse', 'Cob'), ('horse', 'Connemara Pony'), ('horse', 'Donkey'),
  ('horse', 'Haflinger'), ('horse', 'Icelandic Horse'), ('horse', 'Irish Draught'), ('horse', 'Miniature Horse'),
  ('horse', 'Paint Horse'), ('horse', 'Quarter Horse'), ('horse', 'Shetland Pony'), ('horse', 'Shire'),
  ('horse', 'Standardbred'), ('horse', 'Thoroughbred'), ('horse', 'Warmblood'), ('horse', 'Welsh Mountain Pony'),
  ('goat', 'Alpine'), ('goat', 'Anglo-Nubian'), ('goat', 'Boer'), ('goat', 'Golden Guernsey'), ('goat', 'LaMancha'),
  ('goat', 'Nigerian Dwarf'), ('goat', 'Pygmy'), ('goat', 'Saanen'), ('goat', 'Toggenburg'),
  ('sheep', 'Dorset'), ('sheep', 'Herdwick'), ('sheep', 'Jacob'), ('sheep', 'Merino'), ('sheep', 'Romney'),
  ('sheep', 'Shetland'), ('sheep', 'Suffolk'), ('sheep', 'Texel'),
  ('pig', 'Berkshire'), ('pig', 'Duroc'), ('pig', 'Gloucestershire Old Spots'), ('pig', 'Kunekune'),
  ('pig', 'Large White'), ('pig', 'Vietnamese Pot-Bellied'),
  ('cattle', 'Aberdeen Angus'), ('cattle', 'Belgian Blue'), ('cattle', 'Charolais'), ('cattle', 'Hereford'),
  ('cattle', 'Highland'), ('cattle', 'Holstein'), ('cattle', 'Jersey'), ('cattle', 'Limousin'),
  ('cattle', 'Simmental'),
  ('alpaca', 'Huacaya'), ('alpaca', 'Suri');

-- The moves a patient may make; any other is refused by the key of patient_moves.
CREATE TABLE patient_state_moves (
  from_state text NOT NULL,
  to_state   text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
GRANT SELECT ON patient_state_moves TO paddock_app;
INSERT INTO patient_state_moves (from_state, to_state) VALUES
  ('active', 'inactive'), ('active', 'transferred'), ('active', 'deceased'),
  ('inactive', 'active'), ('inactive', 'transferred'), ('inactive', 'deceased'),
  ('transferred', 'active'), ('transferred', 'inactive'), ('transferred', 'deceased'),
  ('deceased', 'active');

-- One move of one patient, never changed. on_day is the day it died or left, as far as that is known;
-- manner and remains are of a death; sealed holds the words (cause, reason).
CREATE TABLE patient_moves (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  on_day      date,
  manner      text CHECK (manner IN ('died', 'euthanasia', 'unknown')),
  remains     text CHECK (remains IN ('unknown', 'home', 'cremation', 'ashes', 'clinic')),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  at          timestamptz NOT NULL,
  by_id       uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT patient_moves_state UNIQUE (tenant_id, id, patient_id, to_state),
  CONSTRAINT patient_moves_allowed FOREIGN KEY (from_state, to_state) REFERENCES patient_state_moves (from_state, to_state),
  CONSTRAINT patient_moves_death CHECK (to_state = 'deceased' OR (manner IS NULL AND remains IS NULL)),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
);
CREATE INDEX patient_moves_patient ON patient_moves (tenant_id, patient_id);
SELECT sec.fence('patient_moves', '{select,insert}');

-- A patient is in the state its last move led to; active without one.
ALTER TABLE patients
  ADD COLUMN last_move_id   uuid,
  ADD COLUMN owners_version bigint NOT NULL DEFAULT 1,
  ADD CONSTRAINT patients_moved CHECK (status = 'active' OR last_move_id IS NOT NULL),
  ADD CONSTRAINT patients_last_move FOREIGN KEY (tenant_id, last_move_id, id, status) REFERENCES patient_moves (tenant_id, id, patient_id, to_state);
SELECT sec.fence('patients', '{select,insert,update}');

-- share is what the client pays of the patient's bills, in basis points; those of a patient's present
-- clients, each linked once, sum to 10000 (kept by registry.SetOwners under a lock on the patient).
ALTER TABLE ownerships
  ADD COLUMN share         integer NOT NULL DEFAULT 10000 CHECK (share BETWEEN 0 AND 10000),
  ADD COLUMN may_consent   boolean NOT NULL DEFAULT true,
  ADD COLUMN gets_reminders boolean NOT NULL DEFAULT true;
ALTER TABLE ownerships
  ALTER COLUMN share DROP DEFAULT, ALTER COLUMN may_consent DROP DEFAULT, ALTER COLUMN gets_reminders DROP DEFAULT;
SELECT sec.fence('ownerships', '{select,insert,update}');

-- given_on is the day of the implant or of issue. standard tells the chips apart: iso has 15 digits
-- (ISO 11784), nine and ten are older ones. A number that is no longer worn, or never was, has ended.
ALTER TABLE identifiers DROP CONSTRAINT identifiers_kind_check;
ALTER TABLE identifiers
  ADD CONSTRAINT identifiers_kind_check CHECK (kind IN ('chip', 'tag', 'tattoo', 'licence', 'passport')),
  ADD COLUMN standard text CHECK (standard IN ('iso', 'nine', 'ten')),
  ADD COLUMN given_on date,
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN ended_as text CHECK (ended_as IN ('not-worn', 'in-error')),
  ADD CONSTRAINT identifiers_ended CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
  ADD CONSTRAINT identifiers_standard CHECK (standard IS NULL OR kind = 'chip');
SELECT sec.fence('identifiers', '{select,insert}');
GRANT UPDATE (ended_at, ended_as) ON identifiers TO paddock_app;

-- What must be known before an animal or a client is dealt with, in three weights. topic tells allergies
-- from the rest, and that somebody asked and there are none.
CREATE TABLE alerts (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid,
  client_id   uuid,
  level       text NOT NULL CHECK (level IN ('stop', 'mind', 'know')),
  topic       text NOT NULL CHECK (topic IN ('general', 'allergy', 'no-allergies')),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid,
  ended_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT alerts_of_one CHECK ((patient_id IS NULL) <> (client_id IS NULL)),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id)
);
CREATE INDEX alerts_patient ON alerts (tenant_id, patient_id);
CREATE INDEX alerts_client ON alerts (tenant_id, client_id);
SELECT sec.fence('alerts', '{select,insert,update}');

-- One weighing. grams is what is computed with; entered and unit are as typed. One entered in error is struck.
CREATE TABLE weights (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  at          timestamptz NOT NULL,
  grams       bigint NOT NULL CHECK (grams BETWEEN 1 AND 5000000),
  entered     text NOT NULL CHECK (entered ~ '^[0-9.]+$' AND length(entered) <= 12),
  unit        text NOT NULL CHECK (unit IN ('kg', 'g', 'lb', 'oz')),
  source      text NOT NULL CHECK (source IN ('measured', 'estimated', 'stated')),
  recorded_at timestamptz NOT NULL,
  recorded_by uuid,
  struck_at   timestamptz,
  struck_by   uuid,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id)
);
CREATE INDEX weights_patient ON weights (tenant_id, patient_id, at);
SELECT sec.fence('weights', '{select,insert}');
GRANT UPDATE (struck_at, struck_by) ON weights TO paddock_app;

-- sound is for words that sound alike; address is for street, town and postcode.
ALTER TABLE search_tokens DROP CONSTRAINT search_tokens_field_check;
ALTER TABLE search_tokens ADD CONSTRAINT search_tokens_field_check CHECK (field IN ('name', 'phone', 'email', 'number', 'sound', 'address'));
-- Tokens are removed by what they are, not by their row: half the cost of writing them was this index.
DROP INDEX search_tokens_row;

SET LOCAL ROLE paddock_sec;
-- Sessions that ended are looked for by their end.
CREATE INDEX sessions_ended ON sec.sessions (tenant_id, expires_at);
RESET ROLE;
-- +goose StatementEnd
