package dev.taskorder.trials;

import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Tells the next by a local activity, as an order's last step is one. */
public class ChainWorkflowImpl implements ChainWorkflow {
    private final NoOp noOp = Workflow.newActivityStub(
            NoOp.class,
            ActivityOptions.newBuilder()
                    .setStartToCloseTimeout(Duration.ofMinutes(5))
                    .build());
    private final HandOver handOver = Workflow.newLocalActivityStub(
            HandOver.class,
            LocalActivityOptions.newBuilder()
                    .setStartToCloseTimeout(Duration.ofMinutes(1))
                    .build());
    private boolean awake;

    @Override
    public String run(String key) {
        Workflow.await(() -> awake);
        String result = noOp.run(key);
        handOver.from(key);
        return result;
    }

    @Override
    public void wake() {
        awake = true;
    }
}
