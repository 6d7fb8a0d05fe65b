-- Why: an asset with max_uses retires when so many of its leases were used; the column that counts them was never written.
-- Every asset is counted, limited or not: whoever limits one later does not have to count under its lock.

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE lease NO FORCE ROW LEVEL SECURITY;
ALTER TABLE asset NO FORCE ROW LEVEL SECURITY;
UPDATE asset a SET uses = u.leases
  FROM (SELECT tenant_id, asset_id, count(*) AS leases FROM lease WHERE used GROUP BY tenant_id, asset_id) u
 WHERE a.tenant_id = u.tenant_id AND a.asset_id = u.asset_id;
ALTER TABLE asset FORCE ROW LEVEL SECURITY;
ALTER TABLE lease FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN asset.uses IS
    'Invariant: the number of its leases with used = true; both change in one transaction, under the asset''s lock.';
