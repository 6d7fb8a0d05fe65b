package dev.taskorder.activities.matching;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * This process's place at one (tenant, env): its threads take turns here instead of finding each other's lock in the
 * database, and one pass serves all that wait.
 *
 * <p>A look serves all that was committed before it began. So whoever has committed something notes how many looks have
 * {@link #looksBegun begun}, waits for its turn, and need not look if one that began later is complete: of sixteen who free
 * something at once, one looks for those behind it.
 *
 * <p>Whoever admits an order reads its row after its turn, so a grant made meanwhile needs no wake. It says so by
 * {@link #enter} and {@link #leave leaves} before it gives the turn back. When in doubt a wake is sent: a spare one is
 * harmless, a missing one leaves an order asleep. So an entry counts for a second only; after that the step may have been
 * given up, and taken over elsewhere.
 */
final class Lane {
    private static final long COUNTS_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So long a pass that failed makes those after it careful. */
    private static final long CAREFUL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final ReentrantLock turn = new ReentrantLock(true);
    private final Map<UUID, Long> readingTheirRow = new ConcurrentHashMap<>();
    private final AtomicLong begun = new AtomicLong();
    private long complete;
    private volatile @Nullable Long carefulSince;

    /** A pass failed for what it wrote: for a minute, each decision is written by itself. */
    void writeOneByOne() {
        carefulSince = System.nanoTime();
    }

    MatchPass.Writing writing() {
        Long since = carefulSince;
        return since != null && System.nanoTime() - since < CAREFUL_NANOS
                ? MatchPass.Writing.ONE_BY_ONE
                : MatchPass.Writing.AT_ONCE;
    }

    /** The order's row is read by whoever admits it, after {@link #leave}. */
    void enter(UUID taskId) {
        readingTheirRow.put(taskId, System.nanoTime());
    }

    boolean isReadingItsRow(UUID taskId) {
        Long since = readingTheirRow.get(taskId);
        return since != null && System.nanoTime() - since < COUNTS_NANOS;
    }

    void lock() {
        turn.lock();
    }

    /** Takes the turn if nobody has it or waits for it. */
    boolean tryLock() {
        try {
            return turn.tryLock(0, TimeUnit.SECONDS); // unlike tryLock(), not ahead of those who wait
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    void unlock() {
        turn.unlock();
    }

    /** How many looks have begun: what is committed by now, each later one sees. */
    long looksBegun() {
        return begun.get();
    }

    /** Begins a look, before anything is read for it. Needs the lock. */
    long begin() {
        return begun.incrementAndGet();
    }

    /** All that was committed before this look began is served, and that is committed. Needs the lock. */
    void complete(long look) {
        complete = Math.max(complete, look);
    }

    /** Whether a look is complete that began when more than so many had. Needs the lock. */
    boolean hasLookedSince(long looksBegun) {
        return complete > looksBegun;
    }

    /** From here on a grant sends the order a wake. Needs the lock. */
    void leave(UUID taskId) {
        readingTheirRow.remove(taskId);
    }
}
