package dev.taskorder.starter.order;

import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrder;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.page.PageRequest;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.starter.problem.ProblemCode;
import dev.taskorder.starter.problem.ProblemException;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.BeginsWork;
import dev.taskorder.starter.web.Fields;
import dev.taskorder.starter.web.JsonBody;
import dev.taskorder.starter.web.PageResponse;
import dev.taskorder.starter.web.PathIds;
import dev.taskorder.starter.web.Query;
import dev.taskorder.starter.web.TextRule;
import dev.taskorder.starter.web.Violations;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Task orders: create, look at, cancel. */
@RestController
@InRole(Role.API)
@RequestMapping(path = TaskOrderController.PATH, produces = MediaType.APPLICATION_JSON_VALUE)
final class TaskOrderController {
    static final String PATH = "/v1/task-orders";
    private static final String NO_REASON = "no reason given";

    private final TaskOrders orders;
    private final TaskOrderReaders readers;

    TaskOrderController(TaskOrders orders, TaskOrderReaders readers) {
        this.orders = orders;
        this.readers = readers;
    }

    @PostMapping
    @BeginsWork
    ResponseEntity<TaskOrderResponse> create(HttpServletRequest request, Caller caller) throws IOException {
        Query.refuseAny(request);
        String key = IdempotencyKey.of(request);
        TaskOrderSpec order = readers.forCaller().read(JsonBody.read(request, Limits.BODY_BYTES_MAX), key);
        CreateResult result = orders.create(List.of(order), caller).get(0);
        Answers.Ordered answer = Answers.of(result);
        TaskOrderResponse body = TaskOrderResponse.of(answer.order());
        ResponseEntity.BodyBuilder response =
                ResponseEntity.status(answer.status()).eTag(body.eTag());
        if (result instanceof CreateResult.Replayed) {
            response.header("Idempotent-Replayed", "true");
        } else {
            response.location(URI.create(PATH + "/" + body.taskId()));
        }
        return response.body(body);
    }

    @GetMapping("/{task_id}")
    ResponseEntity<TaskOrderResponse> get(HttpServletRequest request, @PathVariable("task_id") String taskId) {
        Query.refuseAny(request);
        TaskOrder order = orders.find(PathIds.uuid("task_id", taskId)).orElseThrow(Answers::notFound);
        return shown(200, order);
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

    private static ResponseEntity<TaskOrderResponse> cancelled(CancelResult result) {
        if (result instanceof CancelResult.Accepted accepted) {
            return shown(202, accepted.order());
        }
        if (result instanceof CancelResult.AlreadySettled settled) {
            String detail =
                    "the task order ended before, as " + settled.order().state().status();
            throw new ProblemException(ProblemCode.ALREADY_SETTLED, detail);
        }
        throw Answers.notFound();
    }

    private static ResponseEntity<TaskOrderResponse> shown(int status, TaskOrder order) {
        TaskOrderResponse body = TaskOrderResponse.of(order);
        return ResponseEntity.status(status).eTag(body.eTag()).body(body);
    }
}
