-- Run once by the postgres image, on an empty volume.

-- One role owns and migrates (CREATEROLE: a migration makes taskorder_system); the other runs the application and owns
-- nothing, so that it cannot get round row-level security.
CREATE ROLE taskorder_owner LOGIN CREATEROLE PASSWORD 'taskorder_owner';
CREATE ROLE taskorder_app LOGIN PASSWORD 'taskorder_app';
CREATE DATABASE taskorder OWNER taskorder_owner;
REVOKE ALL ON DATABASE taskorder FROM PUBLIC;
GRANT CONNECT ON DATABASE taskorder TO taskorder_app;

-- Temporal's own state, out of the application's reach.
CREATE ROLE temporal LOGIN PASSWORD 'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE ALL ON DATABASE temporal, temporal_visibility FROM PUBLIC;
