package dev.taskorder.starter.event;

import dev.taskorder.api.event.Timeline;
import dev.taskorder.api.event.TimelineEvent;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The timeline of one order. */
@RestController
@InRole(Role.API)
final class TimelineController {
    private final Timeline timeline;

    TimelineController(Timeline timeline) {
        this.timeline = timeline;
    }

    @GetMapping(path = "/v1/task-orders/{task_id}/events", produces = MediaType.APPLICATION_JSON_VALUE)
    PageResponse<TimelineEvent> ofOrder(HttpServletRequest request, @PathVariable("task_id") String taskId) {
        UUID id = PathIds.uuid("task_id", taskId);
        PageRequest page = Query.ofPage(request).page();
        return timeline.ofOrder(id, page)
                .map(found -> PageResponse.of(found, Function.identity()))
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such task order"));
    }
}
