package dev.taskorder.starter.event;

import dev.taskorder.api.event.EventFilter;
import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.page.Page;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Preferred;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The timeline of one order. */
@RestController
@InRole(Role.API)
final class TimelineController {
    private static final PageRequest ONE = new PageRequest(1, null);

    private final Timeline timeline;
    private final EventStreams streams;

    TimelineController(Timeline timeline, EventStreams streams) {
        this.timeline = timeline;
        this.streams = streams;
    }

    /** JSON is a page of the timeline; a stream has the events as all readers see them, until the order is over. */
    @GetMapping(
            path = "/v1/task-orders/{task_id}/events",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    @Nullable
    ResponseEntity<PageResponse<TimelineEvent>> ofOrder(
            HttpServletRequest request, HttpServletResponse response, @PathVariable("task_id") String taskId)
            throws IOException {
        UUID id = PathIds.uuid("task_id", taskId);
        if (Preferred.overJson(request, MediaType.TEXT_EVENT_STREAM)) {
            Query.refuseAny(request);
            found(id, ONE);
            streams.answer(request, response, new EventFilter(null, null, id, Set.of()), true);
            return null;
        }
        return ResponseEntity.ok(PageResponse.of(found(id, Query.ofPage(request).page()), Function.identity()));
    }

    private Page<TimelineEvent> found(UUID id, PageRequest page) {
        return timeline.ofOrder(id, page)
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such task order"));
    }
}
