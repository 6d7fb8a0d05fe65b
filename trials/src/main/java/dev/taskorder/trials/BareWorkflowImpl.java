package dev.taskorder.trials;

import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** As bare as it gets. */
public class BareWorkflowImpl implements BareWorkflow {
    private final NoOp noOp = Workflow.newActivityStub(
            NoOp.class,
            ActivityOptions.newBuilder()
                    .setStartToCloseTimeout(Duration.ofMinutes(5))
                    .build());

    @Override
    public String run(String key) {
        return noOp.run(key);
    }
}
