package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A reset takes a workflow back to its beginning, and nothing of what its steps did. */
@OnDevServer
class ResetTest {
    private final Stage stage;
    private final Caller caller;

    ResetTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
        caller.pool(1);
    }

    @Test
    void an_order_that_is_reset_while_it_executes_runs_on_and_ends_once() {
        String task = caller.create(order("key", "{\"duration_ms\": 1500}", wantsOne()));
        caller.awaitExecuting(task, 1);
        stage.run(caller, "key").resetToItsFirstTask();
        caller.awaitStatus(task, "SUCCESS");
        caller.assertEnded(task, "SUCCESS", "OK");
        assertThat(caller.attempts(task))
                .extracting(attempt -> attempt.path("result_code").asString())
                .containsExactly("EXECUTOR_LOST", "OK");
        assertThat(caller.cost(task)).isEqualTo(1);
        assertThat(caller.activeLeases()).isEmpty();
    }

    @Test
    void an_order_that_is_reset_after_its_end_stays_as_it_ended() {
        String task = caller.create(order("key", "{\"duration_ms\": 10}", wantsOne()));
        caller.awaitStatus(task, "SUCCESS");
        Run run = stage.run(caller, "key");
        await().until(() -> run.info().getStatus().name().endsWith("_COMPLETED"));
        String before = caller.order(task).toString();
        String firstRun = run.info().getExecution().getRunId();

        run.resetToItsFirstTask();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> !run.info().getExecution().getRunId().equals(firstRun)
                        && run.info().getStatus().name().endsWith("_COMPLETED"));
        assertThat(caller.order(task)).hasToString(before);
        assertThat(caller.attempts(task)).hasSize(1);
        assertThat(caller.cost(task)).isEqualTo(1);
    }
}
