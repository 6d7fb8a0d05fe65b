package dev.taskorder.starter.temporal;

import dev.taskorder.api.tenant.TenantId;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many calls to Temporal may be under way, and for whom. Temporal serves calls whoever they are of, so who has a backlog
 * and fills it makes everybody wait there, in each step of an order, where nothing of ours can overtake. So while somebody
 * without a backlog is about, those who have one are held to what keeps calls short. Alone, or among others who have one,
 * they take all there is.
 */
final class Places {
    /** Who had so many in a row, and each time as many as were asked for, has a backlog. */
    static final int BEHIND_FROM = 16;

    /** For so long after its last call somebody is about: the next one should not find Temporal filled again. */
    static final long ABOUT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** Started without a look at the table while others are about. */
    private static final int AT_ONCE_MAX = 2;

    private final LongSupplier nanoTime;
    private final InFlight all;
    private final InFlight held;
    private final Map<TenantId, Integer> inARow = new HashMap<>();
    /** Who is about and has no backlog, and since when; the longest ago first. */
    private final Map<TenantId, Long> calm = new LinkedHashMap<>();

    /** @param nanoTime as {@link System#nanoTime} */
    Places(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        ShortestCall shortest = new ShortestCall(nanoTime);
        this.all = new InFlight(nanoTime, InFlight.Aim.THROUGHPUT, shortest);
        this.held = new InFlight(nanoTime, InFlight.Aim.COURTESY, shortest);
    }

    /** A call that is under way, until it is told to be over. */
    final class Place {
        private final boolean isHeld;

        private Place(boolean isHeld) {
            this.isHeld = isHeld;
        }

        /** It made no call after all. */
        void withdrawn() {
            all.withdrawn();
            if (isHeld) {
                held.withdrawn();
            }
        }

        /** Well or not. */
        void ended(long tookNanos) {
            all.ended(tookNanos);
            if (isHeld) {
                held.ended(tookNanos);
            }
        }
    }

    /** How many more may begin, of somebody. */
    int free() {
        return all.free();
    }

    /** How many more may begin of this tenant. */
    int free(TenantId tenant) {
        return isHeld(tenant) ? Math.min(all.free(), held.free()) : all.free();
    }

    /** How long whoever is held rests, whatever ends meanwhile. */
    long restMs() {
        return TimeUnit.NANOSECONDS.toMillis(held.restNanos() + 999_999);
    }

    /** Takes one of those that are free. */
    Place begun(TenantId tenant) {
        boolean isHeld = isHeld(tenant);
        all.begun();
        if (isHeld) {
            held.begun();
        }
        return new Place(isHeld);
    }

    /**
     * Takes one, if any is free, for who has nothing waiting. While others are about too, it is one of a few: who
     * begins a burst then soon waits, and is seen to.
     */
    synchronized Optional<Place> tryBegin(TenantId tenant) {
        boolean isOneTooMany = all.underWay() >= AT_ONCE_MAX && isAnybodyCalmBut(tenant);
        if (isOneTooMany || !all.tryBegin()) {
            return Optional.empty();
        }
        noteCalm(tenant);
        return Optional.of(new Place(false));
    }

    /** So many were asked for a tenant, and so many it had, which tells whether it has a backlog. */
    synchronized void claimed(TenantId tenant, int asked, int had) {
        if (had == asked && inARow.merge(tenant, had, Integer::sum) >= BEHIND_FROM) {
            calm.remove(tenant);
            return;
        }
        boolean hadSome = had > 0 || inARow.containsKey(tenant);
        if (had < asked) {
            inARow.remove(tenant);
        }
        if (hadSome) {
            noteCalm(tenant);
        }
    }

    private synchronized void noteCalm(TenantId tenant) {
        forgetWhoIsGone();
        calm.remove(tenant);
        calm.put(tenant, nanoTime.getAsLong());
    }

    /** Whether it has a backlog, and somebody else who has none is about. */
    synchronized boolean isHeld(TenantId tenant) {
        return inARow.getOrDefault(tenant, 0) >= BEHIND_FROM && isAnybodyCalmBut(tenant);
    }

    private boolean isAnybodyCalmBut(TenantId tenant) {
        forgetWhoIsGone();
        return calm.size() > (calm.containsKey(tenant) ? 1 : 0);
    }

    private void forgetWhoIsGone() {
        Iterator<Long> since = calm.values().iterator();
        while (since.hasNext() && nanoTime.getAsLong() - since.next() >= ABOUT_NANOS) {
            since.remove();
        }
    }
}
