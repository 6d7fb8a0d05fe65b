-- Why: operators stop and resume the world, or one tenant's part of it. What is paused stands here, so that it outlives every process;
-- who claims orders asks for it in the statement that claims, and so has it in force from its commit on.

-- Invariant: a row while it is paused, none else. Who paused it, since when and why are of the first who did; a repeat changes the mode
-- at most.
CREATE TABLE pause (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    what       text COLLATE "C" NOT NULL,
    mode       text COLLATE "C" NOT NULL,
    reason     text,
    paused_by  text NOT NULL,
    paused_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT pause_pkey PRIMARY KEY (tenant_id, what),
    CONSTRAINT pause_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant,
    CONSTRAINT pause_what_known CHECK (what IN ('orders', 'events', 'webhooks')),
    CONSTRAINT pause_mode_known CHECK (mode IN ('hold', 'drain'))
);
CALL wall_off('pause');
GRANT SELECT, INSERT, UPDATE (mode), DELETE ON pause TO ${appRole};
-- Which tenants have something paused, and how far: maintenance leaves their marks alone, and operators ask for the list.
GRANT SELECT (tenant_id, what, mode) ON pause TO taskorder_system;
CREATE POLICY due_rows ON pause FOR SELECT TO taskorder_system USING (true);

-- What is paused for all tenants, also for those that are made meanwhile. Of no tenant, and seen by each, for it binds each.
-- Invariant: written with the installation bound alone.
CREATE TABLE pause_of_all (
    what       text COLLATE "C" NOT NULL,
    mode       text COLLATE "C" NOT NULL,
    reason     text,
    paused_by  text NOT NULL,
    paused_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT pause_of_all_pkey PRIMARY KEY (what),
    CONSTRAINT pause_of_all_what_known CHECK (what IN ('orders', 'events', 'webhooks')),
    CONSTRAINT pause_of_all_mode_known CHECK (mode IN ('hold', 'drain'))
);
ALTER TABLE pause_of_all ENABLE ROW LEVEL SECURITY;
ALTER TABLE pause_of_all FORCE ROW LEVEL SECURITY;
CREATE POLICY binds_all ON pause_of_all FOR SELECT USING (true);
CREATE POLICY own_rows ON pause_of_all TO ${appRole}, CURRENT_USER
    USING (nullif(current_setting('taskorder.tenant', true), '') = '_system')
    WITH CHECK (nullif(current_setting('taskorder.tenant', true), '') = '_system');
GRANT SELECT, INSERT, UPDATE (mode), DELETE ON pause_of_all TO ${appRole};
GRANT SELECT (what, mode) ON pause_of_all TO taskorder_system;

-- Invariant: 0, a chance that nobody looked at yet; else one at which a look was not let serve all: 1, only attempts of orders that run
-- (hold); 2, nobody (drain). It stays, one for each env, and is due as soon as no pause of that strength is in force: so whoever resumes
-- has nothing to write for each tenant, and a crash between the two loses nothing.
ALTER TABLE match_wanted
    ADD COLUMN held_for int NOT NULL DEFAULT 0,
    ADD CONSTRAINT match_wanted_held_for_known CHECK (held_for IN (0, 1, 2));
GRANT SELECT (held_for) ON match_wanted TO taskorder_system;
