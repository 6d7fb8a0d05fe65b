package dev.taskorder.starter.ledger;

import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What one order cost and earned. */
@RestController
@InRole(Role.API)
final class LedgerController {
    private final Ledger ledger;

    LedgerController(Ledger ledger) {
        this.ledger = ledger;
    }

    @GetMapping(path = "/v1/task-orders/{task_id}/ledger", produces = MediaType.APPLICATION_JSON_VALUE)
    LedgerResponse ofOrder(HttpServletRequest request, @PathVariable("task_id") String taskId) {
        Query.refuseAny(request);
        return ledger.ofOrder(PathIds.uuid("task_id", taskId))
                .map(LedgerResponse::of)
                .orElseThrow(() -> new ProblemException(ProblemCode.NOT_FOUND, "there is no such task order"));
    }
}
