package dev.taskorder.activities.dispatch;

import java.util.Optional;

/**
 * The short way of an order that is being created to its start: claimed by the insert that makes its row, and started
 * from memory after the commit, which saves the claim a transaction of its own.
 */
@FunctionalInterface
public interface StartAtOnce {
    /** A process without a dispatcher has no such way. */
    StartAtOnce NEVER = Optional::empty;

    /**
     * Takes a place among the calls to Temporal; empty if there is none, or if something due would be overtaken. Who
     * takes one closes it soon.
     */
    Optional<Place> place();

    /** One call to Temporal that may begin. */
    interface Place {
        /**
         * Starts what was claimed, after the commit of the claim; returns at once. A start that is lost is repeated when
         * the claim has run out.
         */
        void start(StartDue claimed);

        /** Gives the place back if nothing was started. */
        void close();
    }
}
