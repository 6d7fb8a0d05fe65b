-- Why: an asset answers only for what was tried with it. A lease is used once an attempt has begun with it; that is noted when
-- the attempt is closed, and never taken back.
ALTER TABLE lease ADD COLUMN used boolean NOT NULL DEFAULT false;

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE lease NO FORCE ROW LEVEL SECURITY;
ALTER TABLE attempt NO FORCE ROW LEVEL SECURITY;
UPDATE lease l SET used = true
  FROM attempt a
 WHERE a.tenant_id = l.tenant_id AND a.task_id = l.task_id AND l.lease_id = ANY (a.lease_ids)
   AND a.state IN ('ENDED', 'LOST', 'ABANDONED');
ALTER TABLE attempt FORCE ROW LEVEL SECURITY;
ALTER TABLE lease FORCE ROW LEVEL SECURITY;

GRANT UPDATE (used) ON lease TO ${appRole};
