package dev.taskorder.activities.execution;

import dev.taskorder.api.failure.FailureType;
import io.temporal.failure.ApplicationFailure;

/** The failure that tells the workflow that nobody works on the attempt any more. */
final class Lost {
    private Lost() {}

    static ApplicationFailure failure(String why) {
        return ApplicationFailure.newNonRetryableFailure(why, FailureType.EXECUTOR_LOST.name());
    }
}
