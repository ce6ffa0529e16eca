-- The schemas and who owns them. Run by the administrator right after bootstrap.sql; read by sqlc.
CREATE SCHEMA IF NOT EXISTS sec AUTHORIZATION paddock_sec;
CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION paddock_owner;
CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION paddock_owner;
CREATE SCHEMA IF NOT EXISTS platform AUTHORIZATION paddock_owner;
CREATE SCHEMA IF NOT EXISTS jobs AUTHORIZATION paddock_owner;
CREATE SCHEMA IF NOT EXISTS gist AUTHORIZATION paddock_owner;
