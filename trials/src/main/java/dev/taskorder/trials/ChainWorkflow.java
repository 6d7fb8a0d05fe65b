package dev.taskorder.trials;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** The yardstick of a release: one that waits for a signal, runs one regular activity, and tells whoever comes next. */
@WorkflowInterface
public interface ChainWorkflow {
    /** Returns what the activity returned. */
    @WorkflowMethod(name = "BareChain")
    String run(String key);

    /** The one before is through. */
    @SignalMethod
    void wake();
}
