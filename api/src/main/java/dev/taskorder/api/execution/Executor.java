package dev.taskorder.api.execution;

import java.util.Set;

/** Does the work of one attempt, in this JVM. Stateless: one instance serves many attempts at once. */
public interface Executor {
    /** The name that a policy's route gives. */
    String name();

    /** The task types that need no route to come here. */
    Set<String> taskTypes();

    /**
     * Runs one attempt on the calling thread, which is interrupted when the attempt is cancelled or late.
     *
     * @return what came out; an expected failure is a result code, not an exception
     * @throws Exception if something unexpected happened: the attempt ends as {@code EXECUTOR_ERROR} and is retried
     */
    ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) throws Exception;
}
