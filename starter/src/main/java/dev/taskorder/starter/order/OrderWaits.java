package dev.taskorder.starter.order;

import dev.taskorder.activities.order.OrderEnds;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.time.Duration;
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
 * looks for all of them, at once when an order ends in this process, else now and then.
 */
final class OrderWaits implements SmartLifecycle, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OrderWaits.class);

    /** After this much more than the caller asked for, the container answers, whatever keeps our thread. */
    private static final Duration OVERDUE = Duration.ofSeconds(5);

    private final TaskOrders orders;
    private final BackgroundRunner background;
    private final Duration lookEvery;
    private final Semaphore places;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor thread;
    private volatile @Nullable Future<?> rounds;
    private volatile boolean running;

    /**
     * @param waitersMax who comes when so many wait already is answered at once
     * @param lookEvery how long the end of an order in another process may go unseen
     */
    OrderWaits(TaskOrders orders, BackgroundRunner background, OrderEnds ends, int waitersMax, Duration lookEvery) {
        this.orders = orders;
        this.background = background;
        this.lookEvery = lookEvery;
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
        thread.execute(() -> look(waiter));
        waiter.atTheLatest = thread.schedule(() -> giveUp(waiter), seconds, TimeUnit.SECONDS);
        return waiter.result;
    }

    @Override
    public void start() {
        running = true;
        long millis = lookEvery.toMillis();
        rounds = thread.scheduleWithFixedDelay(this::lookForAll, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Answers everyone with the order as it is: the server, which stops later, waits for open requests. */
    @Override
    public void stop() {
        running = false;
        lookForAll();
        waiters.forEach(Waiter::answer);
        Future<?> current = rounds;
        if (current != null) {
            current.cancel(false);
        }
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

    /** One that cannot be looked for is enough to know that the others cannot either. */
    private void lookForAll() {
        for (Waiter waiter : waiters) {
            if (!look(waiter)) {
                return;
            }
        }
    }

    private void giveUp(Waiter waiter) {
        look(waiter);
        waiter.answer();
    }

    /** Answers if the order is over; false if it could not be read, which the next look may mend. */
    private boolean look(Waiter waiter) {
        if (waiter.result.isSetOrExpired()) {
            return true;
        }
        try {
            TaskOrder last = waiter.order;
            waiter.order = background.call(
                    last.tenantId(), () -> orders.find(last.taskId()).orElse(last));
        } catch (RuntimeException unreadable) {
            log.debug("order {} cannot be looked at: {}", waiter.order.taskId(), unreadable.toString());
            return false;
        }
        if (waiter.isOver()) {
            waiter.answer();
        }
        return true;
    }

    private void leave(Waiter waiter) {
        if (waiters.remove(waiter)) {
            places.release();
            waiter.forgetTheTime();
        }
    }

    /** One caller, and the order as it was when last looked at. */
    private static final class Waiter {
        private final DeferredResult<ResponseEntity<TaskOrderResponse>> result;
        private final Function<TaskOrder, ResponseEntity<TaskOrderResponse>> shown;
        private volatile TaskOrder order;
        private volatile @Nullable Future<?> atTheLatest;

        Waiter(TaskOrder order, int seconds, Function<TaskOrder, ResponseEntity<TaskOrderResponse>> shown) {
            this.order = order;
            this.shown = shown;
            this.result = new DeferredResult<>(OVERDUE.plusSeconds(seconds).toMillis(), () -> shown.apply(this.order));
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
