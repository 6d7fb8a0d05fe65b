package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.activities.order.OrderRecovery.CheckDue;
import dev.taskorder.activities.order.OrderRecovery.Loss;
import dev.taskorder.activities.order.OrderRecovery.Pace;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.StatusUtils;
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
    private static final long AWAY_MS = 5_000;

    private final OrderRecovery recovery;
    private final WorkflowClient client;
    private final VisibilityLook visibility;
    private final Clock clock;
    private final Map<TenantId, Long> lookedAtAll = new ConcurrentHashMap<>();
    private long awayUntil;

    WorkflowCensus(OrderRecovery recovery, WorkflowClient client, VisibilityLook visibility, Clock clock) {
        this.recovery = recovery;
        this.client = client;
        this.visibility = visibility;
        this.clock = clock;
    }

    /** Makes due the orders, over all tenants, whose workflow seems to have ended. */
    void look(BackgroundRunner runner) {
        visibility.look((tenant, tasks) -> runner.run(tenant, () -> recovery.makeDue(tasks)));
    }

    /** Looks up the orders of the bound tenant that are due for it, in batches until none is or the pass has done enough. */
    void check() {
        if (clock.millis() < awayUntil) {
            return;
        }
        Pace pace = visibility.works() ? Pace.EASING : Pace.EVERY_MINUTE;
        int checked = 0;
        List<CheckDue> batch;
        do {
            batch = recovery.claimChecks(BATCH, pace);
            check(batch);
            checked += batch.size();
        } while (batch.size() == BATCH && checked < CHECKS_MAX);
    }

    /** What a Temporal that went away could not tell stays due, and is asked about when it may be back. */
    private void check(List<CheckDue> batch) {
        int told = 0;
        try {
            for (CheckDue order : batch) {
                check(order);
                told++;
            }
        } catch (StatusRuntimeException e) {
            awayUntil = clock.millis() + AWAY_MS;
            recovery.makeDue(batch.stream().skip(told).map(CheckDue::taskId).toList());
            throw e;
        }
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
            boolean noNamespace = StatusUtils.hasFailure(e, NamespaceNotFoundFailure.class);
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND && !noNamespace) {
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
