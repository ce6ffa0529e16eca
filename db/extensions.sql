-- What the database needs beyond its core, run by the administrator right after schemas.sql. btree_gist comes
-- with PostgreSQL: it lets one exclusion constraint compare identifiers and spans of time. It stands in a
-- schema of its own that nobody who serves may use: a constraint is checked without asking for that right.
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA gist;
DO $gist$
DECLARE f regprocedure;
BEGIN
  FOR f IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'gist'::regnamespace LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
END
$gist$;
