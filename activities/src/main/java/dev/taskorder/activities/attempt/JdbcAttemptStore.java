package dev.taskorder.activities.attempt;

import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.execution.Answer;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.ledger.Bill;
import dev.taskorder.activities.ledger.OrderAccount;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.AttemptRef;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Attempts as whoever runs them sees them: every write is fenced by the token and by the attempt's state. */
final class JdbcAttemptStore implements AttemptStore {
    private static final String BEGIN = """
            UPDATE attempt a
               SET state = 'RUNNING', started_at = clock_timestamp()
              FROM task_order o
             WHERE a.tenant_id = current_tenant() AND a.task_id = :task AND a.number = :number AND a.state = 'GRANTED'
               AND o.tenant_id = a.tenant_id AND o.task_id = a.task_id AND o.status = 'RUNNING'
            RETURNING a.token, a.executor, o.env, o.project_id, o.task_type, o.input, o.constraints, o.traceparent,
                   o.deadline, o.policy_version,
                   (extract(epoch FROM o.deadline - clock_timestamp()) * 1000)::bigint AS left_ms,
                   (SELECT p.progress FROM attempt p
                     WHERE p.tenant_id = a.tenant_id AND p.task_id = a.task_id AND p.number < a.number
                       AND p.progress IS NOT NULL
                     ORDER BY p.number DESC LIMIT 1) AS previous,
                   (SELECT coalesce(jsonb_agg(jsonb_build_object(
                               'leaseId', l.lease_id, 'fencingToken', l.fencing_token, 'hintIndex', l.hint_index,
                               'skuCategory', l.sku_category, 'skuCode', l.sku_code,
                               'attributes', s.attributes, 'handle', s.handle) ORDER BY l.hint_index, s.asset_id), '[]')
                      FROM lease l
                      JOIN asset s ON s.tenant_id = l.tenant_id AND s.asset_id = l.asset_id
                     WHERE l.tenant_id = a.tenant_id AND l.task_id = a.task_id AND l.state = 'ACTIVE') AS leases
            """;
    private static final String STATE = """
            SELECT state, result_code FROM attempt
             WHERE tenant_id = current_tenant() AND task_id = :task AND number = :number
            """;
    /** Running totals never fall: of each kind the larger of what was told before and what is told now. */
    private static final String COSTS = """
            (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'amount', t.amount) ORDER BY t.kind), '[]')
               FROM (SELECT kind, max(amount) AS amount
                       FROM jsonb_to_recordset(costs || :costs::jsonb) AS told(kind text, amount numeric)
                      GROUP BY kind) t)
            """;

    /** What of an attempt's costs stands in the ledger, per kind. */
    static final String POSTED = """
            CASE WHEN a.costs = '[]' THEN a.costs ELSE (
                SELECT coalesce(jsonb_agg(jsonb_build_object('kind', p.kind, 'amount', p.amount)), '[]')
                  FROM (SELECT kind, sum(amount) AS amount FROM ledger_entry e
                         WHERE e.tenant_id = current_tenant() AND e.task_id = a.task_id AND e.attempt = a.number
                           AND e.phase = 'POST'
                           AND (starts_with(e.debit_account, 'spend:executor:') OR e.debit_account = 'overrun')
                         GROUP BY kind) p) END""";

    private static final String REPORT = "UPDATE attempt a SET costs = " + COSTS + """
                 , progress = coalesce(:progress::jsonb, progress)
             WHERE tenant_id = current_tenant() AND task_id = :task AND number = :number AND token = :token
               AND state = 'RUNNING'
            RETURNING costs,
            """ + POSTED + " AS posted_costs";
    /** Who runs it asks its executor to stop; if that does not hear, its workflow, which is woken a little later, gives it up. */
    private static final String WAKE = """
            INSERT INTO outbox (task_id, signal, due_at) VALUES (:task, 'wake', now() + interval '2 seconds')
            """;
    /**
     * An executor that its deadline stopped did not answer before it, whatever the clock says: who stopped it had
     * measured the same span, but not to the same microsecond.
     */
    private static final String COMPLETE = "UPDATE attempt SET costs = " + COSTS + """
                 , state = 'ANSWERED', result_code = :code, result_message = :message, output = :output::jsonb,
                   revenue = :revenue::jsonb, lease_outcomes = :outcomes::jsonb,
                   finished_at = greatest(clock_timestamp(), (
                       SELECT o.deadline + interval '1 microsecond' FROM task_order o
                        WHERE o.tenant_id = attempt.tenant_id AND o.task_id = attempt.task_id AND :overdue))
             WHERE tenant_id = current_tenant() AND task_id = :task AND number = :number AND token = :token
               AND state = 'RUNNING'
            """;

    private static final String IS_NEWS = """
            SELECT EXISTS (SELECT FROM attempt
                            WHERE tenant_id = current_tenant() AND task_id = :task AND number = :number AND token = :token
                              AND state = 'RUNNING' AND progress IS DISTINCT FROM :progress::jsonb)
            """;

    private static final String LOCK_ORDER = """
            SELECT 1 FROM task_order WHERE tenant_id = current_tenant() AND task_id = :task FOR UPDATE
            """;
    /** Totals too: of each kind, what goes beyond what was told in time, for that is posted. */
    private static final String KEEP_LATE_COSTS = """
            UPDATE attempt SET late_costs = (
                   SELECT coalesce(jsonb_agg(jsonb_build_object('kind', l.kind, 'amount', l.amount - coalesce(p.amount, 0))), '[]')
                     FROM jsonb_to_recordset(:costs::jsonb) AS l(kind text, amount numeric)
                     LEFT JOIN jsonb_to_recordset(costs) AS p(kind text, amount numeric) ON p.kind = l.kind
                    WHERE l.amount > coalesce(p.amount, 0))
             WHERE tenant_id = current_tenant() AND task_id = :task AND number = :number AND token = :token
               AND state IN ('LOST', 'ABANDONED') AND late_costs = '[]'
            """;

    private static final int PROGRESS_CHARS_MAX = 2000;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final EventLog events;
    private final PolicyVersions policies;
    private final Postings ledger;

    /** What an attempt's reports and answers are written to beside its own row. */
    record Around(EventLog events, PolicyVersions policies, Postings ledger) {}

    JdbcAttemptStore(TenantTransactions transactions, JdbcClient jdbc, Around around) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.events = around.events();
        this.policies = around.policies();
        this.ledger = around.ledger();
    }

    @Override
    public Begun begin(AttemptRef attempt) {
        return transactions.in(() -> {
            Optional<Begun> run = of(BEGIN, attempt)
                    .query((row, rowNum) -> (Begun) run(row, attempt))
                    .optional();
            return run.orElseGet(() -> refusal(attempt));
        });
    }

    @Override
    public Reported report(AttemptRef attempt, UUID token, @Nullable String progress, List<Money> costsSoFar) {
        return transactions.in(() -> {
            // the order's row before the attempt's, as everywhere; without costs there is nothing to post
            String news = progress != null && isNews(attempt, token, progress) ? progress : null;
            if (news != null) {
                lockOrder(attempt);
            }
            Optional<OrderAccount> account = costsSoFar.isEmpty() ? Optional.empty() : ledger.lock(attempt.taskId());
            Optional<Bill.OfAttempt> told = of(REPORT, attempt)
                    .param("token", token)
                    .param("progress", progress, java.sql.Types.VARCHAR)
                    .param("costs", Json.write(costsSoFar))
                    .query((row, rowNum) -> toldBy(attempt, row))
                    .optional();
            if (told.isEmpty()) {
                return Reported.NOT_CURRENT;
            }
            if (news != null) {
                events.append(List.of(progressed(attempt, news)));
            }
            return account.map(money -> post(money, told.get())).orElse(Reported.KEPT);
        });
    }

    private boolean isNews(AttemptRef attempt, UUID token, String progress) {
        return of(IS_NEWS, attempt)
                .param("token", token)
                .param("progress", progress)
                .query(Boolean.class)
                .single();
    }

    /** What is large is read where it is kept, with the attempt. */
    private static NewEvent progressed(AttemptRef attempt, String progress) {
        Map<String, @Nullable Object> data = new HashMap<>();
        data.put("attempt", attempt.attempt());
        if (progress.length() <= PROGRESS_CHARS_MAX) {
            data.put("progress", Json.object(progress));
        }
        return new NewEvent(attempt.taskId(), "task_order.progress", "executor", data);
    }

    private static Bill.OfAttempt toldBy(AttemptRef attempt, ResultSet row) throws SQLException {
        List<Money> costs = Json.list(row.getString("costs"), Money.class);
        List<Money> posted = Json.list(row.getString("posted_costs"), Money.class);
        return new Bill.OfAttempt(attempt.attempt(), false, List.of(), costs, posted, List.of());
    }

    private Reported post(OrderAccount account, Bill.OfAttempt told) {
        Postings.Posted posted = ledger.post(Bill.of(account).with(told));
        if (posted.overrun().signum() == 0) {
            return Reported.KEPT;
        }
        String why = posted.whyOverrun(account);
        if (ledger.refuse(account.taskId(), why, posted.tooSmall())) {
            Map<String, @Nullable Object> data =
                    Map.of("what", "budget exceeded", "message", why, "too_small", posted.tooSmall());
            events.append(List.of(new NewEvent(account.taskId(), "task_order.updated", "ledger", data)));
            jdbc.sql(WAKE).param("task", account.taskId()).update();
        }
        return Reported.BEYOND_BUDGET;
    }

    @Override
    public Ended complete(AttemptRef attempt, UUID token, Answer answer, boolean overdue) {
        boolean answered = transactions.in(() -> keep(attempt, token, answer, overdue) || isAnswered(attempt));
        return answered ? new Ended.Completed() : transactions.in(() -> late(attempt, token, answer.result()));
    }

    /** What it lowered is told to the order, whose row comes before the attempt's: events are numbered under its lock. */
    private boolean keep(AttemptRef attempt, UUID token, Answer answer, boolean overdue) {
        if (answer.lowered().isEmpty()) {
            return keep(attempt, token, answer.result(), overdue);
        }
        lockOrder(attempt);
        boolean kept = keep(attempt, token, answer.result(), overdue);
        if (kept) {
            events.append(List.of(LoweredCosts.event(attempt, answer.lowered())));
        }
        return kept;
    }

    private boolean keep(AttemptRef attempt, UUID token, ExecutionResult result, boolean overdue) {
        return of(COMPLETE, attempt)
                        .param("token", token)
                        .param("code", result.resultCode())
                        .param("message", result.resultMessage(), java.sql.Types.VARCHAR)
                        .param("output", Json.write(result.output()))
                        .param("costs", Json.write(result.costs()))
                        .param("revenue", Json.write(result.revenue()))
                        .param("outcomes", Json.write(result.leaseOutcomes()))
                        .param("overdue", overdue)
                        .update()
                == 1;
    }

    private boolean isAnswered(AttemptRef attempt) {
        return refusal(attempt) instanceof Begun.AlreadyEnded;
    }

    /** In a transaction of its own, which locks the order before the attempt: its events are numbered under its lock. */
    private Ended late(AttemptRef attempt, UUID token, ExecutionResult result) {
        lockOrder(attempt);
        int kept = of(KEEP_LATE_COSTS, attempt)
                .param("token", token)
                .param("costs", Json.write(result.costs()))
                .update();
        if (kept == 1) {
            Map<String, @Nullable Object> data =
                    Map.of("what", "late answer of attempt " + attempt.attempt(), "result_code", result.resultCode());
            events.append(List.of(new NewEvent(attempt.taskId(), "task_order.updated", "executor", data)));
        }
        return new Ended.Late();
    }

    private void lockOrder(AttemptRef attempt) {
        jdbc.sql(LOCK_ORDER)
                .param("task", attempt.taskId())
                .query(Integer.class)
                .single();
    }

    private Begun refusal(AttemptRef attempt) {
        return of(STATE, attempt)
                .query((row, rowNum) ->
                        refusal(AttemptState.valueOf(row.getString("state")), row.getString("result_code")))
                .optional()
                .orElseGet(Begun.NotCurrent::new);
    }

    private static Begun refusal(AttemptState state, @Nullable String code) {
        if (state == AttemptState.RUNNING) {
            return new Begun.AlreadyBegun();
        }
        boolean answered = state == AttemptState.ANSWERED || state == AttemptState.ENDED;
        return answered && code != null ? new Begun.AlreadyEnded(code) : new Begun.NotCurrent();
    }

    private StatementSpec of(String sql, AttemptRef attempt) {
        return jdbc.sql(sql).param("task", attempt.taskId()).param("number", attempt.attempt());
    }

    private Begun.Run run(ResultSet row, AttemptRef attempt) throws SQLException {
        ExecutionRequest request = new ExecutionRequest(
                attempt.taskId(),
                attempt.tenant(),
                row.getString("env"),
                row.getString("project_id"),
                row.getString("task_type"),
                attempt.attempt(),
                row.getObject("token", UUID.class),
                row.getObject("deadline", OffsetDateTime.class).toInstant(),
                Json.object(row.getString("input")),
                Json.object(row.getString("constraints")),
                Json.objectOrNull(row.getString("previous")),
                row.getString("traceparent"),
                Json.list(row.getString("leases"), LeasedAsset.class));
        long graceMs = policies.version(row.getInt("policy_version")).defaults().cancelGraceMs();
        return new Begun.Run(request, row.getLong("left_ms"), graceMs, row.getString("executor"));
    }
}
