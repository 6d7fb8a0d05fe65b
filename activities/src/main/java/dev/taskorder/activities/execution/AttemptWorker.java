package dev.taskorder.activities.execution;

import io.temporal.activity.DynamicActivity;
import java.time.Duration;

/** The executors of this JVM as one activity, and the way to end them with the process. */
public interface AttemptWorker {
    /**
     * The worker's heartbeat throttle. Well under the second between two beats: within the throttle the SDK keeps a
     * beat back and sends it later, on four threads that all attempts of the process share.
     */
    Duration HEARTBEAT_THROTTLE = Duration.ofMillis(100);

    /** Takes any activity type; to be registered alone, on the executors' queue. */
    DynamicActivity activity();

    /**
     * Begins no attempt any more, waits for those that run, and fails the rest as EXECUTOR_LOST, also those whose
     * executor does not listen. Returns when nothing is left that Temporal waits for, at the latest after the grace.
     */
    void drain(Duration grace) throws InterruptedException;
}
