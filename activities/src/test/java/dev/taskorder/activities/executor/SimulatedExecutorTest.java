package dev.taskorder.activities.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

class SimulatedExecutorTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final SimulatedExecutor executor = new SimulatedExecutor();
    private final Requests.Remembering heartbeat = new Requests.Remembering();

    @Test
    void without_a_wish_it_takes_100_ms_and_is_ok_and_says_that_it_is_simulated() {
        long begun = System.nanoTime();
        ExecutionResult result = executor.execute(Requests.withInput(Map.of()), heartbeat);
        assertThat(result).isEqualTo(ExecutionResult.of("OK", "simulated: OK"));
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(100_000_000L);
    }

    @Test
    void the_page_for_users_has_each_key_and_no_other() throws IOException {
        List<String> keys = Files.readAllLines(Path.of("..", "docs", "how-to", "rehearse-with-simulated.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("`")[1])
                .toList();
        assertThat(keys)
                .hasSize(Simulation.class.getRecordComponents().length + 1)
                .contains("attempts");
        Map<String, Object> simulate = new LinkedHashMap<>();
        keys.forEach(key -> simulate.put(key, null));
        List<String> faults = new ArrayList<>();
        Simulation.of(Map.of("simulate", simulate), 1, faults);
        assertThat(faults).isEmpty();
    }

    @Test
    void it_answers_what_the_input_says() {
        LeasedAsset lease = Requests.lease(1);
        ExecutionResult result =
                executor.execute(Requests.attempt(1, parse("""
                                {"simulate": {"duration_ms": 0, "result_code": "BANNED", "result_message": "blocked", "output": {"a": 1},
                                 "costs": [{"kind": "captcha", "amount": 0.02}], "revenue": [{"kind": "sale", "amount": 50}],
                                 "lease_outcomes": [{"hint_index": 1, "event_type": "IP_BLOCKED", "payload": {"error_code": "E403"}}]}}"""), List.of(Requests.lease(0), lease)), heartbeat);
        assertThat(result)
                .isEqualTo(new ExecutionResult(
                        "BANNED",
                        "blocked",
                        Map.of("a", 1),
                        List.of(new LeaseOutcome(lease.leaseId(), "IP_BLOCKED", Map.of("error_code", "E403"))),
                        List.of(new Money("captcha", new BigDecimal("0.02"))),
                        List.of(new Money("sale", new BigDecimal("50")))));
    }

    @Test
    void an_outcome_goes_to_every_lease_of_its_hint() {
        List<LeasedAsset> leases = List.of(Requests.lease(0), Requests.lease(0), Requests.lease(1));
        ExecutionResult result = executor.execute(Requests.attempt(1, parse("""
                                {"simulate": {"duration_ms": 0, "lease_outcomes": [{"hint_index": 0, "event_type": "OK"}]}}"""), leases), heartbeat);
        assertThat(result.leaseOutcomes())
                .extracting(LeaseOutcome::leaseId)
                .containsExactly(leases.get(0).leaseId(), leases.get(1).leaseId());
    }

    @Test
    void heartbeats_tell_costs_in_proportion_and_the_result_tells_them_in_full() {
        ExecutionResult result = run("""
                {"simulate": {"duration_ms": 200, "heartbeat_ms": 40, "costs": [{"kind": "k", "amount": 10}]}}""");
        assertThat(result.costs()).containsExactly(new Money("k", BigDecimal.TEN));
        assertThat(heartbeat.costs).isNotEmpty();
        assertThat(heartbeat.costs)
                .extracting(costs -> costs.get(0).amount())
                .isSorted()
                .allSatisfy(amount -> assertThat(amount).isBetween(BigDecimal.ONE, BigDecimal.TEN));
        assertThat(heartbeat.progress.get(0)).containsEntry("simulated", true);
    }

    @ParameterizedTest
    @CsvSource({"1, RETRYABLE", "2, OK", "3, OK"})
    void attempts_override_the_rest_and_the_last_one_stays(int attempt, String code) {
        ExecutionResult result = executor.execute(Requests.attempt(attempt, parse("""
                                {"simulate": {"duration_ms": 0, "result_code": "X", "result_message": "kept",
                                 "attempts": [{"result_code": "RETRYABLE"}, {"result_code": "OK"}]}}"""), List.of()), heartbeat);
        assertThat(result).isEqualTo(ExecutionResult.of(code, "kept"));
    }

    @Test
    void throw_is_an_unexpected_exception_with_its_message() {
        assertThatThrownBy(() -> run("""
                {"simulate": {"duration_ms": 0, "throw": "boom"}}"""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("boom");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"durations\": 1, \"foo\": 2}                        | simulate.durations is not known; simulate.foo is not known",
                "{\"attempts\": [{}, {\"codes\": 1}]}                  | simulate.attempts[1].codes is not known",
                "{\"attempts\": [{\"attempts\": []}]}                  | simulate.attempts[0].attempts is not known",
                "{\"attempts\": [1]}                                   | simulate.attempts[0] must be an object",
                "{\"attempts\": {}}                                    | simulate.attempts must be a list",
                "{\"duration_ms\": \"1\"}                              | simulate.duration_ms must be an integer",
                "{\"duration_ms\": 1.5}                                | simulate.duration_ms must be an integer",
                "{\"duration_ms\": -1}                                 | simulate.duration_ms must be 0..2592000000, was -1",
                "{\"heartbeat_ms\": 0}                                 | simulate.heartbeat_ms must be 1..2592000000, was 0",
                "{\"result_code\": 7}                                  | simulate.result_code must be a string",
                "{\"result_code\": \"a b\"}                            | simulate.result_code must match [A-Za-z0-9._-]{1,128}",
                "{\"output\": []}                                      | simulate.output must be an object",
                "{\"ignore_cancel\": \"yes\"}                          | simulate.ignore_cancel must be true or false",
                "{\"costs\": [{\"kind\": \"k\", \"amount\": -1}]}      | simulate.costs[0].amount must be from 0 to 99999999999999.999999 with at most 6 fraction digits, was -1",
                "{\"costs\": [{\"kind\": \"k\", \"amount\": 1e-7}]}    | simulate.costs[0].amount must be from 0 to 99999999999999.999999 with at most 6 fraction digits, was 0.0000001",
                "{\"costs\": [{\"kind\": \"k\", \"amount\": \"1\"}]}     | simulate.costs[0].amount must be from 0 to 99999999999999.999999 with at most 6 fraction digits, was no number",
                "{\"costs\": [{\"kind\": \"k\", \"amount\": 1, \"x\": 1}]} | simulate.costs[0].x is not known",
                "{\"lease_outcomes\": [{\"hint_index\": 0, \"event_type\": \"OK\"}]} | simulate.lease_outcomes names hint_index 0, which has no lease"
            })
    void a_wrong_wish_is_a_hard_fail_that_names_it(String simulate, String words) {
        ExecutionResult result = run("{\"simulate\": " + simulate + "}");
        assertThat(result).isEqualTo(ExecutionResult.of("HARD_FAIL", "simulated: " + words));
    }

    @Test
    void a_wish_that_is_no_object_is_a_hard_fail() {
        assertThat(run("{\"simulate\": 1}"))
                .isEqualTo(ExecutionResult.of("HARD_FAIL", "simulated: simulate must be an object"));
    }

    @Test
    void an_interrupt_stops_it_with_the_costs_so_far() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletableFuture<ExecutionResult> result = CompletableFuture.supplyAsync(() -> {
            thread.set(Thread.currentThread());
            return run("""
                    {"simulate": {"duration_ms": 60000, "heartbeat_ms": 5, "costs": [{"kind": "k", "amount": 60000}]}}""");
        });
        org.awaitility.Awaitility.await().until(() -> !heartbeat.costs.isEmpty());
        thread.get().interrupt();
        ExecutionResult stopped = result.get();
        assertThat(stopped.resultCode()).isEqualTo("CANCELLED");
        assertThat(stopped.costs().get(0).amount()).isBetween(BigDecimal.ONE, new BigDecimal("59999"));
    }

    @Test
    void ignore_cancel_ignores_interrupts_and_the_flag() {
        heartbeat.cancelled = true;
        Thread.currentThread().interrupt();
        ExecutionResult result = run("""
                {"simulate": {"duration_ms": 30, "heartbeat_ms": 10, "ignore_cancel": true}}""");
        assertThat(result.resultCode()).isEqualTo("OK");
        assertThat(Thread.interrupted()).isFalse();
    }

    private ExecutionResult run(String input) {
        return executor.execute(Requests.withInput(parse(input)), heartbeat);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> parse(String json) {
        return JSON.readValue(json, LinkedHashMap.class);
    }
}
