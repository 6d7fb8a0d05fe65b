-- Why: what budgets count is moved along with the entries, and has to say the same. A view finds where it does not: rows mended by
-- hand, a constraint dropped, a fault of ours. It reads as much of the ledger as the longest running period of a budget is long.

-- Invariant: the running period of a budget holds and has spent what the entries say; none went past its limit.
CREATE VIEW budget_violation WITH (security_invoker = true) AS
WITH b AS (
    SELECT tenant_id, env, scope, scope_id, limit_amount, currency,
           budget_period_of(period, (now() AT TIME ZONE 'UTC')::date) AS starts_on
      FROM budget WHERE tenant_id = current_tenant()
), e AS (
    SELECT env, project_id, currency, counts_on,
           coalesce(sum(CASE WHEN debit_account = 'held' THEN amount WHEN credit_account = 'held' THEN -amount END), 0) AS held,
           coalesce(sum(CASE WHEN debit_account ^@ 'spend:' THEN amount WHEN credit_account ^@ 'spend:' THEN -amount END), 0)
               AS posted,
           coalesce(sum(CASE WHEN debit_account = 'overrun' THEN amount WHEN credit_account = 'overrun' THEN -amount END), 0)
               AS overrun
      FROM ledger_entry
     WHERE tenant_id = current_tenant() AND counts_on >= (SELECT min(starts_on) FROM b)
       AND created_at >= (SELECT min(starts_on)::timestamp AT TIME ZONE 'UTC' FROM b)
     GROUP BY env, project_id, currency, counts_on
), s AS (
    SELECT b.env, b.scope, b.scope_id, sum(e.held) AS held, sum(e.posted) AS posted, sum(e.overrun) AS overrun
      FROM b
      JOIN e ON e.env = b.env AND e.project_id = b.scope_id AND e.currency = b.currency AND e.counts_on >= b.starts_on
     WHERE b.scope = 'project'
     GROUP BY b.env, b.scope, b.scope_id
    UNION ALL
    SELECT b.env, b.scope, b.scope_id, sum(e.held), sum(e.posted), sum(e.overrun)
      FROM b
      JOIN e ON e.env = b.env AND e.currency = b.currency AND e.counts_on >= b.starts_on
     WHERE b.scope = 'tenant'
     GROUP BY b.env, b.scope, b.scope_id
), c AS (
    SELECT b.env, b.scope, b.scope_id, b.starts_on, b.limit_amount, b.currency, p.limit_amount AS periods_limit,
           coalesce(p.held, 0) AS held, coalesce(p.posted, 0) AS posted, coalesce(p.overrun, 0) AS overrun,
           p.held + p.posted > greatest(p.limit_amount, p.floor_amount) AS past,
           coalesce(s.held, 0) AS held_by_entries, coalesce(s.posted, 0) AS posted_by_entries,
           coalesce(s.overrun, 0) AS overrun_by_entries
      FROM b
      LEFT JOIN budget_period p
        ON p.tenant_id = b.tenant_id AND p.env = b.env AND p.scope = b.scope AND p.scope_id = b.scope_id
       AND p.starts_on = b.starts_on
      LEFT JOIN s ON s.env = b.env AND s.scope = b.scope AND s.scope_id = b.scope_id
)
SELECT 'budget_differs' AS invariant, env, 'budget' AS object_type, env || '/' || scope || '/' || scope_id AS object_id,
       'since ' || starts_on || ' it counts held ' || held || ', posted ' || posted || ', overrun ' || overrun
           || '; its entries say held ' || held_by_entries || ', posted ' || posted_by_entries || ', overrun '
           || overrun_by_entries || ' ' || currency AS detail
  FROM c
 WHERE (held, posted, overrun) <> (held_by_entries, posted_by_entries, overrun_by_entries)
UNION ALL
SELECT 'budget_overdrawn', env, 'budget', env || '/' || scope || '/' || scope_id,
       'since ' || starts_on || ' it holds ' || held || ' and has spent ' || posted || ' ' || currency || ', its limit is '
           || periods_limit
  FROM c
 WHERE past
UNION ALL
SELECT 'budget_limit', env, 'budget', env || '/' || scope || '/' || scope_id,
       'its limit is ' || limit_amount || ', since ' || starts_on || ' it goes by ' || periods_limit || ' ' || currency
  FROM c
 WHERE periods_limit <> limit_amount;

GRANT SELECT ON budget_violation TO ${appRole};
