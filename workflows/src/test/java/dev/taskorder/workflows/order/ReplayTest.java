package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.WorkflowReplayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Orders that began under an earlier build go on under this one: histories recorded then still replay. When a change is
 * meant to break them, and no such order can be open any more, record them again by
 * {@code mvn -pl workflows -am test -Drecord.histories=true}; a history of a released build is kept, not overwritten.
 */
class ReplayTest {
    private static final Path HISTORIES = Path.of("src/test/resources/histories");

    static List<Path> recorded_histories() throws IOException {
        try (Stream<Path> files = Files.list(HISTORIES)) {
            return files.sorted().toList();
        }
    }

    @Test
    void every_way_of_an_order_is_recorded() throws IOException {
        assertThat(recorded_histories().stream().map(file -> file.getFileName().toString()))
                .contains("plain.json", "waited.json", "retried.json", "lost.json", "timed_out.json")
                .contains("woken_executing.json", "interrupted.json", "interrupted_stubborn.json")
                .contains("cancelled_executing_by_signal.json", "cancelled_executing_by_temporal.json");
    }

    @ParameterizedTest
    @MethodSource("recorded_histories")
    void a_recorded_history_replays(Path history) throws Exception {
        WorkflowReplayer.replayWorkflowExecution(
                WorkflowExecutionHistory.fromJson(Files.readString(history)), TaskOrderWorkflowImpl.class);
    }
}
