package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What maintenance makes of orders whose workflow somebody ended, or Temporal forgot. */
@OnDevServer(ofItsOwn = true)
@Execution(ExecutionMode.CONCURRENT)
// one of its tests after the other
@ResourceLock("LostWorkflowTest")
class LostWorkflowTest {
    private static final String LONG = "{\"duration_ms\": 60000}";
    private static final String SHORT = "{\"duration_ms\": 1500}";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration A_MINUTE = Duration.ofSeconds(60);

    private final Stage stage;
    private final Caller caller;

    LostWorkflowTest(Stage stage) {
        this.stage = stage;
        this.caller = stage.newTenant();
    }

    @Test
    void a_terminated_order_is_cancelled_queued_or_running_and_its_leases_are_free() {
        caller.pool(1);
        String running = caller.create(order("running", LONG, wantsOne()));
        caller.awaitExecuting(running, 1);
        String queued = caller.create(order("queued", LONG, wantsOne()));
        caller.awaitStatus(queued, "QUEUED");

        stage.run(caller, "queued").terminate();
        stage.run(caller, "running").terminate();
        stage.makeDue(queued);
        stage.makeDue(running);

        caller.awaitStatus(queued, "CANCELLED");
        caller.awaitStatus(running, "CANCELLED");
        caller.assertEnded(queued, "CANCELLED", "TERMINATED");
        caller.assertEnded(running, "CANCELLED", "TERMINATED");
        assertThat(caller.activeLeases()).isEmpty();
        assertThat(caller.cost(queued)).isZero();
        assertThat(caller.cost(running)).isEqualTo(1);
    }

    @Test
    void a_termination_is_found_by_looking_at_closed_workflows_when_the_order_is_not_due() {
        String task = caller.create(order("key", LONG));
        caller.awaitExecuting(task, 1);
        stage.putOff(task);
        stage.run(caller, "key").terminate();
        caller.awaitStatus(task, "CANCELLED");
        caller.assertEnded(task, "CANCELLED", "TERMINATED");
    }

    @Test
    void an_order_whose_workflow_failed_waits_for_a_person() {
        caller.pool(1);
        caller.awaitExecuting(caller.create(order("holder", LONG, wantsOne())), 1);
        String queued = caller.create(order("failing", SHORT, wantsOne()));
        caller.awaitStatus(queued, "QUEUED");
        Run run = stage.run(caller, "failing");
        run.replaceByAFailingOne();
        await().atMost(PATIENCE).until(() -> run.info().getStatus().name().endsWith("_FAILED"));
        stage.makeDue(queued);
        caller.awaitStatus(queued, "DEAD_LETTER");
        caller.assertEnded(queued, "DEAD_LETTER", "WORKFLOW_FAILED");
    }

    @Test
    void an_order_that_temporal_forgot_runs_again_and_is_charged_once() {
        caller.pool(1);
        String running = caller.create(order("running", SHORT, wantsOne()));
        caller.awaitExecuting(running, 1);
        String queued = caller.create(order("queued", SHORT, wantsOne()));
        caller.awaitStatus(queued, "QUEUED");

        forget("running");
        forget("queued");
        // one is enough: what is unknown makes all the others due
        stage.makeDue(running);

        caller.awaitStatus(running, "SUCCESS");
        caller.awaitStatus(queued, "SUCCESS");
        caller.assertEnded(running, "SUCCESS", "OK");
        caller.assertEnded(queued, "SUCCESS", "OK");
        assertThat(caller.cost(running)).isEqualTo(1);
        assertThat(caller.cost(queued)).isEqualTo(1);
        assertThat(caller.attempts(running))
                .extracting(attempt -> attempt.path("result_code").asString())
                .containsExactly("EXECUTOR_LOST", "OK");
        assertThat(runNo(running)).isEqualTo(2);
        assertThat(runNo(queued)).isEqualTo(2);
        assertThat(caller.activeLeases()).isEmpty();
    }

    @Test
    void what_temporal_forgot_is_found_within_the_minute_although_nothing_is_due() {
        caller.pool(1);
        caller.awaitExecuting(caller.create(order("holder", LONG, wantsOne())), 1);
        String forgotten = caller.create(order("forgotten", SHORT, wantsOne()));
        caller.awaitStatus(forgotten, "QUEUED");
        // the one that was there when it was last asked about
        String watched = caller.create(order("watched", SHORT, wantsOne()));
        caller.awaitStatus(watched, "QUEUED");
        stage.makeDue(watched);
        await().atMost(PATIENCE).until(() -> !stage.isDue(watched));

        stage.putOff(watched);
        stage.putOff(forgotten);
        forget("watched");
        forget("forgotten");

        await().atMost(A_MINUTE).until(() -> runNo(forgotten) == 2 && runNo(watched) == 2);
    }

    @Test
    void a_cancel_that_finds_no_workflow_ends_the_order_all_the_same() {
        caller.pool(1);
        caller.awaitExecuting(caller.create(order("holder", LONG, wantsOne())), 1);
        String queued = caller.create(order("queued", SHORT, wantsOne()));
        caller.awaitStatus(queued, "QUEUED");
        stage.putOff(queued);
        forget("queued");
        caller.cancel(queued);
        caller.awaitStatus(queued, "CANCELLED");
        caller.assertEnded(queued, "CANCELLED", "CANCELLED");
    }

    @Test
    void an_order_that_visibility_cannot_tell_of_is_asked_about_every_minute_and_a_silent_one_more_rarely() {
        caller.pool(1);
        caller.awaitExecuting(caller.create(order("holder", LONG, wantsOne())), 1);
        String plain = caller.create(order("plain", SHORT, wantsOne()));
        String unfindable = caller.create(order("unfindable", SHORT, wantsOne()));
        caller.awaitStatus(plain, "QUEUED");
        caller.awaitStatus(unfindable, "QUEUED");
        stage.run(caller, "unfindable").replaceByOneWithoutAttributes(unfindable);

        // once more, if visibility had not been looked at before
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(stage.nextCheckSeconds(plain)).isGreaterThan(600);
            assertThat(stage.nextCheckSeconds(unfindable)).isBetween(40.0, 56.0);
        });
    }

    private void forget(String key) {
        Run run = stage.run(caller, key);
        run.delete();
        await().atMost(PATIENCE).until(run::isForgotten);
    }

    private int runNo(String taskId) {
        return stage.database()
                .sql()
                .sql("SELECT run_no FROM task_order WHERE task_id = ?::uuid")
                .param(taskId)
                .query(Integer.class)
                .single();
    }
}
