-- Why: who is refused as suspended asks why, and the operator who comes back to it has to know. The reason stood in the event alone.
ALTER TABLE tenant
    ADD COLUMN suspended_reason text;
GRANT UPDATE (suspended_reason) ON tenant TO ${appRole};

-- The owner is behind the wall too, and a migration has no tenant.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE task_event NO FORCE ROW LEVEL SECURITY;
UPDATE tenant t
   SET suspended_reason = (
           SELECT data ->> 'reason' FROM task_event e
            WHERE e.tenant_id = t.tenant_id AND e.object_type = 'tenant' AND e.object_id = t.tenant_id
              AND e.type = 'tenant.suspended'
            ORDER BY e.event_no DESC LIMIT 1)
 WHERE status = 'SUSPENDED';
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
ALTER TABLE task_event FORCE ROW LEVEL SECURITY;
