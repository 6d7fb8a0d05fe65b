package dev.taskorder.activities.ledger;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.execution.ResultCodes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes what orders cost and earned. Holds a grant writes with its leases. */
final class JdbcPostings implements Postings {
    private static final String LOCK = """
            SELECT %s FROM task_order WHERE tenant_id = current_tenant() AND task_id = :task FOR UPDATE
            """.formatted(OrderAccount.COLUMNS);

    /**
     * What was posted before is left out first, and all else follows from the rows that are new: what the budgets are asked
     * for, and what the order's counters become. So a second call moves nothing. What budgets cover goes to the first costs first.
     */
    static final String POST = """
            WITH lines AS MATERIALIZED (
                SELECT entry_id, told, phase, kind, debit, credit, amount,
                       coalesce(counts_on, (now() AT TIME ZONE 'UTC')::date) AS counts_on, lease_id, sku_category, sku_code,
                       reverses, note, part, asked, nth, position
                  FROM ROWS FROM (jsonb_to_recordset(:lines::jsonb)
                       AS (entry_id text, told text, phase text, kind text, debit text, credit text, amount numeric,
                           counts_on date, lease_id uuid, sku_category text, sku_code text, reverses text, note text,
                           part text, asked numeric, nth int)) WITH ORDINALITY
                       AS l(entry_id, told, phase, kind, debit, credit, amount, counts_on, lease_id, sku_category, sku_code,
                            reverses, note, part, asked, nth, position)
            ), known AS MATERIALIZED (
                SELECT e.entry_id, l.told,
                       (e.task_id, e.currency, e.phase, e.kind, e.debit_account, e.credit_account)
                           IS DISTINCT FROM (:task, :currency, l.phase, l.kind, l.debit, l.credit)
                       OR l.part IS NULL AND l.amount <> e.amount AS differs
                  FROM ledger_entry e
                  JOIN lines l ON l.entry_id = e.entry_id
                 WHERE e.tenant_id = current_tenant() AND e.entry_id = ANY (ARRAY(SELECT entry_id FROM lines))
            ), fresh AS MATERIALIZED (
                SELECT *, sum(asked) FILTER (WHERE part = 'REST') OVER (ORDER BY nth) - asked AS asked_before
                  FROM lines l WHERE NOT EXISTS (SELECT FROM known k WHERE k.told = l.told)
            ), charged AS MATERIALIZED (
                SELECT covered, short
                  FROM charge_budgets(:env, (
                       SELECT jsonb_agg(jsonb_build_object(
                                  'project', :project::text, 'currency', :currency::text, 'counts_on', counts_on,
                                  'held', held, 'posted', posted, 'overrun', overrun, 'asked', asked))
                              FILTER (WHERE held <> 0 OR posted <> 0 OR overrun <> 0 OR asked <> 0)
                         FROM (SELECT counts_on,
                                      sum(CASE 'held' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END)
                                          FILTER (WHERE part IS NULL) AS held,
                                      sum(CASE WHEN starts_with(debit, 'spend:') THEN amount
                                               WHEN starts_with(credit, 'spend:') THEN -amount ELSE 0 END)
                                          FILTER (WHERE part IS NULL) AS posted,
                                      sum(CASE 'overrun' WHEN debit THEN amount WHEN credit THEN -amount ELSE 0 END
                                          - coalesce(asked, 0)) FILTER (WHERE part IS NULL OR part = 'REST') AS overrun,
                                      coalesce(sum(asked) FILTER (WHERE part = 'REST'), 0) AS asked
                                 FROM fresh GROUP BY counts_on) moves), :mode)
            ), due AS (
                SELECT f.*, CASE part
                           WHEN 'COVERED' THEN greatest(0, least(asked, covered - asked_before))
                           WHEN 'REST' THEN amount - greatest(0, least(asked, covered - asked_before))
                           ELSE amount END AS due
                  FROM fresh f, charged
            ), posted AS (
                INSERT INTO ledger_entry (entry_id, task_id, attempt, phase, kind, debit_account, credit_account,
                       amount, currency, env, project_id, lease_id, sku_category, sku_code, reverses, note, counts_on)
                SELECT entry_id, :task, :attempt, phase, kind, debit, credit, due, :currency, :env, :project,
                       lease_id, sku_category, sku_code, reverses, note, counts_on
                  FROM due
                 WHERE part IS NULL OR due > 0
                 ORDER BY position
                RETURNING debit_account AS debit, credit_account AS credit, amount
            ), moved AS MATERIALIZED (
                SELECT coalesce(sum(CASE 'held' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS held,
                       coalesce(sum(CASE WHEN starts_with(debit, 'spend:') THEN amount
                                         WHEN starts_with(credit, 'spend:') THEN -amount END), 0) AS posted,
                       coalesce(sum(CASE 'overrun' WHEN debit THEN amount WHEN credit THEN -amount END), 0) AS overrun
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
            SELECT overrun, held + posted < 0 OR overrun < 0 AS freed, short,
                   ARRAY(SELECT entry_id FROM known WHERE differs ORDER BY entry_id) AS differing
              FROM moved, charged
            """;

    /** The first reason stands. */
    private static final String REFUSE = """
            UPDATE task_order
               SET refusal = jsonb_build_object('code', :code::text, 'message', :message::text, 'too_small', :too_small::jsonb)
             WHERE tenant_id = current_tenant() AND task_id = :task AND refusal IS NULL
            """;

    /** How much of what no hold covers is spent out of the budgets; as {@code charge_budgets} calls it. */
    enum Mode {
        /** Each entry as a whole, or not at all. */
        ALL,
        /** As far as they go. */
        PART
    }

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
            return Posted.NOTHING;
        }
        Integer attempt = bill.attempt() == null ? null : bill.attempt().number();
        return write(bill.account(), attempt, written, Mode.PART);
    }

    @Override
    public boolean refuse(UUID taskId, String why, List<String> tooSmall) {
        return jdbc.sql(REFUSE)
                        .param("task", taskId)
                        .param("code", ResultCodes.BUDGET_EXCEEDED)
                        .param("message", why)
                        .param("too_small", Json.write(tooSmall))
                        .update()
                == 1;
    }

    /** @throws OtherContentException if an entry is there already under the same id with other content */
    Posted write(OrderAccount account, @Nullable Integer attempt, Lines.Written written, Mode mode) {
        return jdbc.sql(POST)
                .param(
                        "lines",
                        Json.write(written.lines().stream().map(Line::columns).toList()))
                .param("mode", mode.name())
                .param("task", account.taskId())
                .param("attempt", attempt, Types.INTEGER)
                .param("currency", account.currency())
                .param("env", account.env())
                .param("project", account.projectId())
                .param("executor_hold", written.executorHold())
                .query((row, rowNum) -> posted(row, written.beyondCeiling()))
                .single();
    }

    private static Posted posted(ResultSet row, boolean beyondCeiling) throws SQLException {
        List<String> differing = texts(row, "differing");
        if (!differing.isEmpty()) {
            throw new OtherContentException(differing);
        }
        Stream<String> ceiling = beyondCeiling ? Stream.of(CEILING) : Stream.of();
        return new Posted(
                row.getBigDecimal("overrun"),
                Stream.concat(ceiling, texts(row, "short").stream()).toList(),
                row.getBoolean("freed"));
    }

    /** An entry is there already under an id of ours. */
    static final class OtherContentException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        OtherContentException(List<String> entries) {
            super("ledger entries " + entries + " are there already with other content");
        }
    }

    private static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
