package dev.taskorder.starter.event;

import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The tenant's events, in their order. */
@RestController
@InRole(Role.API)
final class EventController {
    /** What a number in JSON can say exactly. */
    private static final long SEQ_MAX = (1L << 53) - 1;

    private static final TextRule TYPE = new TextRule(
            Pattern.compile("[a-z_]+\\.[a-z_]+"), 3, 64, "must be an event's type, such as task_order.succeeded");

    private final EventFeed feed;

    EventController(EventFeed feed) {
        this.feed = feed;
    }

    @GetMapping(path = "/v1/events", produces = MediaType.APPLICATION_JSON_VALUE)
    PageResponse<EventEnvelope> list(HttpServletRequest request) {
        Query query = Query.ofPage(request, "after", "env", "project_id", "task_id", "type");
        if (query.has("after") && query.has("cursor")) {
            query.note("after", "is where a first page begins; the cursor knows where to go on, leave one of them out");
        }
        EventFilter filter = new EventFilter(
                query.text("env", TextRule.ENV),
                query.text("project_id", TextRule.NAME),
                query.uuid("task_id"),
                query.texts("type", TYPE));
        long after = query.whole("after", SEQ_MAX);
        PageRequest page = query.page();
        return PageResponse.of(feed.list(filter, after, page), EventEnvelope::of);
    }
}
