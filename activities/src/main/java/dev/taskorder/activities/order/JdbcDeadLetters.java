package dev.taskorder.activities.order;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.CreateResult.QuotaExceeded;
import dev.taskorder.api.order.DeadLetters;
import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Redrive (spec/task-order.md §3): one change of the order's row plans the new run, so that there is nothing to undo; all that
 * follows goes on from the row. Its leases and money are asked for anew, by the matcher, once Temporal has the run.
 */
final class JdbcDeadLetters implements DeadLetters {
    /**
     * A fresh window: times, retries, and what was wished or decided of the time before are gone; attempts, leases, entries and
     * events stay. Who waited between two attempts was a line of its own, and stands with those again who want the same. The run
     * that ended it may need a moment to close, and a start that meets it would be told that it is the one.
     */
    static final String REDRIVE = """
            WITH again AS (
                UPDATE task_order
                   SET status = 'QUEUED', queued_at = clock_timestamp(), redriven_at = clock_timestamp(),
                       started_at = NULL, deadline = NULL, finished_at = NULL, result_code = NULL, result_message = NULL,
                       output = NULL, retries = 0, losses = 0, retry_at = NULL, refusal = NULL, demand = :demand,
                       cancel_requested_at = NULL, cancel_requested_by = NULL, cancel_reason = NULL,
                       run_no = run_no + 1, start_claims = 0, check_due_at = NULL,
                       start_due_at = greatest(now(), finished_at + interval '2 seconds'),
                       task_version = task_version + 1, updated_at = clock_timestamp()
                 WHERE tenant_id = current_tenant() AND task_id = :task AND status = 'DEAD_LETTER'
                RETURNING task_id, run_no, attempt
            )
            INSERT INTO task_event (object_type, object_id, type, actor, data)
            SELECT 'task_order', task_id, 'task_order.redriven', :by,
                   jsonb_build_object('run', run_no, 'next_attempt', attempt + 1, 'result_code', :code::text,
                                      'message', :reason::text)
              FROM again
            """;
    /** That was meant for the run before. */
    private static final String FORGET_CANCEL = """
            DELETE FROM outbox WHERE tenant_id = current_tenant() AND task_id = :task AND signal = 'cancel'
            """;

    private static final String POLICY = """
            SELECT policy_version FROM task_order WHERE tenant_id = current_tenant() AND task_id = :task
            """;

    static final String SUMMARY = """
            SELECT result_code, reason, count(*) AS orders, sum(count(*)) OVER () AS total,
                   min(finished_at) AS first_at, max(finished_at) AS last_at, max(task_id::text) AS example
              FROM (SELECT result_code, finished_at, task_id,
                           regexp_replace(left(result_message, 200),
                               '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+([.,:][0-9]+)*', '#', 'g') AS reason
                      FROM task_order
                     WHERE tenant_id = current_tenant() AND status = 'DEAD_LETTER' AND env = coalesce(:env, env)) dead
             GROUP BY result_code, reason
             ORDER BY orders DESC, last_at DESC, reason
             LIMIT :max
            """;

    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final OrderTable orders;
    private final OrderList list;
    private final Checks checks;
    private final DispatchSignal dispatch;
    private final OpenOrders open;

    /** What decides whether an order may begin once more: all that decides whether it may be created, and its own policy. */
    record Checks(OrderCreation.Checks creation, PolicyVersions versions) {}

    JdbcDeadLetters(
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderTable orders,
            OrderList list,
            Checks checks,
            DispatchSignal dispatch) {
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.orders = orders;
        this.list = list;
        this.checks = checks;
        this.dispatch = dispatch;
        this.open = new OpenOrders(jdbc);
    }

    @Override
    public RedriveResult redrive(UUID taskId, @Nullable String reason, Caller caller) {
        Wish wish = wish(taskId, reason, caller);
        // a part of the usage that had no room after all stays locked: who then locks all of them does so in another
        // transaction
        return transactions
                .in(() -> redrive(wish, false))
                .orElseGet(() -> transactions.in(() -> redrive(wish, true)).orElseThrow());
    }

    /** As {@link OrderBatches#redrive}. */
    Optional<RedriveResult> redrive(UUID taskId, @Nullable String reason, Caller caller, boolean allParts) {
        Wish wish = wish(taskId, reason, caller);
        return transactions.in(() -> redrive(wish, allParts));
    }

    private Wish wish(UUID taskId, @Nullable String reason, Caller caller) {
        return new Wish(taskId, reason, caller, checks.creation().policies().active());
    }

    private record Wish(UUID taskId, @Nullable String reason, Caller caller, ActivePolicy active) {}

    /** Nothing if there was no room in the part of the usage that was looked at, and not all were. */
    private Optional<RedriveResult> redrive(Wish wish, boolean allParts) {
        Optional<OrderRow> row = orders.lock(wish.taskId());
        if (row.isEmpty()) {
            return Optional.of(new RedriveResult.NotFound());
        }
        TaskOrder order = list.find(wish.taskId()).orElseThrow();
        if (row.get().status() != Status.DEAD_LETTER) {
            return Optional.of(new RedriveResult.IllegalTransition(order));
        }
        CreateResult objection = objection(order, wish.active());
        if (objection != null) {
            return Optional.of(new RedriveResult.Refused(objection));
        }
        long limit =
                checks.creation().quotas() ? wish.active().policy().quotas().openOrders() : OpenOrders.UNLIMITED;
        if (allParts) {
            long count = open.lockAndCount();
            if (count >= limit) {
                return Optional.of(new RedriveResult.Refused(new QuotaExceeded(limit, count)));
            }
            open.shareOut(limit);
        }
        if (!open.takeRoom(limit, allParts)) {
            return Optional.empty();
        }
        queueAgain(
                wish,
                order,
                jdbc.sql(POLICY)
                        .param("task", wish.taskId())
                        .query(Integer.class)
                        .single());
        return Optional.of(new RedriveResult.Redriven(list.find(wish.taskId()).orElseThrow()));
    }

    /** Why it could not be created now; what the pool could never serve would end as FAILED, and could not be redriven then. */
    private @Nullable CreateResult objection(TaskOrder order, ActivePolicy active) {
        CreateResult refusal = new CreationPolicy(checks.creation().routes()).refusal(order.spec(), active.policy());
        NewOrder asNew = new NewOrder(0, order.taskId(), order.spec(), refusal);
        return new CreationPool(checks.creation().pool())
                .judged(List.of(asNew))
                .get(0)
                .refusal();
    }

    private void queueAgain(Wish wish, TaskOrder order, int policyVersion) {
        ActivePolicy pinned = new ActivePolicy(policyVersion, checks.versions().version(policyVersion));
        jdbc.sql(REDRIVE)
                .param("task", wish.taskId())
                .param("demand", Demand.of(order.spec(), pinned))
                .param("by", wish.caller().actor())
                .param("code", order.state().resultCode())
                .param("reason", wish.reason(), Types.VARCHAR)
                .update();
        if (order.state().cancelRequestedAt() != null) {
            jdbc.sql(FORGET_CANCEL).param("task", wish.taskId()).update();
        }
        TenantId tenant = TenantContext.required();
        transactions.afterCommit(() -> dispatch.startsDue(tenant));
    }

    @Override
    public Summary summary(@Nullable String env) {
        List<Reason> reasons = new ArrayList<>();
        long[] total = new long[1];
        transactions.run(() -> jdbc.sql(SUMMARY)
                .param("env", env, Types.VARCHAR)
                .param("max", REASONS_MAX)
                .query(row -> {
                    total[0] = row.getLong("total");
                    reasons.add(new Reason(
                            row.getString("result_code"),
                            row.getString("reason"),
                            row.getLong("orders"),
                            row.getObject("first_at", OffsetDateTime.class).toInstant(),
                            row.getObject("last_at", OffsetDateTime.class).toInstant(),
                            UUID.fromString(row.getString("example"))));
                }));
        return new Summary(total[0], List.copyOf(reasons));
    }
}
