package dev.taskorder.starter.order;

import dev.taskorder.api.explain.Explanation;
import dev.taskorder.api.explain.Explanations;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Why an order is not running. */
@RestController
@InRole(Role.API)
final class ExplainController {
    private final Explanations explanations;

    ExplainController(Explanations explanations) {
        this.explanations = explanations;
    }

    @GetMapping(path = TaskOrderController.PATH + "/{task_id}/explain", produces = MediaType.APPLICATION_JSON_VALUE)
    Explanation explain(HttpServletRequest request, @PathVariable("task_id") String taskId) {
        Query.refuseAny(request);
        return explanations.of(PathIds.uuid("task_id", taskId)).orElseThrow(Answers::notFound);
    }
}
