package dev.taskorder.api.audit;

/** What came of it. */
public enum AuditOutcome {
    /** It was done. */
    DONE,
    /** It was not allowed, and nothing changed. */
    REFUSED,
    /** A fault on our side ended it; it may have happened. */
    FAILED
}
