package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.ReprioritiseSignal;
import io.temporal.api.history.v1.HistoryEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Whatever step fails, before its commit or after it, or is done twice: the order ends once and its books are the same. */
@EndToEnd
class EveryStepFailsTest {
    private static final String SHORT_BACK_OFF = "{\"retry_backoff_ms\":10}";
    private static final String LONG_BACK_OFF = "{\"retry_backoff_ms\":60000}";
    private static final String SCRIPTED = "\"task_type\":\"SCRIPTED\"";
    private static final CancelSignal CANCEL = new CancelSignal("not wanted any more", "a person");

    @Autowired
    private Customers customers;

    @Autowired
    private RawTemporal temporal;

    @Autowired
    private Brake brake;

    @Autowired
    private Faults faults;

    @Autowired
    private ScriptedExecutor executor;

    /** What is left of an order when it is over, apart from ids and times. */
    private record Outcome(
            String status,
            String code,
            int version,
            List<String> attempts,
            List<String> leases,
            List<String> events,
            List<String> ledger) {}

    private interface Plan {
        void of(UUID task);
    }

    private static final Plan NOTHING = task -> {};

    private static final Map<String, Outcome> UNDISTURBED = new ConcurrentHashMap<>();

    /** What becomes of such an order when nothing goes wrong: always the same, so one of each kind is enough. */
    private static Outcome undisturbed(String kind, Function<Plan, Outcome> story) {
        return UNDISTURBED.computeIfAbsent(kind, first -> story.apply(NOTHING));
    }

    /** Of the two calls of conclude, the first ends an attempt and the second the order. */
    @ParameterizedTest
    @CsvSource({
        "admit, 0, BEFORE", "admit, 0, AFTER", "admit, 0, TWICE",
        "conclude, 0, BEFORE", "conclude, 0, AFTER", "conclude, 0, TWICE",
        "proceed, 0, BEFORE", "proceed, 0, AFTER", "proceed, 0, TWICE",
        "conclude, 1, BEFORE", "conclude, 1, AFTER", "conclude, 1, TWICE"
    })
    void an_order_that_is_retried_ends_as_if_nothing_had_happened(String step, int spared, Faults.Kind kind) {
        Outcome disturbed = retried(task -> faults.plan(task, step, kind, spared, times(kind)));
        assertThat(disturbed).isEqualTo(undisturbed("retried", this::retried));
        assertThat(disturbed.status()).isEqualTo("SUCCESS");
        assertThat(disturbed.leases()).containsExactly("RELEASED");
    }

    @ParameterizedTest
    @EnumSource
    void an_order_that_is_cancelled_at_work_ends_as_if_nothing_had_happened(Faults.Kind kind) {
        Outcome disturbed = cancelledAtWork(task -> faults.plan(task, "conclude", kind, times(kind)));
        assertThat(disturbed).isEqualTo(undisturbed("cancelledAtWork", this::cancelledAtWork));
        assertThat(disturbed.status()).isEqualTo("CANCELLED");
        assertThat(disturbed.leases()).containsExactly("RELEASED");
    }

    @ParameterizedTest
    @EnumSource
    void an_order_that_is_cancelled_between_two_attempts_ends_as_if_nothing_had_happened(Faults.Kind kind) {
        Outcome disturbed = cancelledInBackOff(task -> faults.plan(task, "end", kind, times(kind)));
        assertThat(disturbed).isEqualTo(undisturbed("cancelledInBackOff", this::cancelledInBackOff));
        assertThat(disturbed.status()).isEqualTo("CANCELLED");
        assertThat(disturbed.leases()).containsExactly("RELEASED");
    }

    @ParameterizedTest
    @EnumSource
    void an_order_whose_worker_is_lost_ends_as_if_nothing_else_had_happened(Faults.Kind kind) {
        Outcome disturbed = lostOnce(task -> faults.plan(task, "conclude", kind, times(kind)));
        assertThat(disturbed).isEqualTo(undisturbed("lostOnce", this::lostOnce));
        assertThat(disturbed.status()).isEqualTo("SUCCESS");
        assertThat(disturbed.attempts()).containsExactly("LOST EXECUTOR_LOST", "ENDED OK");
    }

    /** Of the two looks, the first finds the attempt given up, and the second says what follows when its executor stopped. */
    @ParameterizedTest
    @CsvSource({"0, BEFORE", "0, AFTER", "0, TWICE", "1, BEFORE", "1, AFTER", "1, TWICE"})
    void an_order_that_loses_a_lease_at_work_ends_as_if_nothing_else_had_happened(int spared, Faults.Kind kind) {
        Outcome disturbed = revokedAtWork(task -> faults.plan(task, "proceed", kind, spared, times(kind)));
        assertThat(disturbed).isEqualTo(undisturbed("revokedAtWork", this::revokedAtWork));
        assertThat(disturbed.status()).isEqualTo("SUCCESS");
        assertThat(disturbed.attempts()).containsExactly("ABANDONED LEASE_REVOKED", "ENDED OK");
        assertThat(disturbed.leases()).containsExactlyInAnyOrder("REVOKED", "RELEASED");
    }

    @ParameterizedTest
    @EnumSource
    void an_order_that_is_ended_in_the_queue_ends_as_if_nothing_had_happened(Faults.Kind kind) {
        Outcome disturbed = expired(task -> faults.plan(task, "proceed", kind, times(kind)));
        assertThat(disturbed).isEqualTo(undisturbed("expired", this::expired));
        assertThat(disturbed.code()).isEqualTo("NO_RESOURCE");
    }

    @ParameterizedTest
    @EnumSource
    void a_new_priority_counts_once(Faults.Kind kind) {
        Outcome disturbed = reprioritised(task -> faults.plan(task, "reprioritise", kind, times(kind)));
        assertThat(disturbed).isEqualTo(undisturbed("reprioritised", this::reprioritised));
        assertThat(disturbed.status()).isEqualTo("SUCCESS");
    }

    @Test
    void a_step_that_fails_for_longer_than_a_workflow_task_may_wait_goes_on_until_it_is_done() {
        Outcome disturbed = retried(task -> {
            faults.plan(task, "admit", Faults.Kind.BEFORE, 7);
            faults.plan(task, "conclude", Faults.Kind.AFTER, 1, 7);
        });
        assertThat(disturbed).isEqualTo(undisturbed("retried", this::retried));
    }

    /** A call that is lost is repeated, and the second one may be lost too; one that is done twice is answered. */
    private static int times(Faults.Kind kind) {
        return kind == Faults.Kind.TWICE ? 1 : 2;
    }

    private Outcome retried(Plan plan) {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        customer.oneSlot();
        return outcome(customer, planned(customer, plan, Customer.ONE_NET, """
                "input":{"simulate":{"duration_ms":5,"costs":[{"kind":"captcha","amount":0.01}],
                  "revenue":[{"kind":"sale","amount":3}],
                  "attempts":[{"result_code":"RETRYABLE"},{"result_code":"OK"}]}}
                """));
    }

    private Outcome cancelledAtWork(Plan plan) {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = planned(customer, plan, SCRIPTED, Customer.ONE_NET);
        ScriptedExecutor.Run run = executor.awaitRun(task, 1);
        JsonNode order = customer.get(task);
        temporal.workflowOf(order).signal("cancel", CANCEL);
        // The SDK's server loses a workflow whose cancel crosses an answer (temporalio/sdk-java issue 2391).
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> temporal.historyOf(order).getEventsList().stream()
                        .anyMatch(HistoryEvent::hasActivityTaskCancelRequestedEventAttributes));
        run.answers("OK", "0.10");
        return outcome(customer, task);
    }

    private Outcome cancelledInBackOff(Plan plan) {
        Customer customer = customers.withDefaults(LONG_BACK_OFF);
        customer.oneSlot();
        String task = planned(customer, plan, SCRIPTED, Customer.ONE_NET);
        executor.awaitRun(task, 1).answers("RETRYABLE", "0.10");
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> customer.events(task).contains("task_order.retrying"));
        temporal.workflowOf(customer.get(task)).signal("cancel", CANCEL);
        return outcome(customer, task);
    }

    private Outcome lostOnce(Plan plan) {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = planned(customer, plan, SCRIPTED, Customer.ONE_NET);
        executor.awaitRun(task, 1).loses();
        executor.awaitRun(task, 2).answers("OK", "0.10");
        return outcome(customer, task);
    }

    private Outcome revokedAtWork(Plan plan) {
        Customer customer = customers.fresh();
        customer.asset("first", "\"max_concurrency\":1", "\"unit_cost\":0.35");
        customer.asset("then", "\"max_concurrency\":1", "\"unit_cost\":0.40");
        String task = planned(customer, plan, SCRIPTED, Customer.ONE_NET);
        LeasedAsset lease = executor.awaitRun(task, 1).request().leases().get(0);
        assertThat(customer.release(lease).status()).isEqualTo(200);
        executor.awaitRun(task, 2).answers("OK", "0.10");
        return outcome(customer, task);
    }

    private Outcome expired(Plan plan) {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
        return outcome(customer, planned(customer, plan, Customer.ONE_NET, "\"constraints\":{\"max_queue_ms\":50}"));
    }

    private Outcome reprioritised(Plan plan) {
        Customer customer = customers.fresh();
        customer.onlyABannedOne();
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
        JsonNode end = customer.awaitOrder(
                task, "its end", order -> !order.path("finished_at").isNull());
        temporal.awaitClosed(end);
        assertThat(faults.leftOf(UUID.fromString(task))).as("planned in vain").isEmpty();
        List<String> attempts = new ArrayList<>();
        customer.attempts(task)
                .forEach(attempt -> attempts.add(attempt.path("state").asString() + " "
                        + attempt.path("result_code").asString()));
        return new Outcome(
                Customer.statusOf(end),
                end.path("result_code").asString(),
                customer.get(task).path("task_version").intValue(),
                attempts,
                customer.leaseStates(task),
                customer.events(task),
                customer.books(task));
    }
}
