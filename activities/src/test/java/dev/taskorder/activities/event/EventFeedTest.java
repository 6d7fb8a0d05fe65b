package dev.taskorder.activities.event;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.event.Event;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.page.BadCursorException;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tenant's events, page by page: whoever goes on after what it knows misses nothing. */
class EventFeedTest {
    private static final EventFilter ALL = EventFilter.ALL;

    private final Tenant tenant = Tenant.fresh();

    @Test
    void pages_go_on_where_the_one_before_ended_and_the_last_says_that_it_is() {
        write(7);

        Page<Event> first = page(ALL, 0, 3, null);
        Page<Event> second = page(ALL, 0, 3, first.nextCursor());
        Page<Event> last = page(ALL, 0, 3, second.nextCursor());

        assertThat(seqs(first)).containsExactly(1L, 2L, 3L);
        assertThat(seqs(second)).containsExactly(4L, 5L, 6L);
        assertThat(seqs(last)).containsExactly(7L);
        assertThat(last.nextCursor()).isNull();
        assertThat(seqs(page(ALL, 7, 3, null))).isEmpty();
        write(1);
        assertThat(seqs(page(ALL, 7, 3, null))).containsExactly(8L);
    }

    @Test
    void a_stream_is_let_through_the_same_events_as_a_page() {
        TaskOrder one = tenant.created(anOrder().env("dev").spec());
        TaskOrder other = tenant.created(anOrder().spec());
        tenant.cancel(one.taskId());
        tenant.cancel(other.taskId());
        write(3);
        List<Event> all = next(ALL).events();
        assertThat(all).hasSizeGreaterThan(8);
        for (EventFilter filter : List.of(
                ALL,
                new EventFilter("dev", null, null, Set.of()),
                new EventFilter(null, one.spec().projectId(), null, Set.of()),
                new EventFilter(null, "none", null, Set.of()),
                new EventFilter(null, null, one.taskId(), Set.of()),
                new EventFilter(null, null, null, Set.of("task_order.cancelled", "asset.changed")),
                new EventFilter("dev", one.spec().projectId(), one.taskId(), Set.of("task_order.created")))) {
            assertThat(next(filter).events())
                    .as(filter.toString())
                    .isEqualTo(all.stream().filter(filter::letsThrough).toList());
        }
    }

    @Test
    void a_stretch_says_where_to_go_on_and_whether_there_is_more() {
        write(5);
        EventFeed.Stretch first = tenant.as(() -> feed().next(ALL, 0, 3));
        assertThat(first.through()).isEqualTo(3);
        assertThat(first.more()).isTrue();
        EventFeed.Stretch last = tenant.as(() -> feed().next(ALL, first.through(), 3));
        assertThat(last.events()).extracting(Event::seq).containsExactly(4L, 5L);
        assertThat(last.more()).isFalse();
        EventFilter none = new EventFilter("nowhere", null, null, Set.of());
        assertThat(next(none)).isEqualTo(new EventFeed.Stretch(List.of(), 5, false));
        assertThat(tenant.as(() -> feed().kept(3))).isEqualTo(new EventFeed.Kept(4L, 5));
        assertThat(tenant.as(() -> feed().kept(5))).isEqualTo(new EventFeed.Kept(null, 5));
    }

    @Test
    void an_order_is_complete_when_it_is_over_and_all_that_it_did_was_seen() {
        TaskOrder order = tenant.created(anOrder().spec());
        see();
        assertThat(complete(order)).isFalse();
        tenant.cancel(order.taskId());
        assertThat(complete(order)).isFalse();
        see();
        assertThat(complete(order)).isTrue();
        assertThat(tenant.as(() -> feed().isComplete(UUID.randomUUID()))).isTrue();
    }

    private boolean complete(TaskOrder order) {
        return tenant.as(() -> feed().isComplete(order.taskId()));
    }

    private EventFeed.Stretch next(EventFilter filter) {
        return tenant.as(() -> feed().next(filter, 0, 200));
    }

    private EventFeed feed() {
        return tenant.bean(EventFeed.class);
    }

    @Test
    void what_was_not_seen_yet_is_not_there_yet() {
        tenant.created(anOrder().spec());

        assertThat(page(ALL, 0, 10, null).items()).isEmpty();
        see();
        assertThat(page(ALL, 0, 10, null).items()).hasSize(1);
    }

    @Test
    void filters_leave_what_fits_all_of_them() {
        TaskOrder order = tenant.created(anOrder().env("dev").spec());
        tenant.cancel(order.taskId());
        tenant.created(anOrder().env("dev").spec());
        tenant.created(anOrder().spec());
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "1");
        see();

        assertThat(types(new EventFilter("dev", null, null, Set.of()))).hasSize(4);
        assertThat(types(new EventFilter(null, "acme-shop", null, Set.of()))).hasSize(5);
        assertThat(types(new EventFilter(null, "other", null, Set.of()))).isEmpty();
        assertThat(types(new EventFilter(null, null, order.taskId(), Set.of())))
                .containsExactly("task_order.created", "task_order.updated", "task_order.cancelled");
        assertThat(types(new EventFilter("dev", null, null, Set.of("task_order.cancelled", "asset.changed"))))
                .containsExactly("task_order.cancelled");
        assertThat(types(new EventFilter(null, null, UUID.randomUUID(), Set.of())))
                .isEmpty();
    }

    @Test
    void a_call_looks_at_so_many_events_only_and_says_where_to_go_on() {
        write(10_000);
        tenant.created(anOrder().spec());
        see();
        EventFilter rare = new EventFilter(null, null, null, Set.of("task_order.created"));

        Page<Event> none = page(rare, 0, 10, null);
        assertThat(none.items()).isEmpty();
        assertThat(seqs(page(rare, 0, 10, none.nextCursor()))).containsExactly(10_001L);
        assertThat(seqs(page(rare, 5, 10, null))).containsExactly(10_001L);
    }

    @Test
    void the_oldest_that_is_kept_is_found_at_once_however_many_are_gone() {
        write(20);
        TestDatabase.get()
                .superuser()
                .sql("DELETE FROM task_event WHERE tenant_id = :t AND seq < 15")
                .param("t", tenant.id().value())
                .update();

        assertThat(seqs(page(ALL, 0, 2, null))).containsExactly(15L, 16L);
    }

    @Test
    void a_cursor_is_good_for_its_tenant_and_filter_alone() {
        write(3);
        String cursor = page(ALL, 0, 1, null).nextCursor();
        Tenant other = Tenant.fresh();

        assertThatThrownBy(() -> page(new EventFilter("dev", null, null, Set.of()), 0, 1, cursor))
                .isInstanceOf(BadCursorException.class);
        assertThatThrownBy(() -> other.as(() -> other.bean(EventFeed.class).list(ALL, 0, new PageRequest(1, cursor))))
                .isInstanceOf(BadCursorException.class);
        assertThat(other.as(() -> other.bean(EventFeed.class).list(ALL, 0, new PageRequest(10, null)))
                        .items())
                .isEmpty();
    }

    private void write(int events) {
        tenant.sql(jdbc -> jdbc.sql("INSERT INTO task_event (object_type, object_id, type, actor)"
                        + " SELECT 'asset', 'a', 'asset.changed', 'me' FROM generate_series(1, :n)")
                .param("n", events)
                .update());
        see();
    }

    private void see() {
        assertThat(IntStream.generate(() ->
                                tenant.as(() -> tenant.bean(EventRelay.class).seeNext()))
                        .takeWhile(seen -> seen > 0)
                        .sum())
                .isPositive();
    }

    private Page<Event> page(EventFilter filter, long after, int limit, @Nullable String cursor) {
        return tenant.as(() -> tenant.bean(EventFeed.class).list(filter, after, new PageRequest(limit, cursor)));
    }

    private List<String> types(EventFilter filter) {
        List<String> types = new ArrayList<>();
        page(filter, 0, 200, null).items().forEach(event -> types.add(event.type()));
        return types;
    }

    private static List<Long> seqs(Page<Event> page) {
        return page.items().stream().map(Event::seq).toList();
    }
}
