package dev.taskorder.activities.control;

import static dev.taskorder.activities.testing.Orders.anOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Orders;
import dev.taskorder.activities.testing.Tenant;
import dev.taskorder.api.control.ControlAdmin;
import dev.taskorder.api.control.Pause;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.tenant.Caller;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Sixteen create and admit all the while; one pauses and resumes. */
class PauseRacesTest {
    private static final int CREATORS = 16;
    private static final int EACH_BEFORE = 4;
    private static final int EACH_AFTER = 4;

    private final Tenant tenant = Tenant.fresh();
    private final Queue<TaskOrder> created = new ConcurrentLinkedQueue<>();

    @Test
    void once_it_is_paused_nothing_starts_and_what_waited_starts_in_the_exact_order_of_the_queue() throws Exception {
        tenant.asset("ip", "RAW_NET", "ip", 1, "1");
        TaskOrder first = tenant.running(anOrder().wanting("RAW_NET", null, 1));
        CountDownLatch warm = new CountDownLatch(CREATORS * EACH_BEFORE);
        AtomicBoolean paused = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(CREATORS);
        try {
            List<Future<?>> creators = new ArrayList<>();
            for (int i = 0; i < CREATORS; i++) {
                Random random = new Random(i);
                creators.add(threads.submit(() -> create(random, warm, paused)));
            }
            warm.await();
            tenant.as(() -> admin().pause(Pause.What.ORDERS, Pause.Mode.DRAIN, null, new Caller("ada", null)));
            look(); // in turn with any look that began before
            List<UUID> ran = ran();
            paused.set(true);
            for (Future<?> creator : creators) {
                creator.get();
            }
            tenant.finish(first);
            look();
            assertThat(ran())
                    .as("what has begun, as it was when the pause was in force")
                    .isEqualTo(ran);
        } finally {
            threads.shutdownNow();
        }

        tenant.as(() -> admin().resume(Pause.What.ORDERS, null, new Caller("ada", null)));

        List<UUID> served = new ArrayList<>();
        List<UUID> queue = created.stream()
                .filter(order -> !order.spec().resourceHints().isEmpty())
                .sorted(Comparator.comparingInt(
                                (TaskOrder order) -> -order.spec().priority())
                        .thenComparing(order -> order.state().createdAt())
                        .thenComparing(order -> order.taskId().toString()))
                .map(TaskOrder::taskId)
                .toList();
        for (int i = 0; i < queue.size(); i++) {
            UUID holder = holder();
            served.add(holder);
            tenant.finish(tenant.find(holder));
        }
        assertThat(served).isEqualTo(queue);
        assertThat(ran()).as("nothing is lost").hasSize(created.size() + 1);
    }

    private void create(Random random, CountDownLatch warm, AtomicBoolean paused) {
        int left = EACH_AFTER;
        while (left > 0) {
            // every other one wants nothing, and starts at once as long as anything does
            Orders order = anOrder().priority(random.nextInt(5));
            boolean wants = random.nextBoolean();
            TaskOrder made = tenant.created((wants ? order.wanting("RAW_NET", null, 1) : order).spec());
            created.add(made);
            tenant.admitted(made);
            warm.countDown();
            left -= paused.get() ? 1 : 0;
        }
    }

    /** Those of them that were ever begun. */
    private List<UUID> ran() {
        return tenant.sql(
                jdbc -> jdbc.sql("SELECT task_id FROM task_order WHERE started_at IS NOT NULL ORDER BY task_id")
                        .query(UUID.class)
                        .list());
    }

    private UUID holder() {
        return tenant.sql(jdbc -> jdbc.sql("SELECT task_id FROM lease WHERE state = 'ACTIVE'")
                .query(UUID.class)
                .single());
    }

    private void look() {
        tenant.sql(jdbc ->
                jdbc.sql("INSERT INTO match_wanted (env) VALUES ('prod')").update());
        tenant.as(() -> {
            tenant.bean(MatchTrigger.class).run("prod");
            return true;
        });
    }

    private ControlAdmin admin() {
        return tenant.bean(ControlAdmin.class);
    }
}
