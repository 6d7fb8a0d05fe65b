-- Why: money is part of the grant (design.md §5). A hold sets money aside in the transaction that grants the leases; what was spent is
-- posted out of it, the rest returns. Counters on the order's own row make its ceiling a constraint; entries say the same, row by row.

ALTER TABLE task_order
    -- set aside for it now: its leases that no attempt has begun with, and executor_hold
    ADD COLUMN held numeric(20, 6) NOT NULL DEFAULT 0,
    -- spent, over all its attempts and redrives, as far as it was covered; what was not is overrun
    ADD COLUMN posted numeric(20, 6) NOT NULL DEFAULT 0,
    ADD COLUMN overrun numeric(20, 6) NOT NULL DEFAULT 0,
    -- of what is held, what its executor may spend itself, and the day by which budgets count it
    ADD COLUMN executor_hold numeric(20, 6) NOT NULL DEFAULT 0,
    ADD COLUMN executor_hold_on date,
    -- how many grants set something aside for it: names the next hold
    ADD COLUMN holds int NOT NULL DEFAULT 0;
-- A ceiling may be changed now, never below what is spent and held.
GRANT UPDATE (held, posted, overrun, executor_hold, executor_hold_on, holds, max_total_cost) ON task_order TO ${appRole};

-- The day (UTC) on which the money of a lease was set aside: budgets count it there, whenever it is spent.
ALTER TABLE lease ADD COLUMN held_on date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date;

ALTER TABLE ledger_entry
    -- the day (UTC) by which budgets count the entry: that of its hold, or its own where there was none
    ADD COLUMN counts_on date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    -- what a caller wrote with an entry of its own
    ADD COLUMN note text;
-- Invariant: a lease is posted, voided or expired at most once, and an entry is reversed at most once.
CREATE UNIQUE INDEX ledger_entry_lease_settled ON ledger_entry (tenant_id, lease_id)
    WHERE lease_id IS NOT NULL AND phase IN ('POST', 'VOID', 'EXPIRE');
CREATE UNIQUE INDEX ledger_entry_reversed_once ON ledger_entry (tenant_id, reverses) WHERE reverses IS NOT NULL;
-- Lists, newest first, and reports over a span of time.
CREATE INDEX ledger_entry_newest ON ledger_entry (tenant_id, created_at DESC, entry_no DESC);

-- What was running before money was held: its leases are held now, from what they cost. The owner is behind the wall too.
ALTER TABLE task_order NO FORCE ROW LEVEL SECURITY;
ALTER TABLE lease NO FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY;
UPDATE ledger_entry SET counts_on = (created_at AT TIME ZONE 'UTC')::date;
-- what is held from now on counts on this day
UPDATE lease SET held_on = (acquired_at AT TIME ZONE 'UTC')::date WHERE used OR state <> 'ACTIVE';
UPDATE task_order o SET posted = e.spent
  FROM (SELECT tenant_id, task_id, sum(amount) AS spent FROM ledger_entry
         WHERE starts_with(debit_account, 'spend:') GROUP BY tenant_id, task_id) e
 WHERE o.tenant_id = e.tenant_id AND o.task_id = e.task_id;
WITH open AS (
    SELECT o.tenant_id, o.task_id, sum(l.unit_cost) AS amount
      FROM task_order o
      JOIN lease l ON l.tenant_id = o.tenant_id AND l.task_id = o.task_id AND l.state = 'ACTIVE' AND NOT l.used
     WHERE o.status = 'RUNNING' AND l.unit_cost > 0
     GROUP BY o.tenant_id, o.task_id
), counted AS (
    UPDATE task_order o SET held = open.amount, holds = 1
      FROM open WHERE o.tenant_id = open.tenant_id AND o.task_id = open.task_id
    RETURNING o.tenant_id, o.task_id, o.attempt, o.currency, o.env, o.project_id, open.amount
)
INSERT INTO ledger_entry (tenant_id, entry_id, task_id, attempt, phase, kind, debit_account, credit_account, amount,
       currency, env, project_id)
SELECT tenant_id, task_id || ':hold:1', task_id, attempt, 'HOLD', 'grant', 'held', 'wallet', amount, currency, env, project_id
  FROM counted;
ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE lease FORCE ROW LEVEL SECURITY;
ALTER TABLE task_order FORCE ROW LEVEL SECURITY;

ALTER TABLE task_order
    ADD CONSTRAINT task_order_held_not_negative CHECK (held >= 0 AND posted >= 0 AND overrun >= 0),
    ADD CONSTRAINT task_order_executor_hold_is_held CHECK (executor_hold BETWEEN 0 AND held),
    ADD CONSTRAINT task_order_executor_hold_has_day CHECK ((executor_hold = 0) = (executor_hold_on IS NULL)),
    -- Invariant: nothing is set aside for an order that is over.
    ADD CONSTRAINT task_order_over_holds_no_money CHECK (finished_at IS NULL OR held = 0),
    -- Invariant: what is spent and held never exceeds the order's ceiling. Orders from before may: their costs were not held.
    ADD CONSTRAINT task_order_within_ceiling CHECK (held + posted <= max_total_cost) NOT VALID;

-- Invariant: every change of an order that a caller can see adds one to task_version; its ceiling is seen.
DROP TRIGGER task_order_version ON task_order;
CREATE TRIGGER task_order_version BEFORE UPDATE ON task_order
    FOR EACH ROW WHEN (
        NEW.task_version IS DISTINCT FROM OLD.task_version + 1
        AND (NEW.task_version IS DISTINCT FROM OLD.task_version
             OR OLD.status IS DISTINCT FROM NEW.status
             OR OLD.priority IS DISTINCT FROM NEW.priority
             OR OLD.max_total_cost IS DISTINCT FROM NEW.max_total_cost
             OR OLD.tags IS DISTINCT FROM NEW.tags
             OR OLD.description IS DISTINCT FROM NEW.description
             OR OLD.lease_ids IS DISTINCT FROM NEW.lease_ids
             OR OLD.result_code IS DISTINCT FROM NEW.result_code
             OR OLD.result_message IS DISTINCT FROM NEW.result_message
             OR OLD.queued_at IS DISTINCT FROM NEW.queued_at
             OR OLD.started_at IS DISTINCT FROM NEW.started_at
             OR OLD.finished_at IS DISTINCT FROM NEW.finished_at
             OR OLD.cancel_requested_at IS DISTINCT FROM NEW.cancel_requested_at))
    EXECUTE FUNCTION task_order_version_must_grow();

-- What a project, or the tenant, may spend in an env: in all, or in each calendar month or day (UTC).
CREATE TABLE budget (
    tenant_id     text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    env           text COLLATE "C" NOT NULL,
    scope         text COLLATE "C" NOT NULL,
    scope_id      text COLLATE "C" NOT NULL,
    limit_amount  numeric(20, 6) NOT NULL,
    currency      text COLLATE "C" NOT NULL,
    period        text COLLATE "C" NOT NULL,
    -- when the running period ends; NULL: never
    turns_at      timestamptz,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT budget_pkey PRIMARY KEY (tenant_id, env, scope, scope_id),
    CONSTRAINT budget_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenant,
    CONSTRAINT budget_scope_known CHECK (scope IN ('project', 'tenant')),
    CONSTRAINT budget_period_known CHECK (period IN ('total', 'month', 'day')),
    CONSTRAINT budget_limit_not_negative CHECK (limit_amount >= 0),
    CONSTRAINT budget_turns CHECK ((period = 'total') = (turns_at IS NULL))
);
CALL wall_off('budget');
CREATE INDEX budget_turning ON budget (turns_at, tenant_id) WHERE turns_at IS NOT NULL;

-- One row per period that something was held in: what is held and spent of it. 'total' has one, of the year 1970.
CREATE TABLE budget_period (
    tenant_id     text COLLATE "C" NOT NULL DEFAULT current_tenant(),
    env           text COLLATE "C" NOT NULL,
    scope         text COLLATE "C" NOT NULL,
    scope_id      text COLLATE "C" NOT NULL,
    starts_on     date NOT NULL,
    limit_amount  numeric(20, 6) NOT NULL,
    -- what was held and spent when the limit was last lowered below it
    floor_amount  numeric(20, 6) NOT NULL DEFAULT 0,
    held          numeric(20, 6) NOT NULL DEFAULT 0,
    posted        numeric(20, 6) NOT NULL DEFAULT 0,
    overrun       numeric(20, 6) NOT NULL DEFAULT 0,
    -- the highest share of the limit that was told of; 1: that it is exhausted
    told          numeric(7, 6) NOT NULL DEFAULT 0,
    CONSTRAINT budget_period_pkey PRIMARY KEY (tenant_id, env, scope, scope_id, starts_on),
    CONSTRAINT budget_period_budget_fkey FOREIGN KEY (tenant_id, env, scope, scope_id) REFERENCES budget,
    CONSTRAINT budget_period_not_negative CHECK (held >= 0 AND posted >= 0 AND overrun >= 0),
    -- Invariant: no hold is granted past the limit, whoever asks.
    CONSTRAINT budget_period_within_limit CHECK (held + posted <= greatest(limit_amount, floor_amount))
);
CALL wall_off('budget_period');

GRANT SELECT, INSERT, UPDATE ON budget TO ${appRole};
GRANT SELECT, INSERT, UPDATE, DELETE ON budget_period TO ${appRole};

-- The first day of the period that a day is in.
CREATE FUNCTION budget_period_of(period text, day date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE period WHEN 'day' THEN day WHEN 'month' THEN date_trunc('month', day::timestamp)::date ELSE DATE '1970-01-01' END;

-- When the period that a day is in begins and ends; NULL: it is always.
CREATE FUNCTION budget_period_start(period text, day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN period <> 'total' THEN budget_period_of(period, day)::timestamp AT TIME ZONE 'UTC' END;
CREATE FUNCTION budget_period_end(period text, day date) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE period WHEN 'day' THEN (day + 1)::timestamp AT TIME ZONE 'UTC'
        WHEN 'month' THEN (date_trunc('month', day::timestamp) + interval '1 month') AT TIME ZONE 'UTC' END;

-- Whoever moves money shares this lock until it commits; whoever counts anew what was spent has it alone.
CREATE FUNCTION share_books(of_env text) RETURNS void
    LANGUAGE sql VOLATILE
    RETURN pg_advisory_xact_lock_shared(hashtextextended(current_tenant() || ':' || of_env, 8));

-- What moves of money come to in each budget that they concern, in the order in which budgets are locked: projects before the
-- tenant. A budget in another currency covers nothing and counts nothing: money is never converted.
-- moves: [{"project", "currency", "counts_on" (a day; none: today), "held", "posted", "overrun", "asked"}]
CREATE FUNCTION budget_moves(of_env text, moves jsonb) RETURNS TABLE (
        scope text, scope_id text, starts_on date, limit_amount numeric, currency text, comparable boolean,
        held numeric, posted numeric, overrun numeric, asked numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT b.scope, b.scope_id, budget_period_of(b.period, coalesce(m.counts_on, (now() AT TIME ZONE 'UTC')::date)),
           b.limit_amount, b.currency, b.currency = m.currency, sum(coalesce(m.held, 0)), sum(coalesce(m.posted, 0)),
           sum(coalesce(m.overrun, 0)), sum(coalesce(m.asked, 0))
      FROM jsonb_to_recordset(moves) AS m(project text, currency text, counts_on date, held numeric, posted numeric,
           overrun numeric, asked numeric)
      JOIN budget b ON b.tenant_id = current_tenant() AND b.env = of_env
       AND (b.scope = 'tenant' OR b.scope_id = m.project)
     GROUP BY 1, 2, 3, 4, 5, 6
     ORDER BY 1, 2, 3;
END;

-- The shares of a limit that are told of: the marks of the active policy, and all of it.
CREATE FUNCTION budget_marks() RETURNS SETOF numeric
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT round(n.mark::numeric, 6)
      FROM tenant t
      JOIN tenant_policy y ON y.tenant_id = t.tenant_id AND y.version = t.active_policy
     CROSS JOIN jsonb_array_elements_text(y.body -> 'budget' -> 'nearing') AS n(mark)
     WHERE t.tenant_id = current_tenant()
     UNION SELECT 1;
END;

-- The highest of them that is reached; 0: none.
CREATE FUNCTION budget_reached(spent numeric, of_limit numeric) RETURNS numeric
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(max(m.mark), 0) FROM budget_marks() AS m(mark) WHERE m.mark <= 1 AND spent >= m.mark * of_limit;
END;

-- Tells once of each mark that a budget has reached, and once that it is exhausted.
CREATE FUNCTION tell_of_budget(p budget_period, of_currency text, refused boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    mark numeric;
    newest numeric := p.told;
BEGIN
    FOR mark IN
        SELECT m.mark FROM budget_marks() AS m(mark)
         WHERE m.mark > p.told AND m.mark <= 1
           AND (p.held + p.posted >= m.mark * p.limit_amount OR refused AND m.mark = 1)
         ORDER BY 1
    LOOP
        INSERT INTO task_event (object_type, object_id, type, actor, data)
        VALUES ('budget', p.env || '/' || p.scope || '/' || p.scope_id,
                CASE mark WHEN 1 THEN 'budget.exhausted' ELSE 'budget.nearing' END, 'ledger',
                jsonb_build_object('env', p.env, 'scope', p.scope, 'id', p.scope_id,
                    'period_start', CASE WHEN p.starts_on > DATE '1970-01-01'
                        THEN to_char(p.starts_on, 'YYYY-MM-DD"T00:00:00Z"') END,
                    'mark', trim_scale(mark), 'limit', trim_scale(p.limit_amount), 'held', trim_scale(p.held),
                    'posted', trim_scale(p.posted), 'overrun', trim_scale(p.overrun), 'currency', of_currency));
        newest := mark;
    END LOOP;
    IF newest > p.told THEN
        UPDATE budget_period b SET told = newest
         WHERE b.tenant_id = p.tenant_id AND b.env = p.env AND b.scope = p.scope AND b.scope_id = p.scope_id
           AND b.starts_on = p.starts_on;
    END IF;
END
$$;

-- What the entries say that a budget counts from this day on. No entry is made before the day that it counts on.
CREATE FUNCTION budget_count(of_env text, of_scope text, of_id text, of_currency text, from_day date)
        RETURNS TABLE (held numeric, posted numeric, overrun numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(sum(CASE WHEN debit_account = 'held' THEN amount WHEN credit_account = 'held' THEN -amount END), 0),
           coalesce(sum(CASE WHEN debit_account ^@ 'spend:' THEN amount WHEN credit_account ^@ 'spend:' THEN -amount END), 0),
           coalesce(sum(CASE WHEN debit_account = 'overrun' THEN amount WHEN credit_account = 'overrun' THEN -amount END), 0)
      FROM ledger_entry
     WHERE tenant_id = current_tenant() AND env = of_env AND (of_scope = 'tenant' OR project_id = of_id)
       AND currency = of_currency AND counts_on >= from_day AND created_at >= from_day::timestamp AT TIME ZONE 'UTC';
END;

-- Counts moves of money in the budgets of an env, and answers whether they cover what is asked for: all of it, or nothing.
-- held, posted and overrun are counted as they are. asked is counted as held if hold_it, else as posted, where every budget covers
-- it; where one does not, as overrun in all of them, or, if hold_it, nothing at all is counted.
-- VOLATILE, so each statement sees what was committed before it: a budget that came to be meanwhile is not missed.
CREATE FUNCTION charge_budgets(of_env text, moves jsonb, hold_it boolean) RETURNS boolean
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    n record;
    p budget_period;
    covered boolean := true;
    short text[] := '{}';
BEGIN
    PERFORM share_books(of_env);
    IF moves IS NULL OR NOT EXISTS (SELECT FROM budget b WHERE b.tenant_id = current_tenant() AND b.env = of_env) THEN
        RETURN true;
    END IF;
    FOR n IN SELECT * FROM budget_moves(of_env, moves) LOOP
        IF n.asked > 0 AND n.comparable THEN
            INSERT INTO budget_period (env, scope, scope_id, starts_on, limit_amount)
            VALUES (of_env, n.scope, n.scope_id, n.starts_on, n.limit_amount)
                ON CONFLICT DO NOTHING;
        END IF;
        SELECT b.* INTO p FROM budget_period b
         WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope AND b.scope_id = n.scope_id
           AND b.starts_on = n.starts_on
           FOR UPDATE;
        IF n.asked > 0 AND (NOT n.comparable OR p.held + p.posted + n.held + n.posted + n.asked > p.limit_amount) THEN
            covered := false;
            short := short || (n.scope || '/' || n.scope_id);
        END IF;
    END LOOP;
    IF hold_it AND NOT covered THEN
        RETURN false;
    END IF;
    FOR n IN SELECT * FROM budget_moves(of_env, moves) WHERE comparable LOOP
        UPDATE budget_period b
           SET held = b.held + n.held + CASE WHEN hold_it THEN n.asked ELSE 0 END,
               posted = b.posted + n.posted + CASE WHEN covered AND NOT hold_it THEN n.asked ELSE 0 END,
               overrun = b.overrun + n.overrun + CASE WHEN covered THEN 0 ELSE n.asked END,
               -- what was taken back may be spent again, and is told of again
               told = CASE WHEN n.posted < 0
                   THEN least(b.told, budget_reached(b.held + b.posted + n.held + n.posted, b.limit_amount)) ELSE b.told END
         WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope AND b.scope_id = n.scope_id
           AND b.starts_on = n.starts_on
        RETURNING b.* INTO p;
        IF FOUND AND p.told < 1 THEN
            PERFORM tell_of_budget(p, n.currency, (n.scope || '/' || n.scope_id) = ANY (short));
        END IF;
    END LOOP;
    RETURN covered;
END
$$;
