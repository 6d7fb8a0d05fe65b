package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.local.RunningInstance;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The application's process ends, gently or not, in the middle of its work; the next one goes on. */
@OnDevServer
@Execution(ExecutionMode.CONCURRENT)
class KilledProcessTest {
    /** The first attempt would go on for a minute, the next one is short. */
    private static final String LONG_THEN_SHORT = "{\"attempts\": [{\"duration_ms\": 60000}, {\"duration_ms\": 10}]}";

    private static final String FAILS_TWICE = """
            {"duration_ms": 10, "attempts": [
             {"result_code": "RETRYABLE"}, {"result_code": "RETRYABLE"}, {"result_code": "OK"}]}""";

    private static final int SERVICE_UNAVAILABLE = 503;

    @TempDir
    Path folder;

    @AfterEach
    void leave_nothing_running() {
        RunningInstance.killServersOf(folder);
    }

    @Test
    void what_a_killed_process_left_open_ends_in_the_next_one() throws Exception {
        String running;
        String queued;
        String backingOff;
        int servers;
        try (RunningInstance killed = start()) {
            Caller caller = callerOf(killed);
            caller.pool(1);
            running = caller.create(order("running", LONG_THEN_SHORT, wantsOne()));
            caller.awaitExecuting(running, 1);
            queued = caller.create(order("queued", "{\"duration_ms\": 10}", wantsOne()));
            caller.awaitStatus(queued, "QUEUED");
            backingOff = caller.create(order("backing off", FAILS_TWICE));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> caller.events(backingOff).stream()
                                    .filter(event ->
                                            event.path("type").asString().equals("task_order.retrying"))
                                    .count()
                            == 2);
            servers = killed.servers().size();
            killed.killHard();
        }
        String drained;
        try (RunningInstance next = start()) {
            Caller caller = callerOf(next);
            assertThat(next.servers()).hasSize(servers);
            for (String task : new String[] {running, queued, backingOff}) {
                caller.awaitStatus(task, "SUCCESS");
                caller.assertEnded(task, "SUCCESS", "OK");
            }
            assertAttempts(caller, running, "EXECUTOR_LOST", "OK");
            assertAttempts(caller, queued, "OK");
            assertAttempts(caller, backingOff, "RETRYABLE", "RETRYABLE", "OK");
            assertThat(caller.cost(running)).isEqualTo(1);
            assertThat(caller.cost(queued)).isEqualTo(1);
            assertThat(caller.activeLeases()).isEmpty();

            drained = caller.create(order("drained", LONG_THEN_SHORT, wantsOne()));
            caller.awaitExecuting(drained, 1);
            next.askToStop();
            await().pollInterval(Duration.ofMillis(20)).until(() -> caller.readiness() == SERVICE_UNAVAILABLE);
            next.awaitExit();
            assertThat(next.servers()).isEmpty();
        }
        try (RunningInstance last = start()) {
            Caller caller = callerOf(last);
            caller.awaitStatus(drained, "SUCCESS");
            caller.assertEnded(drained, "SUCCESS", "OK");
            assertAttempts(caller, drained, "EXECUTOR_LOST", "OK");
            assertThat(caller.cost(drained)).isEqualTo(1);
            assertThat(caller.activeLeases()).isEmpty();
        }
    }

    private static void assertAttempts(Caller caller, String task, String... codes) {
        assertThat(caller.attempts(task))
                .extracting(attempt -> attempt.path("result_code").asString())
                .containsExactly(codes);
    }

    private RunningInstance start() throws Exception {
        return RunningInstance.start(
                folder,
                RunningInstance.tools(),
                "--taskorder.local.temporal=dev-server",
                "--taskorder.shutdown-grace=2s");
    }

    private static Caller callerOf(RunningInstance instance) throws Exception {
        String url = instance.awaitReady().substring("ready: ".length()).split(" ")[0];
        return new Caller(url, "tenant_a");
    }
}
