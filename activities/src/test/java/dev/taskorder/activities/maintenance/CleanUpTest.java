package dev.taskorder.activities.maintenance;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.event.Event;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Events go when their tenant's policy keeps them no longer: from the oldest on, and none that somebody has still to be told of. */
class CleanUpTest {
    private final Tenant tenant = Tenant.fresh();
    private final JdbcClient superuser = TestDatabase.get().superuser();

    @Test
    void each_tenant_keeps_its_events_for_the_days_of_its_own_policy() {
        Tenant other = Tenant.fresh().withRetention("{\"event_days\": 10}");
        for (Tenant one : List.of(tenant, other)) {
            writes(one, 3);
            ages(one, "true", 8);
            writes(one, 2);
            cleanAll(one);
        }
        assertThat(kept(tenant)).containsExactly(4L, 5L);
        assertThat(removedTo(tenant)).isEqualTo(3);
        assertThat(kept(other)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(removedTo(other)).isZero();

        other.withRetention("{\"event_days\": 8}");
        cleanAll(other);
        assertThat(kept(other)).containsExactly(4L, 5L);
    }

    @Test
    void timeline_and_entries_of_an_order_stay_when_its_events_go() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.finish(tenant.running(anOrder().wanting("RAW_NET", null, 1)));
        seesAll(tenant);
        List<TimelineEvent> timeline = timeline(order);
        List<String> entries = tenant.entries(order);
        ages(tenant, "true", 8);
        cleanAll(tenant);

        assertThat(kept(tenant)).isEmpty();
        assertThat(timeline).isNotEmpty();
        assertThat(timeline(order)).isEqualTo(timeline);
        assertThat(entries).isNotEmpty();
        assertThat(tenant.entries(order)).isEqualTo(entries);
    }

    @Test
    void an_event_that_nobody_saw_stays_however_old_it_is_and_is_kept_from_when_it_was_seen() {
        tenant.created(anOrder().spec());
        superuser
                .sql("UPDATE task_event SET occurred_at = now() - interval '100 days' WHERE tenant_id = :t")
                .param("t", tenant.id().value())
                .update();
        cleanAll(tenant);
        seesAll(tenant);
        cleanAll(tenant);
        assertThat(kept(tenant)).containsExactly(1L);

        ages(tenant, "true", 8);
        cleanAll(tenant);
        assertThat(kept(tenant)).isEmpty();
    }

    @Test
    void an_event_that_some_handler_has_still_to_be_told_of_stays_and_all_that_come_after_it() {
        writes(tenant, 5);
        ages(tenant, "true", 8);
        TestDatabase.get()
                .whileHeld(
                        jdbc -> {
                            jdbc.sql("CREATE OR REPLACE FUNCTION undelivered_from() RETURNS bigint LANGUAGE sql STABLE"
                                            + " RETURN 4")
                                    .update();
                            jdbc.sql("SELECT set_config('taskorder.tenant', :t, true)")
                                    .param("t", tenant.id().value())
                                    .query()
                                    .singleRow();
                            assertThat(jdbc.sql(CleanUp.LAST_TO_REMOVE)
                                            .param("days", 7)
                                            .param("max", 10)
                                            .query(Long.class)
                                            .single())
                                    .isEqualTo(3);
                        },
                        () -> {});
    }

    @Test
    void what_is_left_has_no_gap_whatever_the_times_say() {
        writes(tenant, 5);
        ages(tenant, "seq <> 3", 8);
        cleanAll(tenant);
        assertThat(kept(tenant)).containsExactly(3L, 4L, 5L);
        assertThat(removedTo(tenant)).isEqualTo(2);
    }

    @Test
    void a_look_removes_a_piece_and_says_whether_there_may_be_more() {
        writes(tenant, CleanUp.EVENTS_MAX + 1);
        ages(tenant, "true", 8);
        isDue(tenant);

        assertThat(cleans(tenant)).isTrue();
        assertThat(removedTo(tenant)).isEqualTo(CleanUp.EVENTS_MAX);
        assertThat(isFound(tenant)).as("what is half done goes on").isTrue();
        assertThat(cleans(tenant)).isFalse();
        assertThat(removedTo(tenant)).isEqualTo(CleanUp.EVENTS_MAX + 1);
        assertThat(isFound(tenant)).as("is due again").isFalse();
    }

    @Test
    void a_tenant_is_looked_at_again_when_its_oldest_event_is_due_but_within_an_hour_to_a_day() {
        assertThat(hoursOfRest()).as("with nothing to remove").isBetween(23.9, 24.0);
        writes(tenant, 2);
        ages(tenant, "true", 7);
        superuser
                .sql("UPDATE task_event SET seen_at = seen_at + interval '5 hours' WHERE tenant_id = :t")
                .param("t", tenant.id().value())
                .update();
        assertThat(hoursOfRest()).isBetween(4.9, 5.0);
        ages(tenant, "seq = 2", 8);
        assertThat(hoursOfRest()).as("what is due and has to wait").isBetween(4.9, 5.0);
        ages(tenant, "seq = 1", 8);
        assertThat(hoursOfRest()).isBetween(23.9, 24.0);
        assertThat(kept(tenant)).isEmpty();
    }

    @Test
    void several_processes_at_once_remove_what_is_due_and_nothing_else() throws Exception {
        writes(tenant, 4500);
        ages(tenant, "seq <= 4000", 8);
        Race.of(4, i -> () -> {
            cleanAll(tenant);
            return i;
        });
        cleanAll(tenant);
        assertThat(removedTo(tenant)).isEqualTo(4000);
        assertThat(kept(tenant)).isEqualTo(from4001());
    }

    @Test
    void a_clean_up_that_is_killed_anywhere_leaves_the_rest_to_the_next_one() throws Exception {
        writes(tenant, 4500);
        ages(tenant, "seq <= 4000", 8);
        AtomicBoolean killing = new AtomicBoolean(true);
        try (Application victim = new Application(1, "SET application_name = 'cleaner'")) {
            Tenant there = tenant.in(victim);
            Race.of(2, i -> () -> {
                if (i == 0) {
                    while (killing.get()) {
                        cleansOrDies(there);
                        assertThat(kept(tenant)).hasSize((int) (4500 - removedTo(tenant)));
                    }
                } else {
                    for (int n = 0; n < 200; n++) {
                        superuser
                                .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                        + " WHERE application_name = 'cleaner' AND state <> 'idle'")
                                .query(Boolean.class)
                                .list();
                    }
                    killing.set(false);
                }
                return i;
            });
        }
        cleanAll(tenant);
        assertThat(kept(tenant)).isEqualTo(from4001());
    }

    @Test
    void who_reads_on_after_what_was_removed_goes_on_with_the_oldest_that_is_kept() {
        writes(tenant, 5);
        ages(tenant, "seq <= 3", 8);
        cleanAll(tenant);
        for (long after : new long[] {0, 2, 3}) {
            assertThat(tenant.as(() -> tenant.bean(EventFeed.class)
                            .list(new EventFilter(null, null, null, Set.of()), after, new PageRequest(10, null))
                            .items()))
                    .as("after " + after)
                    .extracting(Event::seq)
                    .containsExactly(4L, 5L);
        }
    }

    @Test
    void the_database_lets_nobody_delete_what_was_not_seen_or_was_seen_today() {
        writes(tenant, 2);
        tenant.created(anOrder().spec());
        ages(tenant, "seq = 1", 2);
        assertThat(tenant.<Integer>sql(
                        jdbc -> jdbc.sql("DELETE FROM task_event").update()))
                .isEqualTo(1);
        assertThat(kept(tenant)).containsExactly(2L);
    }

    @Test
    void the_installation_is_cleaned_like_a_tenant() {
        DueWork due = tenant.bean(DueWork.class);
        assertThat(Application.shared().<Boolean>as(TenantId.SYSTEM, due::cleanUp))
                .isFalse();
    }

    private static List<Long> from4001() {
        return LongStream.rangeClosed(4001, 4500).boxed().toList();
    }

    private static void writes(Tenant whose, int events) {
        whose.sql(jdbc -> jdbc.sql("INSERT INTO task_event (object_type, object_id, type, actor)"
                        + " SELECT 'asset', 'a', 'asset.changed', 'me' FROM generate_series(1, :n)")
                .param("n", events)
                .update());
        seesAll(whose);
    }

    private static void seesAll(Tenant whose) {
        while (whose.as(() -> whose.bean(EventRelay.class).seeNext()) > 0) {
            // until none is left
        }
    }

    /** As if those that were seen had been seen so many days ago. */
    private void ages(Tenant whose, String which, int days) {
        superuser
                .sql("UPDATE task_event SET seen_at = now() - :days * interval '1 day'"
                        + " WHERE tenant_id = :t AND seq IS NOT NULL AND " + which)
                .param("days", days)
                .param("t", whose.id().value())
                .update();
    }

    private void isDue(Tenant whose) {
        whose.sql(jdbc -> jdbc.sql("UPDATE tenant_seq SET cleans_at = now()").update());
    }

    private static boolean isFound(Tenant whose) {
        return whose.bean(DueWork.class).look().contains(new Due(Due.Kind.CLEANS, whose.id(), null));
    }

    private double hoursOfRest() {
        isDue(tenant);
        cleanAll(tenant);
        return tenant.sql(
                jdbc -> jdbc.sql("SELECT extract(epoch FROM cleans_at - now())::float8 / 3600 FROM tenant_seq")
                        .query(Double.class)
                        .single());
    }

    private static boolean cleans(Tenant whose) {
        return whose.as(() -> whose.bean(DueWork.class).cleanUp());
    }

    private static void cleanAll(Tenant whose) {
        while (cleans(whose)) {
            // until none is left
        }
    }

    private static void cleansOrDies(Tenant whose) {
        try {
            var unused = cleans(whose);
        } catch (RuntimeException killed) {
            // as a process does
        }
    }

    private static long removedTo(Tenant whose) {
        return whose.sql(jdbc ->
                jdbc.sql("SELECT removed_to FROM tenant_seq").query(Long.class).single());
    }

    private static List<Long> kept(Tenant whose) {
        return whose.sql(jdbc -> jdbc.sql("SELECT seq FROM task_event WHERE seq IS NOT NULL ORDER BY seq")
                .query(Long.class)
                .list());
    }

    private List<TimelineEvent> timeline(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Timeline.class).ofOrder(order.taskId(), new PageRequest(200, null)))
                .orElseThrow()
                .items();
    }
}
