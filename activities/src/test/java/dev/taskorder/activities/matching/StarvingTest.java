package dev.taskorder.activities.matching;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An order that wants much does not starve behind many that want little (policy: reserve_after_ms, one minute). */
class StarvingTest {
    private final Tenant tenant = Tenant.fresh();
    private final List<TaskOrder> holders = new ArrayList<>();

    @BeforeEach
    void threeAssetsAllOfThemHeld() {
        for (int i = 1; i <= 3; i++) {
            tenant.asset("ip-" + i, "RAW_NET", "ip." + i, 1, "1");
        }
        for (int i = 1; i <= 3; i++) {
            holders.add(tenant.running(wanting(1).priority(50)));
        }
    }

    @Test
    void before_its_time_what_comes_free_goes_to_whoever_can_be_served() {
        TaskOrder large = tenant.waiting(wanting(3).priority(90));
        TaskOrder small = tenant.waiting(wanting(1).priority(10));
        hasWaited(large, "59 seconds");
        tenant.finish(holders.get(0));
        assertThat(tenant.statusOf(small)).isEqualTo(Status.RUNNING);
    }

    @Test
    void after_its_time_what_comes_free_is_kept_until_there_is_enough() {
        TaskOrder large = tenant.waiting(wanting(3).priority(90));
        TaskOrder small = tenant.waiting(wanting(1).priority(10));
        hasWaited(large, "61 seconds");
        tenant.finish(holders.get(0));
        tenant.finish(holders.get(1));
        assertThat(tenant.statusOf(small)).isEqualTo(Status.QUEUED);
        tenant.finish(holders.get(2));
        assertThat(tenant.statusOf(large)).isEqualTo(Status.RUNNING);
        assertThat(tenant.leases(large.taskId())).hasSize(3);
    }

    @Test
    void nothing_is_kept_from_whoever_ranks_higher() {
        TaskOrder large = tenant.waiting(wanting(3).priority(50));
        hasWaited(large, "1 hour");
        tenant.finish(holders.get(0));
        assertThat(tenant.statusOf(tenant.running(wanting(1).priority(51)))).isEqualTo(Status.RUNNING);
    }

    @Test
    void one_order_at_a_time_keeps_slots_and_it_is_the_foremost() {
        tenant.asset("card-1", "RAW_FUND", "vcc", 1, "1");
        tenant.asset("card-2", "RAW_FUND", "vcc", 1, "1");
        tenant.running(anOrder().wanting("RAW_FUND", "vcc", 1));
        TaskOrder foremost = tenant.waiting(wanting(3).priority(90));
        TaskOrder second =
                tenant.waiting(wanting(1).wanting("RAW_FUND", "vcc", 2).priority(80));
        TaskOrder small = tenant.waiting(wanting(1).priority(70));
        hasWaited(foremost, "1 hour");
        hasWaited(second, "2 hours");
        tenant.finish(holders.get(0));
        assertThat(tenant.statusOf(small)).isEqualTo(Status.QUEUED);
        // the other card is not kept: the second would have kept it
        tenant.running(anOrder().wanting("RAW_FUND", "vcc", 1).priority(1));
    }

    @Test
    void one_that_no_slot_could_help_keeps_nothing_and_the_next_one_does_not_starve() {
        tenant.bannedAsset("card", "RAW_FUND", "vcc");
        TaskOrder stuck =
                tenant.waiting(wanting(1).wanting("RAW_FUND", "vcc", 1).priority(95));
        TaskOrder large = tenant.waiting(wanting(3).priority(90));
        TaskOrder small = tenant.waiting(wanting(1).priority(10));
        hasWaited(stuck, "1 hour");
        tenant.finish(holders.get(0));
        assertThat(tenant.statusOf(small))
                .as("nothing is kept for the stuck one")
                .isEqualTo(Status.RUNNING);
        hasWaited(large, "61 seconds");
        TaskOrder next = tenant.waiting(wanting(1).priority(10));
        tenant.finish(small);
        tenant.finish(holders.get(1));
        assertThat(tenant.statusOf(next)).as("all is kept for the large one").isEqualTo(Status.QUEUED);
        tenant.finish(holders.get(2));
        assertThat(tenant.statusOf(large)).isEqualTo(Status.RUNNING);
    }

    @Test
    void one_that_could_pay_only_what_is_not_well_keeps_nothing() {
        tenant.bannedAsset("cheap", "RAW_NET", "ip.0");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET unit_cost = 5 WHERE asset_id <> 'cheap'")
                .update());
        TaskOrder poor = tenant.waiting(wanting(1).priority(90).maxTotalCost("2"));
        hasWaited(poor, "1 hour");
        TaskOrder small = tenant.waiting(wanting(1).priority(10));
        tenant.finish(holders.get(0));
        assertThat(tenant.statusOf(small)).isEqualTo(Status.RUNNING);
    }

    @Test
    void one_that_can_pay_only_what_is_cheap_keeps_that() {
        tenant.asset("dear-1", "RAW_NET", "ip.8", 5, "50");
        tenant.asset("dear-2", "RAW_NET", "ip.9", 5, "50");
        TaskOrder large = tenant.waiting(wanting(2).priority(90).maxTotalCost("2"));
        hasWaited(large, "61 seconds");
        tenant.finish(holders.get(0));
        assertThat(tenant.leases(tenant.running(wanting(1).priority(10)).taskId()))
                .extracting(Lease::assetId)
                .containsExactly("dear-1");
        tenant.finish(holders.get(1));
        assertThat(tenant.statusOf(large)).isEqualTo(Status.RUNNING);
    }

    @Test
    void what_it_kept_goes_to_those_behind_it_when_it_is_cancelled() {
        TaskOrder large = tenant.waiting(wanting(3).priority(90));
        TaskOrder small = tenant.waiting(wanting(1).priority(10));
        hasWaited(large, "61 seconds");
        tenant.finish(holders.get(0));
        tenant.cancel(large.taskId());
        // its workflow may take its time to end it
        tenant.as(() -> {
            Application.shared().bean(MatchTrigger.class).run("prod");
            return true;
        });
        assertThat(tenant.statusOf(small)).isEqualTo(Status.RUNNING);
    }

    @Test
    void what_it_kept_goes_to_those_behind_it_when_its_time_in_the_queue_is_up() {
        TaskOrder large = tenant.waiting(wanting(3).priority(90).constraint("max_queue_ms", 61_000));
        TaskOrder small = tenant.waiting(wanting(1).priority(10));
        hasWaited(large, "61 seconds");
        tenant.finish(holders.get(0));
        tenant.sql(jdbc -> jdbc.sql("""
                UPDATE task_order SET queued_at = waits_since, task_version = task_version + 1 WHERE task_id = :task
                """).param("task", large.taskId()).update());
        tenant.step(steps -> steps.proceed(tenant.ref(large)));
        assertThat(tenant.statusOf(large)).isEqualTo(Status.FAILED);
        assertThat(tenant.statusOf(small)).isEqualTo(Status.RUNNING);
    }

    @Test
    void what_it_does_not_want_is_not_kept() {
        TaskOrder large = tenant.waiting(wanting(3).priority(90));
        hasWaited(large, "1 hour");
        tenant.asset("card", "RAW_FUND", "vcc", 1, "1");
        tenant.running(anOrder().wanting("RAW_FUND", "vcc", 1).priority(1));
    }

    @Test
    void the_lease_of_one_that_got_another_asset_says_that_slots_are_kept() {
        tenant.asset("ip-4", "RAW_NET", "xp", 1, "9");
        TaskOrder large = tenant.waiting(anOrder().wanting("RAW_NET", "ip.*", 3).priority(90));
        hasWaited(large, "1 hour");
        tenant.finish(holders.get(0));
        TaskOrder small = tenant.running(wanting(1).priority(10));
        assertThat(tenant.leases(small.taskId()).get(0).decision().considered())
                .extracting(one -> one.assetId() + " " + one.excludedBy())
                .containsExactly("ip-1 slots_reserved", "ip-2 no_free_slot", "ip-3 no_free_slot", "ip-4 null");
    }

    private static Orders wanting(int count) {
        return anOrder().wanting("RAW_NET", null, count);
    }

    private void hasWaited(TaskOrder order, String span) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE task_order SET waits_since = now() - :span::interval WHERE task_id = :task")
                .param("span", span)
                .param("task", order.taskId())
                .update());
    }
}
