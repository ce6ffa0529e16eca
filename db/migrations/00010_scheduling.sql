-- The front desk's day: what can be booked and when, appointments and the visits they become, who waits.
-- An appointment and its visit are one row with one state (domain.md, "Appointment and visit").

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;

-- How a clinic runs its day. Minutes of the day are counted from midnight in the clinic's zone.
CREATE TABLE schedule_settings (
  tenant_id     uuid NOT NULL,
  day_from      integer NOT NULL DEFAULT 480 CHECK (day_from BETWEEN 0 AND 1435),
  day_to        integer NOT NULL DEFAULT 1110 CHECK (day_to BETWEEN 5 AND 1440),
  wait_mind     integer NOT NULL DEFAULT 10 CHECK (wait_mind BETWEEN 1 AND 600),
  wait_long     integer NOT NULL DEFAULT 15 CHECK (wait_long BETWEEN 1 AND 600),
  no_show_grace integer NOT NULL DEFAULT 15 CHECK (no_show_grace BETWEEN 0 AND 600),
  overbook_most integer NOT NULL DEFAULT 1 CHECK (overbook_most BETWEEN 0 AND 5),
  version       bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id)
);
SELECT sec.fence('schedule_settings', '{select,insert,update}');

-- What can be booked: a column of the schedule. One that is a person is shown under that person's name.
-- Kinds of room are booked beside a person; overbook_most caps how many stand over one another.
CREATE TABLE resources (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('vet', 'nurse', 'room', 'theatre', 'equipment')),
  name          text NOT NULL CHECK (name <> '' AND length(name) <= 60),
  person_id     uuid,
  room_id       uuid,
  position      integer NOT NULL DEFAULT 1,
  version       bigint NOT NULL DEFAULT 1,
  ended_at      timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT resources_person UNIQUE (tenant_id, person_id),
  FOREIGN KEY (tenant_id, person_id) REFERENCES people (tenant_id, id),
  FOREIGN KEY (tenant_id, room_id) REFERENCES resources (tenant_id, id)
);
CREATE INDEX resources_room ON resources (tenant_id, room_id);
SELECT sec.fence('resources', '{select,insert,update}');

-- A weekly rule: the opening hours of the clinic (no resource) or the roster of one resource. Weekdays as in
-- ISO 8601, 1 is Monday. A kind other than work is time inside it that is not offered.
CREATE TABLE hours (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  resource_id  uuid,
  weekday      integer NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  kind         text NOT NULL CHECK (kind IN ('work', 'lunch', 'break', 'meeting', 'admissions', 'discharges')),
  from_minute  integer NOT NULL CHECK (from_minute BETWEEN 0 AND 1435),
  to_minute    integer NOT NULL DEFAULT 1440 CHECK (to_minute BETWEEN 5 AND 1440),
  valid_from   date NOT NULL,
  valid_to     date,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT hours_forward CHECK (to_minute > from_minute),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id)
);
CREATE INDEX hours_resource ON hours (tenant_id, resource_id);
SELECT sec.fence('hours', '{select,insert,update,delete}');

-- A span that is not offered, once: of one resource, or of the whole clinic (no resource) as on a holiday.
-- The words are sealed: they may say who is ill.
CREATE TABLE blocks (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  resource_id uuid,
  kind        text NOT NULL CHECK (kind IN ('holiday', 'away', 'closed', 'reserved', 'other')),
  day         date NOT NULL,
  starts_at   timestamptz NOT NULL,
  ends_at     timestamptz NOT NULL,
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT blocks_forward CHECK (ends_at > starts_at),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id)
);
CREATE INDEX blocks_day ON blocks (tenant_id, day);
CREATE INDEX blocks_resource ON blocks (tenant_id, resource_id);
SELECT sec.fence('blocks', '{select,insert,delete}');

-- Why somebody comes, how long it takes, and who and where it needs. colour is one of the schedule's own.
CREATE TABLE appointment_types (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  name       text NOT NULL CHECK (name <> '' AND length(name) <= 60),
  minutes    integer NOT NULL CHECK (minutes BETWEEN 5 AND 1440),
  colour     text NOT NULL CHECK (colour IN ('plain', 'blue', 'green', 'amber', 'violet', 'red')),
  needs      text NOT NULL CHECK (needs IN ('vet', 'nurse', 'anyone')),
  needs_room text CHECK (needs_room IN ('room', 'theatre', 'equipment')),
  quiet      boolean NOT NULL DEFAULT false,
  position   integer NOT NULL DEFAULT 1,
  version    bigint NOT NULL DEFAULT 1,
  ended_at   timestamptz,
  PRIMARY KEY (tenant_id, id)
);
SELECT sec.fence('appointment_types', '{select,insert,update}');

-- The moves an appointment and its visit may make, and the right each takes; any other is refused by the
-- key of appointment_moves. in_building tells the states between coming in and going out.
CREATE TABLE visit_states (
  state       text PRIMARY KEY,
  in_building boolean NOT NULL,
  holds_slot  boolean NOT NULL
);
GRANT SELECT ON visit_states TO paddock_app;
INSERT INTO visit_states (state, in_building, holds_slot) VALUES
  ('requested', false, true), ('booked', false, true), ('confirmed', false, true),
  ('arrived', true, true), ('roomed', true, true), ('with_vet', true, true), ('in_treatment', true, true),
  ('admitted', true, true), ('ready', true, true), ('billed', true, true), ('done', false, true),
  ('cancelled', false, false), ('no_show', false, false), ('moved', false, false);

CREATE TABLE visit_state_moves (
  from_state text NOT NULL REFERENCES visit_states,
  to_state   text NOT NULL REFERENCES visit_states,
  needs      text NOT NULL CHECK (needs IN ('schedule.write', 'visit.treat', 'bill.write')),
  PRIMARY KEY (from_state, to_state)
);
GRANT SELECT ON visit_state_moves TO paddock_app;
INSERT INTO visit_state_moves (from_state, to_state, needs) VALUES
  ('requested', 'booked', 'schedule.write'), ('requested', 'cancelled', 'schedule.write'),
  ('booked', 'confirmed', 'schedule.write'), ('booked', 'arrived', 'schedule.write'), ('booked', 'moved', 'schedule.write'),
  ('booked', 'cancelled', 'schedule.write'), ('booked', 'no_show', 'schedule.write'),
  ('confirmed', 'booked', 'schedule.write'), ('confirmed', 'arrived', 'schedule.write'), ('confirmed', 'moved', 'schedule.write'),
  ('confirmed', 'cancelled', 'schedule.write'), ('confirmed', 'no_show', 'schedule.write'),
  ('arrived', 'cancelled', 'schedule.write'), ('arrived', 'booked', 'schedule.write'),
  ('cancelled', 'booked', 'schedule.write'), ('no_show', 'booked', 'schedule.write'), ('no_show', 'arrived', 'schedule.write'),
  ('ready', 'billed', 'bill.write'), ('ready', 'done', 'bill.write'), ('billed', 'ready', 'bill.write'), ('billed', 'done', 'bill.write'),
  ('done', 'ready', 'bill.write');
-- In the building any move is allowed.
INSERT INTO visit_state_moves (from_state, to_state, needs)
SELECT f.state, t.state, CASE WHEN t.state IN ('arrived', 'roomed') THEN 'schedule.write' ELSE 'visit.treat' END
  FROM (VALUES ('arrived'), ('roomed'), ('with_vet'), ('in_treatment'), ('admitted'), ('ready')) AS f(state),
       (VALUES ('arrived'), ('roomed'), ('with_vet'), ('in_treatment'), ('admitted'), ('ready')) AS t(state)
 WHERE f.state <> t.state;

-- A booking that comes again: every so many weeks from its first day. Its appointments are rows like others.
CREATE TABLE appointment_series (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  every_weeks integer NOT NULL CHECK (every_weeks BETWEEN 1 AND 52),
  times       integer NOT NULL CHECK (times BETWEEN 1 AND 60),
  first_day   date NOT NULL,
  made_at     timestamptz NOT NULL,
  made_by     uuid,
  PRIMARY KEY (tenant_id, id)
);
SELECT sec.fence('appointment_series', '{select,insert}');

-- The planned time of a visit, and the visit itself once somebody has come in. day and start_minute are the
-- clinic's own calendar and clock and are what was agreed; starts_at and ends_at are what they meant under the
-- rules of zone when last computed. place_id is where in the building they are; next_at when to look again.
-- asks lists what check-in left to ask. What brings them and what was noted is sealed.
CREATE TABLE appointments (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  patient_id   uuid NOT NULL,
  client_id    uuid,
  type_id      uuid NOT NULL,
  series_id    uuid,
  day          date NOT NULL,
  start_minute integer NOT NULL CHECK (start_minute BETWEEN 0 AND 1439),
  minutes      integer NOT NULL CHECK (minutes BETWEEN 5 AND 1440),
  zone         text NOT NULL CHECK (zone <> '' AND length(zone) <= 60),
  starts_at    timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL,
  state        text NOT NULL,
  state_since  timestamptz NOT NULL,
  last_move_id uuid,
  walk_in      boolean NOT NULL DEFAULT false,
  urgent       boolean NOT NULL DEFAULT false,
  quiet        boolean NOT NULL DEFAULT false,
  asks         text NOT NULL DEFAULT '' CHECK (asks ~ '^[a-z,]*$'),
  place_id     uuid,
  next_at      timestamptz,
  arrived_at   timestamptz,
  moved_to_id  uuid,
  sealed       bytea NOT NULL,
  key_version  integer NOT NULL,
  version      bigint NOT NULL DEFAULT 1,
  booked_at    timestamptz NOT NULL,
  booked_by    uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT appointments_patient UNIQUE (tenant_id, id, patient_id),
  CONSTRAINT appointments_forward CHECK (ends_at > starts_at),
  CONSTRAINT appointments_moved CHECK (state IN ('requested', 'booked', 'arrived') OR last_move_id IS NOT NULL),
  FOREIGN KEY (state) REFERENCES visit_states,
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id),
  FOREIGN KEY (tenant_id, type_id) REFERENCES appointment_types (tenant_id, id),
  FOREIGN KEY (tenant_id, series_id) REFERENCES appointment_series (tenant_id, id),
  FOREIGN KEY (tenant_id, place_id) REFERENCES resources (tenant_id, id),
  FOREIGN KEY (tenant_id, moved_to_id) REFERENCES appointments (tenant_id, id)
);
CREATE INDEX appointments_day ON appointments (tenant_id, day);
CREATE INDEX appointments_of_patient ON appointments (tenant_id, patient_id, day);
CREATE INDEX appointments_of_client ON appointments (tenant_id, client_id, state);
CREATE INDEX appointments_state ON appointments (tenant_id, state, day);
CREATE INDEX appointments_series ON appointments (tenant_id, series_id);
CREATE INDEX appointments_moved_to ON appointments (tenant_id, moved_to_id);

-- One move, timed and named, never changed. by_whom is who called a booking off; the reason is sealed.
CREATE TABLE appointment_moves (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  appointment_id uuid NOT NULL,
  from_state     text NOT NULL,
  to_state       text NOT NULL,
  by_whom        text CHECK (by_whom IN ('clinic', 'client')),
  sealed         bytea NOT NULL,
  key_version    integer NOT NULL,
  at             timestamptz NOT NULL,
  by_id          uuid,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT appointment_moves_state UNIQUE (tenant_id, id, appointment_id, to_state),
  CONSTRAINT appointment_moves_allowed FOREIGN KEY (from_state, to_state) REFERENCES visit_state_moves (from_state, to_state),
  FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id)
);
CREATE INDEX appointment_moves_appointment ON appointment_moves (tenant_id, appointment_id, at);
SELECT sec.fence('appointment_moves', '{select,insert}');

-- An appointment is in the state its last move led to.
ALTER TABLE appointments ADD CONSTRAINT appointments_last_move
  FOREIGN KEY (tenant_id, last_move_id, id, state) REFERENCES appointment_moves (tenant_id, id, appointment_id, to_state);
SELECT sec.fence('appointments', '{select,insert,update}');

-- What an appointment takes of a resource. Two that are held never overlap in one lane: of two at once, one
-- is refused by the database. Lanes above 0 are deliberate overbooking. slot is half-open.
CREATE TABLE appointment_slots (
  tenant_id      uuid NOT NULL,
  appointment_id uuid NOT NULL,
  resource_id    uuid NOT NULL,
  lane           integer NOT NULL CHECK (lane >= 0),
  day            date NOT NULL,
  starts_at      timestamptz NOT NULL,
  ends_at        timestamptz NOT NULL,
  held           boolean NOT NULL,
  slot           tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(starts_at, ends_at, '[)')) STORED,
  PRIMARY KEY (tenant_id, appointment_id, resource_id),
  CONSTRAINT appointment_slots_forward CHECK (ends_at > starts_at),
  CONSTRAINT appointment_slots_free EXCLUDE USING gist
    (tenant_id gist.gist_uuid_ops WITH OPERATOR(pg_catalog.=), resource_id gist.gist_uuid_ops WITH OPERATOR(pg_catalog.=), lane gist.gist_int4_ops WITH OPERATOR(pg_catalog.=), slot WITH &&) WHERE (held),
  FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id)
);
CREATE INDEX appointment_slots_day ON appointment_slots (tenant_id, day);
CREATE INDEX appointment_slots_resource ON appointment_slots (tenant_id, resource_id, starts_at);
SELECT sec.fence('appointment_slots', '{select,insert,update,delete}');

-- That somebody has taken notice of an alert on this visit.
CREATE TABLE alert_notices (
  tenant_id      uuid NOT NULL,
  appointment_id uuid NOT NULL,
  alert_id       uuid NOT NULL,
  at             timestamptz NOT NULL,
  by_id          uuid,
  PRIMARY KEY (tenant_id, appointment_id, alert_id),
  FOREIGN KEY (tenant_id, appointment_id) REFERENCES appointments (tenant_id, id),
  FOREIGN KEY (tenant_id, alert_id) REFERENCES alerts (tenant_id, id)
);
CREATE INDEX alert_notices_alert ON alert_notices (tenant_id, alert_id);
SELECT sec.fence('alert_notices', '{select,insert}');

-- Who would come sooner or on another day. No resource means anybody who may.
CREATE TABLE waitlist (
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  patient_id  uuid NOT NULL,
  client_id   uuid,
  type_id     uuid NOT NULL,
  resource_id uuid,
  first_day   date NOT NULL,
  last_day    date,
  from_minute integer NOT NULL DEFAULT 0 CHECK (from_minute BETWEEN 0 AND 1439),
  to_minute   integer NOT NULL DEFAULT 1440 CHECK (to_minute BETWEEN 1 AND 1440),
  sealed      bytea NOT NULL,
  key_version integer NOT NULL,
  added_at    timestamptz NOT NULL,
  added_by    uuid,
  ended_at    timestamptz,
  ended_as    text CHECK (ended_as IN ('booked', 'dropped')),
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT waitlist_ended CHECK ((ended_at IS NULL) = (ended_as IS NULL)),
  FOREIGN KEY (tenant_id, patient_id) REFERENCES patients (tenant_id, id),
  FOREIGN KEY (tenant_id, client_id) REFERENCES clients (tenant_id, id),
  FOREIGN KEY (tenant_id, type_id) REFERENCES appointment_types (tenant_id, id),
  FOREIGN KEY (tenant_id, resource_id) REFERENCES resources (tenant_id, id)
);
CREATE INDEX waitlist_open ON waitlist (tenant_id, ended_at, added_at);
CREATE INDEX waitlist_patient ON waitlist (tenant_id, patient_id);
SELECT sec.fence('waitlist', '{select,insert}');
GRANT UPDATE (ended_at, ended_as) ON waitlist TO paddock_app;

-- The credential of a screen on the wall: it shows the flow board with first names, and nothing else. Only
-- the hash of its token is kept: until it is opened that of the code which opens it, which works once.
CREATE TABLE wall_screens (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  name       text NOT NULL CHECK (name <> '' AND length(name) <= 60),
  made_at    timestamptz NOT NULL,
  made_by    uuid,
  opened_at  timestamptz,
  ended_at   timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT wall_screens_token UNIQUE (tenant_id, token_hash)
);
CREATE INDEX wall_screens_made ON wall_screens (tenant_id, made_at, id);
SELECT sec.fence('wall_screens', '{select,insert}');
GRANT UPDATE (token_hash, opened_at, ended_at) ON wall_screens TO paddock_app;
RESET ROLE;
-- +goose StatementEnd
