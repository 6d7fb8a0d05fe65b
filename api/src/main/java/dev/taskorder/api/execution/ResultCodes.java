package dev.taskorder.api.execution;

/** The result codes that mean something to us (api.md, "Result codes"); any other one ends the order as FAILED. */
public final class ResultCodes {
    public static final String OK = "OK";
    public static final String SOFT_FAIL = "SOFT_FAIL";
    public static final String HARD_FAIL = "HARD_FAIL";
    /** Next attempt, leases kept. */
    public static final String RETRYABLE = "RETRYABLE";
    /** Next attempt; the leases whose outcome is bad are exchanged. */
    public static final String BANNED = "BANNED";
    /** Ours: an unexpected exception; like RETRYABLE. */
    public static final String EXECUTOR_ERROR = "EXECUTOR_ERROR";
    /** Ours: the worker went away; next attempt, not counted. */
    public static final String EXECUTOR_LOST = "EXECUTOR_LOST";
    /** Ours, of an attempt: one of its leases was taken away; next attempt, not counted. */
    public static final String LEASE_REVOKED = "LEASE_REVOKED";

    public static final String NO_RESOURCE = "NO_RESOURCE";
    public static final String BUDGET_EXCEEDED = "BUDGET_EXCEEDED";
    public static final String CANCELLED = "CANCELLED";
    public static final String TIMEOUT = "TIMEOUT";
    public static final String TERMINATED = "TERMINATED";
    public static final String WORKFLOW_FAILED = "WORKFLOW_FAILED";

    private ResultCodes() {}
}
