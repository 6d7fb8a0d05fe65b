package dev.taskorder.workflows.order;

import dev.taskorder.api.order.WorkflowState;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Locale;

/** What the workflow is doing, for people: the query {@code state}, and the details that the Web UI shows. */
final class ProgressNotes {
    private Phase phase = Phase.ADMITTING;
    private int attempt;

    enum Phase {
        ADMITTING("asks for a place in the queue"),
        WAITING("waits in the queue until it is woken"),
        EXECUTING("an executor works on it"),
        STOPPING("stops an executor whose attempt was given up"),
        BACKING_OFF("waits before the next attempt"),
        CANCELLING("is being cancelled"),
        OVER("is over");

        private final String meaning;

        Phase(String meaning) {
            this.meaning = meaning;
        }
    }

    void enter(Phase next) {
        tell(next, next.meaning);
    }

    void executing(int number) {
        attempt = number;
        enter(Phase.EXECUTING);
    }

    void over(String status) {
        tell(Phase.OVER, "is over: " + status);
    }

    WorkflowState state(boolean cancelRequested) {
        return new WorkflowState(name(), attempt, cancelRequested);
    }

    private void tell(Phase next, String meaning) {
        phase = next;
        Workflow.setCurrentDetails("**%s** · %s\n\n- attempt: %s\n- since: %s"
                .formatted(
                        name(),
                        meaning,
                        attempt == 0 ? "none yet" : attempt,
                        Instant.ofEpochMilli(Workflow.currentTimeMillis())));
    }

    private String name() {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
