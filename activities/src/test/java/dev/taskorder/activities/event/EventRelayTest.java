package dev.taskorder.activities.event;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Each event gets its place once, dense for each tenant, and in the order of the changes for each object. */
class EventRelayTest {
    private final Tenant tenant = Tenant.fresh();

    @Test
    void events_get_dense_places_in_the_order_they_were_written() {
        TaskOrder order = tenant.created(anOrder().spec());
        tenant.cancel(order.taskId());

        assertThat(seeAll()).isEqualTo(3);
        tenant.created(anOrder().spec());
        assertThat(seeAll()).isEqualTo(1);

        assertThat(texts("SELECT seq || ' ' || type FROM task_event ORDER BY event_no"))
                .containsExactly(
                        "1 task_order.created",
                        "2 task_order.updated",
                        "3 task_order.cancelled",
                        "4 task_order.created");
        assertThat(last()).isEqualTo(4);
    }

    @Test
    void an_event_that_is_committed_late_comes_after_those_that_were_seen_before_it() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        try {
            Future<?> late = other.submit(() -> tenant.sql(jdbc -> {
                jdbc.sql("INSERT INTO task_event (object_type, object_id, type, actor)"
                                + " VALUES ('asset', 'late', 'asset.changed', 'me')")
                        .update();
                written.countDown();
                return await(seen);
            }));
            written.await();
            tenant.created(anOrder().spec());
            assertThat(seeAll()).isEqualTo(1);
            seen.countDown();
            late.get();
        } finally {
            other.shutdownNow();
        }
        assertThat(seeAll()).isEqualTo(1);
        assertThat(texts("SELECT seq || ' ' || type FROM task_event ORDER BY event_no"))
                .containsExactly("2 asset.changed", "1 task_order.created");
    }

    @Test
    void whoever_follows_in_any_process_is_told_that_there_is_something_new() {
        try (Application other = new Application(2)) {
            BlockingQueue<TenantId> told = new LinkedBlockingQueue<>();
            Changes changes = other.bean(Changes.class);
            changes.add(new Changes.Listener() {
                @Override
                public void changed(TenantId changed) {
                    // not of its events
                }

                @Override
                public void eventsSeen(TenantId seen) {
                    if (seen.equals(tenant.id())) {
                        told.add(seen);
                    }
                }

                @Override
                public void anythingChanged() {
                    // as it was
                }

                @Override
                public boolean remembers() {
                    return true;
                }
            });
            Awaitility.await().until(changes::areHeard);
            tenant.created(anOrder().spec());
            assertThat(told).isEmpty();
            seeAll();
            Awaitility.await().until(() -> told.size() == 1);
            seeAll();
            tenant.created(anOrder().spec());
            seeAll();
            Awaitility.await().until(() -> told.size() == 2);
        }
    }

    @Test
    void sixteen_writers_and_two_relays_leave_no_gap_and_nothing_twice() throws Exception {
        AtomicBoolean writing = new AtomicBoolean(true);
        int writers = 16;
        CountDownLatch left = new CountDownLatch(writers);
        Race.of(writers + 2, i -> () -> {
            if (i >= writers) {
                while (writing.get()) {
                    see();
                }
                return seeAll();
            }
            for (int n = 0; n < 15; n++) {
                TaskOrder order = tenant.created(anOrder().spec());
                tenant.cancel(order.taskId());
            }
            left.countDown();
            writing.set(left.getCount() > 0);
            return 0;
        });
        seeAll();

        assertDense(writers * 15 * 3L);
        assertThat(texts("SELECT object_id FROM task_event GROUP BY object_id HAVING array_agg(type ORDER BY seq)"
                        + " <> '{task_order.created,task_order.updated,task_order.cancelled}'"))
                .as("orders whose events are not in the order of their changes")
                .isEmpty();
    }

    @Test
    void a_relay_that_is_killed_anywhere_leaves_its_events_to_the_next_one() throws Exception {
        int kills = 25;
        AtomicBoolean killing = new AtomicBoolean(true);
        try (Application victim = new Application(1, "SET application_name = 'relay'")) {
            Tenant there = tenant.in(victim);
            List<Integer> lost = Race.of(3, i -> () -> switch (i) {
                case 0 -> {
                    for (int n = 0; n < 200; n++) {
                        tenant.created(anOrder().spec());
                    }
                    yield 0;
                }
                case 1 -> {
                    int failed = 0;
                    while (killing.get()) {
                        failed += failed(there) ? 1 : 0;
                    }
                    yield failed;
                }
                default -> {
                    for (int n = 0; n < kills; n++) {
                        TestDatabase.get()
                                .superuser()
                                .sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                        + " WHERE application_name = 'relay' AND state <> 'idle'")
                                .query(Boolean.class)
                                .list();
                        tenant.created(anOrder().spec());
                    }
                    killing.set(false);
                    yield 0;
                }
            });
            assertThat(lost.get(1)).isNotNegative();
        }
        seeAll();

        assertDense(200L + kills);
    }

    @Test
    void who_meets_another_relay_leaves_that_tenant_to_it() throws Exception {
        tenant.created(anOrder().spec());
        tenant.sql(jdbc -> {
            jdbc.sql("SELECT last FROM tenant_seq FOR NO KEY UPDATE")
                    .query(Long.class)
                    .single();
            ExecutorService other = Executors.newSingleThreadExecutor();
            try {
                assertThat(other.submit(this::see).get()).isZero();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            } finally {
                other.shutdownNow();
            }
            return 0;
        });
        assertThat(see()).isEqualTo(1);
    }

    @Test
    void at_most_a_thousand_are_seen_at_once_and_the_rest_is_known_to_be_there() {
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO task_event (object_type, object_id, type, actor)"
                        + " SELECT 'asset', 'a', 'asset.changed', 'me' FROM generate_series(1, 1001)")
                .update());

        assertThat(see()).isEqualTo(EventRelay.EVENTS_MAX);
        assertThat(tenant.bean(EventRelay.class).tenantsWithUnseen()).contains(tenant.id());
        assertThat(see()).isEqualTo(1);
        assertThat(tenant.bean(EventRelay.class).tenantsWithUnseen()).doesNotContain(tenant.id());
        assertThat(see()).isZero();
    }

    @Test
    void an_event_knows_env_and_project_of_what_it_speaks_of() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        tenant.created(anOrder().env("dev").spec());
        tenant.sql(jdbc -> jdbc.sql(
                        "INSERT INTO task_event (object_type, object_id, type, actor, data)"
                                + " VALUES ('budget', 'prod/project/acme', 'budget.updated', 'me', :acme::jsonb),"
                                + " ('budget', 'prod/tenant/t', 'budget.updated', 'me', :t::jsonb), ('tenant', 't', 'tenant.updated', 'me', '{}')")
                .param("acme", "{\"env\": \"prod\", \"scope\": \"project\", \"id\": \"acme\"}")
                .param("t", "{\"env\": \"prod\", \"scope\": \"tenant\", \"id\": \"t\"}")
                .update());
        seeAll();

        assertThat(texts("SELECT concat_ws(' ', object_type, coalesce(env, '-'), coalesce(project_id, '-'))"
                        + " FROM task_event ORDER BY seq"))
                .containsExactly(
                        "asset prod -", "task_order dev acme-shop", "budget prod acme", "budget prod -", "tenant - -");
    }

    @Test
    void the_timeline_of_an_order_is_the_same_before_and_after_its_events_were_seen() {
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        TaskOrder order = tenant.finish(tenant.running(anOrder().wanting("RAW_NET", null, 1)));
        List<TimelineEvent> before = timeline(order);
        assertThat(before).hasSizeGreaterThan(4);

        seeAll();
        assertThat(timeline(order)).isEqualTo(before);
        tenant.sql(jdbc -> {
            // what the clean-up does with what is old enough; CleanUpTest has the clean-up itself
            TestDatabase.get()
                    .superuser()
                    .sql("DELETE FROM task_event WHERE tenant_id = :t")
                    .param("t", tenant.id().value())
                    .update();
            return 0;
        });
        assertThat(timeline(order)).isEqualTo(before);
    }

    @Test
    void without_an_activity_log_the_timeline_stays_as_it_was_and_the_events_are_all_there() {
        TaskOrder order = tenant.created(anOrder().spec());
        seeAll();
        List<TimelineEvent> before = timeline(order);
        assertThat(before).hasSize(1);

        tenant.withHandlers("{\"activity_log\": false}");
        tenant.cancel(order.taskId());
        assertThat(timeline(order)).isEqualTo(before);
        assertThat(seeAll()).isEqualTo(2);
        assertThat(timeline(order)).isEqualTo(before);
        assertThat(texts("SELECT seq || ' ' || type FROM task_event ORDER BY seq"))
                .containsExactly("1 task_order.created", "2 task_order.updated", "3 task_order.cancelled");

        tenant.withHandlers("{\"activity_log\": true}");
        TaskOrder next = tenant.created(anOrder().spec());
        seeAll();
        assertThat(timeline(next)).hasSize(1);
        assertThat(timeline(order)).isEqualTo(before);
    }

    @Test
    void an_event_that_was_seen_is_not_changed_by_anybody() {
        tenant.created(anOrder().spec());
        seeAll();

        assertThat(tenant.<Integer>sql(
                        jdbc -> jdbc.sql("UPDATE task_event SET seq = 7").update()))
                .isZero();
        assertThat(tenant.<Integer>sql(
                        jdbc -> jdbc.sql("DELETE FROM task_event").update()))
                .as("of what was seen today")
                .isZero();
        for (String change :
                List.of("UPDATE task_event SET type = 'x'", "UPDATE timeline SET type = 'x'", "DELETE FROM timeline")) {
            assertThatThrownBy(() -> tenant.sql(jdbc -> jdbc.sql(change).update()))
                    .rootCause()
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void days_are_there_for_a_week_and_made_once() throws Exception {
        Race.of(
                4,
                i -> () -> tenant.as(() -> {
                    tenant.bean(EventRelay.class).prepareDays();
                    return i;
                }));
        assertThat(TestDatabase.get()
                        .superuser()
                        .sql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'task_event'::regclass")
                        .query(Integer.class)
                        .single())
                .isBetween(8, 9);
        assertThatThrownBy(() -> tenant.sql(jdbc -> jdbc.sql("SELECT count(*) FROM task_event_first")
                        .query(Long.class)
                        .single()))
                .rootCause()
                .hasMessageContaining("permission denied");
    }

    private void assertDense(long events) {
        assertThat(tenant.<List<Long>>sql(jdbc -> jdbc.sql("SELECT seq FROM task_event ORDER BY seq")
                        .query(Long.class)
                        .list()))
                .isEqualTo(LongStream.rangeClosed(1, events).boxed().toList());
        assertThat(last()).isEqualTo(events);
        assertThat(texts("SELECT event_no::text FROM task_event WHERE object_type = 'task_order' EXCEPT ALL"
                        + " SELECT event_no::text FROM timeline"))
                .isEmpty();
    }

    private static boolean failed(Tenant there) {
        try {
            there.as(() -> there.bean(EventRelay.class).seeNext());
            return false;
        } catch (RuntimeException killed) {
            return true;
        }
    }

    private int see() {
        return tenant.as(() -> tenant.bean(EventRelay.class).seeNext());
    }

    private int seeAll() {
        return IntStream.generate(this::see).takeWhile(seen -> seen > 0).sum();
    }

    private List<TimelineEvent> timeline(TaskOrder order) {
        return tenant.as(() -> tenant.bean(Timeline.class).ofOrder(order.taskId(), new PageRequest(200, null)))
                .orElseThrow()
                .items();
    }

    private long last() {
        return tenant.sql(jdbc ->
                jdbc.sql("SELECT last FROM tenant_seq").query(Long.class).single());
    }

    private List<String> texts(String question) {
        return tenant.sql(jdbc -> jdbc.sql(question).query(String.class).list());
    }

    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
