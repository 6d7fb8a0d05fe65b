package dev.taskorder.trials;

import dev.taskorder.api.order.TaskOrderWorkflow;
import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Workflow;

/** Differs from the bare one in the upsert alone. */
public class StatusWorkflowImpl implements StatusWorkflow {
    private static final SearchAttributeKey<String> STATUS =
            SearchAttributeKey.forKeyword(TaskOrderWorkflow.STATUS_ATTRIBUTE);

    private final BareWorkflow bare = new BareWorkflowImpl();

    @Override
    public String run(String key) {
        String result = bare.run(key);
        Workflow.upsertTypedSearchAttributes(STATUS.valueSet("SUCCESS"));
        return result;
    }
}
