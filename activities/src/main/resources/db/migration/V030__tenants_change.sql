-- Why: a tenant that is suspended, or has another policy, is so in every process within two seconds, without a question for each
-- request: what was read is kept until the database says that it changed. Notified is here alone, as commits that notify wait for
-- each other: tenants change rarely, orders do not.
CREATE FUNCTION tell_tenant_changed() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('taskorder_changed', NEW.tenant_id);
    RETURN NULL;
END
$$;
CREATE TRIGGER tenant_changed AFTER INSERT OR UPDATE ON tenant
    FOR EACH ROW EXECUTE FUNCTION tell_tenant_changed();

-- The installation itself, whose keys and doings are those of operators. Invariant: no caller can name it, for its id is none that
-- a tenant may have, and it has no orders.
ALTER TABLE tenant DROP CONSTRAINT tenant_id_shape,
    ADD CONSTRAINT tenant_id_shape CHECK (tenant_id ~ '^[a-z][a-z0-9_-]{0,62}$' OR tenant_id = '_system');
SELECT set_config('taskorder.tenant', '_system', true);
INSERT INTO tenant (tenant_id, name) VALUES ('_system', 'the installation');
INSERT INTO tenant_policy (version, body) VALUES (1, '{}');
SELECT set_config('taskorder.tenant', '', true);
