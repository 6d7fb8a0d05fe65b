package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.execution.Answer;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.OrderSteps.AttemptEnd;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** No asset ever serves more orders than it can, whoever asks at whatever moment. */
class OversellTest {
    private static final int ORDERS = 144;
    private static final int THREADS = 16;
    private static final int CAPACITY = 3;

    private final Tenant tenant = Tenant.fresh();
    /** Whoever adds an order here finishes it, and nobody else. */
    private final Set<UUID> taken = ConcurrentHashMap.newKeySet();

    private final Set<UUID> ended = ConcurrentHashMap.newKeySet();

    @Test
    void sixteen_threads_that_admit_and_finish_in_two_processes_never_oversell_a_capacity_of_three() throws Exception {
        tenant.asset("ip", "RAW_NET", "ip.1", CAPACITY, "1");
        List<TaskOrder> orders = IntStream.range(0, ORDERS)
                .mapToObj(i ->
                        anOrder().wanting("RAW_NET", null, 1).priority(i % 4).spec())
                .map(tenant::created)
                .toList();
        try (Application other = new Application(8)) {
            List<Application> processes = List.of(Application.shared(), other);
            Race.of(THREADS, runner -> () -> {
                Application process = processes.get(runner % 2);
                for (int i = runner; i < ORDERS; i += THREADS) {
                    TaskOrder order = orders.get(i);
                    process.as(tenant.id(), () -> process.bean(OrderSteps.class).admit(tenant.ref(order)));
                    finishWhatRuns(process);
                }
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> {
                            finishWhatRuns(process);
                            return ended.size() == ORDERS;
                        });
                return true;
            });
        }
        assertThat(one("SELECT count(*) FROM task_order WHERE status = 'SUCCESS'"))
                .isEqualTo(ORDERS);
        assertThat(one("SELECT count(*) FROM lease WHERE state = 'RELEASED'"))
                .as("each was leased for once, and given back")
                .isEqualTo(ORDERS);
        assertThat(mostAtOnce()).isEqualTo(CAPACITY);
        assertThat(one("SELECT max(slot_no) FROM lease")).isEqualTo(CAPACITY);
    }

    private void finishWhatRuns(Application process) {
        List<UUID> running = process.as(
                tenant.id(), () -> process.bean(TenantTransactions.class).in(() -> process.bean(JdbcClient.class)
                        .sql("SELECT task_id FROM task_order WHERE status = 'RUNNING'")
                        .query(UUID.class)
                        .list()));
        running.stream().filter(taken::add).forEach(task -> finish(process, task));
    }

    private void finish(Application process, UUID task) {
        AttemptRef attempt = new AttemptRef(tenant.id(), task, 1);
        Verdict verdict = process.as(tenant.id(), () -> {
            AttemptStore store = process.bean(AttemptStore.class);
            AttemptStore.Begun.Run run = (AttemptStore.Begun.Run) store.begin(attempt);
            store.complete(attempt, run.request().attemptToken(), Answer.of(ExecutionResult.of("OK", null)), false);
            return process.bean(OrderSteps.class)
                    .conclude(new AttemptEnd(tenant.id(), task, 1, 1, How.ANSWERED, null, null, null));
        });
        assertThat(verdict).isEqualTo(new Verdict.Over("SUCCESS"));
        ended.add(task);
    }

    /** Sweeps over the times [acquired_at, released_at) of all leases: one that ends as another begins is no overlap. */
    private long mostAtOnce() {
        return one("""
                SELECT max(held) FROM (
                    SELECT sum(step) OVER (ORDER BY at, step) AS held
                      FROM (SELECT acquired_at AS at, 1 AS step FROM lease
                            UNION ALL
                            SELECT released_at, -1 FROM lease) steps) sweep
                """);
    }

    private long one(String question) {
        return tenant.sql(jdbc -> jdbc.sql(question).query(Long.class).single());
    }
}
