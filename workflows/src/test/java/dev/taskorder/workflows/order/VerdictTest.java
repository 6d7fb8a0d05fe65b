package dev.taskorder.workflows.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.Verdict;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.GlobalDataConverter;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** While a new version is rolled out, a workflow of the old one reads the verdicts of the new one's steps. */
class VerdictTest {
    private static final DataConverter CONVERTER = GlobalDataConverter.get();

    static Stream<Arguments> verdicts() {
        return Stream.of(
                Arguments.of(Map.of("do", "await", "newer", 1), new Verdict.Await(null)),
                Arguments.of(
                        Map.of("do", "execute", "attempt", 1, "taskType", "T", "leftMs", 9, "newer", 1),
                        new Verdict.Execute(1, "T", 0, 9, 0, null)),
                Arguments.of(
                        Map.of("do", "execute", "attempt", 1, "taskType", "T", "leftMs", 9, "weight", 0.5),
                        new Verdict.Execute(1, "T", 0, 9, 0, 0.5f)),
                Arguments.of(
                        Map.of(
                                "do",
                                "stop",
                                "attempt",
                                Map.of("do", "execute", "attempt", 1, "taskType", "T", "newer", 1),
                                "newer",
                                1),
                        new Verdict.Stop(new Verdict.Execute(1, "T", 0, 0, 0, null))),
                Arguments.of(Map.of("do", "back_off", "ms", 5, "newer", 1), new Verdict.BackOff(5)),
                Arguments.of(Map.of("do", "over", "status", "SUCCESS", "newer", 1), new Verdict.Over("SUCCESS")));
    }

    @ParameterizedTest
    @MethodSource("verdicts")
    void a_field_that_a_verdict_has_only_later_is_ignored(Map<String, Object> sent, Verdict read) {
        assertThat(CONVERTER.fromPayload(CONVERTER.toPayload(sent).orElseThrow(), Verdict.class, Verdict.class))
                .isEqualTo(read);
    }
}
