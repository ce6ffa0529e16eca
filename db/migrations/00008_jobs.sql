-- Work that is done after the answer: the clinics' outboxes, the queue it goes into, and what each clinic
-- has been given by a release.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_owner;
GRANT USAGE ON SCHEMA app, platform, jobs TO paddock_jobs;

-- A job that was asked for and is not in the queue yet, left here by the transaction of the act that asks
-- for it. mac is the clinic's keyed commitment over all the rest, so that a row nobody asked for is
-- refused before it is given a context (internal/jobs). Rows are gone within a second.
CREATE TABLE outbox (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL,
  kind       text NOT NULL CHECK (kind ~ '^[a-z]+[.][a-z-]+$'),
  object_id  uuid NOT NULL,
  person_id  uuid,
  epoch      bigint NOT NULL CHECK (epoch > 0),
  mac        bytea NOT NULL CHECK (octet_length(mac) = 32),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
SELECT sec.fence('outbox', '{select,insert}');
GRANT SELECT, DELETE ON outbox TO paddock_jobs;
GRANT SELECT (clinic_id, state) ON platform.clinic TO paddock_jobs;

-- What a release gave this clinic once, by name: it is not given again, so that what an admin took away
-- since stays away.
CREATE TABLE upgrades (
  tenant_id uuid NOT NULL,
  id        uuid NOT NULL,
  name      text NOT NULL CHECK (name ~ '^[a-z][a-z.-]*$'),
  at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT upgrades_name UNIQUE (tenant_id, name)
);
SELECT sec.fence('upgrades', '{select,insert}');

-- The tables of River (github.com/riverqueue/river) as its migrations 1 to 8 leave them; a test holds the two
-- together. Arguments are ids and a MAC, never content; paddock_app has no right here.
CREATE TYPE jobs.river_job_state AS ENUM (
  'available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled');

CREATE TABLE jobs.river_job (
  id            bigserial PRIMARY KEY,
  state         jobs.river_job_state NOT NULL DEFAULT 'available',
  attempt       smallint NOT NULL DEFAULT 0,
  max_attempts  smallint NOT NULL DEFAULT 25,
  attempted_at  timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  finalized_at  timestamptz,
  scheduled_at  timestamptz NOT NULL DEFAULT now(),
  priority      smallint NOT NULL DEFAULT 1,
  args          jsonb NOT NULL,
  attempted_by  text[],
  errors        jsonb[],
  kind          text NOT NULL,
  metadata      jsonb NOT NULL DEFAULT '{}',
  queue         text NOT NULL DEFAULT 'default',
  tags          varchar(255)[] NOT NULL DEFAULT '{}',
  unique_key    bytea,
  unique_states bit(8),
  CONSTRAINT finalized_or_finalized_at_null CHECK (
    (finalized_at IS NULL AND state NOT IN ('cancelled', 'completed', 'discarded')) OR
    (finalized_at IS NOT NULL AND state IN ('cancelled', 'completed', 'discarded'))),
  CONSTRAINT max_attempts_is_positive CHECK (max_attempts > 0),
  CONSTRAINT priority_in_range CHECK (priority >= 1 AND priority <= 4),
  CONSTRAINT queue_length CHECK (char_length(queue) > 0 AND char_length(queue) < 128),
  CONSTRAINT kind_length CHECK (char_length(kind) > 0 AND char_length(kind) < 128)
);

CREATE FUNCTION jobs.river_job_state_in_bitmask(bitmask bit(8), state jobs.river_job_state) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $fn$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$fn$;
REVOKE ALL ON FUNCTION jobs.river_job_state_in_bitmask(bit, jobs.river_job_state) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jobs.river_job_state_in_bitmask(bit, jobs.river_job_state) TO paddock_jobs;

CREATE INDEX river_job_kind ON jobs.river_job (kind);
CREATE INDEX river_job_state_and_finalized_at_index ON jobs.river_job (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX river_job_prioritized_fetching_index ON jobs.river_job (state, queue, priority, scheduled_at, id);
CREATE INDEX river_job_args_index ON jobs.river_job USING gin (args);
CREATE INDEX river_job_metadata_index ON jobs.river_job USING gin (metadata);
CREATE UNIQUE INDEX river_job_unique_idx ON jobs.river_job (unique_key)
  WHERE unique_key IS NOT NULL AND unique_states IS NOT NULL AND jobs.river_job_state_in_bitmask(unique_states, state);

CREATE UNLOGGED TABLE jobs.river_leader (
  elected_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  leader_id  text NOT NULL,
  name       text PRIMARY KEY DEFAULT 'default',
  CONSTRAINT name_length CHECK (name = 'default'),
  CONSTRAINT leader_id_length CHECK (char_length(leader_id) > 0 AND char_length(leader_id) < 128)
);

CREATE TABLE jobs.river_queue (
  name       text PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  metadata   jsonb NOT NULL DEFAULT '{}',
  paused_at  timestamptz,
  updated_at timestamptz NOT NULL DEFAULT current_timestamp
);

CREATE TABLE jobs.river_notification (
  id         bigserial PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  payload    text NOT NULL,
  topic      text NOT NULL,
  CONSTRAINT topic_length CHECK (length(topic) > 0 AND length(topic) < 128)
);
CREATE INDEX river_notification_created_at_idx ON jobs.river_notification (created_at);
CREATE INDEX river_notification_topic_id_idx ON jobs.river_notification (topic, id);

CREATE TABLE jobs.river_migration (
  line       text NOT NULL,
  version    bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version),
  CONSTRAINT line_length CHECK (char_length(line) > 0 AND char_length(line) < 128),
  CONSTRAINT version_gte_1 CHECK (version >= 1)
);
INSERT INTO jobs.river_migration (line, version) SELECT 'main', generate_series(1, 8);

GRANT SELECT, INSERT, UPDATE, DELETE ON jobs.river_job, jobs.river_leader, jobs.river_queue, jobs.river_notification TO paddock_jobs;
GRANT USAGE ON SEQUENCE jobs.river_job_id_seq, jobs.river_notification_id_seq TO paddock_jobs;

-- A job asks, in its clinic's own context, where the clinic is now.
SET LOCAL ROLE paddock_sec;
CREATE OR REPLACE VIEW sec.this_clinic WITH (security_barrier) AS
SELECT c.clinic_id AS tenant_id, c.state, p.epoch, p.tier, p.cluster
  FROM platform.clinic AS c JOIN platform.placement AS p ON p.clinic_id = c.clinic_id
 WHERE c.clinic_id = (SELECT sec.tenant());
RESET ROLE;
-- +goose StatementEnd
