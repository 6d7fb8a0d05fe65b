package dev.taskorder.starter.devserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What a tenant's rows say when all is over, as the superuser reads them. */
final class Aftermath implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** With what maintenance found while it looked. */
    private static final List<String> VIOLATIONS = List.of(
            "SELECT invariant || ' ' || object_id || ': ' || detail FROM invariant_violation",
            "SELECT invariant || ' ' || object_id || ': ' || detail FROM books_violation",
            "SELECT invariant || ' ' || object_id || ': ' || detail FROM counter_violation",
            "SELECT currency || ' differs by ' || difference FROM books_balance WHERE difference <> 0",
            "SELECT data ->> 'what' || ': ' || (data ->> 'message') FROM task_event"
                    + " WHERE tenant_id = current_tenant() AND data ->> 'what' LIKE 'invariant %'");

    private static final String ORDERS = """
            SELECT o.idempotency_key, o.task_id, o.status, o.result_code, o.posted, o.held, o.overrun,
                   jsonb_array_length(o.resource_hints) AS hints,
                   (SELECT count(*) FROM attempt a
                     WHERE a.tenant_id = o.tenant_id AND a.task_id = o.task_id AND a.result_code IN ('OK', 'RETRYABLE')) AS answered,
                   (SELECT count(*) FROM task_event e
                     WHERE e.tenant_id = o.tenant_id AND e.object_type = 'task_order' AND e.object_id = o.task_id::text
                       AND e.type ~ '\\.(succeeded|failed|cancelled|timed_out|dead_lettered)$') AS ends
              FROM task_order o WHERE o.tenant_id = current_tenant()
            """;
    private static final String ATTEMPTS = """
            SELECT token, task_id, number, state, result_code FROM attempt WHERE tenant_id = current_tenant()
            """;
    private static final String OPEN = """
            SELECT task_id || ' ' || idempotency_key || ' ' || status FROM task_order
             WHERE tenant_id = current_tenant() AND finished_at IS NULL
            """;
    private static final String SEQS = """
            SELECT count(*) AS events, count(DISTINCT seq) AS seqs, coalesce(max(seq), 0) AS last,
                   (SELECT last FROM tenant_seq WHERE tenant_id = current_tenant()) AS told
              FROM task_event WHERE tenant_id = current_tenant()
            """;

    private final SingleConnectionDataSource connection;
    private final JdbcClient sql;

    record Order(
            String idempotencyKey,
            String taskId,
            String status,
            String resultCode,
            BigDecimal posted,
            BigDecimal held,
            BigDecimal overrun,
            int hints,
            int answered,
            int ends) {}

    record Attempt(UUID token, String taskId, int number, String state, String resultCode) {}

    private record Seqs(long events, long seqs, long last, long told) {}

    Aftermath(Database database, String tenant) {
        connection = database.oneConnection();
        sql = JdbcClient.create(connection);
        sql.sql("SELECT set_config('taskorder.tenant', ?, false)")
                .param(tenant)
                .query()
                .singleRow();
    }

    /** Until no order is open, and all events have their numbers. */
    void awaitQuiet() {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(sql.sql(OPEN).query(String.class).list()).isEmpty());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(seqs())
                .satisfies(all -> assertThat(all.seqs()).isEqualTo(all.events())));
    }

    /** Each order that was told of, and no other, came to the one end that it should; it was paid for once. */
    void assertOrders(Map<String, String> tasks) {
        Map<String, Order> orders = sql.sql(ORDERS).query(Order.class).list().stream()
                .collect(Collectors.toMap(Order::idempotencyKey, Function.identity()));
        assertThat(orders.keySet()).isEqualTo(tasks.keySet());
        assertThat(orders).allSatisfy((key, order) -> {
            assertThat(order.taskId()).isEqualTo(tasks.get(key));
            assertThat(order.status() + " " + order.resultCode())
                    .isEqualTo(CrashControl.isDoomed(key) ? "CANCELLED CANCELLED" : "SUCCESS OK");
            assertThat(order.ends()).isEqualTo(1);
            assertThat(order.posted())
                    .isEqualByComparingTo(BigDecimal.valueOf(order.hints() + 0.25 * order.answered()));
            assertThat(order.held()).isZero();
            assertThat(order.overrun()).isZero();
        });
        assertThat(sql.sql("SELECT lease_id FROM lease WHERE tenant_id = current_tenant() AND state = 'ACTIVE'")
                        .query(String.class)
                        .list())
                .isEmpty();
    }

    /** No token was worked under twice; whoever answered did work, and whoever worked without an answer is known as lost. */
    void assertEffects(List<Effects.Effect> all) {
        Map<UUID, Attempt> attempts = sql.sql(ATTEMPTS).query(Attempt.class).list().stream()
                .collect(Collectors.toMap(Attempt::token, Function.identity()));
        Set<String> tasks = attempts.values().stream().map(Attempt::taskId).collect(Collectors.toSet());
        Map<UUID, Effects.Effect> effects = all.stream()
                .filter(effect -> tasks.contains(effect.task().toString()))
                .collect(Collectors.toMap(Effects.Effect::token, Function.identity()));
        assertThat(effects.values()).allSatisfy(effect -> {
            assertThat(effect.times()).isEqualTo(1);
            assertThat(attempts.get(effect.token()))
                    .isNotNull()
                    .returns(effect.task().toString(), Attempt::taskId)
                    .returns(effect.attempt(), Attempt::number);
        });
        assertThat(attempts.values()).allSatisfy(attempt -> {
            assertThat(attempt.resultCode()).isIn("OK", "RETRYABLE", "EXECUTOR_LOST");
            assertThat(attempt.resultCode().equals("EXECUTOR_LOST") || effects.containsKey(attempt.token()))
                    .as(attempt.toString())
                    .isTrue();
        });
        Map<String, Integer> succeeded = attempts.values().stream()
                .filter(attempt -> "OK".equals(attempt.resultCode()))
                .collect(Collectors.toMap(Attempt::taskId, Attempt::number));
        assertThat(attempts.values())
                .as("no attempt after the one that succeeded")
                .allSatisfy(
                        attempt -> assertThat(attempt.number()).isLessThanOrEqualTo(succeeded.get(attempt.taskId())));
    }

    /** How many attempts were known as lost. */
    int lost() {
        return sql.sql(
                        "SELECT count(*) FROM attempt WHERE tenant_id = current_tenant() AND result_code = 'EXECUTOR_LOST'")
                .query(Integer.class)
                .single();
    }

    void assertInvariants() {
        for (String violations : VIOLATIONS) {
            assertThat(sql.sql(violations).query(String.class).list()).isEmpty();
        }
        Seqs seqs = seqs();
        assertThat(seqs).isEqualTo(new Seqs(seqs.events(), seqs.events(), seqs.events(), seqs.events()));
    }

    private Seqs seqs() {
        return sql.sql(SEQS).query(Seqs.class).single();
    }

    @Override
    public void close() {
        connection.destroy();
    }
}
