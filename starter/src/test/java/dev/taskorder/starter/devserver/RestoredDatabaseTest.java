package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** PostgreSQL comes back as it was some time ago, under an application that goes on and a Temporal that forgot nothing. */
@OnDevServer(ofItsOwn = true)
@Execution(ExecutionMode.CONCURRENT)
class RestoredDatabaseTest {
    private static final String LONG = "{\"duration_ms\": 60000}";
    private static final String AT_ONCE = "{\"duration_ms\": 1}";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Stage stage;
    private final Caller caller;

    RestoredDatabaseTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
    }

    @Test
    void open_orders_whose_workflow_ended_run_again_and_workflows_without_an_order_end() throws IOException {
        caller.pool(1);
        String running = caller.create(order("running", "{\"duration_ms\": 8000}", wantsOne()));
        caller.awaitExecuting(running, 1);
        String queued = caller.create(order("queued", AT_ONCE, wantsOne()));
        caller.awaitStatus(queued, "QUEUED");

        stage.database().backUp();
        caller.awaitStatus(queued, "SUCCESS");
        await().atMost(PATIENCE).until(stage.run(caller, "queued")::isCompleted);
        await().atMost(PATIENCE).until(stage.run(caller, "running")::isCompleted);
        String laterRunning = caller.create(order("later running", LONG, wantsOne()));
        caller.awaitExecuting(laterRunning, 1);
        String laterQueued = caller.create(order("later queued", LONG, wantsOne()));
        caller.awaitStatus(laterQueued, "QUEUED");
        Run again = stage.run(caller, "used again");
        String before = caller.create(order("used again", LONG, wantsOne()));
        caller.awaitStatus(before, "QUEUED");
        stage.database().restoreBackup();

        // under the key of an order that is no more, whose workflow still has the id
        await().ignoreExceptions().atMost(PATIENCE).until(() -> stage.readiness() == 200);
        String after = caller.create(order("used again", AT_ONCE, wantsOne()));
        assertThat(after).isNotEqualTo(before);
        for (String task : new String[] {running, queued, after}) {
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> caller.order(task).path("status").asString().equals("SUCCESS"));
            caller.assertEnded(task, "SUCCESS", "OK");
            assertThat(caller.cost(task)).isEqualTo(1);
        }
        assertThat(caller.activeLeases()).isEmpty();
        assertThat(stage.run(caller, "later running").result()).isEqualTo("ORDER_UNKNOWN");
        assertThat(stage.run(caller, "later queued").result()).isEqualTo("ORDER_UNKNOWN");
        await().atMost(PATIENCE).until(again::isCompleted);
        assertThat(again.result()).isEqualTo("SUCCESS");
        // whoever executes may find out by itself, whoever waits is told
        assertThat(stage.recovered("no_order")).isPositive();
        assertThat(stage.recovered("closed")).isGreaterThanOrEqualTo(2);
    }
}
