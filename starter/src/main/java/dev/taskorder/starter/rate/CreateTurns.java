package dev.taskorder.starter.rate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.temporal.Backlogs;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * While others are about, creates of a tenant that has a backlog ({@link Backlogs}) go one at a time, with a rest after each: what it creates
 * faster than it can be started would only make its backlog longer, and takes the processors from those who have none. The rest is
 * nine times what the create took, so that a tenth of one processor's time is all that a tenant's creates take, be they orders
 * or batches. Who has to wait is answered later, and not refused, unless very many wait already.
 */
final class CreateTurns {
    /** A caller that does not pause is slowed down by its own answers; this many do not pause. */
    static final int WAITING_MAX = 16;

    /** Half of the threads that serve requests, of all tenants together: the others must find one. */
    static final int WAITING_OF_ALL_MAX = 32;

    static final int REST_TIMES = 9;

    /** A batch of thousands is no reason to keep its tenant waiting for minutes. */
    static final long REST_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long PATIENCE_SECONDS = 10;

    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final int LINES_MAX = 10_000;

    /** That of who may create as it likes. */
    static final Turn NOT_HELD = () -> {};

    private final Backlogs backlogs;
    private final LongSupplier nanoTime;
    private final LongConsumer rest;
    private final Semaphore waiting = new Semaphore(WAITING_OF_ALL_MAX);
    /** One that is displaced while somebody is in it lets in another one too soon, and nothing else. */
    private final Cache<TenantId, Line> lines =
            Caffeine.newBuilder().expireAfterAccess(KEPT).maximumSize(LINES_MAX).build();

    /**
     * For all tenants of this process.
     *
     * @param nanoTime as {@link System#nanoTime}
     * @param rest waits for so many nanoseconds
     */
    CreateTurns(Backlogs backlogs, LongSupplier nanoTime, LongConsumer rest) {
        this.backlogs = backlogs;
        this.nanoTime = nanoTime;
        this.rest = rest;
    }

    /** That of a create, until it is over. */
    interface Turn {
        /** A second call does nothing. */
        void over();
    }

    /** Those of one tenant, who came first first. */
    private final class Line {
        private final Semaphore turn = new Semaphore(1, true);
        private final Semaphore places = new Semaphore(WAITING_MAX);
        private volatile long restsUntil = nanoTime.getAsLong();

        Optional<Turn> take() {
            if (!places.tryAcquire()) {
                return Optional.empty();
            }
            try {
                return turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS) ? Optional.of(rested()) : Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            } finally {
                places.release();
            }
        }

        int waiting() {
            return turn.getQueueLength();
        }

        private Turn rested() {
            long nanos = restsUntil - nanoTime.getAsLong();
            if (nanos > 0) {
                rest.accept(nanos);
            }
            long began = nanoTime.getAsLong();
            AtomicBoolean isOver = new AtomicBoolean();
            return () -> {
                if (isOver.compareAndSet(false, true)) {
                    long now = nanoTime.getAsLong();
                    restsUntil = now + Math.min(REST_MAX_NANOS, REST_TIMES * (now - began));
                    turn.release();
                }
            };
        }
    }

    /** How many wait for their turn, of all tenants. */
    int waiting() {
        return lines.asMap().values().stream().mapToInt(Line::waiting).sum();
    }

    /** Waits until it may create; empty if too many of it, or of all tenants, wait already, or it would take too long. */
    Optional<Turn> take(TenantId tenant) {
        if (!backlogs.isHeld(tenant)) {
            return Optional.of(NOT_HELD);
        }
        if (!waiting.tryAcquire()) {
            return Optional.empty();
        }
        try {
            return lines.get(tenant, absent -> new Line()).take();
        } finally {
            waiting.release();
        }
    }
}
