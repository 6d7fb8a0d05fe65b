package dev.taskorder.activities.order;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.testing.Application;
import dev.taskorder.activities.testing.Race;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.activities.testing.TestDatabase;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.CreateResult.Created;
import dev.taskorder.api.order.CreateResult.QuotaExceeded;
import dev.taskorder.api.order.CreateResult.Replayed;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code quotas.open_orders}: never one more, and never one less than there is room for. */
class OpenOrdersTest {
    private final Tenant tenant = Tenant.fresh();

    @AfterEach
    void what_is_counted_is_what_is_open() {
        assertThat(counted()).isEqualTo(open());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 63})
    void sixty_four_creators_make_as_many_orders_as_the_quota_has_room_for(int limit) throws Exception {
        tenant.withQuotas("{\"open_orders\": " + limit + "}");
        List<CreateResult> results = Race.of(64, i -> () -> create(anOrder().spec()));
        assertThat(results).filteredOn(Created.class::isInstance).hasSize(limit);
        assertThat(results)
                .filteredOn(result -> !(result instanceof Created))
                .hasSize(64 - limit)
                .containsOnly(new QuotaExceeded(limit, limit));
    }

    @Test
    void sixty_four_creators_of_one_key_make_one_order_though_there_is_room_for_one_only() throws Exception {
        tenant.withQuotas("{\"open_orders\": 1}");
        TaskOrderSpec spec = anOrder().spec();
        List<CreateResult> results = Race.of(64, i -> () -> create(spec));
        assertThat(results).filteredOn(Created.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(Replayed.class::isInstance).hasSize(63);
    }

    @Test
    void batches_against_single_calls_leave_no_room_and_take_none_that_is_not_there() throws Exception {
        tenant.withQuotas("{\"open_orders\": 100}");
        List<List<CreateResult>> results = Race.of(24, i -> () -> tenant.create(specs(i % 3 == 0 ? 17 : 1)));
        List<CreateResult> all = results.stream().flatMap(List::stream).toList();
        assertThat(all).filteredOn(Created.class::isInstance).hasSize(100);
        assertThat(all).filteredOn(QuotaExceeded.class::isInstance).hasSize(8 * 17 + 16 - 100);
    }

    @Test
    void creators_against_ends_never_have_more_open_than_the_quota() throws Exception {
        tenant.withQuotas("{\"open_orders\": 10}");
        Queue<TaskOrder> open = new ConcurrentLinkedQueue<>();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger made = new AtomicInteger();
        Race.of(12, i -> () -> {
            for (int n = 0; n < 60; n++) {
                if (i % 3 == 0) {
                    TaskOrder next = open.poll();
                    if (next != null) {
                        tenant.cancel(next.taskId());
                    }
                } else if (create(anOrder().spec()) instanceof Created created) {
                    open.add(created.order());
                    made.incrementAndGet();
                }
                most.accumulateAndGet((int) open(), Math::max);
            }
            return i;
        });
        assertThat(most.get()).isEqualTo(10);
        assertThat(made.get()).isGreaterThanOrEqualTo(10);
    }

    @Test
    void who_waits_while_others_have_all_parts_goes_on_as_soon_as_its_own_is_free() throws Exception {
        tenant.created(anOrder().spec());
        ExecutorService others = Executors.newFixedThreadPool(3);
        try (Application one = new Application(1)) {
            Tenant waiting = tenant.in(one);
            int pid = waiting.sql(jdbc ->
                    jdbc.sql("SELECT pg_backend_pid()").query(Integer.class).single());
            int another = pid % 8 + 8;
            CountDownLatch taken = new CountDownLatch(2);
            CountDownLatch ownIsFree = new CountDownLatch(1);
            CountDownLatch allAreFree = new CountDownLatch(1);
            Future<?> most = others.submit(() -> holding("part <> " + another, taken, ownIsFree));
            Future<?> last = others.submit(() -> holding("part = " + another, taken, allAreFree));
            taken.await();
            Future<CreateResult> created =
                    others.submit(() -> waiting.create(specs(1)).get(0));
            await().until(() -> waitsForALock(pid));
            ownIsFree.countDown();
            most.get();
            assertThat(created.get(4, TimeUnit.SECONDS)).isInstanceOf(Created.class);
            allAreFree.countDown();
            last.get();
        } finally {
            others.shutdownNow();
        }
    }

    @Test
    void each_order_of_a_batch_is_judged_by_itself_in_the_order_given() {
        tenant.withQuotas("{\"open_orders\": 3}");
        TaskOrderSpec first = anOrder().spec();
        tenant.created(first);
        TaskOrderSpec twice = anOrder().spec();
        List<CreateResult> results = create(
                anOrder().spec(),
                anOrder().env("moon").spec(),
                first,
                twice,
                twice,
                anOrder().spec(),
                anOrder().spec());
        assertThat(results.stream().map(result -> result.getClass().getSimpleName()))
                .containsExactly(
                        "Created", "NotAllowed", "Replayed", "Created", "Replayed", "QuotaExceeded", "QuotaExceeded");
        assertThat(results.get(6)).isEqualTo(new QuotaExceeded(3, 3));
    }

    @Test
    void a_repeat_is_answered_although_there_is_no_room() {
        TaskOrderSpec spec = anOrder().key("again").spec();
        tenant.withQuotas("{\"open_orders\": 1}");
        assertThat(create(spec)).isInstanceOf(Created.class);
        assertThat(create(spec)).isInstanceOf(Replayed.class);
        assertThat(create(anOrder().key("again").priority(3).spec())).isInstanceOf(CreateResult.KeyReused.class);
        assertThat(create(anOrder().spec())).isEqualTo(new QuotaExceeded(1, 1));
    }

    @Test
    void who_could_never_be_served_is_told_of_the_quota_first() {
        tenant.withQuotas("{\"open_orders\": 1}");
        TaskOrderSpec spec = anOrder().wanting("RAW_NET", null, 1).spec();
        assertThat(create(spec)).isInstanceOf(CreateResult.NeverSatisfiable.class);
        tenant.created(anOrder().spec());
        assertThat(create(spec)).isEqualTo(new QuotaExceeded(1, 1));
    }

    @Test
    void an_order_that_ends_makes_room_at_once_however_it_ends() {
        tenant.withQuotas("{\"open_orders\": 1}");
        tenant.cancel(tenant.created(anOrder().spec()).taskId());
        tenant.finish(tenant.running(anOrder()));
        tenant.asset("ip", "RAW_NET", "ip.1", 1, "7");
        // the matcher ends it: not even the cheapest is within its means
        TaskOrder poor = tenant.created(
                anOrder().wanting("RAW_NET", null, 1).maxTotalCost("1").spec());
        tenant.admitted(poor);
        assertThat(tenant.statusOf(poor).isOver()).isTrue();
        assertThat(create(anOrder().spec())).isInstanceOf(Created.class);
        assertThat(create(anOrder().spec())).isInstanceOf(QuotaExceeded.class);
    }

    @Test
    void what_is_rolled_back_takes_no_room_and_makes_none() {
        tenant.withQuotas("{\"open_orders\": 1}");
        TaskOrder order = tenant.created(anOrder().spec());
        assertThatIllegalStateException()
                .isThrownBy(() -> tenant.sql(jdbc -> {
                    tenant.bean(TaskOrders.class).cancel(order.taskId(), "no", Tenant.CALLER);
                    throw new IllegalStateException("after all not");
                }));
        assertThat(create(anOrder().spec())).isInstanceOf(QuotaExceeded.class);
    }

    @Test
    void a_lower_limit_lets_nobody_in_until_enough_have_ended_and_a_higher_one_does_at_once() {
        List<TaskOrder> orders = new ArrayList<>();
        tenant.withQuotas("{\"open_orders\": 40}");
        create(specs(40).toArray(TaskOrderSpec[]::new)).forEach(result -> orders.add(((Created) result).order()));
        Tenant lower = inNewProcess("{\"open_orders\": 5}");
        assertThat(lower.create(specs(1))).containsExactly(new QuotaExceeded(5, 40));
        orders.subList(0, 35).forEach(order -> lower.cancel(order.taskId()));
        assertThat(lower.create(specs(1))).containsExactly(new QuotaExceeded(5, 5));
        lower.cancel(orders.get(35).taskId());
        assertThat(lower.create(specs(2)).stream().map(Object::getClass).map(Class::getSimpleName))
                .containsExactly("Created", "QuotaExceeded");
        Tenant higher = inNewProcess("{\"open_orders\": 7}");
        assertThat(higher.create(specs(3)).stream().map(Object::getClass).map(Class::getSimpleName))
                .containsExactly("Created", "Created", "QuotaExceeded");
    }

    private Boolean holding(String parts, CountDownLatch taken, CountDownLatch until) {
        return tenant.sql(jdbc -> {
            jdbc.sql("SELECT part FROM tenant_usage WHERE " + parts + " ORDER BY part FOR NO KEY UPDATE")
                    .query(Integer.class)
                    .list();
            taken.countDown();
            try {
                return until.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static boolean waitsForALock(int pid) {
        return TestDatabase.get()
                .superuser()
                .sql("SELECT coalesce(wait_event_type = 'Lock', false) FROM pg_stat_activity WHERE pid = :pid")
                .param("pid", pid)
                .query(Boolean.class)
                .single();
    }

    /** One that did not look at the policy before. */
    private Tenant inNewProcess(String quotas) {
        tenant.withQuotas(quotas);
        Application other = new Application(2);
        return tenant.in(other);
    }

    private CreateResult create(TaskOrderSpec spec) {
        return tenant.create(List.of(spec)).get(0);
    }

    private List<CreateResult> create(TaskOrderSpec... specs) {
        return tenant.create(List.of(specs));
    }

    private static List<TaskOrderSpec> specs(int orders) {
        return IntStream.range(0, orders).mapToObj(i -> anOrder().spec()).toList();
    }

    private long open() {
        return count("SELECT count(*) FROM task_order WHERE finished_at IS NULL");
    }

    private long counted() {
        return count("SELECT sum(open_orders)::bigint FROM tenant_usage");
    }

    private long count(String question) {
        return tenant.sql(jdbc -> jdbc.sql(question).query(Long.class).single());
    }
}
