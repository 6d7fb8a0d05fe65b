package dev.taskorder.starter.operation;

import dev.taskorder.api.operation.BulkOperation;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Audited;
import dev.taskorder.starter.web.BeginsWork;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What is done to many orders: ask for it, look how far it is, stop it. */
@RestController
@InRole(Role.API)
@RequestMapping(path = "/v1", produces = MediaType.APPLICATION_JSON_VALUE)
final class OperationController {
    private static final String OPERATIONS = "/operations";
    private static final List<Status> OPEN = List.of(Status.PENDING, Status.QUEUED, Status.RUNNING);
    private static final String NO_REASON = "no reason given";
    private static final int RATE_PER_SECOND_DEFAULT = 20;

    private final BulkOperations operations;

    OperationController(BulkOperations operations) {
        this.operations = operations;
    }

    @PostMapping("/task-orders/cancel")
    @Audited(value = "operation.cancel", object = "operation")
    ResponseEntity<OperationResponse> cancel(HttpServletRequest request, Caller caller) throws IOException {
        Violations violations = new Violations();
        Fields fields = body(request, violations, Set.of("filter", "reason", "dry_run"));
        TaskOrderFilter filter = FilterReader.read(fields, OPEN);
        String reason = fields.optionalText("reason", TextRule.REASON);
        boolean dryRun = isDryRun(fields);
        violations.refuseIfAny();
        return accepted(
                operations.cancel(filter, reason == null || reason.isBlank() ? NO_REASON : reason, dryRun, caller));
    }

    @PostMapping("/task-orders/redrive")
    @Audited(value = "operation.redrive", object = "operation")
    @BeginsWork
    ResponseEntity<OperationResponse> redrive(HttpServletRequest request, Caller caller) throws IOException {
        Violations violations = new Violations();
        Fields fields = body(request, violations, Set.of("filter", "reason", "dry_run", "rate_per_second"));
        TaskOrderFilter filter = FilterReader.read(fields, List.of(Status.DEAD_LETTER));
        String reason = fields.optionalText("reason", TextRule.REASON);
        boolean dryRun = isDryRun(fields);
        int rate =
                (int) fields.integer("rate_per_second", 1, BulkOperations.RATE_PER_SECOND_MAX, RATE_PER_SECOND_DEFAULT);
        violations.refuseIfAny();
        return accepted(
                operations.redrive(filter, reason == null || reason.isBlank() ? null : reason, rate, dryRun, caller));
    }

    private static Fields body(HttpServletRequest request, Violations violations, Set<String> known)
            throws IOException {
        Query.refuseAny(request);
        Fields fields = Fields.ofBody(JsonBody.read(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(known, name -> false);
        return fields;
    }

    private static boolean isDryRun(Fields fields) {
        fields.checkBoolean("dry_run");
        return Boolean.TRUE.equals(fields.asMap().get("dry_run"));
    }

    private static ResponseEntity<OperationResponse> accepted(BulkOperations.Result result) {
        if (result instanceof BulkOperations.Result.Accepted accepted) {
            OperationResponse body = OperationResponse.of(accepted.operation());
            return ResponseEntity.accepted()
                    .location(URI.create("/v1" + OPERATIONS + "/" + body.operationId()))
                    .body(body);
        }
        throw new ProblemException(
                ProblemCode.INVALID_REQUEST,
                "/filter",
                "must match at most " + BulkOperations.ORDERS_MAX + " task orders, matches more");
    }

    @GetMapping(OPERATIONS + "/{operation_id}")
    OperationResponse get(HttpServletRequest request, @PathVariable("operation_id") String operationId) {
        Query.refuseAny(request);
        return operations
                .find(PathIds.uuid("operation_id", operationId))
                .map(OperationResponse::of)
                .orElseThrow(OperationController::notFound);
    }

    @PostMapping(OPERATIONS + "/{operation_id}/abort")
    @Audited(value = "operation.abort", object = "operation")
    OperationResponse abort(HttpServletRequest request, @PathVariable("operation_id") String operationId) {
        Query.refuseAny(request);
        UUID id = PathIds.uuid("operation_id", operationId);
        BulkOperation operation = operations.abort(id).orElseThrow(OperationController::notFound);
        if (operation.state() == BulkOperation.State.DONE) {
            throw new ProblemException(
                    ProblemCode.ALREADY_SETTLED, "the operation was done before, nothing is left to abort");
        }
        return OperationResponse.of(operation);
    }

    private static ProblemException notFound() {
        return new ProblemException(ProblemCode.NOT_FOUND, "there is no such operation");
    }
}
