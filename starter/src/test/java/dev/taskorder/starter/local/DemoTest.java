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
                    .contains("(replayed)", "All three ended as they should", "/swagger-ui.html")
                    .doesNotContain("demo failed");
            assertThat(demo.servers()).isEmpty();
        }
    }
}
