-- Why: the books are compared as a whole: budgets also in periods that are over, entries also with the chart of accounts. And whoever's
-- books moved is looked at, also if none of its orders is open by then.

-- The day on which a budget was last set anew: from the period of that day on its rows count all that the entries say. What is spent
-- later out of a hold from before has no row, or (begun before midnight, done after it) one that counts no more than that.
ALTER TABLE budget ADD COLUMN counts_from date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date;

-- The owner is behind the wall too.
ALTER TABLE budget NO FORCE ROW LEVEL SECURITY;
ALTER TABLE budget_period NO FORCE ROW LEVEL SECURITY;
UPDATE budget b SET counts_from = p.starts_on
  FROM (SELECT tenant_id, env, scope, scope_id, min(starts_on) AS starts_on FROM budget_period
         GROUP BY tenant_id, env, scope, scope_id) p
 WHERE p.tenant_id = b.tenant_id AND p.env = b.env AND p.scope = b.scope AND p.scope_id = b.scope_id;
ALTER TABLE budget_period FORCE ROW LEVEL SECURITY;
ALTER TABLE budget FORCE ROW LEVEL SECURITY;

-- Invariant: every period of a budget holds and has spent what the entries say; none went past its limit; the running one goes by the
-- budget's. The entries are added up once, by day, however many periods and budgets there are. One row per budget and fault.
CREATE OR REPLACE VIEW budget_violation WITH (security_invoker = true) AS
WITH b AS (
    SELECT env, scope, scope_id, limit_amount, currency, period, budget_period_of(period, counts_from) AS counts_from,
           budget_period_of(period, (now() AT TIME ZONE 'UTC')::date) AS running
      FROM budget WHERE tenant_id = current_tenant()
), e AS (
    SELECT env, project_id, currency, counts_on,
           sum(CASE WHEN debit_account = 'held' THEN amount WHEN credit_account = 'held' THEN -amount ELSE 0 END) AS held,
           sum(CASE WHEN debit_account ^@ 'spend:' THEN amount WHEN credit_account ^@ 'spend:' THEN -amount ELSE 0 END) AS posted,
           sum(CASE WHEN debit_account = 'overrun' THEN amount WHEN credit_account = 'overrun' THEN -amount ELSE 0 END) AS overrun
      FROM ledger_entry
     WHERE tenant_id = current_tenant() AND counts_on >= (SELECT min(counts_from) FROM b)
       AND created_at >= (SELECT min(counts_from)::timestamp AT TIME ZONE 'UTC' FROM b)
     GROUP BY env, project_id, currency, counts_on
), s AS (
    SELECT b.env, b.scope, b.scope_id, budget_period_of(b.period, e.counts_on) AS starts_on, sum(e.held) AS held,
           sum(e.posted) AS posted, sum(e.overrun) AS overrun
      FROM b
      JOIN e ON e.env = b.env AND e.project_id = b.scope_id AND e.currency = b.currency AND e.counts_on >= b.counts_from
     WHERE b.scope = 'project'
     GROUP BY b.env, b.scope, b.scope_id, 4
    UNION ALL
    SELECT b.env, b.scope, b.scope_id, budget_period_of(b.period, e.counts_on), sum(e.held), sum(e.posted), sum(e.overrun)
      FROM b
      JOIN e ON e.env = b.env AND e.currency = b.currency AND e.counts_on >= b.counts_from
     WHERE b.scope = 'tenant'
     GROUP BY b.env, b.scope, b.scope_id, 4
), p AS (
    SELECT env, scope, scope_id, starts_on, limit_amount AS periods_limit, held, posted, overrun,
           held + posted > greatest(limit_amount, floor_amount) AS past
      FROM budget_period WHERE tenant_id = current_tenant()
), c AS (
    SELECT env, scope, scope_id, starts_on, b.currency, b.limit_amount, p.periods_limit, p.past,
           coalesce(p.held, 0) AS held, coalesce(p.posted, 0) AS posted, coalesce(p.overrun, 0) AS overrun,
           coalesce(s.held, 0) AS held_by_entries, coalesce(s.posted, 0) AS posted_by_entries,
           coalesce(s.overrun, 0) AS overrun_by_entries, starts_on >= b.counts_from AS comparable, starts_on >= b.running AS running,
           CASE WHEN starts_on < b.running THEN 'in the period from ' ELSE 'since ' END || starts_on AS time
      FROM p
      FULL JOIN s USING (env, scope, scope_id, starts_on)
      JOIN b USING (env, scope, scope_id)
), found AS (
    SELECT 'budget_differs' AS invariant, env, scope, scope_id, starts_on,
           time || ' it counts held ' || held || ', posted ' || posted || ', overrun ' || overrun || '; its entries say held '
               || held_by_entries || ', posted ' || posted_by_entries || ', overrun ' || overrun_by_entries || ' ' || currency
               AS detail
      FROM c
     WHERE comparable AND (held, posted, overrun) <> (held_by_entries, posted_by_entries, overrun_by_entries)
    UNION ALL
    SELECT 'budget_overdrawn', env, scope, scope_id, starts_on,
           time || ' it holds ' || held || ' and has spent ' || posted || ' ' || currency || ', its limit is ' || periods_limit
      FROM c
     WHERE past
    UNION ALL
    SELECT 'budget_limit', env, scope, scope_id, starts_on,
           'its limit is ' || limit_amount || ', since ' || starts_on || ' it goes by ' || periods_limit || ' ' || currency
      FROM c
     WHERE running AND periods_limit <> limit_amount
)
SELECT invariant, env, 'budget' AS object_type, env || '/' || scope || '/' || scope_id AS object_id,
       array_to_string((array_agg(detail ORDER BY starts_on DESC))[1:5], '; ')
           || CASE WHEN count(*) > 5 THEN '; and so in ' || count(*) - 5 || ' more periods' ELSE '' END AS detail
  FROM found
 GROUP BY invariant, env, scope, scope_id;

-- The chart of accounts (ledger.Accounts).
CREATE FUNCTION is_account(name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN name IN ('wallet', 'held', 'overrun') OR name ^@ 'spend:' OR name ^@ 'revenue:';

-- Invariant: what is debited to the accounts is what is credited to them, in each currency.
CREATE VIEW books_balance WITH (security_invoker = true) AS
SELECT currency, coalesce(sum(amount) FILTER (WHERE is_account(debit_account)), 0) AS debits,
       coalesce(sum(amount) FILTER (WHERE is_account(credit_account)), 0) AS credits,
       coalesce(sum(amount) FILTER (WHERE is_account(debit_account)), 0)
           - coalesce(sum(amount) FILTER (WHERE is_account(credit_account)), 0) AS difference
  FROM ledger_entry WHERE tenant_id = current_tenant()
 GROUP BY currency;

-- Invariant: an entry is of its order's currency, project and env, which it copies; and it moves an amount from one account to another.
CREATE OR REPLACE VIEW entry_violation WITH (security_invoker = true) AS
SELECT 'entry_of_other_books' AS invariant, o.env, 'task_order' AS object_type, o.task_id::text AS object_id,
       'entries ' || string_agg(e.entry_id, ', ' ORDER BY e.entry_no) || ' are not in ' || o.currency || ', project '
           || o.project_id || ', env ' || o.env AS detail
  FROM ledger_entry e
  JOIN task_order o ON o.tenant_id = e.tenant_id AND o.task_id = e.task_id
 WHERE e.tenant_id = current_tenant() AND (e.currency <> o.currency OR e.project_id <> o.project_id OR e.env <> o.env)
 GROUP BY o.env, o.task_id, o.currency, o.project_id
UNION ALL
SELECT 'entry_unbalanced', min(env), 'task_order', task_id::text,
       string_agg('entry ' || entry_id || ' debits ' || debit_account || ' and credits ' || credit_account || ' with ' || amount
           || ' ' || currency, '; ' ORDER BY entry_no)
  FROM ledger_entry
 WHERE tenant_id = current_tenant()
   AND (NOT is_account(debit_account) OR NOT is_account(credit_account) OR debit_account = credit_account
        OR amount < 0 OR amount = 0 AND kind <> 'execution')
 GROUP BY task_id;

-- Invariant: every lease that ended is posted, voided or expired exactly once, at its price, when its order is over; and never twice
-- before. Nothing was set aside before a hold was there, so orders from before money was held are left out.
CREATE OR REPLACE VIEW lease_money_violation WITH (security_invoker = true) AS
WITH s AS (
    SELECT lease_id, count(*) AS times, min(amount) AS amount, string_agg(entry_id, ', ' ORDER BY entry_no) AS entries
      FROM ledger_entry
     WHERE tenant_id = current_tenant() AND lease_id IS NOT NULL AND phase IN ('POST', 'VOID', 'EXPIRE')
     GROUP BY lease_id
)
SELECT 'lease_not_settled_once' AS invariant, o.env, 'task_order' AS object_type, o.task_id::text AS object_id,
       string_agg('lease ' || l.lease_id || ' of ' || l.asset_id || ' at ' || l.unit_cost || ' ' || l.currency || ' has '
           || coalesce(s.times || ' entries: ' || s.entries || ', of ' || s.amount, 'no entry that posts or voids it'),
           '; ' ORDER BY l.lease_id) AS detail
  FROM lease l
  JOIN task_order o ON o.tenant_id = l.tenant_id AND o.task_id = l.task_id
  LEFT JOIN s ON s.lease_id = l.lease_id
 WHERE l.tenant_id = current_tenant() AND o.holds > 0
   AND (s.times IS NULL AND l.state <> 'ACTIVE' AND l.unit_cost > 0 AND o.finished_at IS NOT NULL
        OR s.times > 1 OR s.amount <> l.unit_cost)
 GROUP BY o.env, o.task_id;

-- Whose books moved since they were looked at. A mark is made by what is written to the ledger or a budget, unless there is one of the
-- last ten minutes; a look takes away those that are eleven minutes old when it begins. So, as no transaction lasts a minute, what has
-- found a mark is seen by the look that takes it, or finds it still there. Nobody waits for a mark: there may be two.
CREATE TABLE books_moved (
    tenant_id  text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    mark_no    bigint GENERATED ALWAYS AS IDENTITY,
    marked_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT books_moved_pkey PRIMARY KEY (tenant_id, mark_no)
);
-- all that are there are looked at once
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY;
INSERT INTO books_moved (tenant_id)
SELECT tenant_id FROM tenant t WHERE EXISTS (SELECT FROM ledger_entry e WHERE e.tenant_id = t.tenant_id);
ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CALL wall_off('books_moved');

-- Whoever mends rows by hand is bound to no tenant, and asks by GET /v1/ledger/verify.
CREATE FUNCTION mark_books() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF current_tenant() IS NOT NULL AND NOT EXISTS (
            SELECT FROM books_moved WHERE tenant_id = current_tenant() AND marked_at > now() - interval '10 minutes') THEN
        INSERT INTO books_moved DEFAULT VALUES;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_entry_moves_books AFTER INSERT ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION mark_books();
CREATE TRIGGER budget_moves_books AFTER INSERT OR UPDATE ON budget
    FOR EACH STATEMENT EXECUTE FUNCTION mark_books();

GRANT SELECT ON books_balance TO ${appRole};
GRANT SELECT, INSERT, DELETE ON books_moved TO ${appRole};
-- whose, and no more: neither what moved nor when
GRANT SELECT (tenant_id) ON books_moved TO taskorder_system;
CREATE POLICY due_rows ON books_moved FOR SELECT TO taskorder_system USING (true);
