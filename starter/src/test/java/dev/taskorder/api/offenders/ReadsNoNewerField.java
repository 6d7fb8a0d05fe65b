package dev.taskorder.api.offenders;

import dev.taskorder.api.order.TaskOrderRef;
import io.temporal.activity.ActivityInterface;

/** Breaks a rule: an answer with a field more would fail whoever has not been deployed yet. */
@ActivityInterface
public interface ReadsNoNewerField {
    Answer work(TaskOrderRef order);

    /** What it answers. */
    sealed interface Answer {
        /** The one answer there is. */
        record Plain(String status) implements Answer {}
    }
}
