package dev.taskorder.activities.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each limit of what an executor may answer: one below and at it passes, one above is refused in words. */
class ResultCheckTest {
    private static final UUID LEASE = UUID.randomUUID();
    private static final int MEGABYTE = 1024 * 1024;

    static Stream<Arguments> limits() {
        return Stream.of(
                limit("result_code", 128, ResultCheckTest::coded, "must match [A-Za-z0-9._-]{1,128}, has 129"),
                limit("output", 65_536, ResultCheckTest::output, "must have at most 65536 bytes, has 65537"),
                limit("output", 64, ResultCheckTest::nested, "nests deeper than the 64 levels allowed, has a level 65"),
                limit("costs", 64, ResultCheckTest::costs, "must have at most 64 items, has 65"),
                limit("revenue", 64, ResultCheckTest::revenue, "must have at most 64 items, has 65"),
                limit("lease_outcomes", 1600, ResultCheckTest::outcomes, "must have at most 1600 items, has 1601"),
                limit(
                        "event_type",
                        128,
                        ResultCheckTest::eventType,
                        "of a lease outcome must match [A-Za-z0-9._-]{1,128}, has 129"),
                limit(
                        "lease_outcomes",
                        MEGABYTE,
                        ResultCheckTest::payload,
                        "must have at most 1048576 bytes, has 1048577"),
                limit(
                        "lease_outcomes",
                        MEGABYTE,
                        ResultCheckTest::twoPayloads,
                        "must have at most 1048576 bytes of payload together, has 1048577"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void each_limit_of_a_result(String what, int bound, IntFunction<ExecutionResult> ofSize, String words) {
        assertThat(checked(ofSize.apply(bound - 1))).isEqualTo(ofSize.apply(bound - 1));
        assertThat(checked(ofSize.apply(bound))).isEqualTo(ofSize.apply(bound));
        assertThatThrownBy(() -> checked(ofSize.apply(bound + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(what + " " + words);
    }

    @ParameterizedTest
    @MethodSource("limits_of_progress")
    void each_limit_of_progress(int bound, IntFunction<Map<String, Object>> ofSize, String words) {
        assertThat(progress(ofSize.apply(bound - 1))).isNotEmpty();
        assertThat(progress(ofSize.apply(bound))).isNotEmpty();
        assertThatThrownBy(() -> progress(ofSize.apply(bound + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("progress " + words);
    }

    static Stream<Arguments> limits_of_progress() {
        IntFunction<Map<String, Object>> bytes = ResultCheckTest::ofBytes;
        IntFunction<Map<String, Object>> levels = ResultCheckTest::ofLevels;
        return Stream.of(
                Arguments.of(65_536, bytes, "must have at most 65536 bytes, has 65537"),
                Arguments.of(64, levels, "nests deeper than the 64 levels allowed, has a level 65"));
    }

    private static String progress(Map<String, Object> progress) {
        return Texts.json("progress", progress, Limits.OUTPUT_BYTES_MAX, Limits.JSON_DEPTH_MAX);
    }

    private static ExecutionResult checked(ExecutionResult result) {
        return ResultCheck.checked(request(), result, List.of()).result();
    }

    private static Arguments limit(String what, int bound, IntFunction<ExecutionResult> ofSize, String words) {
        return Arguments.of(what, bound, ofSize, words);
    }

    private static ExecutionResult coded(int chars) {
        return ExecutionResult.of("C".repeat(chars), null);
    }

    private static ExecutionResult output(int bytes) {
        return result(ofBytes(bytes), List.of(), List.of(), List.of());
    }

    private static ExecutionResult nested(int levels) {
        return result(ofLevels(levels), List.of(), List.of(), List.of());
    }

    private static ExecutionResult costs(int kinds) {
        return result(Map.of(), List.of(), money(kinds), List.of());
    }

    private static ExecutionResult revenue(int kinds) {
        return result(Map.of(), List.of(), List.of(), money(kinds));
    }

    private static ExecutionResult outcomes(int count) {
        return result(
                Map.of(), Collections.nCopies(count, new LeaseOutcome(LEASE, "OK", Map.of())), List.of(), List.of());
    }

    private static ExecutionResult eventType(int chars) {
        return result(Map.of(), List.of(new LeaseOutcome(LEASE, "E".repeat(chars), Map.of())), List.of(), List.of());
    }

    private static ExecutionResult payload(int bytes) {
        return result(Map.of(), List.of(outcome(bytes)), List.of(), List.of());
    }

    private static ExecutionResult twoPayloads(int bytes) {
        return result(Map.of(), List.of(outcome(1000), outcome(bytes - 1000)), List.of(), List.of());
    }

    private static LeaseOutcome outcome(int bytes) {
        String around = "{\"error_code\":\"\"}";
        return new LeaseOutcome(LEASE, "OK", Map.of("error_code", "x".repeat(bytes - around.length())));
    }

    private static ExecutionResult result(
            Map<String, Object> output, List<LeaseOutcome> outcomes, List<Money> costs, List<Money> revenue) {
        return new ExecutionResult("OK", null, output, outcomes, costs, revenue);
    }

    private static Map<String, Object> ofBytes(int bytes) {
        return Map.of("a", "x".repeat(bytes - "{\"a\":\"\"}".length()));
    }

    private static Map<String, Object> ofLevels(int levels) {
        Map<String, Object> object = Map.of();
        for (int level = 1; level < levels; level++) {
            object = Map.of("a", object);
        }
        return object;
    }

    private static List<Money> money(int kinds) {
        return IntStream.range(0, kinds)
                .mapToObj(i -> new Money("k" + i, BigDecimal.ONE))
                .toList();
    }

    private static ExecutionRequest request() {
        return new ExecutionRequest(
                UUID.randomUUID(),
                MemoryStore.REF.tenant(),
                "prod",
                "p",
                "PROBE",
                1,
                UUID.randomUUID(),
                Instant.EPOCH,
                Map.of(),
                Map.of(),
                null,
                null,
                List.of(new LeasedAsset(LEASE, 1, 0, "RAW_NET", "ip.uk", Map.of(), "handle")));
    }
}
