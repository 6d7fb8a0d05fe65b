package dev.taskorder.starter.order;

import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.TaskOrderSpec;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.starter.metrics.OrderMeters;
import dev.taskorder.starter.rate.CreateRate;
import dev.taskorder.starter.rate.TakesToken;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.web.Batch;
import dev.taskorder.starter.web.BeginsWork;
import dev.taskorder.starter.web.Query;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Many task orders in one call, each judged and answered as if it had come alone. */
@RestController
@InRole(Role.API)
final class TaskOrderBatchController {
    private final TaskOrders orders;
    private final TaskOrderReaders readers;
    private final OrderMeters meters;

    TaskOrderBatchController(TaskOrders orders, TaskOrderReaders readers, OrderMeters meters) {
        this.orders = orders;
        this.readers = readers;
        this.meters = meters;
    }

    @PostMapping(path = TaskOrderController.PATH + "/batch", produces = MediaType.APPLICATION_JSON_VALUE)
    @TakesToken
    @BeginsWork
    Map<String, List<Map<String, Object>>> create(
            HttpServletRequest request, HttpServletResponse response, Caller caller) throws IOException {
        Query.refuseAny(request);
        if (request.getHeader(IdempotencyKey.HEADER) != null) {
            throw IdempotencyKey.invalid("belongs into each order of a batch; one header cannot serve many");
        }
        Batch<TaskOrderSpec> batch = Batch.read(request, "task_orders");
        CreateRate.of(request).ifPresent(rate -> takeTokens(batch, rate, response));
        TaskOrderReader reader = readers.forCaller();
        batch.readEach(order -> reader.read(order, null));
        return batch.answer(orders -> this.orders.create(orders, caller), this::entry);
    }

    /** One for each order; the call has taken that of the first already. */
    private void takeTokens(Batch<TaskOrderSpec> batch, CreateRate rate, HttpServletResponse response) {
        int taken = 1 + rate.takeUpTo(batch.size() - 1);
        if (taken < batch.size()) {
            meters.refused(OrderMeters.Refusal.RATE_LIMITED, batch.size() - taken);
            batch.refuseFrom(taken, rate.problem());
        }
        rate.tell(response);
    }

    private Map<String, Object> entry(CreateResult result) {
        meters.told(result);
        Answers.Ordered answer = Answers.of(result);
        return Batch.entry(answer.status(), "task_order", TaskOrderResponse.of(answer.order()));
    }
}
