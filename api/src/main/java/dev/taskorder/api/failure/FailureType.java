package dev.taskorder.api.failure;

/** Failure types that cross Temporal; stable, for retry rules name them. */
public enum FailureType {
    /** Header, input and workflow id do not name the same tenant: nothing was touched. */
    TENANT_MISMATCH,
    /** The workflow, or the attempt, is not the order's own: nothing was touched. */
    NOT_OF_ORDER,
    /** The worker that ran the attempt goes away. */
    EXECUTOR_LOST,
    /** A row that the step needs is not there. */
    ORDER_UNKNOWN
}
