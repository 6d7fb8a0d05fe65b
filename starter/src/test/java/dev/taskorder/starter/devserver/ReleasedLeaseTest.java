package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Executors that hear twice that they have to stop: from Temporal, and from the store, which keeps their reports no more. So
 * their answers cross the cancel of their activity, which a real server has to take.
 */
@OnDevServer
class ReleasedLeaseTest {
    private static final int ORDERS = 8;

    private final Stage stage;
    private final Caller caller;

    ReleasedLeaseTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
        caller.pool(2 * ORDERS);
    }

    @Test
    void orders_that_lose_their_lease_at_work_go_on_and_end_once() {
        List<String> tasks = IntStream.range(0, ORDERS)
                .mapToObj(i -> caller.create(order("key-" + i, """
                        {"duration_ms": 600000, "heartbeat_ms": 100,
                         "attempts": [{}, {"duration_ms": 10}]}""", wantsOne())))
                .toList();
        tasks.forEach(task -> caller.awaitExecuting(task, 1));
        tasks.forEach(caller::releaseLeaseOf);
        tasks.forEach(task -> caller.awaitStatus(task, "SUCCESS"));

        assertThat(tasks).allSatisfy(task -> {
            caller.assertEnded(task, "SUCCESS", "OK");
            assertThat(caller.attempts(task))
                    .extracting(attempt -> attempt.path("state").asString())
                    .containsExactly("ABANDONED", "ENDED");
            assertThat(caller.cost(task)).as("of two leases").isEqualTo(2);
        });
        assertThat(caller.activeLeases()).isEmpty();
    }
}
