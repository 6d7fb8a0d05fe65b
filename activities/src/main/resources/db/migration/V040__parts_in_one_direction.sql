-- Why: of two parts of a tenant's usage nobody may wait for the lower one while it has the higher one, for who locks all takes them in
-- their order. SKIP LOCKED is no promise not to wait: PostgreSQL waits for the new version of a row that was changed at that moment. And
-- an UPDATE that finds its row changed asks all its subqueries, also those that coalesce had no need of, each of which locks a part.
-- So each look is a statement of its own; and who has a part already, for it ends several orders at once, counts on in that one.
CREATE OR REPLACE FUNCTION task_order_count_open() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    ended bool := NEW.finished_at IS NOT NULL;
    ran bool := ended AND OLD.status = 'RUNNING';
    own int := pg_backend_pid() % 8;
    mine int := nullif(current_setting('taskorder.usage_part', true), '')::int;
    awaited text[];
BEGIN
    IF mine IS NULL THEN
        SELECT part INTO mine FROM tenant_usage
         WHERE tenant_id = NEW.tenant_id AND part >= own
         ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
        IF mine IS NULL THEN
            SELECT part INTO mine FROM tenant_usage
             WHERE tenant_id = NEW.tenant_id AND part < own
             ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
        END IF;
        mine := set_config('taskorder.usage_part', coalesce(mine, own)::text, true)::int;
    END IF;
    UPDATE tenant_usage
       SET open_orders = open_orders + CASE WHEN ended THEN -1 ELSE 1 END, stopped = stopped + ran::int
     WHERE tenant_id = NEW.tenant_id AND part = mine
    RETURNING awaited_in INTO awaited;
    IF ran AND awaited <> '{}' THEN
        INSERT INTO match_wanted (tenant_id, env, for_quota) SELECT NEW.tenant_id, env, true FROM unnest(awaited) AS env;
    END IF;
    RETURN NULL;
END
$$;
