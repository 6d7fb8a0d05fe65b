-- Why: quotas go by counters (tenant_usage, tenant_started), which a write past the application, or a fault of ours, leaves wrong for
-- ever: a tenant is then refused what it may have, or has what it may not. The orders themselves are asked, and the two compared.
-- Invariant: a change of an order and of its counter are of one transaction, so in one state of the database they always agree.
CREATE VIEW counter_violation WITH (security_invoker = true) AS
SELECT c.invariant, '*'::text AS env, 'tenant'::text AS object_type, c.tenant_id AS object_id,
       format('%s are counted, there are %s', c.counted, c.there) AS detail
  FROM (SELECT 'open_orders_differ'::text AS invariant, t.tenant_id,
               (SELECT coalesce(sum(u.open_orders), 0) FROM tenant_usage u WHERE u.tenant_id = current_tenant()) AS counted,
               (SELECT count(*) FROM task_order o
                 WHERE o.tenant_id = current_tenant() AND o.status IN ('PENDING', 'QUEUED', 'RUNNING')) AS there
          FROM tenant t
         WHERE t.tenant_id = current_tenant()
        UNION ALL
        SELECT 'running_orders_differ', t.tenant_id,
               coalesce((SELECT s.orders FROM tenant_started s WHERE s.tenant_id = current_tenant()), 0)
                   - (SELECT coalesce(sum(u.stopped), 0) FROM tenant_usage u WHERE u.tenant_id = current_tenant()),
               (SELECT count(*) FROM task_order o WHERE o.tenant_id = current_tenant() AND o.status = 'RUNNING')
          FROM tenant t
         WHERE t.tenant_id = current_tenant()) c
 WHERE c.counted <> c.there
UNION ALL
-- Each part takes its share without a look at the others: shares that come to more than the limit let too many in.
SELECT 'open_room_differs', '*', 'tenant', t.tenant_id,
       format('%s parts share out %s of %s', s.parts, s.shared_out, s.limits)
  FROM tenant t
 CROSS JOIN (SELECT count(*) AS parts, coalesce(sum(open_max), 0) AS shared_out, max(open_limit) AS of_limit,
                    array_agg(DISTINCT open_limit) AS limits
               FROM tenant_usage WHERE tenant_id = current_tenant()) s
 WHERE t.tenant_id = current_tenant()
   AND (s.parts <> 16 OR cardinality(s.limits) <> 1 OR s.shared_out <> s.of_limit);
GRANT SELECT ON counter_violation TO ${appRole};

ALTER TABLE violation
    DROP CONSTRAINT violation_object_known,
    ADD CONSTRAINT violation_object_known CHECK (object_type IN ('task_order', 'asset', 'budget', 'tenant'));
