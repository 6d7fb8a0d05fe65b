package dev.taskorder.activities.attempt;

/** Where an attempt is; the order of the constants is the order of its life. */
public enum AttemptState {
    /** It has leases and a token, and waits for a worker. */
    GRANTED,
    /** A worker began it; nobody ever begins it again. */
    RUNNING,
    /** The executor's result is stored; the order drew no conclusion yet. */
    ANSWERED,
    /** The order drew its conclusion from the answer. */
    ENDED,
    /** Its worker is gone. */
    LOST,
    /** It was given up and may still run. */
    ABANDONED,
    /** It was taken back before any worker began it. */
    DROPPED;

    /** Whether a conclusion is still to be drawn. */
    public boolean isLive() {
        return this == GRANTED || this == RUNNING || this == ANSWERED;
    }
}
