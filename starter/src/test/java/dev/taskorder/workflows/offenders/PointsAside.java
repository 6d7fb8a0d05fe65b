package dev.taskorder.workflows.offenders;

import dev.taskorder.activities.offenders.BeginsATransaction;
import dev.taskorder.starter.offenders.BindsATenant;

/** Each breaks a rule: a workflow that is to be deterministic reaches effects. */
public final class PointsAside {
    /** A workflow that knows an activity. */
    public static final class AtActivities {
        Class<?> known = BeginsATransaction.class;
    }

    /** A workflow that knows the application. */
    public static final class AtTheApplication {
        Class<?> known = BindsATenant.class;
    }
}
