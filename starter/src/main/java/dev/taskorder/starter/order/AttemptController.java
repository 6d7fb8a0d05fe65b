package dev.taskorder.starter.order;

import dev.taskorder.api.execution.AttemptView;
import dev.taskorder.api.execution.Attempts;
import dev.taskorder.api.page.Page;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The attempts of one order. */
@RestController
@InRole(Role.API)
final class AttemptController {
    private final Attempts attempts;

    AttemptController(Attempts attempts) {
        this.attempts = attempts;
    }

    /** Always one page: an order has at most some hundred attempts. */
    @GetMapping(path = TaskOrderController.PATH + "/{task_id}/attempts", produces = MediaType.APPLICATION_JSON_VALUE)
    PageResponse<AttemptView> ofOrder(HttpServletRequest request, @PathVariable("task_id") String taskId) {
        Query.refuseAny(request);
        return attempts.ofOrder(PathIds.uuid("task_id", taskId))
                .map(all -> PageResponse.of(new Page<>(all, null), Function.identity()))
                .orElseThrow(Answers::notFound);
    }
}
