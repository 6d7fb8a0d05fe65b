package dev.taskorder.activities.execution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.Money;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

class AttemptActivityTest extends AttemptHarness {
    @Test
    void the_result_is_stored_and_only_its_code_is_answered() {
        behaviour = (request, heartbeat) -> new ExecutionResult(
                "SOFT_FAIL", "no tickets", Map.of("a", 1), List.of(), money("k", 1, "k", 2), money("sale", 3));
        assertThat(run()).isEqualTo("SOFT_FAIL");
        assertThat(store.results)
                .containsExactly(new ExecutionResult(
                        "SOFT_FAIL", "no tickets", Map.of("a", 1), List.of(), money("k", 3), money("sale", 3)));
    }

    @Test
    void an_attempt_that_was_begun_before_is_lost_and_its_executor_is_not_called() {
        store.instead = new AttemptStore.Begun.AlreadyBegun();
        assertThatLost(this::run);
        assertThat(executing.getCount()).isEqualTo(1);
    }

    @Test
    void an_attempt_that_the_order_has_left_behind_is_lost() {
        store.instead = new AttemptStore.Begun.NotCurrent();
        assertThatLost(this::run);
    }

    @Test
    void an_attempt_that_has_ended_answers_its_code_again() {
        store.instead = new AttemptStore.Begun.AlreadyEnded("RETRYABLE");
        assertThat(run()).isEqualTo("RETRYABLE");
        assertThat(executing.getCount()).isEqualTo(1);
    }

    @Test
    void a_late_answer_is_told_to_the_store_and_is_lost_to_the_workflow() {
        store.late = true;
        assertThatLost(this::run);
        assertThat(store.results).containsExactly(OK);
    }

    @Test
    void an_unexpected_exception_is_an_executor_error_with_its_message_and_the_costs_told() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of("step", 1), money("k", 1));
            throw new IllegalStateException("bo\0om" + "x".repeat(3000));
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage()).startsWith("bo\uFFFDom").hasSize(2000);
        assertThat(store.result().costs()).isEqualTo(money("k", 1));
    }

    @Test
    void an_executor_that_is_not_there_is_an_executor_error() {
        store.executor = "other";
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage()).isEqualTo("no executor named 'other' in this worker");
    }

    @Test
    void a_bad_result_is_an_executor_error_in_words() {
        assertThatBad(null, "the executor gave no result");
        assertThatBad(ExecutionResult.of("a b", null), "result_code must match");
        assertThatBad(output(Map.of("a", "x".repeat(64 * 1024))), "output must have at most 65536 bytes, has 65544");
        assertThatBad(output(Map.of("a", "\0")), "output has a NUL");
        assertThatBad(output(Map.of("\0", 1)), "output has a NUL");
        Map<String, Object> endless = new HashMap<>();
        endless.put("a", endless);
        assertThatBad(output(endless), "output cannot be written as JSON");
        assertThatBad(
                new ExecutionResult("OK", null, Map.of(), List.of(), many(65), List.of()),
                "costs must have at most 64 items, has 65");
        assertThatBad(outcomes(1601), "lease_outcomes must have at most 1600 items, has 1601");
        assertThatBad(outcomes(1), "lease_outcomes names ");
    }

    @Test
    void a_result_at_every_limit_passes() {
        Map<String, Object> output = Map.of("a", "x".repeat(64 * 1024 - 8));
        behaviour = (request, heartbeat) ->
                new ExecutionResult("OK", "m".repeat(2000), output, List.of(), many(64), many(64));
        assertThat(run()).isEqualTo("OK");
        assertThat(store.result().output()).isEqualTo(output);
    }

    @Test
    void store_faults_are_waited_out() {
        store.faults.set(2);
        behaviour = (request, heartbeat) -> {
            store.faults.set(2);
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.calls).hasSize(6);
    }

    @Test
    void a_store_that_stays_away_past_deadline_and_grace_loses_the_attempt() {
        store.leftMs = 300;
        store.graceMs = 100;
        behaviour = (request, heartbeat) -> {
            store.faults.set(Integer.MAX_VALUE);
            return OK;
        };
        assertThatLost(this::run);
    }

    @Test
    void a_result_that_the_store_refuses_is_kept_as_an_executor_error() {
        store.fault = new DataIntegrityViolationException("no");
        behaviour = (request, heartbeat) -> {
            store.faults.set(1);
            return new ExecutionResult("OK", null, Map.of(), List.of(), money("k", 1), List.of());
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().costs()).isEqualTo(money("k", 1));
    }

    private void assertThatBad(ExecutionResult result, String words) {
        behaviour = (request, heartbeat) -> result;
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage()).startsWith(words);
    }

    private static ExecutionResult output(Map<String, Object> output) {
        return new ExecutionResult("OK", null, output, List.of(), List.of(), List.of());
    }

    private static ExecutionResult outcomes(int count) {
        return new ExecutionResult(
                "OK",
                null,
                Map.of(),
                Collections.nCopies(count, new LeaseOutcome(UUID.randomUUID(), "OK", Map.of())),
                List.of(),
                List.of());
    }

    private static List<Money> many(int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> new Money("k" + i, BigDecimal.ONE))
                .toList();
    }
}
