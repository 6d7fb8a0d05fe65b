package dev.taskorder.activities.ledger;

import dev.taskorder.activities.json.Json;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes what orders cost and earned. Holds a grant writes with its leases, and callers' own {@link JdbcCallerEntries}. */
final class JdbcPostings implements Postings {
    private static final String LOCK = """
            SELECT %s FROM task_order WHERE tenant_id = current_tenant() AND task_id = :task FOR UPDATE
            """.formatted(OrderAccount.COLUMNS);

    /**
     * What was posted before is left out first, and all else follows from the rows that are new: what the budgets are asked
     * for, and what the order's counters become. So a second call moves nothing.
     */
    static final String POST = """
            WITH lines AS MATERIALIZED (
                SELECT entry_id, phase, kind, debit, credit, amount,
                       coalesce(counts_on, (now() AT TIME ZONE 'UTC')::date) AS counts_on, lease_id, sku_category, sku_code,
                       condition, position
                  FROM jsonb_to_recordset(:lines::jsonb)
                       AS l(entry_id text, phase text, kind text, debit text, credit text, amount numeric, counts_on date,
                            lease_id uuid, sku_category text, sku_code text, condition text, position int)
            ), known AS MATERIALIZED (
                SELECT e.entry_id, (e.task_id, e.currency) IS DISTINCT FROM (:task, :currency)
                       OR NOT EXISTS (SELECT FROM lines l
                                       WHERE l.entry_id = e.entry_id
                                         AND (l.phase, l.kind, l.debit, l.credit, l.amount)
                                             = (e.phase, e.kind, e.debit_account, e.credit_account, e.amount)) AS differs
                  FROM ledger_entry e
                 WHERE e.tenant_id = current_tenant() AND e.entry_id = ANY (ARRAY(SELECT entry_id FROM lines))
            ), fresh AS MATERIALIZED (
                SELECT * FROM lines l WHERE NOT EXISTS (SELECT FROM known k WHERE k.entry_id = l.entry_id)
            ), charged AS MATERIALIZED (
                SELECT charge_budgets(:env, jsonb_agg(jsonb_build_object(
                           'project', :project::text, 'currency', :currency::text, 'counts_on', counts_on, 'held', held,
                           'posted', posted, 'overrun', overrun, 'asked', asked))
                           FILTER (WHERE held <> 0 OR posted <> 0 OR overrun <> 0 OR asked <> 0), false) AS covered
                  FROM (SELECT counts_on,
                               sum(CASE 'held' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END)
                                   FILTER (WHERE condition IS NULL) AS held,
                               sum(CASE WHEN starts_with(debit, 'spend:') THEN amount ELSE 0 END)
                                   FILTER (WHERE condition IS NULL) AS posted,
                               sum(CASE debit WHEN 'overrun' THEN amount ELSE 0 END) FILTER (WHERE condition IS NULL) AS overrun,
                               coalesce(sum(amount) FILTER (WHERE condition = 'COVERED' AND phase = 'POST'), 0) AS asked
                          FROM fresh GROUP BY counts_on) moves
            ), posted AS (
                INSERT INTO ledger_entry (entry_id, task_id, attempt, phase, kind, debit_account, credit_account,
                       amount, currency, env, project_id, lease_id, sku_category, sku_code, counts_on)
                SELECT entry_id, :task, :attempt, phase, kind, debit, credit, amount, :currency, :env, :project,
                       lease_id, sku_category, sku_code, counts_on
                  FROM fresh, charged
                 WHERE condition IS NULL OR condition = CASE WHEN covered THEN 'COVERED' ELSE 'NOT_COVERED' END
                 ORDER BY position
                RETURNING debit_account AS debit, credit_account AS credit, amount
            ), moved AS MATERIALIZED (
                SELECT coalesce(sum(CASE 'held' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END), 0) AS held,
                       coalesce(sum(amount) FILTER (WHERE starts_with(debit, 'spend:')), 0) AS posted,
                       coalesce(sum(amount) FILTER (WHERE debit = 'overrun'), 0) AS overrun
                  FROM posted
            ), counted AS (
                UPDATE task_order o
                   SET held = o.held + m.held, posted = o.posted + m.posted, overrun = o.overrun + m.overrun,
                       executor_hold = :executor_hold,
                       executor_hold_on = CASE WHEN :executor_hold::numeric > 0 THEN o.executor_hold_on END
                  FROM moved m
                 WHERE o.tenant_id = current_tenant() AND o.task_id = :task
                   AND (m.held <> 0 OR m.posted <> 0 OR m.overrun <> 0)
            )
            SELECT overrun, held + posted < 0 AS freed, ARRAY(SELECT entry_id FROM known WHERE differs) AS differing
              FROM moved
            """;

    private record Answer(Posted posted, List<String> differing) {}

    private final JdbcClient jdbc;

    JdbcPostings(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<OrderAccount> lock(UUID taskId) {
        return jdbc.sql(LOCK)
                .param("task", taskId)
                .query((row, rowNum) -> OrderAccount.of(row))
                .optional();
    }

    @Override
    public Posted post(Bill bill) {
        Lines.Written written = Lines.of(bill);
        if (written.lines().isEmpty()) {
            return new Posted(BigDecimal.ZERO, true, false);
        }
        OrderAccount account = bill.account();
        Answer answer = jdbc.sql(POST)
                .param("lines", Json.write(written.lines()))
                .param("task", account.taskId())
                .param("attempt", bill.attempt() == null ? null : bill.attempt().number(), Types.INTEGER)
                .param("currency", account.currency())
                .param("env", account.env())
                .param("project", account.projectId())
                .param("executor_hold", written.executorHold())
                .query((row, rowNum) -> answer(row, written.withinCeiling()))
                .single();
        if (!answer.differing().isEmpty()) {
            throw new IllegalStateException(
                    "ledger entries " + answer.differing() + " are there already with other content");
        }
        return answer.posted();
    }

    private static Answer answer(ResultSet row, boolean withinCeiling) throws SQLException {
        Array differing = row.getArray("differing");
        return new Answer(
                new Posted(row.getBigDecimal("overrun"), withinCeiling, row.getBoolean("freed")),
                List.of((String[]) differing.getArray()));
    }
}
