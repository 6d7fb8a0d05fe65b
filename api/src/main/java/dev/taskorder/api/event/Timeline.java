package dev.taskorder.api.event;

import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.util.Optional;
import java.util.UUID;

/** The timelines of the bound tenant's orders. */
public interface Timeline {
    /** Oldest first; nothing if there is no such order of this tenant. */
    Optional<Page<TimelineEvent>> ofOrder(UUID taskId, PageRequest page);
}
