-- Why: quotas.running_orders holds up what the matcher would grant, over all envs of the tenant, whose matchers look side by side.
-- It has to be exact, and an end must not wait for another: so it is counted twice, once when orders begin to run, by matchers
-- alone, and once in the parts of the tenant's usage when they end.

-- Invariant: orders, less stopped over all parts of the tenant's usage, is how many of its orders run (RUNNING, the time between two
-- attempts included). Both only grow: who reads an older stopped sees more orders run than do, and never less.
CREATE TABLE tenant_started (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    orders     bigint NOT NULL DEFAULT 0,
    CONSTRAINT tenant_started_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_started_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant
);
CALL wall_off('tenant_started');
GRANT SELECT, INSERT, UPDATE (orders) ON tenant_started TO ${appRole};

ALTER TABLE tenant_usage
    ADD COLUMN stopped bigint NOT NULL DEFAULT 0,
    -- Invariant: the same in all parts. The envs in which somebody waits for another to end: who has any part sees them, and who
    -- adds one has all, so that no end is missed by one who waits for it.
    ADD COLUMN awaited_in text[] NOT NULL DEFAULT '{}';
GRANT UPDATE (stopped, awaited_in) ON tenant_usage TO ${appRole};

-- A mark that an end elsewhere left: whoever looks in another env, and sees it, looks here too.
ALTER TABLE match_wanted ADD COLUMN for_quota boolean NOT NULL DEFAULT false;
CREATE INDEX match_wanted_for_quota ON match_wanted (tenant_id, env) WHERE for_quota;

CREATE OR REPLACE FUNCTION tenant_has_usage() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tenant_usage (tenant_id, part) SELECT NEW.tenant_id, generate_series(0, 15);
    INSERT INTO tenant_started (tenant_id) VALUES (NEW.tenant_id);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION task_order_count_open() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    ended bool := NEW.finished_at IS NOT NULL;
    ran bool := ended AND OLD.status = 'RUNNING';
    awaited text[];
BEGIN
    UPDATE tenant_usage
       SET open_orders = open_orders + CASE WHEN ended THEN -1 ELSE 1 END, stopped = stopped + ran::int
     WHERE tenant_id = NEW.tenant_id AND part = coalesce(
           (SELECT part FROM tenant_usage
             WHERE tenant_id = NEW.tenant_id AND part >= pg_backend_pid() % 16
             ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
           (SELECT part FROM tenant_usage
             WHERE tenant_id = NEW.tenant_id AND part < pg_backend_pid() % 16
             ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
           pg_backend_pid() % 16)
    RETURNING awaited_in INTO awaited;
    IF ran AND awaited <> '{}' THEN
        INSERT INTO match_wanted (tenant_id, env, for_quota) SELECT NEW.tenant_id, env, true FROM unnest(awaited) AS env;
    END IF;
    RETURN NULL;
END
$$;

-- Another limit may let go on who waits for the one that was.
CREATE FUNCTION tenant_policy_concerns_waiting() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO match_wanted (tenant_id, env, for_quota)
    SELECT NEW.tenant_id, unnest(awaited_in), true FROM tenant_usage WHERE tenant_id = NEW.tenant_id AND part = 0;
    RETURN NULL;
END
$$;
CREATE TRIGGER tenant_policy_concerns_waiting AFTER UPDATE OF active_policy ON tenant
    FOR EACH ROW WHEN (OLD.active_policy <> NEW.active_policy)
    EXECUTE FUNCTION tenant_policy_concerns_waiting();

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE task_order NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_started NO FORCE ROW LEVEL SECURITY;
INSERT INTO tenant_started (tenant_id, orders)
SELECT t.tenant_id, (SELECT count(*) FROM task_order o WHERE o.tenant_id = t.tenant_id AND o.status = 'RUNNING') FROM tenant t;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE task_order FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_started FORCE ROW LEVEL SECURITY;
