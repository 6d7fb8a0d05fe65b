package dev.taskorder.starter.event;

import dev.taskorder.api.event.Event;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.event.EventTypes;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.Preferred;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The tenant's events, in their order. */
@RestController
@InRole(Role.API)
final class EventController {
    private static final String[] FILTERS = {"env", "project_id", "task_id", "type"};
    private static final String[] OF_PAGES = {"after", "env", "project_id", "task_id", "type"};
    private static final TextRule TYPE =
            new TextRule(EventTypes.pattern(), 0, 64, "must be the type of an event, such as task_order.succeeded");

    private final EventFeed feed;
    private final EventStreams streams;

    EventController(EventFeed feed, EventStreams streams) {
        this.feed = feed;
        this.streams = streams;
    }

    /** JSON is a page of what is there; a stream has what comes. */
    @GetMapping(
            path = "/v1/events",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    @Nullable
    ResponseEntity<PageResponse<EventEnvelope>> list(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (Preferred.overJson(request, MediaType.TEXT_EVENT_STREAM)) {
            Query query = Query.ofReport(request, FILTERS);
            EventFilter filter = filter(query);
            query.refuseIfAny();
            streams.answer(request, response, filter, false);
            return null;
        }
        Query query = Query.ofPage(request, OF_PAGES);
        if (query.has("after") && query.has("cursor")) {
            query.note("after", "is where a first page begins; the cursor knows where to go on, leave one of them out");
        }
        EventFilter filter = filter(query);
        long after = query.whole("after", LastEventId.SEQ_MAX);
        PageRequest page = query.page();
        return ResponseEntity.ok(
                PageResponse.<Event, EventEnvelope>of(feed.list(filter, after, page), EventEnvelope::of));
    }

    private static EventFilter filter(Query query) {
        return new EventFilter(
                query.text("env", TextRule.ENV),
                query.text("project_id", TextRule.NAME),
                query.uuid("task_id"),
                query.texts("type", TYPE));
    }
}
