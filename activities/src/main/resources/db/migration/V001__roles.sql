-- Why: three roles, so that no statement of the application can see past its tenant.
--   the owner (runs these migrations)  owns every table; serves no request
--   ${appRole}                         serves requests and workers; owns nothing, cannot bypass row-level security
--   taskorder_system                   answers one question over all tenants: who has work that is due; entered by SET LOCAL ROLE only
-- Invariant: the application never *inherits* taskorder_system, or its policies would show one tenant to another.
DO $$
BEGIN
    CREATE ROLE taskorder_system NOLOGIN NOINHERIT;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this cluster has it already
END
$$;

GRANT taskorder_system TO ${appRole} WITH INHERIT FALSE, SET TRUE;
GRANT USAGE ON SCHEMA public TO ${appRole}, taskorder_system;
