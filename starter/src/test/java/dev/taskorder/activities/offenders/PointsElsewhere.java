package dev.taskorder.activities.offenders;

import dev.taskorder.starter.offenders.BindsATenant;
import dev.taskorder.workflows.order.TaskOrderWorkflowImpl;

/** Each breaks a rule: an activity that could not be replaced without a workflow or the application. */
public final class PointsElsewhere {
    /** An activity that knows a workflow. */
    public static final class AtWorkflows {
        Class<?> known = TaskOrderWorkflowImpl.class;
    }

    /** An activity that knows the application. */
    public static final class AtTheApplication {
        Class<?> known = BindsATenant.class;
    }
}
