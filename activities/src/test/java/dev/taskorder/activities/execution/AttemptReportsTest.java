package dev.taskorder.activities.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.ExecutionResult;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

class AttemptReportsTest extends AttemptHarness {
    @Test
    void the_last_report_wins_and_is_written_before_the_result_and_for_the_tenant() {
        behaviour = (request, heartbeat) -> {
            for (int i = 1; i <= 100; i++) {
                heartbeat.report(Map.of("i", i), money("k", i));
            }
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.calls.size()).isLessThanOrEqualTo(4);
        assertThat(store.progress.get(store.progress.size() - 1)).containsEntry("i", 100);
        assertThat(store.calls.get(store.calls.size() - 1)).startsWith("complete");
    }

    @Test
    void reports_are_written_while_the_executor_works_on_threads_bound_to_the_tenant() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of("i", 1), List.of());
            await().until(() -> store.calls.contains("report@tenant_a"));
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
    }

    @Test
    void what_an_executor_does_to_what_it_told_is_not_told() {
        behaviour = (request, heartbeat) -> {
            Map<String, Object> progress = new HashMap<>(Map.of("i", 1));
            heartbeat.report(progress, List.of());
            progress.put("endless", progress);
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.progress).last().isEqualTo(Map.of("i", 1));
    }

    @Test
    void a_report_that_the_store_refuses_for_good_leaves_the_result_and_its_costs_as_they_are() {
        store.fault = new DataIntegrityViolationException("value overflows numeric format");
        behaviour = (request, heartbeat) -> {
            store.faults.set(1);
            heartbeat.report(Map.of("far", 1), money("captcha", 1));
            return OK;
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.result().costs()).isEqualTo(money("captcha", 1));
    }

    @Test
    void a_report_that_takes_a_cost_back_fails_the_executor_and_the_cost_stands() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of(), money("captcha", 2));
            heartbeat.report(Map.of(), money("proxy", 1, "captcha", 1));
            return OK;
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
        assertThat(store.result().resultMessage())
                .isEqualTo("costs of 'captcha' are a running total and were 2, now 1");
        assertThat(store.result().costs()).isEqualTo(money("captcha", 2));
    }

    @Test
    void costs_that_a_later_report_or_the_result_leaves_out_or_lowers_stand() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of(), money("captcha", 2));
            heartbeat.report(Map.of(), money("proxy", 3));
            return new ExecutionResult("OK", null, Map.of(), List.of(), money("proxy", 1, "sms", 1), List.of());
        };
        assertThat(run()).isEqualTo("OK");
        assertThat(store.result().costs()).isEqualTo(money("captcha", 2, "proxy", 3, "sms", 1));
        assertThat(store.answers).singleElement().satisfies(answer -> assertThat(answer.lowered())
                .as("what is left out is not lowered")
                .containsExactly(new Answer.Lowered("proxy", BigDecimal.valueOf(3), BigDecimal.valueOf(1))));
    }

    @Test
    void a_report_past_its_limit_fails_the_executor() {
        behaviour = (request, heartbeat) -> {
            heartbeat.report(Map.of("a", "x".repeat(70_000)), List.of());
            return OK;
        };
        assertThat(run()).isEqualTo("EXECUTOR_ERROR");
    }
}
