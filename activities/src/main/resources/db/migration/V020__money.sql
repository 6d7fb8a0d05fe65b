-- Why: money is part of the grant (design.md §5). A hold sets money aside in the transaction that grants the leases; what was spent is
-- posted out of it, the rest returns. Counters on the order's own row make its ceiling a constraint; entries say the same, row by row.

ALTER TABLE task_order
    -- set aside for it now: its leases that no attempt has begun with, and executor_hold
    ADD COLUMN held numeric(38, 6) NOT NULL DEFAULT 0,
    -- spent, over all its attempts and redrives, as far as it was covered; what was not is overrun
    ADD COLUMN posted numeric(38, 6) NOT NULL DEFAULT 0,
    ADD COLUMN overrun numeric(38, 6) NOT NULL DEFAULT 0,
    -- of what is held, what its executor may spend itself, and the day by which budgets count it
    ADD COLUMN executor_hold numeric(38, 6) NOT NULL DEFAULT 0,
    ADD COLUMN executor_hold_on date,
    -- how many grants set something aside for it: names the next hold
    ADD COLUMN holds int NOT NULL DEFAULT 0,
    -- what was spent and held before its ceiling was one: that may stand above it
    ADD COLUMN ceiling_floor numeric(38, 6) NOT NULL DEFAULT 0;
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
ALTER TABLE attempt NO FORCE ROW LEVEL SECURITY;
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
      JOIN lease l ON l.tenant_id = o.tenant_id AND l.task_id = o.task_id AND NOT l.used
     WHERE o.status = 'RUNNING' AND l.unit_cost > 0
       -- or it was taken away, and is charged when the attempt that had it is closed
       AND (l.state = 'ACTIVE' OR EXISTS (
            SELECT FROM attempt a
             WHERE a.tenant_id = o.tenant_id AND a.task_id = o.task_id AND a.state IN ('RUNNING', 'ANSWERED')
               AND l.lease_id = ANY (a.lease_ids)))
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
UPDATE task_order SET ceiling_floor = held + posted WHERE held + posted > max_total_cost;
ALTER TABLE attempt FORCE ROW LEVEL SECURITY;
ALTER TABLE ledger_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE lease FORCE ROW LEVEL SECURITY;
ALTER TABLE task_order FORCE ROW LEVEL SECURITY;

ALTER TABLE task_order
    ADD CONSTRAINT task_order_held_not_negative CHECK (held >= 0 AND posted >= 0 AND overrun >= 0),
    ADD CONSTRAINT task_order_executor_hold_is_held CHECK (executor_hold BETWEEN 0 AND held),
    ADD CONSTRAINT task_order_executor_hold_has_day CHECK ((executor_hold = 0) = (executor_hold_on IS NULL)),
    -- Invariant: nothing is set aside for an order that is over.
    ADD CONSTRAINT task_order_over_holds_no_money CHECK (finished_at IS NULL OR held = 0),
    -- Invariant: what is spent and held never exceeds the order's ceiling, but for what it was when that was none.
    ADD CONSTRAINT task_order_within_ceiling CHECK (held + posted <= greatest(max_total_cost, ceiling_floor) OR max_total_cost IS NULL);

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
    floor_amount  numeric(38, 6) NOT NULL DEFAULT 0,
    -- sums: of as many amounts as there are
    held          numeric(38, 6) NOT NULL DEFAULT 0,
    posted        numeric(38, 6) NOT NULL DEFAULT 0,
    overrun       numeric(38, 6) NOT NULL DEFAULT 0,
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

-- The shares of a limit that are told of: the marks of the active policy, and all of it.
CREATE FUNCTION budget_marks() RETURNS numeric[]
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(
        SELECT n.mark::numeric(7, 6)
          FROM tenant t
          JOIN tenant_policy y ON y.tenant_id = t.tenant_id AND y.version = t.active_policy
         CROSS JOIN jsonb_array_elements_text(y.body -> 'budget' -> 'nearing') AS n(mark)
         WHERE t.tenant_id = current_tenant() AND n.mark::numeric < 1) || 1.0;
END
$$;

-- The highest of them that is reached; 0: none.
CREATE FUNCTION budget_reached(spent numeric, of_limit numeric) RETURNS numeric
    LANGUAGE sql STABLE
    RETURN (SELECT coalesce(max(mark), 0) FROM unnest(budget_marks()) AS mark WHERE spent >= mark * of_limit);

-- Tells once of each mark that a budget has reached, and once that it is exhausted.
CREATE FUNCTION tell_of_budget(p budget_period, of_currency text, refused boolean) RETURNS void
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    mark numeric;
    newest numeric := p.told;
BEGIN
    FOR mark IN
        SELECT m FROM unnest(budget_marks()) AS m
         WHERE m > p.told AND (p.held + p.posted >= m * p.limit_amount OR refused AND m = 1)
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

-- What moves of money come to in one period of one budget.
CREATE TYPE budget_move AS (
    scope text, scope_id text, starts_on date, running boolean, currency text, comparable boolean,
    held numeric, posted numeric, overrun numeric, asked numeric);

-- Makes the row of a period if nobody did. Whoever changes the budget is waited for, so that the limit is the one that counts.
CREATE FUNCTION open_budget_period(of_env text, n budget_move) RETURNS void
    LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO budget_period (env, scope, scope_id, starts_on, limit_amount)
    SELECT b.env, b.scope, b.scope_id, n.starts_on, b.limit_amount FROM budget b
     WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope AND b.scope_id = n.scope_id
       FOR SHARE
        ON CONFLICT DO NOTHING;
END;

-- Counts moves of money in the budgets of an env, and answers whether they cover what is asked for: all of it, or nothing.
-- moves: [{"project", "currency", "counts_on" (a day; none: today), "held", "posted", "overrun", "asked"}]
-- held, posted and overrun are counted as they are. asked is counted as held if hold_it, else as posted, where every budget covers
-- it; where one does not, as overrun in all of them, or, if hold_it, nothing at all is counted.
-- A budget in another currency covers nothing and counts nothing: money is never converted. A period that was over before its
-- budget was there, or counts anew, has no row, covers all and counts nothing.
-- Budgets are locked projects first, then the tenant's. VOLATILE, so each statement sees what was committed before it: a budget
-- that came to be meanwhile is not missed. Its plans go by keys whatever the values: to plan for each would take longer than all else.
CREATE FUNCTION charge_budgets(of_env text, moves jsonb, hold_it boolean) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    today CONSTANT date := (now() AT TIME ZONE 'UTC')::date;
    ids text[];
    todo budget_move[];
    n budget_move;
    p budget_period;
    covered boolean := true;
    short text[] := '{}';
    marks numeric[];
BEGIN
    PERFORM share_books(of_env);
    -- most envs have no budget; asked for in the order of the key, or all rows might be read in vain
    IF moves IS NULL OR (SELECT b.scope FROM budget b WHERE b.tenant_id = current_tenant() AND b.env = of_env
                          ORDER BY b.scope, b.scope_id LIMIT 1) IS NULL THEN
        RETURN true;
    END IF;
    ids := ARRAY(SELECT m ->> 'project' FROM jsonb_array_elements(moves) AS m) || current_tenant();
    -- by their keys: an env may have very many budgets
    todo := ARRAY(
        SELECT ROW (b.scope, b.scope_id, s.starts_on, s.starts_on = budget_period_of(b.period, today), b.currency,
                    b.currency = m.currency, sum(coalesce(m.held, 0)), sum(coalesce(m.posted, 0)),
                    sum(coalesce(m.overrun, 0)), sum(coalesce(m.asked, 0)))::budget_move
          FROM budget b
          JOIN jsonb_to_recordset(moves) AS m(project text, currency text, counts_on date, held numeric, posted numeric,
               overrun numeric, asked numeric) ON b.scope = 'tenant' OR b.scope_id = m.project
         CROSS JOIN LATERAL (SELECT budget_period_of(b.period, coalesce(m.counts_on, today)) AS starts_on) s
         WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = ANY ('{project,tenant}')
           AND b.scope_id = ANY (ids)
         GROUP BY b.scope, b.scope_id, s.starts_on, b.period, b.currency, m.currency
         ORDER BY b.scope, b.scope_id, s.starts_on, b.currency = m.currency);
    -- what is counted as it is needs no leave; where leave is asked for, all rows are locked first, in one order
    FOREACH n IN ARRAY CASE WHEN EXISTS (SELECT FROM unnest(todo) t WHERE t.asked > 0) THEN todo ELSE '{}' END LOOP
        SELECT b.* INTO p FROM budget_period b
         WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope AND b.scope_id = n.scope_id
           AND b.starts_on = n.starts_on
           FOR NO KEY UPDATE;
        IF NOT FOUND AND n.comparable AND n.running THEN
            PERFORM open_budget_period(of_env, n);
            SELECT b.* INTO p FROM budget_period b
             WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope AND b.scope_id = n.scope_id
               AND b.starts_on = n.starts_on
               FOR NO KEY UPDATE;
        END IF;
        IF n.asked > 0 AND (NOT n.comparable OR p.held + p.posted + n.held + n.posted + n.asked > p.limit_amount) THEN
            covered := false;
            short := short || (n.scope || '/' || n.scope_id);
        END IF;
    END LOOP;
    IF hold_it AND NOT covered THEN
        RETURN false;
    END IF;
    FOREACH n IN ARRAY todo LOOP
        CONTINUE WHEN NOT n.comparable;
        IF n.running AND n.asked = 0 AND NOT EXISTS (
                SELECT FROM budget_period b WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope
                   AND b.scope_id = n.scope_id AND b.starts_on = n.starts_on) THEN
            PERFORM open_budget_period(of_env, n);
        END IF;
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
        -- only what grows crosses a mark
        IF FOUND AND p.told < 1 AND (n.asked > 0 OR n.held + n.posted > 0) THEN
            marks := coalesce(marks, budget_marks());
            IF NOT covered OR p.held + p.posted >= p.limit_amount * (SELECT min(m) FROM unnest(marks) m WHERE m > p.told) THEN
                PERFORM tell_of_budget(p, n.currency, (n.scope || '/' || n.scope_id) = ANY (short));
            END IF;
        END IF;
    END LOOP;
    RETURN covered;
END
$$;
