package dev.taskorder.starter.http;

import dev.taskorder.api.event.Event;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import java.util.List;
import java.util.UUID;

/** A feed without events. */
final class FakeEventFeed implements EventFeed {
    @Override
    public Page<Event> list(EventFilter filter, long after, PageRequest page) {
        return new Page<>(List.of(), null);
    }

    @Override
    public Stretch next(EventFilter filter, long after, int limit) {
        return new Stretch(List.of(), after, false);
    }

    @Override
    public Kept kept(long after) {
        return new Kept(null, 0);
    }

    @Override
    public boolean isComplete(UUID taskId) {
        return false;
    }
}
