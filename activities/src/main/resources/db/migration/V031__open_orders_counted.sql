-- Why: quotas.open_orders is exact however many callers create at once, and a count of all open orders for each create would cost
-- more the more there are. So they are counted; and as one row for each tenant would let its creates commit one after the other
-- only, each tenant has sixteen parts, of which a create takes any that nobody else has.

-- Invariant: over all its parts, open_orders adds up to the orders of the tenant that are not over; one part alone may say less
-- than none, for an order need not end in the part that it was created in.
-- Invariant: where open_limit is the limit in force, the open_max of all parts add up to it, and no part takes more than its own:
-- so who has one part can let an order in without a look at the others. Where it is another limit (0: none was looked at yet),
-- or no part has room left, all parts are locked, in their order, counted, and shared out anew.
CREATE TABLE tenant_usage (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    part         int NOT NULL,
    open_orders  bigint NOT NULL DEFAULT 0,
    open_max     bigint NOT NULL DEFAULT 0,
    open_limit   bigint NOT NULL DEFAULT 0,
    CONSTRAINT tenant_usage_pkey PRIMARY KEY (tenant_id, part),
    CONSTRAINT tenant_usage_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant,
    CONSTRAINT tenant_usage_part_range CHECK (part BETWEEN 0 AND 15)
);
CALL wall_off('tenant_usage');
GRANT SELECT, INSERT, UPDATE (open_orders, open_max, open_limit) ON tenant_usage TO ${appRole};

CREATE FUNCTION tenant_has_usage() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tenant_usage (tenant_id, part) SELECT NEW.tenant_id, generate_series(0, 15);
    RETURN NULL;
END
$$;
CREATE TRIGGER tenant_has_usage AFTER INSERT ON tenant FOR EACH ROW EXECUTE FUNCTION tenant_has_usage();

-- Whatever ends an order gives its room back, and what opens one again takes it (creates count with their own statement). At the
-- commit, when every other lock is taken: so nobody who has a part waits for anything but other parts and keys of new orders, and
-- nobody waits for those who has a part but creates, which take their part first.
CREATE FUNCTION task_order_count_open() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE tenant_usage
       SET open_orders = open_orders + CASE WHEN NEW.finished_at IS NULL THEN 1 ELSE -1 END
     WHERE tenant_id = NEW.tenant_id AND part = coalesce(
           (SELECT part FROM tenant_usage
             WHERE tenant_id = NEW.tenant_id AND part >= pg_backend_pid() % 16
             ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
           (SELECT part FROM tenant_usage
             WHERE tenant_id = NEW.tenant_id AND part < pg_backend_pid() % 16
             ORDER BY part LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
           pg_backend_pid() % 16);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER task_order_open_counted AFTER UPDATE OF finished_at ON task_order
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ((OLD.finished_at IS NULL) <> (NEW.finished_at IS NULL))
    EXECUTE FUNCTION task_order_count_open();

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE task_order NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_usage NO FORCE ROW LEVEL SECURITY;
INSERT INTO tenant_usage (tenant_id, part, open_orders)
SELECT t.tenant_id, p.part, CASE p.part WHEN 0 THEN (
       SELECT count(*) FROM task_order o WHERE o.tenant_id = t.tenant_id AND o.finished_at IS NULL) ELSE 0 END
  FROM tenant t CROSS JOIN generate_series(0, 15) AS p(part);
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE task_order FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_usage FORCE ROW LEVEL SECURITY;
