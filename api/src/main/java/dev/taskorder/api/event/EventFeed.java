package dev.taskorder.api.event;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;

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
}
