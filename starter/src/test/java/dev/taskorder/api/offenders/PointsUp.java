package dev.taskorder.api.offenders;

import dev.taskorder.activities.offenders.BeginsATransaction;
import dev.taskorder.workflows.order.TaskOrderWorkflowImpl;

/** Each breaks a rule: what all others know knows one of them. */
public final class PointsUp {
    /** A contract that knows a workflow. */
    public static final class AtWorkflows {
        Class<?> known = TaskOrderWorkflowImpl.class;
    }

    /** A contract that knows an activity. */
    public static final class AtActivities {
        Class<?> known = BeginsATransaction.class;
    }
}
