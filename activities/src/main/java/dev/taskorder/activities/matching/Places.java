package dev.taskorder.activities.matching;

import org.jspecify.annotations.Nullable;

/**
 * How many orders of the tenant run, in all its envs, against {@code quotas.running_orders} of its active policy, as read at
 * one moment.
 *
 * @param started how many ever began to run
 * @param stopped how many of those have ended; may be more by now
 * @param max how many may run; null if nothing limits them
 * @param awaited whether ends leave marks for the env that was asked for, because somebody waits there for a place
 */
record Places(long started, long stopped, @Nullable Integer max, boolean awaited) {
    /** Where no quota is in force. */
    static final Places UNLIMITED = new Places(0, 0, null, false);

    long running() {
        return started - stopped;
    }

    /** How many more may begin to run. */
    long left() {
        return max == null ? Long.MAX_VALUE : Math.max(0, max - running());
    }

    /** How many may have begun to run at most when so many more begin: then there is still a place for each of them. */
    long startedMaxFor(int more) {
        return max == null || more == 0 ? Long.MAX_VALUE : max + stopped - more;
    }

    /** Whether so few run that nobody needs to be told soon of the next end. */
    boolean areMostlyFree() {
        return max == null || running() <= max / 2;
    }
}
