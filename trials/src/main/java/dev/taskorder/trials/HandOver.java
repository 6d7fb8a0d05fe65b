package dev.taskorder.trials;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Has the next one of a chain told. */
@ActivityInterface
public interface HandOver {
    /** Returns at once; another thread sends the signal, as the application's dispatcher does. */
    @ActivityMethod(name = "HandOver")
    void from(String key);
}
