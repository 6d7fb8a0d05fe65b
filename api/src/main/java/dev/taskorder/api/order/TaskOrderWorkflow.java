package dev.taskorder.api.order;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** One workflow per order (design.md §3). */
@WorkflowInterface
public interface TaskOrderWorkflow {
    /** Its type, which no other workflow of ours has. */
    String TYPE = "TaskOrder";

    /**
     * The queue of workflows and of the executors in our JVM. One queue, because Temporal hands an attempt to the worker
     * whose workflow asks for it in the answer to that, if both are of one queue: no second way through matching.
     */
    String TASK_QUEUE = "taskorder";

    /** The queue of steps that wait for PostgreSQL; apart, so that no crowd of attempts can hold up an order's end. */
    String STEP_TASK_QUEUE = "taskorder-steps";

    /** The search attribute that is {@code OPEN} at start; the workflow sets it once more, to the final status. */
    String STATUS_ATTRIBUTE = "TaskStatus";

    /** The search attribute for the priority as it is now. */
    String PRIORITY_ATTRIBUTE = "TaskPriority";

    /** The memo that names the order, for an idempotency key cannot always be read off the workflow's id. */
    String TASK_ID_MEMO = "task_id";

    /** Lives until the order is over; returns its final status. */
    @WorkflowMethod(name = TYPE)
    String run(TaskOrderRef order);

    /** Ends the order as CANCELLED unless it ends first; a second one changes nothing. */
    @SignalMethod
    void cancel(CancelSignal signal);

    /**
     * Changes the priority, and shows the one that the order has then; without one it only shows. Refused silently when
     * out of 0 to 100 or when the order is over.
     */
    @SignalMethod
    void reprioritise(ReprioritiseSignal signal);

    /**
     * Something about the order changed: it reads its row, also while an executor works, which is stopped if its attempt
     * has been given up. Carries nothing, for nothing in a signal is trusted.
     */
    @SignalMethod
    void wake();

    /** What the workflow is doing now, for people. */
    @QueryMethod
    WorkflowState state();
}
