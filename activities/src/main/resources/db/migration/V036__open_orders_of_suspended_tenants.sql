-- Why: where the policy in force says on_suspend: cancel, what is open is cancelled as soon as the tenant is suspended or its time is
-- up, also when that policy comes into force after it. Whose turn that is stands in an index, so that nobody else is looked at.
ALTER TABLE tenant
    ADD COLUMN suspended_at timestamptz,
    ADD COLUMN suspended_by text,
    -- Invariant: from when on its open orders are to be cancelled; NULL: not, or none was left when they last were.
    ADD COLUMN cancels_at timestamptz;
CREATE INDEX tenant_cancelling ON tenant (cancels_at, tenant_id) WHERE cancels_at IS NOT NULL;
GRANT UPDATE (suspended_at, suspended_by, cancels_at) ON tenant TO ${appRole};
GRANT SELECT (cancels_at) ON tenant TO taskorder_system;

-- A new tenant is active, and under the built-in policy, which says finish.
CREATE FUNCTION tenant_cancels_by_policy() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    NEW.cancels_at := (
        SELECT CASE NEW.status WHEN 'SUSPENDED' THEN now() ELSE NEW.expires_at END
          FROM tenant_policy
         WHERE tenant_id = NEW.tenant_id AND version = NEW.active_policy AND body ->> 'on_suspend' = 'cancel');
    RETURN NEW;
END
$$;
CREATE TRIGGER tenant_cancels_by_policy BEFORE UPDATE OF status, expires_at, active_policy ON tenant
    FOR EACH ROW
    WHEN ((OLD.status, OLD.expires_at, OLD.active_policy) IS DISTINCT FROM (NEW.status, NEW.expires_at, NEW.active_policy))
    EXECUTE FUNCTION tenant_cancels_by_policy();

-- Nobody remembers how far the cancelling is, and who notifies waits for others who do.
DROP TRIGGER tenant_changed ON tenant;
CREATE TRIGGER tenant_changed AFTER INSERT OR UPDATE OF name, status, expires_at, active_policy ON tenant
    FOR EACH ROW EXECUTE FUNCTION tell_tenant_changed();

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_policy NO FORCE ROW LEVEL SECURITY;
UPDATE tenant t
   SET suspended_at = CASE t.status WHEN 'SUSPENDED' THEN t.updated_at END,
       cancels_at = (SELECT CASE t.status WHEN 'SUSPENDED' THEN now() ELSE t.expires_at END
                       FROM tenant_policy p
                      WHERE p.tenant_id = t.tenant_id AND p.version = t.active_policy AND p.body ->> 'on_suspend' = 'cancel')
 WHERE t.status = 'SUSPENDED' OR t.expires_at IS NOT NULL;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant_policy FORCE ROW LEVEL SECURITY;
