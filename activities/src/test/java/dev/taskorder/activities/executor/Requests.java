package dev.taskorder.activities.executor;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.tenant.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Requests to executors, and a heartbeat that remembers. */
final class Requests {
    private Requests() {}

    static ExecutionRequest withInput(Map<String, Object> input) {
        return attempt(1, input, List.of());
    }

    static ExecutionRequest attempt(int attempt, Map<String, Object> input, List<LeasedAsset> leases) {
        return new ExecutionRequest(
                UUID.randomUUID(),
                new TenantId("tenant_a"),
                "prod",
                "p",
                "SIMULATED",
                attempt,
                UUID.randomUUID(),
                Instant.parse("2030-01-01T00:00:00Z"),
                input,
                Map.of(),
                null,
                null,
                leases);
    }

    static LeasedAsset lease(int hintIndex) {
        return new LeasedAsset(
                UUID.randomUUID(), 1, hintIndex, "RAW_NET", "ip.residential.uk.bt", Map.of("geo", "GB"), "h");
    }

    static final class Remembering implements Heartbeat {
        final List<Map<String, Object>> progress = new CopyOnWriteArrayList<>();
        final List<List<Money>> costs = new CopyOnWriteArrayList<>();
        volatile boolean cancelled;

        @Override
        public void report(Map<String, Object> now, List<Money> costsSoFar) {
            progress.add(now);
            costs.add(costsSoFar);
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }
    }
}
