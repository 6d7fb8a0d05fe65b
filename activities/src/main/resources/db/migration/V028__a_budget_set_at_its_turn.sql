-- Why: a budget that is set anew just after midnight counts from that day on. Whoever began before midnight and had waited for it took
-- the day before for the running one, opened a row for it that counted no more than its own hold, and what was held earlier on that
-- day could not be given back: the row would have been below 0.

-- Counts moves of money in the budgets of an env, and answers how much of what is asked for they cover, and which are short of it:
-- scope/id, and ' in EUR' if it is in that other currency.
-- moves: [{"project", "currency", "counts_on" (a day; none: today), "held", "posted", "overrun", "asked"}]
-- held, posted and overrun are counted as they are. What is asked for is counted, by mode,
--   HOLD  as held where all budgets cover all of it; else nothing at all is counted;
--   ALL   as posted where all budgets cover all of it, else as overrun in all of them;
--   PART  as posted as far as the budget that has the least left covers it, the rest as overrun in all of them.
-- ALL and PART ask for one project, in one currency and for one day.
-- A budget in another currency covers nothing and counts nothing: money is never converted. A period that was over before its
-- budget was there, or counts anew, has no row, covers all and counts nothing.
-- Budgets are locked projects first, then the tenant's. VOLATILE, so each statement sees what was committed before it: a budget
-- that came to be meanwhile is not missed. Its plans go by keys whatever the values: to plan for each would take longer than all else.
CREATE OR REPLACE FUNCTION charge_budgets(of_env text, moves jsonb, mode text, OUT covered numeric, OUT short text[])
    LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    today CONSTANT date := (now() AT TIME ZONE 'UTC')::date;
    ids text[];
    todo budget_move[];
    n budget_move;
    p budget_period;
    marks numeric[];
BEGIN
    short := '{}';
    SELECT coalesce(sum((m ->> 'asked')::numeric), 0) INTO covered FROM jsonb_array_elements(moves) AS m;
    PERFORM share_books(of_env);
    -- most envs have no budget; asked for in the order of the key, or all rows might be read in vain
    IF moves IS NULL OR (SELECT b.scope FROM budget b WHERE b.tenant_id = current_tenant() AND b.env = of_env
                          ORDER BY b.scope, b.scope_id LIMIT 1) IS NULL THEN
        RETURN;
    END IF;
    ids := ARRAY(SELECT m ->> 'project' FROM jsonb_array_elements(moves) AS m) || current_tenant();
    -- by their keys: an env may have very many budgets
    todo := ARRAY(
        SELECT ROW (b.scope, b.scope_id, s.starts_on,
                    s.starts_on = budget_period_of(b.period, today) AND s.starts_on >= budget_period_of(b.period, b.counts_from), b.currency,
                    b.currency = m.currency, sum(coalesce(m.held, 0)), sum(coalesce(m.posted, 0)),
                    sum(coalesce(m.overrun, 0)), sum(coalesce(m.asked, 0)))::budget_move
          FROM budget b
          JOIN jsonb_to_recordset(moves) AS m(project text, currency text, counts_on date, held numeric, posted numeric,
               overrun numeric, asked numeric) ON b.scope = 'tenant' OR b.scope_id = m.project
         CROSS JOIN LATERAL (SELECT budget_period_of(b.period, coalesce(m.counts_on, today)) AS starts_on) s
         WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = ANY ('{project,tenant}')
           AND b.scope_id = ANY (ids)
         GROUP BY b.scope, b.scope_id, s.starts_on, b.period, b.currency, b.counts_from, m.currency
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
            covered := CASE WHEN mode = 'PART' AND n.comparable
                THEN greatest(0, least(covered, p.limit_amount - p.held - p.posted - n.held - n.posted)) ELSE 0 END;
            short := short || (n.scope || '/' || n.scope_id || CASE WHEN n.comparable THEN '' ELSE ' in ' || n.currency END);
        END IF;
    END LOOP;
    IF mode = 'HOLD' AND short <> '{}' THEN
        RETURN;
    END IF;
    FOREACH n IN ARRAY todo LOOP
        CONTINUE WHEN NOT n.comparable;
        IF n.running AND n.asked = 0 AND NOT EXISTS (
                SELECT FROM budget_period b WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope
                   AND b.scope_id = n.scope_id AND b.starts_on = n.starts_on) THEN
            PERFORM open_budget_period(of_env, n);
        END IF;
        UPDATE budget_period b
           SET held = b.held + n.held + CASE WHEN mode = 'HOLD' THEN n.asked ELSE 0 END,
               posted = b.posted + n.posted + CASE WHEN mode = 'HOLD' THEN 0 ELSE least(n.asked, covered) END,
               overrun = b.overrun + n.overrun + CASE WHEN mode = 'HOLD' THEN 0 ELSE n.asked - least(n.asked, covered) END,
               -- what was taken back may be spent again, and is told of again
               told = CASE WHEN n.posted < 0
                   THEN least(b.told, budget_reached(b.held + b.posted + n.held + n.posted, b.limit_amount)) ELSE b.told END
         WHERE b.tenant_id = current_tenant() AND b.env = of_env AND b.scope = n.scope AND b.scope_id = n.scope_id
           AND b.starts_on = n.starts_on
        RETURNING b.* INTO p;
        -- only what grows crosses a mark
        IF FOUND AND p.told < 1 AND (n.asked > 0 OR n.held + n.posted > 0) THEN
            marks := coalesce(marks, budget_marks());
            IF short <> '{}' OR p.held + p.posted >= p.limit_amount * (SELECT min(m) FROM unnest(marks) m WHERE m > p.told) THEN
                PERFORM tell_of_budget(p, n.currency, (n.scope || '/' || n.scope_id) = ANY (short));
            END IF;
        END IF;
    END LOOP;
END
$$;
