package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.ReprioritiseSignal;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Whatever step fails, before its commit or after it, or is done twice: the order ends once and its books are the same. */
@EndToEnd
class EveryStepFailsTest {
    private static final String SHORT_BACK_OFF = "{\"retry_backoff_ms\":10}";

    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @Autowired
    private Brake brake;

    @Autowired
    private Faults faults;

    private record Outcome(String status, String code, List<String> events, List<String> ledger) {}

    private interface Plan {
        void of(UUID task);
    }

    @ParameterizedTest
    @CsvSource({
        "admit, BEFORE", "admit, AFTER", "admit, TWICE",
        "conclude, BEFORE", "conclude, AFTER", "conclude, TWICE",
        "proceed, BEFORE", "proceed, AFTER", "proceed, TWICE"
    })
    void an_order_that_is_retried_ends_as_if_nothing_had_happened(String step, Faults.Kind kind) {
        Outcome disturbed = retried(task -> faults.plan(task, step, kind, 2), step);
        assertThat(disturbed).isEqualTo(retried(task -> {}, step));
        assertThat(disturbed.status()).isEqualTo("SUCCESS");
    }

    @ParameterizedTest
    @CsvSource({"BEFORE", "AFTER", "TWICE"})
    void an_order_that_is_ended_in_the_queue_ends_as_if_nothing_had_happened(Faults.Kind kind) {
        Outcome disturbed = expired(task -> faults.plan(task, "end", kind, 2));
        assertThat(disturbed).isEqualTo(expired(task -> {}));
        assertThat(disturbed.code()).isEqualTo("NO_RESOURCE");
    }

    @ParameterizedTest
    @CsvSource({"BEFORE", "AFTER", "TWICE"})
    void a_new_priority_counts_once(Faults.Kind kind) {
        Outcome disturbed = reprioritised(task -> faults.plan(task, "reprioritise", kind, 2));
        assertThat(disturbed).isEqualTo(reprioritised(task -> {}));
        assertThat(disturbed.status()).isEqualTo("SUCCESS");
    }

    @Test
    void a_step_that_fails_for_longer_than_a_workflow_task_may_wait_goes_on_until_it_is_done() {
        Outcome disturbed = retried(
                task -> {
                    faults.plan(task, "admit", Faults.Kind.BEFORE, 7);
                    faults.plan(task, "conclude", Faults.Kind.AFTER, 7);
                },
                "conclude");
        assertThat(disturbed).isEqualTo(retried(task -> {}, "conclude"));
    }

    private Outcome retried(Plan plan, String step) {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        customer.oneSlot();
        String task = planned(customer, plan, Customer.ONE_NET, """
                "input":{"simulate":{"duration_ms":5,"costs":[{"kind":"captcha","amount":0.01}],
                  "revenue":[{"kind":"sale","amount":3}],
                  "attempts":[{"result_code":"RETRYABLE"},{"result_code":"OK"}]}}
                """);
        Outcome outcome = outcome(customer, task);
        assertThat(faults.calls(UUID.fromString(task), step))
                .as("the story has this step")
                .isPositive();
        return outcome;
    }

    private Outcome expired(Plan plan) {
        Customer customer = customers.fresh();
        return outcome(customer, planned(customer, plan, Customer.ONE_NET, "\"constraints\":{\"max_queue_ms\":50}"));
    }

    private Outcome reprioritised(Plan plan) {
        Customer customer = customers.fresh();
        String task = planned(customer, plan, Customer.ONE_NET);
        temporal.workflowOf(customer.awaitStatus(task, "QUEUED"))
                .signal("reprioritise", new ReprioritiseSignal(95, "a person"));
        customer.awaitOrder(task, "priority 95", order -> order.path("priority").intValue() == 95);
        customer.oneSlot();
        return outcome(customer, task);
    }

    private String planned(Customer customer, Plan plan, String... members) {
        brake.hold(customer.tenant());
        String task = customer.order(members);
        plan.of(UUID.fromString(task));
        brake.release(customer.tenant());
        return task;
    }

    private Outcome outcome(Customer customer, String task) {
        var end = customer.awaitOrder(
                task, "its end", order -> !order.path("finished_at").isNull());
        temporal.awaitClosed(end);
        return new Outcome(
                Customer.statusOf(end),
                end.path("result_code").asString(),
                customer.events(task),
                customer.ledger(task));
    }
}
