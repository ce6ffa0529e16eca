-- The signed context, the generator of policies, the control plane and the sessions: what stands
-- before the first clinic row.

-- +goose Up
-- +goose StatementBegin
SET LOCAL ROLE paddock_sec;

-- Two versions may be alive, so that the key can be changed under load. The pads are the key XOR
-- 0x36 and 0x5c to 64 bytes (RFC 2104), which lets the core sha256() compute an HMAC.
CREATE TABLE sec.context_keys (
  version    integer PRIMARY KEY CHECK (version > 0),
  inner_pad  bytea NOT NULL CHECK (octet_length(inner_pad) = 64),
  outer_pad  bytea NOT NULL CHECK (octet_length(outer_pad) = 64),
  made_at    timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz
);

CREATE FUNCTION sec.refuse(code text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog
AS $fn$
BEGIN
  RAISE EXCEPTION '%', CASE code WHEN 'PD001' THEN 'the context is not signed for this connection' WHEN 'PD002' THEN 'the context has expired'
    ELSE 'an earlier transaction left something behind' END USING ERRCODE = code;
END
$fn$;

-- Enters a clinic for the rest of the transaction: PD001 for a context that is not whole and signed for
-- this very backend, PD002 for one that has expired. What it notes, sec.tenant() reads. A setting of our own
-- could be written by whoever writes SQL; backtrace_functions, which does nothing unless it names a
-- function of the server's own source, may be set by the superuser and by paddock_sec, so by this
-- function alone.
--
-- The first of a transaction raises PD003 where an earlier one left a changed setting behind, so that nothing
-- after it in the flush runs; again is for a transaction that has entered before.
--
-- One expression with one query: PL/pgSQL makes each of its expressions ready anew in every transaction,
-- which costs more than the hashes.
CREATE FUNCTION sec.enter(ctx text, again boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $fn$
BEGIN
  RETURN coalesce((
    SELECT CASE
        WHEN NOT again AND (current_setting('backtrace_functions') <> '' OR current_setting('row_security') <> 'on'
          OR current_setting('statement_timeout') <> '15s' OR current_setting('lock_timeout') <> '4s') THEN sec.refuse('PD003')
        WHEN right(ctx, 64) IS DISTINCT FROM encode(sha256(k.outer_pad || sha256(k.inner_pad ||
               convert_to(left(ctx, -64) || pg_backend_pid(), 'UTF8'))), 'hex') THEN sec.refuse('PD001')
        WHEN to_timestamp(split_part(ctx, '_', 5)::bigint) < clock_timestamp() THEN sec.refuse('PD002')
        ELSE set_config('backtrace_functions', left(ctx, 32), true) <> '' END
      FROM sec.context_keys AS k
     WHERE k.version::text = split_part(ctx, '_', 6) AND k.retired_at IS NULL), sec.refuse('PD001'));
END
$fn$;

-- The clinic that was entered in this transaction, NULL where none was. It is asked once for every table
-- of every statement, so it is written to be inlined; its names are bound when it is made.
CREATE FUNCTION sec.tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL RESTRICTED
RETURN nullif(current_setting('backtrace_functions'), '')::uuid;
REVOKE ALL ON FUNCTION sec.refuse(text), sec.enter(text, boolean), sec.tenant() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.enter(text, boolean), sec.tenant() TO paddock_app, paddock_scribe;

-- Fences one tenant table: forced row security, the open base, the restrictive gate, and the named
-- grants. The one generator of policies; it can be run again after a column was added. "may" holds
-- select, insert, update, delete; update never reaches tenant_id or id.
CREATE FUNCTION sec.fence(tbl regclass, may text[], writers text[] DEFAULT '{paddock_app}') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog
AS $fn$
DECLARE
  gate    text := 'tenant_id = (SELECT sec.tenant())';
  columns text;
  verb    text;
  writer  text;
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tbl);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tbl);
  EXECUTE format('DROP POLICY IF EXISTS base ON %s', tbl);
  EXECUTE format('DROP POLICY IF EXISTS tenant_gate ON %s', tbl);
  EXECUTE format('CREATE POLICY base ON %s AS PERMISSIVE FOR ALL TO %s USING (true)',
    tbl, (SELECT string_agg(quote_ident(w), ', ') FROM unnest(writers) AS w));
  EXECUTE format('CREATE POLICY tenant_gate ON %s AS RESTRICTIVE FOR ALL USING (%s) WITH CHECK (%s)', tbl, gate, gate);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', tbl);
  FOREACH writer IN ARRAY writers LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %I', tbl, writer);
    FOREACH verb IN ARRAY may LOOP
      IF verb NOT IN ('select', 'insert', 'update', 'delete') THEN
        RAISE EXCEPTION 'sec.fence: % is not a right a tenant table gives', verb;
      END IF;
      IF verb = 'select' AND writer = 'paddock_scribe' THEN
        CONTINUE;
      END IF;
      IF verb = 'update' THEN
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
         WHERE attrelid = tbl AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('tenant_id', 'id');
        IF columns IS NULL THEN
          RAISE EXCEPTION 'sec.fence: % has no column that may be updated', tbl;
        END IF;
        EXECUTE format('GRANT UPDATE (%s) ON %s TO %I', columns, tbl, writer);
      ELSE
        EXECUTE format('GRANT %s ON %s TO %I', verb, tbl, writer);
      END IF;
    END LOOP;
  END LOOP;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = tbl AND attname = 'id' AND NOT attisdropped) THEN
    EXECUTE format('GRANT SELECT (tenant_id, id) ON %s TO paddock_watch', tbl);
  END IF;
END
$fn$;
REVOKE ALL ON FUNCTION sec.fence(regclass, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.fence(regclass, text[], text[]) TO paddock_owner;

-- Who is signed in. data is scs's own; only the hash of the cookie's token is kept.
CREATE TABLE sec.sessions (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  token_hash   bytea NOT NULL CHECK (octet_length(token_hash) = 32),
  person_id    uuid NOT NULL,
  data         bytea NOT NULL,
  created_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  locked_at    timestamptz,
  PRIMARY KEY (tenant_id, id),
  CONSTRAINT sessions_token UNIQUE (tenant_id, token_hash)
);
CREATE INDEX sessions_person ON sec.sessions (tenant_id, person_id);
SELECT sec.fence('sec.sessions', '{select,insert,update,delete}');
GRANT SELECT (tenant_id, id, token_hash, person_id), DELETE ON sec.sessions TO paddock_watch;

-- Failed sign-ins, by keyed hash of the account or of the address: no name and no address is kept.
CREATE TABLE sec.attempts (
  kind     text NOT NULL CHECK (kind IN ('account', 'address')),
  who      bytea NOT NULL CHECK (octet_length(who) = 32),
  failures integer NOT NULL DEFAULT 0,
  first_at timestamptz NOT NULL,
  last_at  timestamptz NOT NULL,
  PRIMARY KEY (kind, who)
);

-- Seconds to wait before this account or address may try again; 0 means now. An account
-- waits from the fifth failure on, an address from the fiftieth, each failure doubling the wait up to fifteen minutes.
CREATE FUNCTION sec.attempt_wait(account bytea, address bytea, at_time timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $fn$
  SELECT coalesce(max(greatest(0, ceil(extract(epoch FROM
           a.last_at + make_interval(secs => least(900, 2 ^ least(a.failures - lim.free, 10)))
           - at_time))))::integer, 0)
    FROM sec.attempts AS a
    JOIN (VALUES ('account', 4), ('address', 49)) AS lim(kind, free) ON lim.kind = a.kind
   WHERE a.failures > lim.free AND a.last_at > at_time - interval '15 minutes'
     AND ((a.kind = 'account' AND a.who = account) OR (a.kind = 'address' AND a.who = address));
$fn$;

-- Notes one failed attempt. An account forgets after a day without one or with a right passphrase, so
-- that waiting the throttle out does not begin it anew; an address, which many share, after fifteen minutes.
CREATE FUNCTION sec.attempt_failed(account bytea, address bytea, at_time timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $fn$
  INSERT INTO sec.attempts AS a (kind, who, failures, first_at, last_at)
  VALUES ('account', account, 1, at_time, at_time), ('address', address, 1, at_time, at_time)
  ON CONFLICT (kind, who) DO UPDATE SET
    failures = CASE WHEN a.last_at < at_time - CASE a.kind WHEN 'account' THEN interval '24 hours' ELSE interval '15 minutes' END THEN 1 ELSE a.failures + 1 END,
    first_at = CASE WHEN a.last_at < at_time - CASE a.kind WHEN 'account' THEN interval '24 hours' ELSE interval '15 minutes' END THEN at_time ELSE a.first_at END,
    last_at  = at_time;
$fn$;

-- Forgets an account's failures after a right passphrase; the address keeps its own.
CREATE FUNCTION sec.attempt_cleared(account bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $fn$
  DELETE FROM sec.attempts WHERE kind = 'account' AND who = account;
$fn$;

REVOKE ALL ON FUNCTION sec.attempt_wait(bytea, bytea, timestamptz), sec.attempt_failed(bytea, bytea, timestamptz),
  sec.attempt_cleared(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.attempt_wait(bytea, bytea, timestamptz), sec.attempt_failed(bytea, bytea, timestamptz),
  sec.attempt_cleared(bytea) TO paddock_app;
GRANT USAGE ON SCHEMA sec TO paddock_owner, paddock_app, paddock_scribe, paddock_watch, paddock_platform;

SET LOCAL ROLE paddock_owner;

-- The control plane: which clinics there are, at which host, and where their rows are.
CREATE TABLE platform.clinic (
  clinic_id  uuid PRIMARY KEY,
  name       text NOT NULL CHECK (name <> '' AND length(name) <= 120),
  state      text NOT NULL CHECK (state IN ('active', 'suspended', 'canary')),
  time_zone  text NOT NULL,
  country    text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  demo       boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL
);
CREATE TABLE platform.tenant_host (
  host      text PRIMARY KEY CHECK (host = lower(host) AND length(host) <= 253),
  clinic_id uuid NOT NULL REFERENCES platform.clinic
);
CREATE INDEX tenant_host_clinic ON platform.tenant_host (clinic_id);
CREATE TABLE platform.placement (
  clinic_id uuid PRIMARY KEY REFERENCES platform.clinic,
  tier      text NOT NULL CHECK (tier IN ('pool', 'schema', 'database')),
  cluster   text NOT NULL,
  epoch     bigint NOT NULL CHECK (epoch > 0)
);
GRANT USAGE ON SCHEMA platform TO paddock_platform, paddock_sec;
GRANT SELECT, INSERT ON platform.clinic, platform.tenant_host, platform.placement TO paddock_platform;
GRANT UPDATE (name, state) ON platform.clinic TO paddock_platform;
GRANT UPDATE (tier, cluster, epoch) ON platform.placement TO paddock_platform;
GRANT SELECT ON platform.clinic, platform.tenant_host, platform.placement TO paddock_sec;
GRANT USAGE ON SCHEMA platform TO paddock_watch;
GRANT SELECT (clinic_id) ON platform.clinic TO paddock_watch;

SET LOCAL ROLE paddock_sec;

-- The one clinic that lives at exactly this host; no row for any other. The application cannot list
-- clinics, it can only ask for one by its whole name.
CREATE FUNCTION sec.clinic_at(wanted text)
RETURNS TABLE (clinic_id uuid, name text, state text, time_zone text, country text, tier text, cluster text, epoch bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $fn$
  SELECT c.clinic_id, c.name, c.state, c.time_zone, c.country, p.tier, p.cluster, p.epoch
    FROM platform.tenant_host AS h
    JOIN platform.clinic AS c ON c.clinic_id = h.clinic_id
    JOIN platform.placement AS p ON p.clinic_id = c.clinic_id
   WHERE h.host = wanted;
$fn$;

-- The clinic of the signed context, read with each session so that a suspension or a move counts from
-- the next request. It reads with the rights of its owner, and shows that one row and no other.
CREATE VIEW sec.this_clinic WITH (security_barrier) AS
SELECT c.clinic_id AS tenant_id, c.state, p.epoch
  FROM platform.clinic AS c JOIN platform.placement AS p ON p.clinic_id = c.clinic_id
 WHERE c.clinic_id = (SELECT sec.tenant());
REVOKE ALL ON sec.this_clinic FROM PUBLIC;
GRANT SELECT ON sec.this_clinic TO paddock_app;
REVOKE ALL ON FUNCTION sec.clinic_at(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.clinic_at(text) TO paddock_app;
RESET ROLE;
-- +goose StatementEnd
