package dev.taskorder.activities.asset;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.Due.Kind;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.asset.AssetEvent;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What has cooled down comes back by itself, at its moment, and whoever waits for it starts. */
class CoolDownTest {
    private static final String LEFT_BEHIND =
            "status = 'COOLING_DOWN', bad_in_row = 2, cool_until = now() - interval '1 millisecond'";

    private final AtomicInteger events = new AtomicInteger();
    private final DueWork due = Application.shared().bean(DueWork.class);

    private Tenant withCoolDownOf(int ms) {
        Tenant tenant = Tenant.fresh().withAssetHealth("{\"cool_down_ms\": " + ms + ", \"cool_down_max_ms\": 600000}");
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        return tenant;
    }

    @Test
    void at_the_end_of_a_cool_down_an_order_that_waits_for_the_asset_starts_without_any_maintenance() {
        Tenant tenant = withCoolDownOf(700);
        blocked(tenant, "ip");
        TaskOrder waiting = waiting(tenant);
        await().atMost(Duration.ofSeconds(5)).until(() -> statusOf(tenant, waiting) == Status.RUNNING);
        String early = tenant.sql(jdbc -> jdbc.sql("""
                SELECT (min(l.acquired_at) >= max(e.occurred_at))::text || ' ' || max(e.data ->> 'what')
                  FROM lease l, task_event e
                 WHERE e.object_type = 'asset' AND e.actor = 'maintenance'
                """).query(String.class).single());
        assertThat(early).isEqualTo("true cool-down over");
        assertThat(bad(tenant)).as("the row of bad ones goes on").isEqualTo(1);
    }

    @Test
    void a_cool_down_that_is_prolonged_ends_once_and_not_before_its_new_time() {
        Tenant tenant = withCoolDownOf(500);
        for (int i = 0; i < 3; i++) {
            blocked(tenant, "ip");
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> status(tenant).equals("AVAILABLE"));
        Map<String, Object> row = tenant.sql(jdbc -> jdbc.sql("""
                SELECT count(*) AS ends,
                       bool_and(occurred_at >= (SELECT max((data ->> 'cool_until')::timestamptz) FROM task_event)) AS in_time
                  FROM task_event WHERE actor = 'maintenance'
                """).query().singleRow());
        assertThat(row).containsEntry("ends", 1L).containsEntry("in_time", true);
    }

    @Test
    void a_timer_that_finds_the_cool_down_prolonged_elsewhere_comes_again() {
        Tenant tenant = withCoolDownOf(700);
        blocked(tenant, "ip");
        set(tenant, "cool_until = cool_until + interval '400 ms'");
        await().atMost(Duration.ofSeconds(5)).until(() -> status(tenant).equals("AVAILABLE"));
    }

    @Test
    void the_end_of_a_cool_down_waits_for_whoever_holds_the_asset() {
        Tenant tenant = withCoolDownOf(700);
        blocked(tenant, "ip");
        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql("SELECT 1 FROM asset WHERE tenant_id = :t FOR UPDATE")
                                .param("t", tenant.id().value())
                                .query()
                                .singleRow(),
                        () -> await().until(CoolDownTest::somebodyWaitsForALock));
        await().atMost(Duration.ofSeconds(5)).until(() -> status(tenant).equals("AVAILABLE"));
    }

    @Test
    void a_cool_down_that_a_dead_process_left_is_found_by_maintenance_and_starts_who_waits() {
        Tenant tenant = withCoolDownOf(60_000);
        blocked(tenant, "ip");
        TaskOrder waiting = waiting(tenant);
        assertThat(kindsDue(tenant)).doesNotContain(Kind.COOLED);
        endCoolDowns(tenant);
        assertThat(status(tenant)).isEqualTo("COOLING_DOWN");
        set(tenant, LEFT_BEHIND);
        assertThat(kindsDue(tenant)).containsOnlyOnce(Kind.COOLED);
        endCoolDowns(tenant);
        endCoolDowns(tenant);
        assertThat(statusOf(tenant, waiting)).isEqualTo(Status.RUNNING);
        assertThat(kindsDue(tenant)).doesNotContain(Kind.COOLED);
        assertThat(endsTold(tenant)).isEqualTo(1);
    }

    @Test
    void maintenance_passes_by_an_asset_that_somebody_holds_and_ends_the_others() {
        Tenant tenant = withCoolDownOf(60_000);
        tenant.asset("ip-2", "RAW_NET", "ip.2", 1, "1");
        set(tenant, LEFT_BEHIND);
        TestDatabase.get()
                .whileHeld(
                        jdbc -> jdbc.sql("SELECT 1 FROM asset WHERE tenant_id = :t AND asset_id = 'ip' FOR UPDATE")
                                .param("t", tenant.id().value())
                                .query()
                                .singleRow(),
                        () -> endCoolDowns(tenant));
        assertThat(status(tenant)).isEqualTo("COOLING_DOWN");
        assertThat(endsTold(tenant)).isEqualTo(1);
        endCoolDowns(tenant);
        assertThat(status(tenant)).isEqualTo("AVAILABLE");
    }

    @Test
    void sixteen_processes_that_find_it_at_once_end_it_once() throws Exception {
        Tenant tenant = withCoolDownOf(60_000);
        set(tenant, LEFT_BEHIND);
        List<Boolean> done = Race.of(16, i -> () -> {
            endCoolDowns(tenant);
            return true;
        });
        assertThat(done).hasSize(16);
        assertThat(status(tenant)).isEqualTo("AVAILABLE");
        assertThat(endsTold(tenant)).isEqualTo(1);
    }

    private void blocked(Tenant tenant, String asset) {
        AssetEvent event =
                new AssetEvent("e-" + events.incrementAndGet(), asset, null, null, "IP_BLOCKED", Map.of(), null);
        tenant.as(() -> Application.shared().bean(AssetEvents.class).tell(event, Tenant.CALLER));
    }

    private static TaskOrder waiting(Tenant tenant) {
        TaskOrder order = tenant.created(anOrder().wanting("RAW_NET", "ip.1", 1).spec());
        assertThat(tenant.admitted(order)).isInstanceOf(Verdict.Await.class);
        return order;
    }

    private void endCoolDowns(Tenant tenant) {
        tenant.as(() -> {
            due.endCoolDowns();
            return true;
        });
    }

    private List<Kind> kindsDue(Tenant tenant) {
        return due.look().stream()
                .filter(one -> one.tenant().equals(tenant.id()))
                .map(Due::kind)
                .toList();
    }

    private static void set(Tenant tenant, String state) {
        tenant.sql(jdbc -> jdbc.sql("UPDATE asset SET " + state).update());
    }

    private static String status(Tenant tenant) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT status FROM asset WHERE asset_id = 'ip'")
                .query(String.class)
                .single());
    }

    private static int bad(Tenant tenant) {
        return tenant.sql(jdbc -> jdbc.sql("SELECT bad_in_row FROM asset WHERE asset_id = 'ip'")
                .query(Integer.class)
                .single());
    }

    private static Status statusOf(Tenant tenant, TaskOrder order) {
        return tenant.find(order.taskId()).state().status();
    }

    private static long endsTold(Tenant tenant) {
        return tenant.sql(jdbc -> jdbc.sql(
                        "SELECT count(*) FROM task_event WHERE type = 'asset.changed' AND actor = 'maintenance'")
                .query(Long.class)
                .single());
    }

    private static boolean somebodyWaitsForALock() {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
                .query(Boolean.class)
                .single();
    }
}
