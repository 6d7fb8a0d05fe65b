package dev.taskorder.starter.event;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.problem.Problem;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.security.StillGood;
import dev.taskorder.starter.web.RequestPrincipal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/** The streams that callers hold open at this process: who may have one, and when one ends. */
final class EventStreams implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(EventStreams.class);
    private static final long TICK_MS = 1_000;
    private static final String RETRY_AFTER_S = "10";
    /** How long the last words may take to leave. */
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final EventTail tail;
    private final EventFeed feed;
    private final Policies policies;
    private final Limits limits;
    private final StreamTimes times;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final Map<TenantId, Integer> openOf = new ConcurrentHashMap<>();
    private @Nullable EventStream forced;
    private long commentedAt = System.nanoTime();
    private volatile boolean running;

    /** How many streams this process has at most, in all and of each tenant. */
    record Limits(int all, int ofTenant) {}

    EventStreams(EventTail tail, EventFeed feed, Policies policies, Changes changes, Limits limits, StreamTimes times) {
        this.tail = tail;
        this.feed = feed;
        this.policies = policies;
        this.limits = limits;
        this.times = times;
        changes.add(new WhoMayRead());
        tail.every(TICK_MS, this::tick);
    }

    private final class WhoMayRead implements Changes.Listener {
        @Override
        public void changed(TenantId tenant) {
            tail.execute(() -> endForbidden(stream ->
                    stream.of().opener().equals(tenant) || stream.of().tenant().equals(tenant)));
        }

        @Override
        public void anythingChanged() {
            tail.execute(() -> endForbidden(any -> true));
        }

        @Override
        public boolean remembers() {
            return !open.isEmpty();
        }
    }

    /** How many are open. */
    int count() {
        return open.size();
    }

    /**
     * Answers the request with the bound tenant's events, from now on or after the one that its {@code Last-Event-ID} names, for as long
     * as the caller reads.
     *
     * @param endsWithOrder whether it is over with the order that the filter names
     * @throws ProblemException if that header is no seq, the tenant wants no notifications, or too many are open already
     */
    void answer(HttpServletRequest request, HttpServletResponse response, EventFilter filter, boolean endsWithOrder)
            throws IOException {
        Long last = LastEventId.of(request);
        if (!areWanted()) {
            throw new ProblemException(
                    Problem.of(
                            ProblemCode.NOT_ALLOWED_BY_POLICY,
                            "the tenant's policy has switched notifications off, its handlers.notifications; list GET /v1/events"));
        }
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
        response.setHeader("X-Accel-Buffering", "no"); // a proxy that gathers an answer would never hand this one on
        if (request.getMethod().equals("HEAD")) {
            return;
        }
        TenantId tenant = TenantContext.required();
        EventFeed.Kept kept = feed.kept(last == null ? 0 : last);
        String reset = last == null ? null : reset(last, kept);
        long after = last == null || reset != null ? kept.last() : last;
        EventStream.Subscription subscription = new EventStream.Subscription(
                tenant, RequestPrincipal.required(request).tenant(), filter, endsWithOrder, StillGood.ofCaller());
        EventStream stream = new EventStream(subscription, after, tail, feed, this::left);
        Outlet outlet = taken(tenant, () -> Outlet.of(request, response, stream));
        outlet.send(StreamText.begin(after));
        if (reset != null) {
            outlet.send(StreamText.reset(reset, after));
        }
        stream.begin(outlet);
        open.add(stream);
        if (outlet.isOver()) {
            left(stream); // its reader was gone before it was among them
        }
        if (!running) {
            stream.end(StreamText.STOPPING);
        }
    }

    /** Takes over a response. */
    @FunctionalInterface
    private interface Opening {
        Outlet outlet() throws IOException;
    }

    private Outlet taken(TenantId tenant, Opening opening) throws IOException {
        take(tenant);
        try {
            return opening.outlet();
        } catch (IOException | RuntimeException e) {
            giveBack(tenant);
            throw e;
        }
    }

    /** Why the stream cannot go on where the reader was; null if it can. Whoever begins with 0 knows of nothing that it could miss. */
    private static @Nullable String reset(long last, EventFeed.Kept kept) {
        if (last > kept.last()) {
            return "future";
        }
        boolean gap = kept.first() == null ? last < kept.last() : kept.first() > last + 1;
        return gap && last > 0 ? "too_old" : null;
    }

    private void take(TenantId tenant) {
        if (!running || open.size() >= limits.all()) {
            throw new ProblemException(Problem.of(
                            ProblemCode.UNAVAILABLE,
                            "as many streams are open as this process may have, " + limits.all()
                                    + "; try again, or list GET /v1/events")
                    .withHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_S));
        }
        int mine = openOf.merge(tenant, 1, Integer::sum);
        if (mine > limits.ofTenant()) {
            giveBack(tenant);
            throw new ProblemException(Problem.of(
                            ProblemCode.QUOTA_EXCEEDED,
                            "the tenant has " + limits.ofTenant()
                                    + " streams open at this process, as many as it may; end one, or list GET /v1/events")
                    .withHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_S));
        }
    }

    private void giveBack(TenantId tenant) {
        openOf.computeIfPresent(tenant, (id, count) -> count == 1 ? null : count - 1);
    }

    private void left(EventStream stream) {
        if (open.remove(stream)) {
            giveBack(stream.of().tenant());
        }
    }

    private void tick() {
        boolean comment =
                System.nanoTime() - commentedAt >= times.commentEvery().toNanos();
        if (comment) {
            commentedAt = System.nanoTime();
            endForbidden(any -> true);
        }
        for (EventStream stream : open) {
            Outlet outlet = stream.outlet();
            long stalled = outlet.stalledNanos();
            if (outlet.isOver()) {
                forceIfStuck(stream, stalled);
            } else if (stalled > times.stalledMax().toNanos()) {
                log.info(
                        "a reader of events took nothing for {} and is dropped tenant={}",
                        times.stalledMax(),
                        stream.of().tenant());
                outlet.cut(StreamText.SLOW);
            } else if (comment) {
                outlet.send(StreamText.COMMENT);
            }
        }
    }

    /** One at a time: the container may hold a thread for each until its write is given up. */
    private void forceIfStuck(EventStream stream, long stalled) {
        if (forced != null && !open.contains(forced)) {
            forced = null;
        }
        if (forced == null && stalled > LAST_NANOS) {
            forced = stream;
            stream.outlet().force();
        }
    }

    /** What cannot be asked now is asked with the next comment. */
    private void endForbidden(Predicate<EventStream> which) {
        for (EventStream stream : open) {
            try {
                if (which.test(stream)) {
                    endIfForbidden(stream);
                }
            } catch (RuntimeException undecided) {
                log.debug("whether a stream's caller may still read cannot be asked: {}", undecided.toString());
            }
        }
    }

    private void endIfForbidden(EventStream stream) {
        if (!stream.of().stillGood().getAsBoolean()) {
            stream.end(StreamText.REVOKED);
        } else if (!tail.as(stream.of().tenant(), this::areWanted)) {
            stream.end(StreamText.SWITCHED_OFF);
        }
    }

    private boolean areWanted() {
        return policies.active().policy().notifies();
    }

    @Override
    public void start() {
        running = true;
    }

    /** Before the server, which waits for open answers. */
    @Override
    public void stop() {
        running = false;
        open.forEach(stream -> stream.end(StreamText.STOPPING));
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
