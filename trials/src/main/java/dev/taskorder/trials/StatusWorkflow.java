package dev.taskorder.trials;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The bare workflow, and the one search attribute that ours sets at its end. */
@WorkflowInterface
public interface StatusWorkflow {
    /** Returns what the activity returned. */
    @WorkflowMethod(name = "BareWithStatus")
    String run(String key);
}
