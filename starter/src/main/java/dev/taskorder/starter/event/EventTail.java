package dev.taskorder.starter.event;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.event.Event;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events of each tenant that somebody follows, once for all who do, as soon as they have their place. One thread does it for
 * all tenants; where nobody follows, nothing is read.
 */
public final class EventTail implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventTail.class);
    static final int EVENTS_MAX = 500;
    private static final long AGAIN_MS = 1_000;

    private final EventFeed feed;
    private final BackgroundRunner runner;
    private final Map<TenantId, Tail> tails = new ConcurrentHashMap<>();
    /** Those who asked to follow, and did not leave before that was so. */
    private final Set<Follower> joining = ConcurrentHashMap.newKeySet();

    private final ScheduledThreadPoolExecutor thread;

    /** Is given what is new, in its order, on the tail's thread: it must be quick. */
    @FunctionalInterface
    public interface Follower {
        /** These came one after the other, each once for as long as it follows. */
        void come(List<Told> events);

        /** PostgreSQL came back as it was some time ago: what comes next has numbers that others had. */
        default void fellBack(long last) {}
    }

    /** An event on its way to all who follow, written down once for all of them. Of the tail's thread. */
    public static final class Told {
        private final Event event;
        private byte @Nullable [] text;

        Told(Event event) {
            this.event = event;
        }

        /** What happened. */
        public Event event() {
            return event;
        }

        byte[] text() {
            byte[] written = text;
            if (written == null) {
                written = StreamText.of(event);
                text = written;
            }
            return written;
        }
    }

    /** Of one tenant. All but {@code wanted} is of the thread. */
    private static final class Tail {
        private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean wanted = new AtomicBoolean();
        private long position;
    }

    public EventTail(EventFeed feed, BackgroundRunner runner, Changes changes) {
        this.feed = feed;
        this.runner = runner;
        this.thread = new ScheduledThreadPoolExecutor(
                1, OwnThreads.daemons("event-tail"), new ThreadPoolExecutor.DiscardPolicy());
        this.thread.setRemoveOnCancelPolicy(true);
        changes.add(new News());
        every(AGAIN_MS, () -> {
            if (!changes.areHeard()) {
                wakeAll();
            }
        });
    }

    private final class News implements Changes.Listener {
        @Override
        public void changed(TenantId tenant) {
            // not of its events
        }

        @Override
        public void eventsSeen(TenantId tenant) {
            wake(tenant);
        }

        @Override
        public void anythingChanged() {
            wakeAll();
        }

        @Override
        public boolean remembers() {
            return !tails.isEmpty();
        }
    }

    /**
     * Hands over each event that gets its place from now on; what had one before, the follower reads for itself.
     *
     * @param joined runs on the tail's thread once nothing is missed any more
     */
    public void follow(TenantId tenant, Follower follower, Runnable joined) {
        joining.add(follower);
        execute(() -> join(tenant, follower, joined));
    }

    /** Nothing more comes to it, but for what is being handed over. */
    public void leave(TenantId tenant, Follower follower) {
        joining.remove(follower);
        execute(() -> {
            Tail tail = tails.get(tenant);
            if (tail != null && tail.followers.remove(follower) && tail.followers.isEmpty()) {
                tails.remove(tenant);
            }
        });
    }

    private void join(TenantId tenant, Follower follower, Runnable joined) {
        if (!joining.contains(follower)) {
            return; // it left before
        }
        Tail tail = tails.get(tenant);
        if (tail == null) {
            tail = new Tail();
            try {
                tail.position = as(tenant, () -> feed.kept(0)).last();
            } catch (RuntimeException unreadable) {
                log.debug("events of tenant={} cannot be followed yet: {}", tenant, unreadable.toString());
                after(AGAIN_MS, () -> join(tenant, follower, joined));
                return;
            }
            tails.put(tenant, tail);
        }
        tail.followers.add(follower);
        joining.remove(follower);
        joined.run();
    }

    private void wakeAll() {
        tails.keySet().forEach(this::wake);
    }

    private void wake(TenantId tenant) {
        Tail tail = tails.get(tenant);
        if (tail != null && tail.wanted.compareAndSet(false, true)) {
            execute(() -> look(tenant, tail));
        }
    }

    private void look(TenantId tenant, Tail tail) {
        tail.wanted.set(false);
        if (tail.followers.isEmpty()) {
            return;
        }
        try {
            EventFeed.Stretch next = as(tenant, () -> feed.next(EventFilter.ALL, tail.position, EVENTS_MAX));
            if (next.through() < tail.position) {
                log.warn("events of tenant={} fell back from {} to {}", tenant, tail.position, next.through());
                tail.followers.forEach(follower -> follower.fellBack(next.through()));
            }
            tail.position = next.through();
            List<Told> told = next.events().stream().map(Told::new).toList();
            if (!told.isEmpty()) {
                tail.followers.forEach(follower -> hand(told, follower));
            }
            if (next.more()) {
                wake(tenant);
            }
        } catch (RuntimeException unreadable) {
            log.debug("events of tenant={} cannot be read, the next look follows: {}", tenant, unreadable.toString());
            after(AGAIN_MS, () -> wake(tenant));
        }
    }

    /** What one of them does wrong is no loss to the others. */
    private static void hand(List<Told> events, Follower follower) {
        try {
            follower.come(events);
        } catch (RuntimeException e) {
            log.warn("a follower of events failed: {}", e.toString(), e);
        }
    }

    /** In the tenant's name, on the tail's thread. */
    <T> T as(TenantId tenant, Supplier<T> question) {
        return runner.call(tenant, question);
    }

    /** On the tail's thread, soon. */
    void execute(Runnable work) {
        thread.execute(() -> run(work));
    }

    void after(long ms, Runnable work) {
        Future<?> unused = thread.schedule(() -> run(work), ms, TimeUnit.MILLISECONDS);
    }

    void every(long ms, Runnable work) {
        Future<?> unused = thread.scheduleWithFixedDelay(() -> run(work), ms, ms, TimeUnit.MILLISECONDS);
    }

    /** What fails once is done the next time all the same. */
    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            log.warn("work on streams failed: {}", e.toString(), e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
