package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.SignalDue;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.ResourceHint;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MatchingTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void the_freed_slot_goes_to_the_most_urgent_then_to_the_oldest() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = running(50);
        TaskOrder low = waiting(10);
        TaskOrder older = waiting(90);
        TaskOrder younger = waiting(90);
        List<TaskOrder> expected = List.of(older, younger, low);
        TaskOrder current = holder;
        for (TaskOrder next : expected) {
            finish(current);
            assertThat(statusOf(next)).isEqualTo(Status.RUNNING);
            current = next;
        }
    }

    @Test
    void whoever_was_granted_while_waiting_is_sent_one_wake() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = running(50);
        TaskOrder next = waiting(50);
        finish(holder);
        List<SignalDue> signals =
                tenant.as(() -> Application.shared().bean(DispatchQueue.class).claimSignals(10));
        assertThat(signals).extracting(SignalDue::taskId).containsExactly(next.taskId());
    }

    @Test
    void a_later_run_that_finds_its_order_cancelled_frees_the_slot_for_the_next_at_once() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder holder = running(50);
        TaskOrder next = waiting(50);
        tenant.cancel(holder.taskId());
        assertThat(tenant.admitted(holder)).isEqualTo(new Verdict.Over("CANCELLED"));
        assertThat(statusOf(next)).isEqualTo(Status.RUNNING);
    }

    @Test
    void new_capacity_starts_the_waiting_at_once() {
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        TaskOrder order = waiting(50);
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        assertThat(statusOf(order)).isEqualTo(Status.RUNNING);
    }

    @Test
    void an_exhausted_pool_does_not_hold_up_an_order_that_wants_another() {
        tenant.asset("card", "RAW_FUND", "vcc.1", 1, "1");
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        waiting(90);
        TaskOrder order = tenant.created(
                anOrder().wanting("RAW_FUND", null, 1).priority(1).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
    }

    @Test
    void all_hints_or_nothing() {
        tenant.bannedAsset("away", "RAW_FUND", "vcc.9");
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder both = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .wanting("RAW_FUND", null, 1)
                .spec());
        assertThat(tenant.admitted(both)).isInstanceOf(Verdict.Await.class);
        assertThat(tenant.leases(both.taskId())).isEmpty();
        assertThat(statusOf(running(50))).isEqualTo(Status.RUNNING);
    }

    @Test
    void min_count_counts_distinct_assets() {
        tenant.bannedAsset("away", "RAW_NET", "ip.9");
        tenant.asset("ip-1", "RAW_NET", "ip.1", 4, "1");
        TaskOrder two = tenant.created(anOrder().wanting("RAW_NET", null, 2).spec());
        assertThat(tenant.admitted(two)).isInstanceOf(Verdict.Await.class);
        tenant.asset("ip-2", "RAW_NET", "ip.2", 4, "1");
        assertThat(tenant.leases(two.taskId())).extracting(Lease::assetId).containsExactlyInAnyOrder("ip-1", "ip-2");
    }

    @Test
    void an_assignment_is_found_where_the_obvious_choice_would_block_it() {
        tenant.asset("only-uk", "RAW_NET", "ip.uk", 1, "1");
        tenant.asset("any", "RAW_NET", "ip.any", 1, "2");
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .wanting("RAW_NET", "ip.uk", 1)
                .spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        assertThat(tenant.leases(order.taskId())).hasSize(2);
    }

    @Test
    void ordinary_work_gets_the_cheapest_and_valuable_work_the_healthiest() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 4, "1");
        tenant.asset("healthy", "RAW_NET", "ip.2", 4, "2");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 60 WHERE asset_id = 'cheap'")
                .update());
        assertThat(assetOf(running(50))).isEqualTo("cheap");
        assertThat(assetOf(running(80))).isEqualTo("healthy");
    }

    @Test
    void constraints_on_health_and_datacenters_are_obeyed() {
        tenant.asset("dc", "RAW_NET", "ip.1", 4, "1", Map.of("no_datacenter", false));
        tenant.asset("home", "RAW_NET", "ip.2", 4, "9", Map.of("no_datacenter", true));
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET health_score = 60 WHERE asset_id = 'home'")
                .update());
        TaskOrder home = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .constraint("no_datacenter_ip", true)
                .spec());
        tenant.admitted(home);
        assertThat(assetOf(home)).isEqualTo("home");
        TaskOrder healthy = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .constraint("no_datacenter_ip", true)
                .constraint("min_health_score", 61)
                .spec());
        assertThat(tenant.admitted(healthy)).isInstanceOf(Verdict.Await.class);
    }

    @Test
    void attributes_and_sku_patterns_must_fit() {
        tenant.bannedAsset("away-fr", "RAW_NET", "ip.uk.fr", Map.of("geo", "FR"));
        tenant.bannedAsset("away-underscore", "RAW_NET", "ip_uk");
        tenant.asset("gb", "RAW_NET", "ip.uk.bt", 4, "1", Map.of("geo", "GB", "tier", 1));
        TaskOrder fits = tenant.created(anOrder()
                .wanting(new ResourceHint(
                        "RAW_NET", "ip.uk.*", 1, Map.of("geo", "GB", "tier", new java.math.BigDecimal("1.0"))))
                .spec());
        assertThat(tenant.admitted(fits)).isInstanceOf(Verdict.Execute.class);
        TaskOrder otherGeo = tenant.created(anOrder()
                .wanting(new ResourceHint("RAW_NET", "ip.uk.*", 1, Map.of("geo", "FR")))
                .spec());
        assertThat(tenant.admitted(otherGeo)).isInstanceOf(Verdict.Await.class);
        TaskOrder underscore =
                tenant.created(anOrder().wanting("RAW_NET", "ip_uk*", 1).spec());
        assertThat(tenant.admitted(underscore)).isInstanceOf(Verdict.Await.class);
    }

    @Test
    void an_order_whose_leases_alone_exceed_its_ceiling_fails() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "5");
        TaskOrder order = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).maxTotalCost("4.99").spec());
        assertThat(tenant.admitted(order)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.find(order.taskId()).state().resultCode()).isEqualTo("BUDGET_EXCEEDED");
    }

    @Test
    void an_order_that_could_never_pay_fails_although_nothing_is_free() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "5");
        running(50);
        assertThat(tenant.admitted(paying("4.99"))).isEqualTo(new Verdict.Over("FAILED"));
    }

    @Test
    void an_order_waits_for_what_it_could_pay_although_that_is_banned_now() {
        tenant.bannedAsset("cheap", "RAW_NET", "ip.1");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "5");
        TaskOrder poor = paying("2");
        assertThat(tenant.admitted(poor)).isInstanceOf(Verdict.Await.class);
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'AVAILABLE'").update());
        assertThat(tenant.admitted(poor)).isInstanceOf(Verdict.Execute.class);
        assertThat(assetOf(poor)).isEqualTo("cheap");
    }

    @Test
    void an_order_that_a_cheaper_busy_asset_could_serve_waits_and_holds_up_nobody() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "5");
        TaskOrder holder = running(50);
        TaskOrder poor = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).maxTotalCost("2").spec());
        assertThat(tenant.admitted(poor)).isInstanceOf(Verdict.Await.class);
        assertThat(assetOf(running(50))).isEqualTo("dear");
        finish(holder);
        assertThat(assetOf(poor)).isEqualTo("cheap");
    }

    @Test
    void two_assets_that_fit_what_may_be_spent_are_found_though_the_cheapest_first_would_cost_too_much() {
        tenant.asset("fits-both", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("fits-the-first", "RAW_NET", "ip.2", 1, "2", Map.of("geo", "GB"));
        tenant.asset("fits-the-second", "RAW_NET", "ip.3", 1, "10", Map.of("geo", "FR"));
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE asset SET attributes = '{\"geo\": \"GB\", \"fast\": true}' WHERE asset_id = 'fits-both'")
                .update());
        tenant.sql(
                jdbc -> jdbc.sql("UPDATE asset SET attributes = '{\"fast\": true}' WHERE asset_id = 'fits-the-second'")
                        .update());
        TaskOrder order = tenant.created(anOrder()
                .wanting(new ResourceHint("RAW_NET", null, 1, Map.of("geo", "GB")))
                .wanting(new ResourceHint("RAW_NET", null, 1, Map.of("fast", true)))
                .maxTotalCost("5")
                .spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        assertThat(tenant.leases(order.taskId()))
                .extracting(Lease::assetId)
                .containsExactlyInAnyOrder("fits-both", "fits-the-first");
    }

    @Test
    void a_crowd_that_cannot_pay_what_is_free_hides_neither_who_can_nor_who_never_will() {
        tenant.asset("cheap", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("dear", "RAW_NET", "ip.2", 1, "5");
        TaskOrder holder = running(50);
        List<TaskOrder> poor = IntStream.range(0, 60).mapToObj(i -> paying("2")).toList();
        assertThat(poor).extracting(tenant::admitted).hasOnlyElementsOfType(Verdict.Await.class);
        TaskOrder hopeless = paying("0.5");
        assertThat(tenant.admitted(hopeless)).isEqualTo(new Verdict.Over("FAILED"));
        assertThat(tenant.admitted(paying("5"))).isInstanceOf(Verdict.Execute.class);
        assertThat(tenant.find(hopeless.taskId()).state().resultMessage())
                .isEqualTo("it needs at least 1 USD, max_total_cost is 0.5");
        assertThat(poor).extracting(this::statusOf).containsOnly(Status.QUEUED);
        finish(holder);
        assertThat(assetOf(poor.get(0))).isEqualTo("cheap");
    }

    @Test
    void a_lowered_concurrency_drains_what_is_held_above_it_before_anybody_else_is_served() {
        tenant.asset("ip", "RAW_NET", "ip.1", 4, "1");
        List<TaskOrder> holders =
                IntStream.range(0, 4).mapToObj(i -> running(50)).toList();
        tenant.asset("ip", "RAW_NET", "ip.1", 2, "1");
        List<TaskOrder> next = List.of(waiting(50), waiting(50));
        finish(holders.get(0));
        finish(holders.get(1));
        assertThat(next).extracting(this::statusOf).containsOnly(Status.QUEUED);
        finish(holders.get(2));
        finish(holders.get(3));
        assertThat(next).extracting(this::statusOf).containsOnly(Status.RUNNING);
    }

    @Test
    void orders_admitted_by_two_processes_at_once_all_run_while_there_is_room() throws Exception {
        tenant.asset("ip", "RAW_NET", "ip.1", 200, "1");
        List<TaskOrder> orders = IntStream.range(0, 120)
                .mapToObj(i ->
                        tenant.created(anOrder().wanting("RAW_NET", null, 1).spec()))
                .toList();
        try (Application other = new Application(4)) {
            List<Application> processes = List.of(Application.shared(), other);
            List<List<Verdict>> verdicts = Race.of(8, runner -> () -> {
                List<Verdict> mine = new ArrayList<>();
                for (int i = runner; i < orders.size(); i += 8) {
                    TaskOrder order = orders.get(i);
                    Application process = processes.get(runner % 2);
                    mine.add(process.as(
                            tenant.id(), () -> process.bean(OrderSteps.class).admit(tenant.ref(order))));
                }
                return mine;
            });
            assertThat(verdicts).allSatisfy(of -> assertThat(of).hasOnlyElementsOfType(Verdict.Execute.class));
        }
        assertThat(tenant.<Long>sql(jdbc -> jdbc.sql("SELECT count(*) FROM match_wanted")
                        .query(Long.class)
                        .single()))
                .isZero();
    }

    private TaskOrder running(int priority) {
        TaskOrder order = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).priority(priority).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    private TaskOrder waiting(int priority) {
        TaskOrder order = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).priority(priority).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
        return order;
    }

    private TaskOrder paying(String most) {
        return tenant.created(
                anOrder().wanting("RAW_NET", null, 1).maxTotalCost(most).spec());
    }

    private void finish(TaskOrder order) {
        tenant.answered(order, 1, ExecutionResult.of("OK", null));
        assertThat(tenant.concluded(order, 1, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
    }

    private Status statusOf(TaskOrder order) {
        return tenant.find(order.taskId()).state().status();
    }

    private String assetOf(TaskOrder order) {
        return tenant.leases(order.taskId()).get(0).assetId();
    }
}
