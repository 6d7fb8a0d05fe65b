package dev.taskorder.activities.matching;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * This process's place at one (tenant, env): its threads take turns here instead of finding each other's lock in the
 * database, and one pass serves all that wait.
 */
final class Lane {
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Set<UUID> readingTheirRow = ConcurrentHashMap.newKeySet();
    private final Set<UUID> servedMeanwhile = new HashSet<>();

    /** The order's row is read by whoever admits it, until {@link #leave}. */
    void enter(UUID taskId) {
        readingTheirRow.add(taskId);
    }

    boolean isReadingItsRow(UUID taskId) {
        return readingTheirRow.contains(taskId);
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

    /** Needs the lock. */
    void served(Set<UUID> orders) {
        orders.stream().filter(readingTheirRow::contains).forEach(servedMeanwhile::add);
    }

    /** Whether another thread's pass served the order already. Needs the lock. */
    boolean wasServed(UUID taskId) {
        return servedMeanwhile.contains(taskId);
    }

    /** From here on a grant sends the order a wake. Needs the lock. */
    void leave(UUID taskId) {
        readingTheirRow.remove(taskId);
        servedMeanwhile.remove(taskId);
    }
}
