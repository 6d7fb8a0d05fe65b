package dev.taskorder.starter.devserver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Temporal comes up after the application, whose workers wait for it in the same process as the API. */
@OnDevServer
class LateTemporalTest {
    private final Stage.Early early;

    LateTemporalTest(Stage stage) {
        this.early = stage.early();
    }

    @Test
    void orders_accepted_before_temporal_was_ever_there_run_once_it_is() {
        assertThat(early.temporal()).isEqualTo("UNKNOWN");
        assertThat(early.readiness()).as("orders are taken all the same").isEqualTo(200);
        assertThat(early.tasks()).isNotEmpty();
        for (String task : early.tasks()) {
            early.caller().awaitStatus(task, "SUCCESS");
            early.caller().assertEnded(task, "SUCCESS", "OK");
            assertThat(early.caller().attempts(task)).hasSize(1);
            assertThat(early.caller().cost(task)).isEqualTo(1);
        }
        assertThat(early.caller().activeLeases()).isEmpty();
    }
}
