package dev.taskorder.api.matching;

import java.util.UUID;

/** Asks for a match: whoever frees, admits or changes something that an order may wait for. */
public interface MatchTrigger {
    /** Leaves a mark in the caller's transaction: if the caller's process dies after its commit, the mark is found. */
    void mark(String env);

    /** Runs the matcher for the bound tenant after the caller's commit; returns when every mark it saw is served. */
    void run(String env);

    /**
     * As {@link #run}, for an order that was just queued and whose caller reads its row afterwards: a grant that is
     * made before this returns sends it no wake.
     */
    void runFor(UUID taskId, String env);
}
