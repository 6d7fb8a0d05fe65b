package dev.taskorder.starter.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.LeasedAsset;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What an executor is given, and how often it is given it. */
@EndToEnd
class ExecutorContractTest {
    private static final String SHORT_BACK_OFF = "{\"retry_backoff_ms\":10}";
    private static final String SCRIPTED = "\"task_type\":\"SCRIPTED\"";
    private static final String NO_RETRY = "\"constraints\":{\"max_retries\":0}";
    /** So many lost workers an order outlives. */
    private static final int LOSSES_MAX = 5;

    @Autowired
    private Customers customers;

    @Autowired
    private ScriptedExecutor executor;

    @Test
    void an_executor_is_given_its_order_and_its_leases() {
        Customer customer = customers.fresh();
        customer.asset(
                "ip-bt",
                "\"sku_code\":\"ip.residential.uk.bt\"",
                "\"attributes\":{\"geo\":\"GB\",\"no_datacenter\":true}",
                "\"handle\":\"proxy-gb-017\"");
        customer.asset("vcc-1", "\"sku_category\":\"RAW_FUND\"", "\"sku_code\":\"vcc.uk.visa\"");
        String task = customer.order(SCRIPTED, "\"project_id\":\"tickets\"", "\"timeout_ms\":120000", """
                "input":{"event":"derby","seats":[1,2]},
                "constraints":{"max_retries":3,"no_downgrade":true,"our_own":{"depth":[1,{"x":null}]}},
                "resource_hints":[{"sku_category":"RAW_FUND"},
                  {"sku_category":"RAW_NET","sku_code":"ip.residential.uk.*","attributes":{"geo":"GB"}}]""");
        ExecutionRequest given = executor.awaitRun(task, 1).request();
        JsonNode order = customer.get(task);

        assertThat(given.taskId()).hasToString(task);
        assertThat(given.tenantId()).hasToString(customer.tenant());
        assertThat(given.env()).isEqualTo("prod");
        assertThat(given.projectId()).isEqualTo("tickets");
        assertThat(given.taskType()).isEqualTo("SCRIPTED");
        assertThat(given.attempt()).isEqualTo(1);
        assertThat(given.previousProgress()).isNull();
        assertThat(given.deadline())
                .isEqualTo(Instant.parse(order.path("started_at").asString()).plusMillis(120_000));
        assertThat(given.input()).isEqualTo(Map.of("event", "derby", "seats", List.of(1, 2)));
        assertThat(given.constraints())
                .as("as they were sent, those that only the executor knows among them")
                .containsOnlyKeys("max_retries", "no_downgrade", "our_own")
                .containsEntry("max_retries", 3)
                .containsEntry("no_downgrade", true);
        assertThat(given.constraints().get("our_own")).hasToString("{depth=[1, {x=null}]}");

        assertThat(given.leases()).hasSize(2);
        LeasedAsset card = given.leases().get(0);
        assertThat(card.hintIndex()).isZero();
        assertThat(card.skuCategory()).isEqualTo("RAW_FUND");
        assertThat(card.skuCode()).isEqualTo("vcc.uk.visa");
        assertThat(card.attributes()).isEmpty();
        assertThat(card.handle()).as("without a handle, the asset's id").isEqualTo("vcc-1");
        LeasedAsset address = given.leases().get(1);
        assertThat(address.hintIndex()).isEqualTo(1);
        assertThat(address.skuCategory()).isEqualTo("RAW_NET");
        assertThat(address.skuCode()).isEqualTo("ip.residential.uk.bt");
        assertThat(address.attributes()).isEqualTo(Map.of("geo", "GB", "no_datacenter", true));
        assertThat(address.handle()).isEqualTo("proxy-gb-017");
        assertThat(customer.leases(task))
                .extracting(lease -> lease.path("lease_id").asString() + " "
                        + lease.path("fencing_token").longValue())
                .containsExactlyInAnyOrder(idAndToken(card), idAndToken(address));

        executor.awaitRun(task, 1).answers("OK");
        customer.awaitEnd(task, "SUCCESS");
    }

    @Test
    void the_next_attempt_is_given_the_same_with_its_number_and_what_the_one_before_told() {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        customer.oneSlot();
        String task = customer.order(SCRIPTED, Customer.ONE_NET, "\"input\":{\"page\":1}");
        ScriptedExecutor.Run first = executor.awaitRun(task, 1);
        first.heartbeat().report(Map.of("page", 7), List.of());
        first.answers("BANNED");
        ScriptedExecutor.Run second = executor.awaitRun(task, 2);

        assertThat(second.request().attempt()).isEqualTo(2);
        assertThat(second.request().attemptToken()).isNotEqualTo(first.request().attemptToken());
        assertThat(second.request().deadline()).isEqualTo(first.request().deadline());
        assertThat(second.request().input()).isEqualTo(first.request().input());
        assertThat(second.request().previousProgress()).isEqualTo(Map.of("page", 7));
        second.answers("OK");
        customer.awaitEnd(task, "SUCCESS");
        assertThat(codes(customer, task)).containsExactly("BANNED", "OK");
    }

    @Test
    void a_ban_uses_up_the_retries_and_then_waits_for_a_person() {
        Customer customer = customers.withDefaults(SHORT_BACK_OFF);
        customer.oneSlot();
        String task = customer.order(SCRIPTED, Customer.ONE_NET, "\"constraints\":{\"max_retries\":1}");
        executor.awaitRun(task, 1).answers("BANNED");
        executor.awaitRun(task, 2).answers("BANNED");

        JsonNode end = customer.awaitEnd(task, "DEAD_LETTER");
        assertThat(end.path("result_code").asString()).isEqualTo("BANNED");
        assertThat(codes(customer, task)).containsExactly("BANNED", "BANNED");
        assertThat(customer.leaseStates(task)).containsOnly("RELEASED");
    }

    @Test
    void an_order_outlives_five_lost_workers_with_its_leases_under_new_tokens_and_without_another_charge() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(SCRIPTED, Customer.ONE_NET, NO_RETRY);
        List<LeasedAsset> given = losses(task, LOSSES_MAX);
        ScriptedExecutor.Run last = executor.awaitRun(task, LOSSES_MAX + 1);
        given.add(last.request().leases().get(0));
        last.answers("OK", "0.10");

        customer.awaitEnd(task, "SUCCESS");
        assertThat(codes(customer, task))
                .startsWith("EXECUTOR_LOST")
                .endsWith("EXECUTOR_LOST", "OK")
                .hasSize(LOSSES_MAX + 1);
        assertThat(given)
                .extracting(LeasedAsset::leaseId)
                .hasSize(LOSSES_MAX + 1)
                .containsOnly(given.get(0).leaseId());
        assertThat(given).extracting(LeasedAsset::fencingToken).isSorted().doesNotHaveDuplicates();
        assertThat(customer.ledger(task))
                .containsOnlyOnce("lease spend:lease:RAW_NET → held 0.35")
                .containsOnlyOnce("outside spend:executor:outside → held 0.1");
        assertThat(customer.total(task, "cost")).isEqualByComparingTo("0.45");
    }

    @Test
    void an_order_that_loses_its_sixth_worker_waits_for_a_person() {
        Customer customer = customers.fresh();
        customer.oneSlot();
        String task = customer.order(SCRIPTED, Customer.ONE_NET, NO_RETRY);
        losses(task, LOSSES_MAX + 1);

        JsonNode end = customer.awaitEnd(task, "DEAD_LETTER");
        assertThat(end.path("result_code").asString()).isEqualTo("EXECUTOR_LOST");
        assertThat(end.path("result_message").asString()).endsWith("for the 6th time");
        assertThat(codes(customer, task)).hasSize(LOSSES_MAX + 1).containsOnly("EXECUTOR_LOST");
        assertThat(customer.leaseStates(task)).containsOnly("RELEASED");
        assertThat(customer.total(task, "cost")).isEqualByComparingTo("0.35");
    }

    @Test
    void an_executor_that_its_worker_has_left_is_asked_to_stop_and_its_answer_counts_for_nothing() {
        Customer customer = customers.fresh();
        String task = customer.order("\"task_type\":\"STUBBORN\"");
        ScriptedExecutor.Run left = executor.awaitRun(task, 1);
        left.loses();
        ScriptedExecutor.Run next = executor.awaitRun(task, 2);
        await().atMost(Duration.ofSeconds(10)).until(left.heartbeat()::cancelled);
        left.answers("OK", "7");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !customer.attempts(task).path(0).path("late_costs").isEmpty());
        assertThat(Customer.statusOf(customer.get(task))).isEqualTo("RUNNING");

        next.answers("OK", "3");
        customer.awaitEnd(task, "SUCCESS");
        assertThat(customer.total(task, "cost")).isEqualByComparingTo("3");
    }

    /** What the first so many attempts of the order were given, each of which lost its worker. */
    private List<LeasedAsset> losses(String task, int times) {
        List<LeasedAsset> given = new ArrayList<>();
        for (int attempt = 1; attempt <= times; attempt++) {
            ScriptedExecutor.Run run = executor.awaitRun(task, attempt);
            given.addAll(run.request().leases());
            run.loses();
        }
        return given;
    }

    private static List<String> codes(Customer customer, String task) {
        List<String> codes = new ArrayList<>();
        customer.attempts(task)
                .forEach(attempt -> codes.add(attempt.path("result_code").asString()));
        return codes;
    }

    private static String idAndToken(LeasedAsset lease) {
        return lease.leaseId() + " " + lease.fencingToken();
    }
}
