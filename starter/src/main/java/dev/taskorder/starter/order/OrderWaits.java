package dev.taskorder.starter.order;

import dev.taskorder.activities.order.OrderEnds;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.starter.event.EventTail;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Callers who wait until an order is over. None of them holds a request thread or a database connection: one thread
 * looks for all of them, at once when an order ends in this process, else when it has an event.
 */
final class OrderWaits implements SmartLifecycle, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OrderWaits.class);

    /** After this much more than the caller asked for, the container answers, whatever keeps our thread. */
    private static final Duration OVERDUE = Duration.ofSeconds(5);

    private static final long AGAIN_MS = 1_000;

    private final TaskOrders orders;
    private final BackgroundRunner background;
    private final EventTail tail;
    private final Semaphore places;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor thread;
    private volatile boolean running;

    /** @param waitersMax who comes when so many wait already is answered at once */
    OrderWaits(TaskOrders orders, BackgroundRunner background, OrderEnds ends, EventTail tail, int waitersMax) {
        this.orders = orders;
        this.background = background;
        this.tail = tail;
        this.places = new Semaphore(waitersMax);
        this.thread = new ScheduledThreadPoolExecutor(
                1, OwnThreads.daemons("order-waits"), new ThreadPoolExecutor.DiscardPolicy());
        this.thread.setRemoveOnCancelPolicy(true);
        ends.listen(this::ended);
    }

    /**
     * An answer that comes when the order is over, when the seconds have passed, or when this process stops; at once
     * where nothing is to be waited for, or too many wait already.
     *
     * @param order as it was just read
     * @param shown what to answer with, given the order as it is then
     */
    DeferredResult<ResponseEntity<TaskOrderResponse>> untilOver(
            TaskOrder order, int seconds, Function<TaskOrder, ResponseEntity<TaskOrderResponse>> shown) {
        Waiter waiter = new Waiter(order, seconds, shown);
        if (seconds == 0 || waiter.isOver() || !running || !places.tryAcquire()) {
            waiter.answer();
            return waiter.result;
        }
        waiter.result.onCompletion(() -> leave(waiter));
        waiters.add(waiter);
        if (!running) {
            // the process began to stop in between and may have overlooked this one
            waiter.answer();
        }
        // the order may have ended since it was read, when nobody listened for it yet
        tail.follow(order.tenantId(), waiter, () -> thread.execute(() -> look(waiter)));
        waiter.atTheLatest = thread.schedule(() -> giveUp(waiter), seconds, TimeUnit.SECONDS);
        return waiter.result;
    }

    @Override
    public void start() {
        running = true;
    }

    /** Answers everyone with the order as it is: the server, which stops later, waits for open requests. */
    @Override
    public void stop() {
        running = false;
        waiters.forEach(this::look);
        waiters.forEach(Waiter::answer);
    }

    /** After the last stop; until then it may be started again. */
    @Override
    public void close() {
        thread.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void ended(UUID taskId) {
        for (Waiter waiter : waiters) {
            if (waiter.order.taskId().equals(taskId)) {
                thread.execute(() -> look(waiter));
            }
        }
    }

    private void giveUp(Waiter waiter) {
        look(waiter);
        waiter.answer();
    }

    /** Answers if the order is over; if it cannot be read, it is looked at again soon. */
    private void look(Waiter waiter) {
        if (waiter.result.isSetOrExpired()) {
            return;
        }
        try {
            TaskOrder last = waiter.order;
            waiter.order = background.call(
                    last.tenantId(), () -> orders.find(last.taskId()).orElse(last));
        } catch (RuntimeException unreadable) {
            log.debug("order {} cannot be looked at: {}", waiter.order.taskId(), unreadable.toString());
            Future<?> unused = thread.schedule(() -> look(waiter), AGAIN_MS, TimeUnit.MILLISECONDS);
            return;
        }
        if (waiter.isOver()) {
            waiter.answer();
        }
    }

    private void leave(Waiter waiter) {
        if (waiters.remove(waiter)) {
            places.release();
            tail.leave(waiter.order.tenantId(), waiter);
            waiter.forgetTheTime();
        }
    }

    /** One caller, and the order as it was when last looked at. */
    private final class Waiter implements EventTail.Follower {
        private final DeferredResult<ResponseEntity<TaskOrderResponse>> result;
        private final Function<TaskOrder, ResponseEntity<TaskOrderResponse>> shown;
        private volatile TaskOrder order;
        private volatile @Nullable Future<?> atTheLatest;

        Waiter(TaskOrder order, int seconds, Function<TaskOrder, ResponseEntity<TaskOrderResponse>> shown) {
            this.order = order;
            this.shown = shown;
            this.result = new DeferredResult<>(OVERDUE.plusSeconds(seconds).toMillis(), () -> shown.apply(this.order));
        }

        /** An order that ended in another process is heard of by its event. */
        @Override
        public void come(List<EventTail.Told> events) {
            UUID taskId = order.taskId();
            if (events.stream().anyMatch(told -> told.event().subject().isOrder(taskId))) {
                thread.execute(() -> look(this));
            }
        }

        boolean isOver() {
            return order.state().status().isOver();
        }

        /** Only the first answer counts. */
        void answer() {
            result.setResult(shown.apply(order));
        }

        void forgetTheTime() {
            Future<?> alarm = atTheLatest;
            if (alarm != null) {
                alarm.cancel(false);
            }
        }
    }
}
