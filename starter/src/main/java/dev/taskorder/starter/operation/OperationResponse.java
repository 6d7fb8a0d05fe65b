package dev.taskorder.starter.operation;

import dev.taskorder.api.operation.BulkOperation;
import dev.taskorder.starter.web.AuditedAnswer;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An operation as callers see it.
 *
 * @param estimatedCost null where nothing was estimated, and where more than one currency would have to be added
 * @param currency of that
 */
record OperationResponse(
        UUID operationId,
        String kind,
        String state,
        boolean dryRun,
        int matched,
        int done,
        int failed,
        @Nullable BigDecimal estimatedCost,
        @Nullable String currency,
        Map<String, BigDecimal> estimatedCosts,
        @Nullable String waitsFor,
        Instant createdAt,
        @Nullable Instant finishedAt,
        List<BulkOperation.Failure> failures)
        implements AuditedAnswer {
    static OperationResponse of(BulkOperation operation) {
        Map<String, BigDecimal> costs = operation.estimates();
        String only = costs.size() == 1 ? costs.keySet().iterator().next() : null;
        BigDecimal cost = only == null ? null : costs.get(only);
        return new OperationResponse(
                operation.operationId(),
                operation.kind().name(),
                operation.state().name(),
                operation.dryRun(),
                operation.matched(),
                operation.done(),
                operation.failed(),
                cost == null ? null : Numbers.shown(cost),
                only,
                costs,
                operation.waitsFor(),
                operation.createdAt(),
                operation.finishedAt(),
                operation.failures());
    }

    @Override
    public String idOfObject() {
        return operationId.toString();
    }
}
