package dev.taskorder.starter.endtoend;

import static org.awaitility.Awaitility.await;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.tenant.TenantContext;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.failure.ApplicationFailure;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Works until a test says what comes out, so that no test has to hit a moment. {@code SCRIPTED} stops when it is asked
 * to, with a cost of 0.25; {@code STUBBORN} does not listen.
 */
final class ScriptedExecutor implements Executor {
    private static final Logger log = LoggerFactory.getLogger(ScriptedExecutor.class);

    private record Key(UUID taskId, int attempt) {}

    private final Map<Key, Run> runs = new ConcurrentHashMap<>();

    /** One attempt, while it runs and after. */
    record Run(
            ExecutionRequest request,
            Heartbeat heartbeat,
            CompletableFuture<ExecutionResult> answer,
            Map<String, String> mdc,
            String tenant,
            ActivityExecutionContext activity) {
        void answers(String code) {
            answers(code, "0");
        }

        void answers(String code, String cost) {
            List<Money> costs = List.of(new Money("outside", new BigDecimal(cost)));
            answer.complete(new ExecutionResult(code, "scripted", Map.of(), List.of(), costs, List.of()));
        }

        /** Its worker tells Temporal that its process ends, and the executor is left to itself. */
        void loses() {
            activity.getWorkflowClient()
                    .newActivityCompletionClient()
                    .completeExceptionally(
                            activity.getTaskToken(),
                            ApplicationFailure.newNonRetryableFailure(
                                    "the worker's process ends", ResultCodes.EXECUTOR_LOST));
        }
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public Set<String> taskTypes() {
        return Set.of("SCRIPTED", "STUBBORN");
    }

    @Override
    public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) throws ExecutionException {
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        Run run = new Run(
                request,
                heartbeat,
                new CompletableFuture<>(),
                mdc == null ? Map.of() : mdc,
                TenantContext.required().value(),
                Activity.getExecutionContext());
        log.info("scripted attempt begins task={} attempt={}", request.taskId(), request.attempt());
        runs.put(new Key(request.taskId(), request.attempt()), run);
        boolean obeys = request.taskType().equals("SCRIPTED");
        while (true) {
            try {
                return run.answer.get();
            } catch (InterruptedException asked) {
                if (obeys) {
                    run.answers(ResultCodes.CANCELLED, "0.25");
                }
            }
        }
    }

    /** The attempt, once it runs. */
    Run awaitRun(String taskId, int attempt) {
        Key key = new Key(UUID.fromString(taskId), attempt);
        return await().alias("attempt " + attempt + " of " + taskId)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> runs.get(key), run -> run != null);
    }

    boolean hasRun(String taskId) {
        return runs.keySet().stream().anyMatch(key -> key.taskId().toString().equals(taskId));
    }
}
