-- Why: what was said of a suspension before the tenant itself could read it was said to operators, and stays in the event. Since when it
-- is suspended is when that event happened, and not when the tenant's row was last touched.

-- A process of before knows no reason, and would leave the last one standing.
CREATE FUNCTION tenant_reason_of_before_goes() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.suspended_reason := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER tenant_reason_of_before_goes BEFORE UPDATE OF status ON tenant
    FOR EACH ROW
    WHEN (NEW.status <> OLD.status AND NEW.suspended_reason = OLD.suspended_reason)
    EXECUTE FUNCTION tenant_reason_of_before_goes();

-- The owner is behind the wall too, and a migration has no tenant: bound one after the other, so that nothing but tenants is locked.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
DO $$
DECLARE
    suspended text;
BEGIN
    FOR suspended IN SELECT tenant_id FROM tenant WHERE status = 'SUSPENDED' LOOP
        PERFORM set_config('taskorder.tenant', suspended, true);
        UPDATE tenant t
           SET suspended_reason = NULL,
               suspended_at = coalesce((
                   SELECT occurred_at FROM task_event e
                    WHERE e.tenant_id = suspended AND e.object_type = 'tenant' AND e.object_id = suspended
                      AND e.type = 'tenant.suspended'
                    ORDER BY e.event_no DESC LIMIT 1), suspended_at)
         WHERE tenant_id = suspended;
    END LOOP;
    PERFORM set_config('taskorder.tenant', '', true);
END
$$;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
