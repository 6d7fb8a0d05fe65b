package dev.taskorder.trials;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** The activity that does nothing. */
@ActivityInterface
public interface NoOp {
    /** Returns the key. */
    @ActivityMethod(name = "NoOp")
    String run(String key);
}
