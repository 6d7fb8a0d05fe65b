package dev.taskorder.starter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as {@code ./taskorder demo} starts it. */
class DemoTest {
    @TempDir
    Path folder;

    @AfterEach
    void leave_nothing_running() {
        RunningInstance.killServersOf(folder);
    }

    @Test
    void three_orders_settle_and_nothing_is_left_running() throws Exception {
        try (RunningInstance demo =
                RunningInstance.start(folder, RunningInstance.tools(), "--spring.profiles.active=local,demo")) {
            assertThat(demo.awaitExit()).as("its output:%n%s", demo.output()).isZero();
            assertThat(demo.output())
                    .contains("task_order.succeeded", "asset prod-ip-bt", "asset prod-vcc-1", "margin 49.13 USD")
                    .contains(
                            "(replayed)",
                            "All three ended as they should",
                            "/swagger-ui.html",
                            "idempotency_key=first'")
                    .containsPattern("Temporal Web UI   " + webUi())
                    .doesNotContain("demo failed");
            assertThat(demo.servers()).isEmpty();
        }
    }

    @Test
    void an_order_that_ends_otherwise_fails_the_demo_with_a_plain_reason() throws Exception {
        try (RunningInstance demo = RunningInstance.start(
                folder,
                RunningInstance.tools(),
                "--spring.profiles.active=local,demo",
                // knows nothing of tickets
                "--taskorder.local.default-executor=synthetic_monitor")) {
            assertThat(demo.awaitExit()).as("its output:%n%s", demo.output()).isEqualTo(1);
            assertThat(demo.output())
                    .containsPattern(
                            "demo failed: order [0-9a-f-]{36} ended as FAILED / SOFT_FAIL: input.url is required")
                    .doesNotContain("All three ended", "Exception");
            assertThat(demo.servers()).isEmpty();
        }
    }

    @Test
    void a_demo_that_is_stopped_has_not_failed() throws Exception {
        try (RunningInstance demo =
                RunningInstance.start(folder, RunningInstance.tools(), "--spring.profiles.active=local,demo")) {
            demo.awaitOutput("task_order.running");
            demo.pressCtrlC();
            demo.awaitExit();
            assertThat(demo.output()).doesNotContain("demo failed", "Exception", "FAILED TO START");
            assertThat(demo.servers()).isEmpty();
        }
    }

    /** What the demo says of it: only a server of its own has one. */
    private static String webUi() {
        return System.getProperty("taskorder.temporal.program") == null
                ? "none: the in-JVM Temporal has no Web UI"
                : "http://127.0.0.1:\\d+/namespaces/default/workflows/tenant_a%3Aprod%3Ademo-ticket-london";
    }
}
