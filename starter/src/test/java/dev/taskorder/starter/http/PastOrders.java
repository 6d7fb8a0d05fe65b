package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Orders that have been worked on, by the workflow's steps and an executor's answers, where no Temporal is. */
final class PastOrders {
    static final String ASSET = "worked-with";
    private static final String HINT = "\"resource_hints\":[{\"sku_category\":\"RAW_NET\"}]";

    private final TenantId tenant;
    private final Http http;
    private final BackgroundRunner runner;
    private final OrderSteps steps;
    private final AttemptStore attempts;

    PastOrders(String tenant, Http http, BackgroundRunner runner, OrderSteps steps, AttemptStore attempts) {
        this.tenant = new TenantId(tenant);
        this.http = http;
        this.runner = runner;
        this.steps = steps;
        this.attempts = attempts;
    }

    /** One order of each kind there is to read: their ids. */
    List<String> ofEachKind() {
        assertThat(http.put("/v1/assets/" + ASSET, Bodies.asset()).status()).isEqualTo(201);
        String cancelled = created();
        assertThat(http.post("/v1/task-orders/" + cancelled + "/cancel", "").status())
                .isEqualTo(202);
        return List.of(
                answered("OK", "SUCCESS"),
                answered("HARD_FAIL", "FAILED"),
                answered("RETRYABLE", "RUNNING"),
                cancelled);
    }

    /** An order whose first attempt ended with this code. */
    private String answered(String code, String status) {
        String id = created(HINT);
        UUID taskId = UUID.fromString(id);
        runner.run(tenant, () -> {
            assertThat(steps.admit(new TaskOrderRef(tenant, taskId, 1))).isInstanceOf(Verdict.Execute.class);
            AttemptRef attempt = new AttemptRef(tenant, taskId, 1);
            ExecutionRequest request = ((AttemptStore.Begun.Run) attempts.begin(attempt)).request();
            attempts.report(attempt, request.attemptToken(), "{\"percent\":50}", money("captcha", "0.01"));
            attempts.complete(
                    attempt,
                    request.attemptToken(),
                    dev.taskorder.activities.execution.Answer.of(result(request, code)),
                    false);
            steps.conclude(new OrderSteps.AttemptEnd(tenant, taskId, 1, 1, OrderSteps.How.ANSWERED, null, null, null));
        });
        assertThat(http.get("/v1/task-orders/" + id).json().path("status").asString())
                .isEqualTo(status);
        return id;
    }

    private String created(String... members) {
        Answer answer = http.post("/v1/task-orders", Bodies.order(members));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("task_id").asString();
    }

    private static ExecutionResult result(ExecutionRequest request, String code) {
        LeaseOutcome outcome =
                new LeaseOutcome(request.leases().get(0).leaseId(), "LATENCY", Map.of("external_latency_ms", 812));
        return new ExecutionResult(
                code, "as told", Map.of("seats", 2), List.of(outcome), money("captcha", "0.02"), money("sale", "50"));
    }

    private static List<Money> money(String kind, String amount) {
        return List.of(new Money(kind, new BigDecimal(amount)));
    }
}
