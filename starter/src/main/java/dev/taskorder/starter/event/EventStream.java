package dev.taskorder.starter.event;

import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One reader. It reads for itself until it has caught up, and then takes what comes to all; when it cannot take that as fast as it
 * comes, it reads for itself again, as fast as it can. All of the tail's thread, but for what the outlet tells.
 */
final class EventStream implements EventTail.Follower, Outlet.Listener {
    private static final int PAGE = 200;
    /** With more than this on its way a reader is given no new events, but reads for itself later. */
    private static final int WAITING_BYTES_MAX = 256 * 1024;

    private final Subscription of;
    private final EventTail tail;
    private final EventFeed feed;
    private final Consumer<EventStream> left;
    private final AtomicBoolean stepWanted = new AtomicBoolean();
    private @Nullable Outlet outlet;
    private long position;
    private volatile boolean live;

    /**
     * What a reader asked for.
     *
     * @param opener whose principal opened it, which may be another's than the events are: an operator's
     * @param endsWithOrder whether it is over with the order that the filter names
     * @param stillGood whether who opened it may still read
     */
    record Subscription(
            TenantId tenant, TenantId opener, EventFilter filter, boolean endsWithOrder, BooleanSupplier stillGood) {}

    /** @param after the seq to go on after */
    EventStream(Subscription of, long after, EventTail tail, EventFeed feed, Consumer<EventStream> left) {
        this.of = of;
        this.position = after;
        this.tail = tail;
        this.feed = feed;
        this.left = left;
    }

    Subscription of() {
        return of;
    }

    /** From here on it is written. */
    void begin(Outlet opened) {
        outlet = opened;
        tail.follow(of.tenant(), this, this::step);
    }

    Outlet outlet() {
        if (outlet == null) {
            throw new IllegalStateException("a stream is used before it began");
        }
        return outlet;
    }

    /** Reads the next page for itself, or joins the others; others have their turn before the next one. */
    private void step() {
        stepWanted.set(false);
        if (live || outlet().isOver() || outlet().waitingBytes() > WAITING_BYTES_MAX) {
            return;
        }
        try {
            boolean complete = isComplete();
            EventFeed.Stretch next = tail.as(of.tenant(), () -> feed.next(of.filter(), position, PAGE));
            fellBack(next.through());
            send(next.events().stream().map(EventTail.Told::new).toList());
            position = next.through();
            if (next.more()) {
                wantStep();
            } else if (complete) {
                end(StreamText.OVER);
            } else if (of.endsWithOrder() && !next.events().isEmpty()) {
                wantStep(); // one of these may have been the last
            } else {
                live = true;
            }
        } catch (RuntimeException unreadable) {
            tail.after(1_000, this::wantStep);
        }
    }

    private boolean isComplete() {
        UUID order = of.filter().taskId();
        return of.endsWithOrder() && order != null && tail.as(of.tenant(), () -> feed.isComplete(order));
    }

    private void wantStep() {
        if (stepWanted.compareAndSet(false, true)) {
            tail.execute(this::step);
        }
    }

    @Override
    public void come(List<EventTail.Told> events) {
        if (!live) {
            return; // it reads them for itself
        }
        if (outlet().waitingBytes() > WAITING_BYTES_MAX) {
            live = false;
            wantStep(); // what waited may have left just now
            return;
        }
        List<EventTail.Told> wanted = events.stream()
                .filter(told -> told.event().seq() > position && of.filter().letsThrough(told.event()))
                .toList();
        send(wanted);
        position = Math.max(position, events.get(events.size() - 1).event().seq());
        if (of.endsWithOrder() && !wanted.isEmpty()) {
            endIfComplete();
        }
    }

    /** It goes on from there, and its reader is told that it cannot know what became of the rest. */
    @Override
    public void fellBack(long last) {
        if (last < position) {
            outlet().send(StreamText.reset("future", last));
            position = last;
        }
    }

    private void endIfComplete() {
        try {
            if (isComplete()) {
                end(StreamText.OVER);
            }
        } catch (RuntimeException unreadable) {
            live = false; // and so it asks again with its next step
            tail.after(1_000, this::wantStep);
        }
    }

    private void send(List<EventTail.Told> events) {
        if (!events.isEmpty()) {
            outlet().send(StreamText.of(events));
        }
    }

    void end(byte[] last) {
        outlet().end(last);
    }

    @Override
    public void hasRoom() {
        if (!live) {
            wantStep();
        }
    }

    @Override
    public void closed() {
        tail.leave(of.tenant(), this);
        left.accept(this);
    }
}
