-- Why: every number of money is said twice, by an entry and by a counter that a constraint guards. Views find where they differ: rows
-- mended by hand, a constraint dropped, a fault of ours. They read the whole ledger of the tenant, so they are asked now and then.

-- Invariant: what an order holds, has spent and has overrun is what its entries say, and within its ceiling.
CREATE VIEW order_money_violation WITH (security_invoker = true) AS
WITH e AS (
    SELECT task_id,
           sum(CASE WHEN debit_account = 'held' THEN amount WHEN credit_account = 'held' THEN -amount ELSE 0 END) AS held,
           sum(CASE WHEN debit_account ^@ 'spend:' THEN amount WHEN credit_account ^@ 'spend:' THEN -amount ELSE 0 END) AS posted,
           sum(CASE WHEN debit_account = 'overrun' THEN amount WHEN credit_account = 'overrun' THEN -amount ELSE 0 END) AS overrun
      FROM ledger_entry WHERE tenant_id = current_tenant()
     GROUP BY task_id
)
SELECT 'order_money_differs' AS invariant, o.env, 'task_order' AS object_type, o.task_id::text AS object_id,
       'its row says held ' || o.held || ', posted ' || o.posted || ', overrun ' || o.overrun || '; its entries say held '
           || coalesce(e.held, 0) || ', posted ' || coalesce(e.posted, 0) || ', overrun ' || coalesce(e.overrun, 0)
           || ' ' || o.currency AS detail
  FROM task_order o
  LEFT JOIN e ON e.task_id = o.task_id
 WHERE o.tenant_id = current_tenant()
   AND (o.held <> coalesce(e.held, 0) OR o.posted <> coalesce(e.posted, 0) OR o.overrun <> coalesce(e.overrun, 0))
UNION ALL
SELECT 'order_past_ceiling', env, 'task_order', task_id::text,
       'held ' || held || ' and posted ' || posted || ' are more than its max_total_cost of ' || max_total_cost || ' ' || currency
  FROM task_order
 WHERE tenant_id = current_tenant() AND max_total_cost IS NOT NULL
   AND held + posted > greatest(max_total_cost, ceiling_floor);

-- Invariant: every lease that ended was posted, voided or expired exactly once, at its price; nothing is set aside before a hold was
-- there, so orders from before money was held are left out.
CREATE VIEW lease_money_violation WITH (security_invoker = true) AS
WITH s AS (
    SELECT lease_id, count(*) AS times, min(amount) AS amount, string_agg(entry_id, ', ' ORDER BY entry_no) AS entries
      FROM ledger_entry
     WHERE tenant_id = current_tenant() AND lease_id IS NOT NULL AND phase IN ('POST', 'VOID', 'EXPIRE')
     GROUP BY lease_id
), ended AS (
    SELECT l.task_id, l.lease_id, l.asset_id, l.unit_cost, l.currency, o.env
      FROM lease l
      JOIN task_order o ON o.tenant_id = l.tenant_id AND o.task_id = l.task_id
     WHERE l.tenant_id = current_tenant() AND l.state <> 'ACTIVE' AND l.unit_cost > 0 AND o.finished_at IS NOT NULL
       AND o.holds > 0
)
SELECT 'lease_not_settled_once' AS invariant, n.env, 'task_order' AS object_type, n.task_id::text AS object_id,
       string_agg('lease ' || n.lease_id || ' of ' || n.asset_id || ' at ' || n.unit_cost || ' ' || n.currency || ' has '
           || coalesce(s.times || ' entries: ' || s.entries || ', of ' || s.amount, 'no entry that posts or voids it'),
           '; ' ORDER BY n.lease_id) AS detail
  FROM ended n
  LEFT JOIN s ON s.lease_id = n.lease_id
 WHERE s.times IS NULL OR s.times > 1 OR s.amount <> n.unit_cost
 GROUP BY n.env, n.task_id;

-- Invariant: an entry is of its order's currency, project and env, which it copies.
CREATE VIEW entry_violation WITH (security_invoker = true) AS
SELECT 'entry_of_other_books' AS invariant, o.env, 'task_order' AS object_type, o.task_id::text AS object_id,
       'entries ' || string_agg(e.entry_id, ', ' ORDER BY e.entry_no) || ' are not in ' || o.currency || ', project '
           || o.project_id || ', env ' || o.env AS detail
  FROM ledger_entry e
  JOIN task_order o ON o.tenant_id = e.tenant_id AND o.task_id = e.task_id
 WHERE e.tenant_id = current_tenant() AND (e.currency <> o.currency OR e.project_id <> o.project_id OR e.env <> o.env)
 GROUP BY o.env, o.task_id, o.currency, o.project_id;

CREATE VIEW books_violation WITH (security_invoker = true) AS
SELECT invariant, env, object_type, object_id, detail FROM order_money_violation
UNION ALL
SELECT invariant, env, object_type, object_id, detail FROM lease_money_violation
UNION ALL
SELECT invariant, env, object_type, object_id, detail FROM entry_violation
UNION ALL
SELECT invariant, env, object_type, object_id, detail FROM budget_violation;

ALTER TABLE violation
    DROP CONSTRAINT violation_object_known,
    ADD CONSTRAINT violation_object_known CHECK (object_type IN ('task_order', 'asset', 'budget'));
GRANT SELECT ON order_money_violation, lease_money_violation, entry_violation, books_violation TO ${appRole};
