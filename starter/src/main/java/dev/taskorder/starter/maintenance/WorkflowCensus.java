package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.activities.order.OrderRecovery.CheckDue;
import dev.taskorder.activities.order.OrderRecovery.Loss;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Temporal whether the workflows of open orders still live, and acts where they do not (design.md §3, "Terminate,
 * reset, loss"). Temporal that does not answer says nothing about any workflow.
 */
final class WorkflowCensus {
    private static final Logger log = LoggerFactory.getLogger(WorkflowCensus.class);
    private static final int BATCH = 100;
    private static final int CHECKS_MAX = 2000;
    private static final long LOOK_AT_ALL_EVERY_MS = 60_000;

    private final OrderRecovery recovery;
    private final WorkflowClient client;
    private final Clock clock;
    private final Map<TenantId, Long> lookedAtAll = new ConcurrentHashMap<>();

    WorkflowCensus(OrderRecovery recovery, WorkflowClient client, Clock clock) {
        this.clock = clock;
        this.recovery = recovery;
        this.client = client;
    }

    /** Looks up the orders of the bound tenant that are due for it, in batches until none is or the pass has done enough. */
    void check() {
        int checked = 0;
        List<CheckDue> batch;
        do {
            batch = recovery.claimChecks(BATCH);
            batch.forEach(this::check);
            checked += batch.size();
        } while (batch.size() == BATCH && checked < CHECKS_MAX);
    }

    private void check(CheckDue order) {
        Optional<Loss> loss = lossOf(order);
        if (loss.isEmpty()) {
            return;
        }
        log.warn("order {} is open but its workflow is {}", order.taskId(), loss.get());
        recovery.lost(order.taskId(), order.runNo(), loss.get());
        if (loss.get() == Loss.UNKNOWN) {
            lookAtAll(order.tenant());
        }
    }

    /** One forgotten workflow means that others may be forgotten too; once a minute, for a look at all takes a while. */
    private void lookAtAll(TenantId tenant) {
        long now = clock.millis();
        Long before = lookedAtAll.put(tenant, now);
        if (before == null || now - before > LOOK_AT_ALL_EVERY_MS) {
            recovery.makeAllDue();
        } else {
            lookedAtAll.put(tenant, before);
        }
    }

    private Optional<Loss> lossOf(CheckDue order) {
        try {
            return lossOf(describe(WorkflowIds.of(order.tenant(), order.env(), order.idempotencyKey())));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.of(Loss.UNKNOWN);
            }
            throw e;
        }
    }

    private WorkflowExecutionStatus describe(String workflowId) {
        return client.getWorkflowServiceStubs()
                .blockingStub()
                .describeWorkflowExecution(DescribeWorkflowExecutionRequest.newBuilder()
                        .setNamespace(client.getOptions().getNamespace())
                        .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                        .build())
                .getWorkflowExecutionInfo()
                .getStatus();
    }

    private static Optional<Loss> lossOf(WorkflowExecutionStatus status) {
        return switch (status) {
            case WORKFLOW_EXECUTION_STATUS_TERMINATED -> Optional.of(Loss.TERMINATED);
            case WORKFLOW_EXECUTION_STATUS_FAILED, WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> Optional.of(Loss.FAILED);
            case WORKFLOW_EXECUTION_STATUS_COMPLETED, WORKFLOW_EXECUTION_STATUS_CANCELED -> Optional.of(Loss.CLOSED);
            default -> Optional.empty();
        };
    }
}
