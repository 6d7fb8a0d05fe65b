package dev.taskorder.starter.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.order.OrderEnds;
import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.api.event.Event;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.Chain;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrderState;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.event.EventTail;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/** Waiting without HTTP around it: what nobody tells, what goes wrong, and the end of the process. */
class OrderWaitsTest {
    private final OneOrder orders = new OneOrder();
    private final OrderEnds ends = new OrderEnds(Runnable::run);
    private final ToldEvents told = new ToldEvents();
    private final EventTail tail = new EventTail(told, new BackgroundRunner(), told);
    private OrderWaits waits;

    @AfterEach
    void stop() {
        waits.stop();
        waits.close();
        tail.close();
    }

    @Test
    void what_was_stopped_and_started_again_works_as_before() {
        begin(1);
        waits.stop();
        waits.start();
        DeferredResult<ResponseEntity<TaskOrderResponse>> answer = untilOver(60);
        assertThat(answer.hasResult()).isFalse();

        orders.status = Status.SUCCESS;
        told.happens(OneOrder.ID);

        assertAnswered(answer, Status.SUCCESS);
    }

    @Test
    void an_order_that_ends_in_another_process_is_heard_of_by_its_event() {
        begin(1);
        DeferredResult<ResponseEntity<TaskOrderResponse>> answer = untilOver(60);
        assertThat(answer.hasResult()).isFalse();

        orders.status = Status.SUCCESS;
        told.happens(OneOrder.ID);

        assertAnswered(answer, Status.SUCCESS);
    }

    @Test
    void an_order_that_ends_in_this_process_is_answered_at_once() {
        begin(1);
        DeferredResult<ResponseEntity<TaskOrderResponse>> answer = untilOver(60);

        orders.status = Status.SUCCESS;
        ends.ended(OneOrder.ID);

        assertAnswered(answer, Status.SUCCESS);
    }

    @Test
    void an_order_that_ended_just_after_it_was_read_is_found_at_once() {
        begin(1);
        TaskOrder asItWas = orders.now();
        orders.status = Status.SUCCESS;

        assertAnswered(waits.untilOver(asItWas, 60, OrderWaitsTest::shown), Status.SUCCESS);
    }

    @Test
    void one_more_than_may_wait_is_answered_at_once() {
        begin(1);
        assertThat(untilOver(60).hasResult()).isFalse();
        assertThat(untilOver(60).hasResult()).isTrue();
    }

    @Test
    void the_end_of_the_process_answers_everyone_with_the_order_as_it_is() {
        begin(2);
        DeferredResult<ResponseEntity<TaskOrderResponse>> one = untilOver(60);
        DeferredResult<ResponseEntity<TaskOrderResponse>> other = untilOver(60);
        orders.status = Status.RUNNING;

        waits.stop();

        assertAnswered(one, Status.RUNNING);
        assertAnswered(other, Status.RUNNING);
        assertAnswered(untilOver(60), Status.RUNNING);
    }

    @Test
    void a_database_that_is_away_delays_nobody_past_the_time_asked_for() {
        begin(2);
        orders.away = true;
        DeferredResult<ResponseEntity<TaskOrderResponse>> answer = untilOver(1);

        assertAnswered(answer, Status.PENDING);
    }

    @Test
    void a_database_that_comes_back_is_looked_at_again() {
        begin(2);
        orders.away = true;
        DeferredResult<ResponseEntity<TaskOrderResponse>> answer = untilOver(60);
        orders.status = Status.FAILED;
        orders.away = false;

        assertAnswered(answer, Status.FAILED);
    }

    private void begin(int waitersMax) {
        waits = new OrderWaits(orders, new BackgroundRunner(), ends, tail, waitersMax);
        waits.start();
    }

    private DeferredResult<ResponseEntity<TaskOrderResponse>> untilOver(int seconds) {
        return waits.untilOver(orders.now(), seconds, OrderWaitsTest::shown);
    }

    private static ResponseEntity<TaskOrderResponse> shown(TaskOrder order) {
        return ResponseEntity.ok(TaskOrderResponse.of(order));
    }

    private static void assertAnswered(DeferredResult<ResponseEntity<TaskOrderResponse>> answer, Status status) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(answer::hasResult);
        assertThat(answer.getResult())
                .isInstanceOfSatisfying(ResponseEntity.class, entity -> assertThat(entity.getBody())
                        .isInstanceOfSatisfying(TaskOrderResponse.class, body -> assertThat(body.status())
                                .isEqualTo(status)));
    }

    /** The events of the order's tenant, and the word that there is a new one. */
    private static final class ToldEvents implements EventFeed, Changes {
        private final List<Event> events = new CopyOnWriteArrayList<>();
        private final List<Listener> listeners = new CopyOnWriteArrayList<>();

        void happens(UUID taskId) {
            long seq = events.size() + 1;
            events.add(new Event(
                    OneOrder.TENANT,
                    seq,
                    seq,
                    "task_order.succeeded",
                    Instant.EPOCH,
                    "system",
                    new Event.Subject("task_order", taskId.toString()),
                    "prod",
                    "p",
                    Map.of()));
            listeners.forEach(listener -> listener.eventsSeen(OneOrder.TENANT));
        }

        @Override
        public Stretch next(EventFilter filter, long after, int limit) {
            assertThat(TenantContext.required()).isEqualTo(OneOrder.TENANT);
            List<Event> later =
                    events.stream().filter(event -> event.seq() > after).toList();
            return new Stretch(later, Math.max(after, later.size() + after), false);
        }

        @Override
        public Kept kept(long after) {
            return new Kept(null, events.size());
        }

        @Override
        public boolean isComplete(UUID taskId) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Page<Event> list(EventFilter filter, long after, PageRequest page) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void add(Listener listener) {
            listeners.add(listener);
        }

        @Override
        public void tell(TenantId tenant) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean areHeard() {
            return true;
        }
    }

    /** The port with one order in it, seen by its tenant only. */
    private static final class OneOrder implements TaskOrders {
        private static final TenantId TENANT = new TenantId("tenant_a");
        private static final UUID ID = UUID.randomUUID();
        private volatile Status status = Status.PENDING;
        private volatile boolean away;

        TaskOrder now() {
            TaskOrderSpec spec = new TaskOrderSpec(
                    "p", "prod", "T", "k", 50, 1000, "USD", null, null, null, null, null, List.of(), Map.of(),
                    List.of(), Map.of());
            TaskOrderState state = new TaskOrderState(
                    status,
                    Instant.EPOCH,
                    null,
                    null,
                    null,
                    null,
                    null,
                    1,
                    Instant.EPOCH,
                    List.of(),
                    "v1",
                    null,
                    null,
                    null,
                    null,
                    Chain.NONE);
            return new TaskOrder(TENANT, ID, spec, state);
        }

        @Override
        public Optional<TaskOrder> find(UUID taskId) {
            if (away) {
                throw new IllegalStateException("no database");
            }
            assertThat(TenantContext.required()).isEqualTo(TENANT);
            return Optional.of(now());
        }

        @Override
        public UpdateResult update(UUID taskId, TaskOrderChange change, IntPredicate seen, Caller caller) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<CreateResult> create(List<TaskOrderSpec> specs, Caller caller) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Page<TaskOrder> list(TaskOrderFilter filter, PageRequest page) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CancelResult cancel(UUID taskId, String reason, Caller caller) {
            throw new UnsupportedOperationException();
        }
    }
}
