package dev.taskorder.api.matching;

import dev.taskorder.api.order.Status;
import java.util.UUID;

/** Asks for a match: whoever frees, admits or changes something that an order may wait for. */
public interface MatchTrigger {
    /** Leaves a mark in the caller's transaction: if the caller's process dies after its commit, the mark is found. */
    void mark(String env);

    /**
     * Runs the matcher inside the caller's transaction, for an order that the caller has just queued and whose row it
     * reads next: its grant sends it no wake. Never waits, so the caller may hold its order's row.
     *
     * @return what became of the caller's order; after {@link Looked.NotAtAll} the caller calls {@link #runFor} when it
     *     has committed
     */
    Looked runWithin(UUID taskId, String env);

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

    /** What a look within the caller's transaction made of the caller's order. */
    sealed interface Looked {
        /** It is somebody else's turn, or there was too much to do: a mark is left. */
        record NotAtAll() implements Looked {}

        /** It waits: what it asks for is not free. */
        record Waits() implements Looked {}

        /** It runs, and this attempt is open. */
        record Granted(int attempt) implements Looked {}

        /** It can never be served, and has ended with this status. */
        record Ended(Status status) implements Looked {}
    }
}
