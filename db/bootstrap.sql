-- What only the database's administrator can do, once per database and again after each upgrade: the
-- roles, who may become whom, and what PUBLIC loses. Every statement can be repeated. Passwords are
-- set by the program, never written here.

DO $roles$
DECLARE r record;
BEGIN
  FOR r IN SELECT * FROM (VALUES
    ('paddock_owner',    'NOLOGIN NOBYPASSRLS'),  -- owns the tables of app, audit and platform
    ('paddock_sec',      'NOLOGIN NOBYPASSRLS'),  -- owns what proves who asks
    ('paddock_migrate',  'LOGIN NOINHERIT NOBYPASSRLS'), -- may become the two above, and is nothing before it does
    ('paddock_app',      'LOGIN NOBYPASSRLS'),    -- the pages
    ('paddock_platform', 'LOGIN NOBYPASSRLS'),    -- the control plane; nothing in app
    ('paddock_scribe',   'LOGIN NOBYPASSRLS'),    -- writes audit leaves; reads nothing
    ('paddock_watch',    'LOGIN BYPASSRLS'),      -- ids and token hashes only: "was this somebody else's?"
    ('paddock_jobs',     'LOGIN NOINHERIT BYPASSRLS'), -- takes the outboxes into the queue; reads no clinic's rows
    ('paddock_live',     'LOGIN NOINHERIT NOBYPASSRLS') -- tells and hears that something changed; holds no right at all
  ) AS want(name, attributes) LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) THEN
      EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', r.name, r.attributes);
    END IF;
  END LOOP;
END
$roles$;

GRANT paddock_owner, paddock_sec TO paddock_migrate;

ALTER ROLE paddock_app      SET search_path = app;
ALTER ROLE paddock_platform SET search_path = pg_catalog;
ALTER ROLE paddock_scribe   SET search_path = pg_catalog;
ALTER ROLE paddock_watch    SET search_path = pg_catalog;
ALTER ROLE paddock_jobs     SET search_path = pg_catalog;
ALTER ROLE paddock_live     SET search_path = pg_catalog;
ALTER ROLE paddock_migrate  SET search_path = app;
ALTER ROLE paddock_app      SET lock_timeout = '4s';
ALTER ROLE paddock_app      SET statement_timeout = '15s';
ALTER ROLE paddock_app      SET idle_in_transaction_session_timeout = '20s';
ALTER ROLE paddock_jobs     SET lock_timeout = '4s';
ALTER ROLE paddock_jobs     SET idle_in_transaction_session_timeout = '20s';

DO $database$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO paddock_migrate, paddock_app, paddock_platform, paddock_scribe, paddock_watch, paddock_jobs, paddock_live', current_database());
  EXECUTE format('GRANT CREATE ON DATABASE %I TO paddock_owner', current_database());
END
$database$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- The activity views show the SQL text of everyone who shares a role, and all clinics of the pool do.
REVOKE ALL ON pg_catalog.pg_stat_activity, pg_catalog.pg_prepared_statements FROM PUBLIC;

-- Nobody but the owners writes code: no DO block, no function.
REVOKE ALL ON LANGUAGE plpgsql, sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql, sql TO paddock_owner, paddock_sec;
DO $public$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace
      AND (p.proname IN ('pg_stat_get_activity', 'pg_stat_get_backend_activity', 'pg_cancel_backend', 'pg_terminate_backend', 'pg_logical_emit_message', 'pg_prepared_statement',
                         'lo_creat', 'lo_create', 'lo_open', 'lo_close', 'lo_get', 'lo_put', 'lo_from_bytea',
                         'lo_import', 'lo_export', 'lo_unlink', 'lo_lseek', 'lo_lseek64', 'lo_tell', 'lo_tell64',
                         'lo_truncate', 'lo_truncate64', 'loread', 'lowrite'))
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END
$public$;

-- Where sec.enter() notes which clinic was entered.
GRANT SET ON PARAMETER backtrace_functions TO paddock_sec;
