package dev.taskorder.starter.maintenance;

import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.common.converter.DataConverterException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Temporal's visibility which workflows ended without having settled their order: an end that the workflow itself
 * reached changes {@code TaskStatus}, a terminated or failed one is still {@code OPEN}. Only a hint, for visibility lags
 * behind; a server without it, or without our search attributes, is asked about each order instead.
 */
final class VisibilityLook {
    private static final Logger log = LoggerFactory.getLogger(VisibilityLook.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration TRUSTED_FOR = Duration.ofSeconds(30);
    /** For an entry that came late, and for a clock that differs from the server's. */
    private static final Duration OVERLAP = Duration.ofMinutes(5);

    private static final int PAGE_SIZE = 1000;
    private static final int PAGES_MAX = 20;
    private static final int CALL_SECONDS_MAX = 5;

    private final WorkflowClient client;
    private final Clock clock;
    private Instant nextAt = Instant.MIN;
    private Instant since;
    private volatile Instant lastWell = Instant.MIN;
    private Set<String> toldRuns = Set.of();

    VisibilityLook(WorkflowClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
        this.since = clock.instant();
    }

    /** What to do with the orders of one tenant whose workflow seems to have ended. */
    interface Finder {
        void found(TenantId tenant, List<UUID> taskIds);
    }

    /** Whether losses are found by looking, so that not every open order must be asked about each minute. */
    boolean works() {
        return lastWell.plus(TRUSTED_FOR).isAfter(clock.instant());
    }

    /** Looks if it is time again. A run is told once; if that fails, the next look tells it again. */
    void look(Finder finder) {
        Instant now = clock.instant();
        if (now.isBefore(nextAt)) {
            return;
        }
        nextAt = now.plus(EVERY);
        List<WorkflowExecutionInfo> closed;
        try {
            closed = closedSince(since.minus(OVERLAP));
        } catch (StatusRuntimeException e) {
            log.debug("no look at closed workflows, open orders are asked about one by one: {}", e.getMessage());
            return;
        }
        tell(closed, finder);
        since = now;
        lastWell = now;
    }

    private void tell(List<WorkflowExecutionInfo> closed, Finder finder) {
        Map<TenantId, List<UUID>> fresh = new HashMap<>();
        Set<String> runs = new HashSet<>();
        for (WorkflowExecutionInfo run : closed) {
            runs.add(run.getExecution().getRunId());
            Optional<TenantId> tenant = WorkflowIds.tenantOf(run.getExecution().getWorkflowId());
            Optional<UUID> task = taskOf(run);
            if (!toldRuns.contains(run.getExecution().getRunId()) && tenant.isPresent() && task.isPresent()) {
                fresh.computeIfAbsent(tenant.get(), any -> new ArrayList<>()).add(task.get());
            }
        }
        fresh.forEach(finder::found);
        toldRuns = runs;
    }

    private Optional<UUID> taskOf(WorkflowExecutionInfo run) {
        Payload memo = run.getMemo().getFieldsMap().get(TaskOrderWorkflow.TASK_ID_MEMO);
        if (memo == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(
                    client.getOptions().getDataConverter().fromPayload(memo, String.class, String.class)));
        } catch (DataConverterException | IllegalArgumentException e) {
            return Optional.empty(); // started by somebody else: its order is still asked about, only more rarely
        }
    }

    private List<WorkflowExecutionInfo> closedSince(Instant when) {
        String query = "WorkflowType = 'TaskOrder' AND " + TaskOrderWorkflow.STATUS_ATTRIBUTE
                + " = 'OPEN' AND ExecutionStatus != 'Running' AND CloseTime > '" + when + "'";
        List<WorkflowExecutionInfo> all = new ArrayList<>();
        ListWorkflowExecutionsRequest.Builder page = ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setPageSize(PAGE_SIZE)
                .setQuery(query);
        for (int pages = 0; pages < PAGES_MAX; pages++) {
            ListWorkflowExecutionsResponse answer = client.getWorkflowServiceStubs()
                    .blockingStub()
                    .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                    .listWorkflowExecutions(page.build());
            all.addAll(answer.getExecutionsList());
            if (answer.getNextPageToken().isEmpty()) {
                break;
            }
            page.setNextPageToken(answer.getNextPageToken());
        }
        return all;
    }
}
