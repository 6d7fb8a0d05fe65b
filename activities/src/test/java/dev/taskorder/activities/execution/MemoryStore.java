package dev.taskorder.activities.execution;

import dev.taskorder.activities.json.Json;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** One attempt in memory, which fails when told to. */
final class MemoryStore implements AttemptStore {
    static final AttemptRef REF = new AttemptRef(new TenantId("tenant_a"), UUID.randomUUID(), 1);
    static final UUID TOKEN = UUID.randomUUID();

    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<Answer> answers = new CopyOnWriteArrayList<>();
    final List<ExecutionResult> results = new CopyOnWriteArrayList<>();
    final List<Map<String, Object>> progress = new CopyOnWriteArrayList<>();
    final List<List<Money>> costs = new CopyOnWriteArrayList<>();
    final AtomicInteger faults = new AtomicInteger();
    volatile RuntimeException fault = new org.springframework.dao.DataAccessResourceFailureException("away");
    volatile long leftMs = 60_000;
    volatile long graceMs = 2_000;
    volatile String executor = "probe";
    volatile Begun instead;
    volatile boolean current = true;
    volatile boolean late;
    volatile boolean overdue;

    @Override
    public Begun begin(AttemptRef attempt) {
        called("begin");
        return instead != null ? instead : new Begun.Run(request(), leftMs, graceMs, executor);
    }

    @Override
    public Reported report(AttemptRef attempt, UUID token, String now, List<Money> costsSoFar) {
        called("report");
        progress.add(Json.objectOrNull(now));
        costs.add(costsSoFar);
        return current ? Reported.KEPT : Reported.NOT_CURRENT;
    }

    @Override
    public Ended complete(AttemptRef attempt, UUID token, Answer answer, boolean isOverdue) {
        called("complete");
        overdue = isOverdue;
        answers.add(answer);
        results.add(answer.result());
        return late ? new Ended.Late() : new Ended.Completed();
    }

    ExecutionResult result() {
        return results.get(results.size() - 1);
    }

    List<String> callsSeen() {
        return new ArrayList<>(calls);
    }

    static ExecutionRequest request() {
        return new ExecutionRequest(
                REF.taskId(),
                REF.tenant(),
                "prod",
                "p",
                "PROBE",
                1,
                TOKEN,
                Instant.parse("2030-01-01T00:00:00Z"),
                Map.of(),
                Map.of(),
                null,
                null,
                List.of());
    }

    private void called(String what) {
        calls.add(what + "@" + TenantContext.current().map(TenantId::value).orElse("nobody"));
        if (faults.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw fault;
        }
    }
}
