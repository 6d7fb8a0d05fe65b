-- Why: who calls is to prove who it is. A key is kept as the SHA-256 of 256 random bits, behind the wall of the tenant that it names.
CREATE TABLE api_key (
    tenant_id    text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    key_id       text COLLATE "C" NOT NULL,
    name         text COLLATE "C" NOT NULL,
    -- which of its name's two places a live key has; none once it is revoked
    place        int,
    role         text COLLATE "C" NOT NULL,
    hash         bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    created_by   text NOT NULL,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz,
    CONSTRAINT api_key_pkey PRIMARY KEY (tenant_id, key_id),
    CONSTRAINT api_key_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant,
    CONSTRAINT api_key_two_live_per_name UNIQUE (tenant_id, name, place),
    CONSTRAINT api_key_place_known CHECK (place IN (1, 2)),
    CONSTRAINT api_key_live_or_revoked CHECK ((place IS NULL) = (revoked_at IS NOT NULL)),
    CONSTRAINT api_key_role_known CHECK (role IN ('viewer', 'submitter', 'tenant-admin', 'operator')),
    -- operators come in by keys of the system's own, and nobody else does
    CONSTRAINT api_key_operators_are_the_system CHECK ((role = 'operator') = (tenant_id = '_system')),
    CONSTRAINT api_key_hash_is_sha256 CHECK (octet_length(hash) = 32)
);
CALL wall_off('api_key');
GRANT SELECT, INSERT, UPDATE (place, revoked_at, last_used_at) ON api_key TO ${appRole};

-- A revoked key is refused in every process within two seconds; that one was used is nobody's business.
CREATE TRIGGER api_key_changed AFTER INSERT OR UPDATE OF place ON api_key
    FOR EACH ROW EXECUTE FUNCTION tell_tenant_changed();
