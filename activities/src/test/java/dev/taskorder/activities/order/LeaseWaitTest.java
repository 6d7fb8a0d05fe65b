package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.lease.Lease;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An order between two attempts that lacks a lease: it holds on to its others for a while, and then to nothing. */
class LeaseWaitTest {
    private static final long HOLD_MS = 30_000;

    private final Tenant tenant = Tenant.fresh();

    @Test
    void it_keeps_its_good_leases_and_looks_again_when_the_hold_is_over() {
        TaskOrder order = lacking("ip-1");

        assertThat(awaited(order)).isBetween(1L, HOLD_MS);
        assertThat(live(order)).containsExactly("card");
        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.RUNNING);
    }

    @Test
    void when_the_hold_is_over_it_gives_them_back_and_waits_for_all() {
        TaskOrder order = lacking("ip-1");
        TaskOrder next = waiting(anOrder().wanting("RAW_FUND", null, 1).priority(10));
        restedCard();
        assertThat(live(next)).as("the card is held").isEmpty();
        holdIsOver(order);

        assertThat(awaited(order)).as("until its deadline").isGreaterThan(HOLD_MS);
        assertThat(tenant.find(order.taskId()).state().leaseIds()).isEmpty();
        assertThat(tenant.lease(order, "card").state()).isEqualTo(Lease.State.RELEASED);
        assertThat(live(next)).as("whoever wants less is served meanwhile").containsExactly("card");
        assertThat(tenant.events(order)).endsWith("lease.revoked", "task_order.retrying", "lease.released");

        end(next);
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
        assertThat(live(order)).containsExactlyInAnyOrder("ip-2", "card");
    }

    @Test
    void the_step_that_gives_back_may_run_twice() {
        TaskOrder order = lacking("ip-1");
        holdIsOver(order);
        tenant.proceed(order);
        TaskOrder after = tenant.find(order.taskId());
        List<String> events = tenant.events(order);

        assertThat(tenant.proceed(order)).isInstanceOf(Verdict.Await.class);
        assertThat(tenant.find(order.taskId())).isEqualTo(after);
        assertThat(tenant.events(order)).isEqualTo(events);
    }

    @Test
    void a_place_that_comes_free_in_time_ends_the_wait_and_the_hold() {
        TaskOrder order = lacking("ip-1");
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        holdIsOver(order);

        assertThat(((Verdict.Execute) tenant.proceed(order)).attempt()).isEqualTo(2);
        assertThat(live(order)).containsExactlyInAnyOrder("ip-2", "card");
    }

    @Test
    void the_asset_that_was_taken_away_comes_back_only_if_no_other_ever_could_serve() {
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "0.50");
        TaskOrder holder = waiting(anOrder().wanting("RAW_NET", "ip.2", 1));
        TaskOrder order = lacking("ip-1");
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset_slot SET rests_until = NULL").update());
        match();
        assertThat(live(order)).as("the other one is only busy").containsExactly("card");

        end(holder);
        assertThat(live(order)).containsExactlyInAnyOrder("ip-2", "card");
    }

    @Test
    void two_orders_that_hold_what_the_other_waits_for_both_come_to_their_end() {
        tenant.asset("net-1", "RAW_NET", "ip.1", 1, "1");
        tenant.asset("net-2", "RAW_NET", "ip.2", 1, "1");
        tenant.asset("card-1", "RAW_FUND", "vcc.1", 1, "1");
        tenant.asset("card-2", "RAW_FUND", "vcc.2", 1, "1");
        TaskOrder first = both();
        TaskOrder second = both();
        String netOfFirst = held(first, "net-1", "net-2");
        String cardOfSecond = held(second, "card-1", "card-2");
        gone(first, held(first, "card-1", "card-2"));
        gone(second, held(second, "net-1", "net-2"));
        assertThat(live(first)).containsExactly(netOfFirst);
        assertThat(live(second)).containsExactly(cardOfSecond);
        assertThat(awaited(first)).isLessThanOrEqualTo(HOLD_MS);
        assertThat(awaited(second)).isLessThanOrEqualTo(HOLD_MS);
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset_slot SET rests_until = NULL").update());
        holdIsOver(first);
        holdIsOver(second);

        awaited(first);
        assertThat(live(second))
                .as("it still held, and has all now")
                .containsExactlyInAnyOrder(netOfFirst, cardOfSecond);
        assertThat(tenant.proceed(second)).isInstanceOf(Verdict.Execute.class);
        end(second);
        assertThat(tenant.proceed(first)).isInstanceOf(Verdict.Execute.class);
        end(first);
        assertThat(List.of(first, second))
                .allSatisfy(order ->
                        assertThat(tenant.find(order.taskId()).state().status()).isEqualTo(Status.SUCCESS));
    }

    /** An order that had this and a card, works no more for want of it, and cannot have another one now. */
    private TaskOrder lacking(String assetId) {
        tenant.asset(assetId, "RAW_NET", "ip.1", 1, "0.10");
        tenant.asset("card", "RAW_FUND", "vcc.1", 1, "1");
        TaskOrder order = both();
        tenant.begin(order, 1);
        tenant.revoked(order, assetId);
        return order;
    }

    private TaskOrder both() {
        TaskOrder order = tenant.created(anOrder()
                .wanting("RAW_NET", null, 1)
                .wanting("RAW_FUND", null, 1)
                .spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Execute.class);
        return order;
    }

    private TaskOrder waiting(dev.taskorder.activities.testing.Orders wanted) {
        TaskOrder order = tenant.created(wanted.spec());
        tenant.admitted(order);
        return order;
    }

    /** The asset is taken from the order, and is no more. */
    private void gone(TaskOrder order, String assetId) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET status = 'BANNED' WHERE asset_id = :asset")
                .param("asset", assetId)
                .update());
        tenant.revoked(order, assetId);
    }

    private String held(TaskOrder order, String... oneOf) {
        List<String> live = live(order);
        return List.of(oneOf).stream().filter(live::contains).findFirst().orElseThrow();
    }

    private long awaited(TaskOrder order) {
        Long atMostMs = ((Verdict.Await) tenant.proceed(order)).atMostMs();
        assertThat(atMostMs).isNotNull();
        return atMostMs;
    }

    private List<String> live(TaskOrder order) {
        return tenant.leases(order.taskId()).stream()
                .filter(lease -> lease.state() == Lease.State.ACTIVE)
                .map(Lease::assetId)
                .toList();
    }

    private void end(TaskOrder order) {
        int attempt = tenant.sql(jdbc -> jdbc.sql("SELECT attempt FROM task_order WHERE task_id = :task")
                .param("task", order.taskId())
                .query(Integer.class)
                .single());
        tenant.answered(order, attempt, ExecutionResult.of("OK", null));
        assertThat(tenant.concluded(order, attempt, How.ANSWERED)).isEqualTo(new Verdict.Over("SUCCESS"));
    }

    private void holdIsOver(TaskOrder order) {
        tenant.sql(jdbc -> jdbc.sql(
                        "UPDATE task_order SET hold_until = now() WHERE task_id = :task AND waits_since IS NOT NULL")
                .param("task", order.taskId())
                .update());
    }

    private void restedCard() {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset_slot SET rests_until = NULL WHERE asset_id = 'card'")
                .update());
        match();
    }

    private void match() {
        tenant.sql(jdbc ->
                jdbc.sql("INSERT INTO match_wanted (env) VALUES ('prod')").update());
        tenant.as(() -> {
            Application.shared().bean(MatchTrigger.class).run("prod");
            return true;
        });
    }
}
