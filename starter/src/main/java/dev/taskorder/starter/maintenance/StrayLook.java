package dev.taskorder.starter.maintenance;

import com.google.protobuf.ByteString;
import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.SignalWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds workflows that wait for ever, because PostgreSQL was restored to a time before their order was created. Each is woken:
 * its next step finds no row, and it ends itself. At start-up, when PostgreSQL was away, when an open order's workflow had
 * ended, and now and then.
 */
final class StrayLook {
    private static final Logger log = LoggerFactory.getLogger(StrayLook.class);
    private static final Duration EVERY = Duration.ofHours(1);
    /** However often it is wanted. */
    private static final Duration REST = Duration.ofSeconds(30);

    private static final int PAGE_SIZE = 1000;
    private static final int CALL_SECONDS_MAX = 3;

    private final WorkflowClient client;
    private final OrderRecovery recovery;
    private final Recovered recovered;
    private final Chores chores;
    private final Clock clock;
    private Instant nextAt = Instant.MIN;
    private Instant restsUntil = Instant.MIN;
    private ByteString nextPage = ByteString.EMPTY;
    private volatile boolean doubts = true;

    StrayLook(WorkflowClient client, OrderRecovery recovery, Recovered recovered, Chores chores, Clock clock) {
        this.client = client;
        this.recovery = recovery;
        this.recovered = recovered;
        this.chores = chores;
        this.clock = clock;
    }

    /** Soon, and once for all that ask until then. */
    void want() {
        nextAt = Instant.MIN;
        doubts = true;
    }

    /** Whether some workflows that run may still have to be looked at. From any thread. */
    boolean doubts() {
        return doubts;
    }

    /** One page of the workflows that run, if it is time; without visibility there is nothing to look at. */
    void goOn() {
        Instant now = clock.instant();
        if (nextPage.isEmpty()) {
            if (now.isBefore(nextAt) || now.isBefore(restsUntil)) {
                return;
            }
            nextAt = now.plus(EVERY);
            restsUntil = now.plus(REST);
        }
        try {
            ListWorkflowExecutionsResponse page = service().listWorkflowExecutions(running());
            nextPage = page.getNextPageToken();
            byTenant(page.getExecutionsList())
                    .forEach((tenant, runs) -> chores.run(tenant, "STRAYS", () -> wake(tenant, runs)));
            doubts = !nextPage.isEmpty() || nextAt.equals(Instant.MIN);
        } catch (StatusRuntimeException e) {
            log.debug("no look at workflows without an order: {}", e.getMessage());
            nextPage = ByteString.EMPTY;
            want();
        }
    }

    private ListWorkflowExecutionsRequest running() {
        String query = "WorkflowType = '" + TaskOrderWorkflow.TYPE + "' AND " + TaskOrderWorkflow.STATUS_ATTRIBUTE
                + " = 'OPEN' AND ExecutionStatus = 'Running'";
        return ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setPageSize(PAGE_SIZE)
                .setNextPageToken(nextPage)
                .setQuery(query)
                .build();
    }

    private Map<TenantId, Map<UUID, WorkflowExecution>> byTenant(List<WorkflowExecutionInfo> runs) {
        Map<TenantId, Map<UUID, WorkflowExecution>> byTenant = new HashMap<>();
        runs.forEach(run -> WorkflowIds.tenantOf(run.getExecution().getWorkflowId())
                .ifPresent(tenant -> TaskIdMemo.read(client, run.getMemo())
                        .ifPresent(task -> byTenant.computeIfAbsent(tenant, any -> new HashMap<>())
                                .put(task, run.getExecution()))));
        return byTenant;
    }

    /** An order is committed before its workflow is started: what has no row now never will have. */
    private void wake(TenantId tenant, Map<UUID, WorkflowExecution> runs) {
        for (UUID task : recovery.unknown(List.copyOf(runs.keySet()))) {
            WorkflowExecution run = runs.get(task);
            if (run != null && woken(run)) {
                recovered.count(Recovered.Kind.NO_ORDER, 1);
                recovery.noteWithoutOrder(task);
                log.warn(
                        "workflow without an order is woken to end itself tenant={} task={} workflow={} run={}",
                        tenant,
                        task,
                        run.getWorkflowId(),
                        run.getRunId());
            }
        }
    }

    /** Not one that ended meanwhile. */
    private boolean woken(WorkflowExecution run) {
        try {
            var unused = service()
                    .signalWorkflowExecution(SignalWorkflowExecutionRequest.newBuilder()
                            .setNamespace(client.getOptions().getNamespace())
                            .setWorkflowExecution(run)
                            .setSignalName("wake")
                            .build());
            return true;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private WorkflowServiceBlockingStub service() {
        return client.getWorkflowServiceStubs().blockingStub().withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
