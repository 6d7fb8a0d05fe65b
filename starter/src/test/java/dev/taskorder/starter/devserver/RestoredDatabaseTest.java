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
import org.junit.jupiter.api.parallel.ResourceLock;

/** PostgreSQL comes back as it was some time ago, under an application that goes on and a Temporal that forgot nothing. */
@OnDevServer(ofItsOwn = true)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("RestoredDatabaseTest")
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
        assertThat(caller.foundByMaintenance())
                .contains("workflow.closed " + queued, "workflow.closed " + running)
                .anyMatch(found -> found.startsWith("workflow.without_order "));
    }

    @Test
    void an_order_whose_workflow_is_further_than_its_row_goes_on_from_the_row() throws IOException {
        Caller patient = stage.newTenant("{\"retry_backoff_ms\": 1}");
        patient.pool(2);
        for (String holder : new String[] {"holder", "other holder"}) {
            patient.awaitExecuting(patient.create(order(holder, "{\"duration_ms\": 8000}", wantsOne())), 1);
        }
        String executed = patient.create(order("executed", "{\"duration_ms\": 15000}", wantsOne()));
        String cancelled = patient.create(order("cancelled", LONG, wantsOne()));
        patient.awaitStatus(executed, "QUEUED");
        patient.awaitStatus(cancelled, "QUEUED");
        String retried = patient.create(order("retried", """
                {"attempts": [{"duration_ms": 8000, "result_code": "RETRYABLE"}, {"duration_ms": 15000}]}"""));
        patient.awaitExecuting(retried, 1);
        stage.temporal().stop();
        String admitted = patient.create(order("admitted", AT_ONCE, wantsOne()));

        stage.database().backUp();
        stage.temporal().start();
        patient.awaitExecuting(retried, 2);
        patient.awaitExecuting(executed, 1);
        patient.awaitExecuting(cancelled, 1);
        patient.awaitStatus(admitted, "QUEUED");
        stage.database().restoreBackup();

        await().ignoreExceptions().atMost(PATIENCE).until(() -> stage.readiness() == 200);
        assertThat(patient.order(admitted).path("status").asString()).isEqualTo("PENDING");
        patient.cancel(cancelled);
        for (String task : new String[] {admitted, executed, retried}) {
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> patient.order(task).path("status").asString().equals("SUCCESS"));
            patient.assertEnded(task, "SUCCESS", "OK");
        }
        patient.assertEnded(cancelled, "CANCELLED", "CANCELLED");
        assertThat(patient.cost(admitted)).isEqualTo(1);
        assertThat(patient.cost(executed)).isEqualTo(1);
        assertThat(patient.activeLeases()).isEmpty();
    }
}
