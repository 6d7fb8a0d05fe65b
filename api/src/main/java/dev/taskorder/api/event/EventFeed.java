package dev.taskorder.api.event;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The bound tenant's events, for as long as they are kept. */
public interface EventFeed {
    /**
     * Oldest first. There may be more behind a page with fewer than asked for, even with none: one call looks at so many events only,
     * and the page's cursor goes on where it left off. Without a cursor that was all there is by now, and the next ones come after the
     * last of these.
     *
     * @param after the seq to go on after, if the page has no cursor; 0 begins with the oldest that is kept
     */
    Page<Event> list(EventFilter filter, long after, PageRequest page);

    /** Goes on after an event, oldest first: what a stream does with it. Looks at so many events only. */
    Stretch next(EventFilter filter, long after, int limit);

    /** How much is kept by now. */
    Kept kept(long after);

    /** Whether the order is over and each of its events has its place: nothing more comes of it unless it is redriven. */
    boolean isComplete(UUID taskId);

    /**
     * Some of the events that follow one another.
     *
     * @param events those that the filter lets through
     * @param through the seq to go on after; less than the one that was asked for where that is of the future, as after a restore of an
     *     older database
     * @param more whether there are later ones already
     */
    record Stretch(List<Event> events, long through, boolean more) {
        public Stretch {
            events = List.copyOf(events);
        }
    }

    /**
     * What is kept.
     *
     * @param first the oldest of those after the one asked for; null if there is none
     * @param last the newest that the tenant ever had; 0 if it had none
     */
    record Kept(@Nullable Long first, long last) {}
}
