package dev.taskorder.activities.order;

import dev.taskorder.activities.control.Pauses;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.json.Json;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.policy.ActivePolicy;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Owns {@code handler_cursor}. */
final class JdbcFollowUps implements FollowUps {
    private static final Set<String> ENDS = Set.of(
            "task_order.succeeded",
            "task_order.failed",
            "task_order.cancelled",
            "task_order.timed_out",
            "task_order.dead_lettered");
    /** Looked at with one turn. */
    private static final int WINDOW = 500;

    static final String TENANTS_WITH_NEWS = """
            SELECT c.tenant_id FROM handler_cursor c
              JOIN tenant_seq s ON s.tenant_id = c.tenant_id AND s.last > c.seq
             WHERE c.handler = 'follow_ups' AND c.due_at <= now()
            """;
    private static final String TURN = """
            SELECT c.seq AS after, least(s.last, c.seq + :window) AS through, c.delays
              FROM handler_cursor c
              JOIN tenant_seq s ON s.tenant_id = current_tenant() AND s.last > c.seq
             WHERE c.tenant_id = current_tenant() AND c.handler = 'follow_ups' AND c.due_at <= now()
               AND %s
            """.formatted(Pauses.none(Pause.What.EVENTS));
    private static final String EVENTS = """
            SELECT seq, type, object_id, data FROM task_event
             WHERE tenant_id = current_tenant() AND seq > :first AND seq <= :last
               AND object_type = 'task_order' AND type IN (:types)
             ORDER BY seq
            """;
    private static final String IS_THERE = """
            SELECT EXISTS (SELECT FROM task_order
                            WHERE tenant_id = current_tenant() AND caused_by = :task AND idempotency_key = :idempotency_key)
            """;
    /** Who comes no further has been delayed as often as before. */
    private static final String PASS = """
            UPDATE handler_cursor SET seq = :seq, due_at = now(), delays = CASE WHEN :seq > seq THEN 0 ELSE delays END
             WHERE tenant_id = current_tenant() AND handler = 'follow_ups' AND seq = :first
            """;
    /** From one second on to a minute. */
    private static final String DELAY = """
            UPDATE handler_cursor SET delays = delays + 1, due_at = now() + least(60, 2 ^ least(delays, 6)) * interval '1 second'
             WHERE tenant_id = current_tenant() AND handler = 'follow_ups' AND due_at <= now()
            """;
    /** In one direction, as everybody who locks several. */
    private static final String LOCK = """
            SELECT task_id FROM task_order
             WHERE tenant_id = current_tenant() AND task_id = ANY (:tasks)
             ORDER BY task_id
               FOR NO KEY UPDATE
            """;

    private record Ended(long seq, String type, UUID taskId, String resultCode) {}

    private final SystemTransactions system;
    private final TenantTransactions transactions;
    private final JdbcClient jdbc;
    private final OrderCreation creation;
    private final OrderList orders;
    private final Around around;

    /** What it asks and tells. */
    record Around(Policies policies, PolicyVersions versions, Standing standing, EventLog events) {}

    JdbcFollowUps(
            SystemTransactions system,
            TenantTransactions transactions,
            JdbcClient jdbc,
            OrderCreation creation,
            OrderList orders,
            Around around) {
        this.system = system;
        this.transactions = transactions;
        this.jdbc = jdbc;
        this.creation = creation;
        this.orders = orders;
        this.around = around;
    }

    @Override
    public List<TenantId> tenantsWithNews() {
        return system.in(() -> jdbc.sql(TENANTS_WITH_NEWS).query(String.class).list()).stream()
                .map(TenantId::new)
                .toList();
    }

    @Override
    public Optional<Batch> next() {
        return transactions.in(() -> {
            Optional<Batch> batch = jdbc.sql(TURN)
                    .param("window", WINDOW)
                    .query((row, n) ->
                            new Batch(row.getLong("after"), row.getLong("through"), row.getInt("delays"), List.of()))
                    .optional()
                    .map(turn -> new Batch(turn.after(), turn.through(), turn.delays(), due(turn)));
            if (batch.isPresent()
                    && !batch.get().due().isEmpty()
                    && !around.standing().mayBegin()) {
                delay();
                return Optional.empty();
            }
            return batch;
        });
    }

    private List<Due> due(Batch turn) {
        if (!around.policies().active().policy().runsFollowUps()) {
            return List.of();
        }
        List<Ended> ends = jdbc.sql(EVENTS)
                .param("first", turn.after())
                .param("last", turn.through())
                .param("types", ENDS)
                .query((row, n) -> new Ended(
                        row.getLong("seq"),
                        row.getString("type"),
                        UUID.fromString(row.getString("object_id")),
                        String.valueOf(Json.object(row.getString("data")).get("result_code"))))
                .list();
        List<Due> due = new ArrayList<>();
        for (Ended end : ends) {
            orders.find(end.taskId()).ifPresent(order -> rules(end, order).stream()
                    .map(rule -> new Due(end.seq(), order, rule))
                    .filter(this::isMissing)
                    .forEach(due::add));
        }
        return due;
    }

    private List<Policy.FollowUp> rules(Ended end, TaskOrder order) {
        int pinned = ActivePolicy.versionOf(order.state().policyVersion());
        return around.versions().version(pinned).followUps().stream()
                .filter(rule -> rule.on().equals(end.type())
                        && rule.taskType().equals(order.spec().taskType())
                        && (rule.resultCode() == null || rule.resultCode().equals(end.resultCode())))
                .toList();
    }

    private boolean isMissing(Due due) {
        return !jdbc.sql(IS_THERE)
                .param("task", due.order().taskId())
                .param("idempotency_key", due.key())
                .query(Boolean.class)
                .single();
    }

    @Override
    public CreateResult create(TaskOrderSpec spec, Due due) {
        TaskOrder cause = due.order();
        Caller caller = new Caller("follow_up " + due.rule().id(), cause.state().traceparent());
        return creation.create(List.of(spec), caller, cause.state().chain().next(cause.taskId()))
                .get(0);
    }

    @Override
    public void passed(Batch batch, long seq, List<Refusal> refusals) {
        transactions.run(() -> {
            boolean first = jdbc.sql(PASS)
                            .param("seq", seq)
                            .param("first", batch.after())
                            .update()
                    > 0;
            if (first && !refusals.isEmpty()) {
                jdbc.sql(LOCK)
                        .param("tasks", refusals.stream().map(Refusal::taskId).toArray(UUID[]::new))
                        .query(UUID.class)
                        .list();
                around.events()
                        .append(refusals.stream().map(JdbcFollowUps::event).toList());
            }
        });
    }

    private static NewEvent event(Refusal refusal) {
        return new NewEvent(
                refusal.taskId(),
                "task_order.follow_up_refused",
                Caller.SYSTEM.actor(),
                Map.of("rule", refusal.rule(), "code", refusal.code(), "reason", refusal.reason()));
    }

    @Override
    public void delay() {
        transactions.run(() -> jdbc.sql(DELAY).update());
    }
}
