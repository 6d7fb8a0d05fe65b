-- Why: tenants and their policies, the first tables with tenant_id; every later table is bound the same way.

-- The tenant of the running transaction, or NULL. After a transaction the setting is '' and not NULL, hence nullif.
-- STABLE and inlined: a VOLATILE function in a policy is evaluated for each row.
CREATE FUNCTION current_tenant() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('taskorder.tenant', true), '');

-- Puts a table behind the tenant's wall. Invariant: without a tenant bound a query returns nothing and a write fails.
CREATE PROCEDURE wall_off(tbl regclass)
    LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tbl);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tbl);
    EXECUTE format(
        'CREATE POLICY own_rows ON %s TO ${appRole}, CURRENT_USER '
        'USING (tenant_id = nullif(current_setting(''taskorder.tenant'', true), '''')) '
        'WITH CHECK (tenant_id = nullif(current_setting(''taskorder.tenant'', true), ''''))', tbl);
END
$$;

CREATE TABLE tenant (
    tenant_id      text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    name           text NOT NULL,
    status         text COLLATE "C" NOT NULL DEFAULT 'ACTIVE',
    expires_at     timestamptz,
    active_policy  int NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_id_shape CHECK (tenant_id ~ '^[a-z][a-z0-9_-]{0,62}$'),
    CONSTRAINT tenant_status_known CHECK (status IN ('ACTIVE', 'SUSPENDED'))
);
CALL wall_off('tenant');

-- Invariant: a version is never changed or deleted; an order that pins it sees the same rules for ever.
CREATE TABLE tenant_policy (
    tenant_id   text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    version     int NOT NULL,
    body        jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_policy_pkey PRIMARY KEY (tenant_id, version),
    CONSTRAINT tenant_policy_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT tenant_policy_version_positive CHECK (version >= 1)
);
CALL wall_off('tenant_policy');

ALTER TABLE tenant ADD CONSTRAINT tenant_active_policy_fkey
    FOREIGN KEY (tenant_id, active_policy) REFERENCES tenant_policy DEFERRABLE INITIALLY DEFERRED;

GRANT SELECT, INSERT, UPDATE (name, status, expires_at, active_policy, updated_at) ON tenant TO ${appRole};
GRANT SELECT, INSERT ON tenant_policy TO ${appRole};
