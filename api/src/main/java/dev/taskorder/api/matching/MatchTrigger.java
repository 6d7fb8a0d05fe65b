package dev.taskorder.api.matching;

import java.util.UUID;

/** Asks for a match: whoever frees, admits or changes something that an order may wait for. */
public interface MatchTrigger {
    /** Leaves a mark in the caller's transaction: if the caller's process dies after its commit, the mark is found. */
    void mark(String env);

    /**
     * Runs the matcher inside the caller's transaction, for an order that the caller has just queued and whose row it
     * reads next: its grant sends it no wake. Never waits, so the caller may hold its order's row.
     *
     * @return whether every order that waits was looked at. If not, because it is somebody else's turn or there was too
     *     much to do, a mark is left and the caller calls {@link #runFor} after its commit
     */
    boolean runWithin(UUID taskId, String env);

    /**
     * Waits for its turn and runs the matcher for the bound tenant, after the caller's commit; returns when every mark
     * it saw is served. Marks that it cannot serve in time are left to maintenance.
     */
    void run(String env);

    /**
     * As {@link #run}, for an order that was just queued and whose caller reads its row afterwards: a grant that is
     * made before this returns sends it no wake.
     */
    void runFor(UUID taskId, String env);
}
