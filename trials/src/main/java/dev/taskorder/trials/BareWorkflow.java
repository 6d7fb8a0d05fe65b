package dev.taskorder.trials;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The yardstick: what Temporal costs without us. One regular activity that does nothing, and the end. */
@WorkflowInterface
public interface BareWorkflow {
    /** Returns what the activity returned. */
    @WorkflowMethod(name = "Bare")
    String run(String key);
}
