package dev.taskorder.starter.order;

import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderChange;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.order.UpdateResult;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.starter.metrics.OrderMeters;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.rate.TakesToken;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.BeginsWork;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.Numbers;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Prefer;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.Shown;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Task orders: create, look at, change, cancel. */
@RestController
@InRole(Role.API)
@RequestMapping(path = TaskOrderController.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
final class TaskOrderController {
    static final String PATH = "/v1/task-orders";
    private static final String WAIT = "wait";
    private static final String NO_REASON = "no reason given";

    private final TaskOrders orders;
    private final TaskOrderReaders readers;

    private final OrderWaits waits;
    private final OrderMeters meters;

    TaskOrderController(TaskOrders orders, TaskOrderReaders readers, OrderWaits waits, OrderMeters meters) {
        this.orders = orders;
        this.readers = readers;
        this.waits = waits;
        this.meters = meters;
    }

    @PostMapping
    @TakesToken
    @BeginsWork
    ResponseEntity<TaskOrderResponse> create(HttpServletRequest request, Caller caller) throws IOException {
        Answers.Ordered answer = created(request, caller);
        return madeOrFound(answer.status(), answer.order());
    }

    @PostMapping(headers = Prefer.HEADER)
    @TakesToken
    @BeginsWork
    DeferredResult<ResponseEntity<TaskOrderResponse>> createAndWait(HttpServletRequest request, Caller caller)
            throws IOException {
        int seconds = Prefer.waitSeconds(request, Limits.WAIT_SECONDS_MAX);
        Answers.Ordered answer = created(request, caller);
        return waits.untilOver(answer.order(), seconds, order -> madeOrFound(answer.status(), order));
    }

    private Answers.Ordered created(HttpServletRequest request, Caller caller) throws IOException {
        Query.refuseAny(request);
        String key = IdempotencyKey.of(request);
        TaskOrderSpec order = readers.forCaller().read(JsonBody.read(request, Limits.BODY_BYTES_MAX), key);
        CreateResult result = orders.create(List.of(order), caller).get(0);
        meters.told(result);
        return Answers.of(result);
    }

    @GetMapping("/{task_id}")
    ResponseEntity<TaskOrderResponse> get(HttpServletRequest request, @PathVariable("task_id") String taskId) {
        Query.refuseAny(request);
        return shown(find(taskId));
    }

    @GetMapping(path = "/{task_id}", params = WAIT)
    DeferredResult<ResponseEntity<TaskOrderResponse>> getAndWait(
            HttpServletRequest request, @PathVariable("task_id") String taskId) {
        int seconds = Query.number(request, WAIT, 0, Limits.WAIT_SECONDS_MAX);
        return waits.untilOver(find(taskId), seconds, TaskOrderController::shown);
    }

    private TaskOrder find(String taskId) {
        return orders.find(PathIds.uuid("task_id", taskId)).orElseThrow(Answers::notFound);
    }

    @GetMapping
    PageResponse<TaskOrderResponse> list(HttpServletRequest request) {
        Query query = Query.ofPage(
                request,
                "env",
                "status",
                "project_id",
                "task_type",
                "task_category",
                "tag",
                "external_ref",
                "idempotency_key",
                "created_from",
                "created_to");
        TaskOrderFilter filter = new TaskOrderFilter(
                query.text("env", TextRule.ENV),
                query.constants("status", Status.class),
                query.text("project_id", TextRule.NAME),
                query.text("task_type", TextRule.NAME),
                query.text("task_category", TextRule.NAME),
                query.text("tag", TextRule.TAG),
                query.text("external_ref", TextRule.EXTERNAL_REF),
                query.text("idempotency_key", TextRule.IDEMPOTENCY_KEY),
                query.time("created_from"),
                query.time("created_to"));
        PageRequest page = query.page();
        return PageResponse.of(orders.list(filter, page), TaskOrderResponse::of);
    }

    @PostMapping("/{task_id}/cancel")
    ResponseEntity<TaskOrderResponse> cancel(
            HttpServletRequest request, @PathVariable("task_id") String taskId, Caller caller) throws IOException {
        Query.refuseAny(request);
        Violations violations = new Violations();
        Fields fields = Fields.ofBody(JsonBody.readOptional(request, Limits.BODY_BYTES_MAX), violations);
        fields.allowOnly(Set.of("reason"), name -> false);
        String reason = fields.optionalText("reason", TextRule.REASON);
        violations.refuseIfAny();
        return cancelled(orders.cancel(PathIds.uuid("task_id", taskId), orNoReason(reason), caller));
    }

    private static String orNoReason(@Nullable String reason) {
        return reason == null || reason.isBlank() ? NO_REASON : reason;
    }

    @PatchMapping("/{task_id}")
    ResponseEntity<TaskOrderResponse> update(
            HttpServletRequest request, @PathVariable("task_id") String taskId, Caller caller) throws IOException {
        Query.refuseAny(request);
        UUID id = PathIds.uuid("task_id", taskId);
        IfMatch seen = IfMatch.of(request);
        TaskOrderChange change = TaskOrderChanges.read(JsonBody.read(request, Limits.BODY_BYTES_MAX));
        return updated(orders.update(id, change, seen::matches, caller), seen);
    }

    private static ResponseEntity<TaskOrderResponse> updated(UpdateResult result, IfMatch seen) {
        if (result instanceof UpdateResult.Updated updated) {
            return shown(updated.order());
        }
        if (result instanceof UpdateResult.AlreadySettled settled) {
            throw alreadySettled(settled.order());
        }
        if (result instanceof UpdateResult.VersionMismatch mismatch) {
            String detail = "the task order has version " + mismatch.version() + ", which If-Match does not name, was "
                    + Shown.of(seen.text());
            throw new ProblemException(ProblemCode.VERSION_MISMATCH, detail);
        }
        if (result instanceof UpdateResult.BelowCommitted below) {
            BigDecimal bound = below.spent().add(below.held());
            String message = "must be at least " + Numbers.shown(bound).toPlainString() + ", what is spent ("
                    + Numbers.shown(below.spent()).toPlainString() + ") and held ("
                    + Numbers.shown(below.held()).toPlainString() + "), was "
                    + Numbers.shown(below.wanted()).toPlainString();
            throw new ProblemException(ProblemCode.INVALID_REQUEST, "/max_total_cost", message);
        }
        throw Answers.notFound();
    }

    private static ProblemException alreadySettled(TaskOrder order) {
        String detail = "the task order ended before, as " + order.state().status();
        return new ProblemException(ProblemCode.ALREADY_SETTLED, detail);
    }

    private static ResponseEntity<TaskOrderResponse> cancelled(CancelResult result) {
        if (result instanceof CancelResult.Accepted accepted) {
            return withETag(202, accepted.order());
        }
        if (result instanceof CancelResult.AlreadySettled settled) {
            throw alreadySettled(settled.order());
        }
        throw Answers.notFound();
    }

    /** The answer to a create: what is new has a place, what was there before says so. */
    private static ResponseEntity<TaskOrderResponse> madeOrFound(int status, TaskOrder order) {
        TaskOrderResponse body = TaskOrderResponse.of(order);
        ResponseEntity.BodyBuilder response = ResponseEntity.status(status).eTag(body.eTag());
        if (status == Answers.CREATED) {
            response.location(URI.create(PATH + "/" + body.taskId()));
        } else {
            response.header("Idempotent-Replayed", "true");
        }
        return response.body(body);
    }

    private static ResponseEntity<TaskOrderResponse> shown(TaskOrder order) {
        return withETag(200, order);
    }

    private static ResponseEntity<TaskOrderResponse> withETag(int status, TaskOrder order) {
        TaskOrderResponse body = TaskOrderResponse.of(order);
        return ResponseEntity.status(status).eTag(body.eTag()).body(body);
    }
}
