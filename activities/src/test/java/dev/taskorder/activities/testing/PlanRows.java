package dev.taskorder.activities.testing;

import java.util.List;

/** What {@link Plans} loads: a month of one tenant's orders, an hour before anything of it is due. */
final class PlanRows {
    /** Of ten orders, three are queued, one runs, six are over; one in a hundred has not been started yet. */
    private static final String ORDERS = """
            INSERT INTO task_order (tenant_id, task_id, env, idempotency_key, project_id, external_ref, task_type,
                   task_category, priority, timeout_ms, currency, status, created_at, queued_at, waits_since, started_at,
                   finished_at, result_code, resource_hints, constraints, policy_version, tags, input, field_hashes, demand,
                   run_no, started_run_no, start_due_at, check_due_at, deadline, attempt)
            SELECT :tenant, uuidv7(), 'prod', 'key-' || n, 'project-' || n % 200, 'ref-' || n, 'TEST',
                   'category-' || n % 100, n % 7 * 10, 1000, 'USD', status, at, CASE WHEN status <> 'PENDING' THEN at END,
                   CASE WHEN status = 'QUEUED' THEN at END, CASE WHEN status IN ('RUNNING', 'SUCCESS', 'FAILED') THEN at END,
                   CASE WHEN status IN ('SUCCESS', 'FAILED') THEN at END,
                   CASE WHEN status IN ('SUCCESS', 'FAILED') THEN 'OK' END,
                   '[{"sku_category": "C-1", "min_count": 1, "attributes": {}}]', '{}', 1, '{}', '{}', '',
                   'line-' || n / 10 % 50, 1, (status <> 'PENDING')::int,
                   CASE WHEN status = 'PENDING' THEN now() + interval '1 hour' ELSE at END,
                   CASE WHEN status IN ('QUEUED', 'RUNNING') THEN now() + interval '1 hour' END,
                   CASE WHEN status IN ('RUNNING', 'SUCCESS', 'FAILED') THEN now() + interval '1 hour' END,
                   (status IN ('RUNNING', 'SUCCESS', 'FAILED'))::int
              FROM (SELECT n, now() - n * interval '26 seconds' AS at,
                           CASE WHEN n % 100 = 99 THEN 'PENDING' WHEN n % 10 < 3 THEN 'QUEUED'
                                WHEN n % 10 = 3 THEN 'RUNNING' WHEN n % 10 = 4 THEN 'FAILED' ELSE 'SUCCESS' END AS status
                      FROM generate_series(1, 100000) n) made
            """;
    /** One in a hundred cools down; the first thousand have ten slots, and one in a hundred of those rests or is kept. */
    private static final String ASSETS = """
            INSERT INTO asset (tenant_id, asset_id, env, sku_category, sku_code, attributes, status, health_score,
                   max_concurrency, unit_cost, currency, handle, cool_until)
            SELECT :tenant, 'a-' || n, 'prod', 'C-' || n % 50, 'sku-' || n, '{}',
                   CASE WHEN n % 100 = 0 THEN 'COOLING_DOWN' ELSE 'AVAILABLE' END, 100, 10, 1, 'USD', 'h',
                   CASE WHEN n % 100 = 0 THEN now() + interval '1 hour' END
              FROM generate_series(1, 10000) n
            """;

    private static final String SLOTS = """
            INSERT INTO asset_slot (tenant_id, asset_id, slot_no, rests_until, reserved_for, reserved_until, reserved_lease)
            SELECT :tenant, 'a-' || 1 + n / 10, 1 + n % 10, CASE WHEN n % 200 = 0 THEN now() + interval '1 hour' END,
                   CASE WHEN n % 200 = 100 THEN 'ref:' || n END, CASE WHEN n % 200 = 100 THEN now() + interval '1 hour' END,
                   CASE WHEN n % 200 = 100 THEN gen_random_uuid() END
              FROM generate_series(0, 9999) n
            """;
    /** Two for each order that has run, one for each that runs. */
    private static final String LEASES = """
            INSERT INTO lease (tenant_id, lease_id, task_id, asset_id, slot_no, hint_index, state, acquired_at, expires_at,
                   released_at, unit_cost, currency, sku_category, sku_code, decision)
            SELECT :tenant, uuidv7(), task_id, 'a-' || 1 + number / 10, 1 + number % 10, hint,
                   CASE status WHEN 'RUNNING' THEN 'ACTIVE' ELSE 'RELEASED' END, started_at, now() + interval '1 hour',
                   finished_at, 1, 'USD', 'C-1', 'sku', '{}'
              FROM (SELECT *, (row_number() OVER (PARTITION BY status) - 1) % 10000 AS number
                      FROM task_order WHERE status IN ('RUNNING', 'SUCCESS', 'FAILED')) o
             CROSS JOIN LATERAL generate_series(0, (status <> 'RUNNING')::int) hint
            """;

    private static final String ATTEMPTS = """
            INSERT INTO attempt (tenant_id, task_id, number, token, executor, state, started_at, finished_at, result_code,
                   lease_ids)
            SELECT tenant_id, task_id, 1, gen_random_uuid(), 'test',
                   CASE status WHEN 'RUNNING' THEN 'RUNNING' ELSE 'ENDED' END, started_at, finished_at, result_code, '{}'
              FROM task_order WHERE status IN ('RUNNING', 'SUCCESS', 'FAILED')
            """;
    private static final String LEDGER = """
            INSERT INTO ledger_entry (tenant_id, entry_id, task_id, attempt, phase, kind, debit_account, credit_account,
                   amount, currency, env, project_id)
            SELECT tenant_id, task_id || ':1:execution', task_id, 1, 'POST', 'execution', 'spend', 'wallet', 0, 'USD', env,
                   project_id
              FROM task_order WHERE finished_at IS NOT NULL
            """;
    private static final String EVENTS = """
            INSERT INTO task_event (tenant_id, object_type, object_id, type, actor)
            SELECT tenant_id, 'task_order', task_id::text, 'task_order.created', 'test' FROM task_order WHERE status = 'RUNNING'
            """;
    private static final String TAGS = """
            INSERT INTO task_tag (tenant_id, tag, task_id)
            SELECT tenant_id, 'tag-' || right(idempotency_key, 2), task_id FROM task_order
            """;
    private static final String OUTBOX = """
            INSERT INTO outbox (tenant_id, task_id, signal, due_at)
            SELECT tenant_id, task_id, 'wake', now() + interval '1 hour' FROM task_order WHERE status = 'RUNNING'
            """;
    private static final String MARKS = """
            INSERT INTO match_wanted (tenant_id, env) SELECT :tenant, 'sandbox' FROM generate_series(1, 2000)
            """;

    /** As many projects as a large tenant has, of which every other one has a budget for each day. */
    private static final String BUDGETS = """
            INSERT INTO budget (tenant_id, env, scope, scope_id, limit_amount, currency, period, turns_at)
            SELECT :tenant, 'prod', 'project', 'p-' || n, 100, 'USD', CASE n % 2 WHEN 0 THEN 'day' ELSE 'total' END,
                   CASE n % 2 WHEN 0 THEN now() + interval '1 hour' END
              FROM generate_series(1, 10000) n
            """;

    private static final String PERIODS = """
            INSERT INTO budget_period (tenant_id, env, scope, scope_id, starts_on, limit_amount)
            SELECT b.tenant_id, b.env, b.scope, b.scope_id, s.starts_on, b.limit_amount
              FROM budget b
             CROSS JOIN LATERAL (
                SELECT DATE '1970-01-01' AS starts_on WHERE b.period = 'total' UNION ALL
                SELECT current_date - ago FROM generate_series(0, 2) ago WHERE b.period = 'day') s
            """;

    static final List<String> LOAD =
            List.of(ORDERS, ASSETS, SLOTS, LEASES, ATTEMPTS, LEDGER, EVENTS, TAGS, OUTBOX, MARKS, BUDGETS, PERIODS);

    private PlanRows() {}
}
