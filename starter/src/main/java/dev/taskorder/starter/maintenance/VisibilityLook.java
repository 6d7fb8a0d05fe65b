package dev.taskorder.starter.maintenance;

import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.WorkflowIds;
import dev.taskorder.api.tenant.TenantId;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
    private static final int CALL_SECONDS_MAX = 3;

    private final WorkflowClient client;
    private final Clock clock;
    private Instant nextAt = Instant.MIN;
    private Instant since;
    private Instant lastWell = Instant.MIN;
    private Set<String> toldRuns = Set.of();
    /** One that has pages left. */
    private @Nullable Look unfinished;

    VisibilityLook(WorkflowClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
        this.since = clock.instant();
    }

    /** What to do with the orders of one tenant whose workflow seems to have ended. */
    interface Finder {
        /** Whether it is done; if not, the next look tells the same again. */
        boolean found(TenantId tenant, List<UUID> taskIds);
    }

    /** Whether losses are found by looking, so that not every open order must be asked about each minute. */
    boolean works() {
        return lastWell.plus(TRUSTED_FOR).isAfter(clock.instant());
    }

    /** One question, which may take several passes to be answered in full. */
    private static final class Look {
        private final Instant begun;
        private final Set<String> runs = new HashSet<>();
        private final ListWorkflowExecutionsRequest.Builder next;

        Look(Instant begun, ListWorkflowExecutionsRequest.Builder first) {
            this.begun = begun;
            this.next = first;
        }
    }

    /**
     * Looks if it is time again, one page, or goes on where it stopped: only a look that was told all counts. A run is
     * told once.
     */
    void look(Finder finder) {
        Instant now = clock.instant();
        if (now.isBefore(nextAt)) {
            return;
        }
        Look look = unfinished == null ? new Look(now, closedSince(since.minus(OVERLAP))) : unfinished;
        unfinished = null;
        try {
            unfinished = onePage(look, finder) ? look : null;
        } catch (StatusRuntimeException e) {
            log.debug("no look at closed workflows, open orders are asked about one by one: {}", e.getMessage());
            nextAt = now.plus(EVERY);
            return;
        }
        if (unfinished == null) {
            nextAt = now.plus(EVERY);
            since = look.begun;
            lastWell = look.begun;
            toldRuns = look.runs;
        }
    }

    /** Whether there are more. */
    private boolean onePage(Look look, Finder finder) {
        ListWorkflowExecutionsResponse page = client.getWorkflowServiceStubs()
                .blockingStub()
                .withDeadlineAfter(CALL_SECONDS_MAX, TimeUnit.SECONDS)
                .listWorkflowExecutions(look.next.build());
        tell(page.getExecutionsList(), look, finder);
        look.next.setNextPageToken(page.getNextPageToken());
        return !page.getNextPageToken().isEmpty();
    }

    private void tell(List<WorkflowExecutionInfo> closed, Look look, Finder finder) {
        Map<TenantId, Map<String, UUID>> fresh = new HashMap<>();
        for (WorkflowExecutionInfo run : closed) {
            String runId = run.getExecution().getRunId();
            Optional<TenantId> tenant = WorkflowIds.tenantOf(run.getExecution().getWorkflowId());
            // without one its order is still asked about, only more rarely
            Optional<UUID> task = TaskIdMemo.read(client, run.getMemo());
            if (toldRuns.contains(runId) || tenant.isEmpty() || task.isEmpty()) {
                look.runs.add(runId);
            } else {
                fresh.computeIfAbsent(tenant.get(), any -> new HashMap<>()).put(runId, task.get());
            }
        }
        fresh.forEach((tenant, taskOfRun) -> {
            if (finder.found(tenant, List.copyOf(taskOfRun.values()))) {
                look.runs.addAll(taskOfRun.keySet());
            }
        });
    }

    private ListWorkflowExecutionsRequest.Builder closedSince(Instant when) {
        String query = "WorkflowType = 'TaskOrder' AND " + TaskOrderWorkflow.STATUS_ATTRIBUTE
                + " = 'OPEN' AND ExecutionStatus != 'Running' AND CloseTime > '" + when + "'";
        return ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setPageSize(PAGE_SIZE)
                .setQuery(query);
    }
}
