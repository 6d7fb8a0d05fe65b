-- Why: two live keys may have one name, so an entry of the audit log says which of them it was. Keys that are dead are removed after a
-- while, and are shown page by page.
ALTER TABLE audit_entry ADD COLUMN key_id text COLLATE "C";

-- What stands there once an hour stands there once for each key.
DROP INDEX audit_entry_one_per_hour;
CREATE UNIQUE INDEX audit_entry_one_per_hour ON audit_entry (tenant_id, actor, coalesce(key_id, ''), action, of_hour)
    WHERE of_hour IS NOT NULL;

-- The newest of a tenant's keys.
CREATE INDEX api_key_newest ON api_key (tenant_id, created_at, key_id);
-- Invariant: no key that is live is removed, and none of the installation's that was given from outside: it could come again.
GRANT DELETE ON api_key TO ${appRole};
CREATE FUNCTION keep_api_key() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a key that is live, or was given from outside, is not removed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'api_key_dead_alone_removed', TABLE = 'api_key';
END
$$;
CREATE TRIGGER api_key_kept BEFORE DELETE ON api_key
    FOR EACH ROW WHEN (OLD.place IS NOT NULL OR (OLD.tenant_id = '_system' AND OLD.name = 'bootstrap'))
    EXECUTE FUNCTION keep_api_key();
