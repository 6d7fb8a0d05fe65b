package dev.taskorder.activities.attempt;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The attempts of an order whose row the caller has locked. */
public interface AttemptLog {
    /** The attempt, locked until the transaction ends. */
    Optional<AttemptRow> lock(UUID taskId, int number);

    /** The attempt from which no conclusion was drawn yet, locked; an order has at most one. */
    Optional<AttemptRow> lockLive(UUID taskId);

    /** Opens the next attempt, GRANTED, with the leases that the order holds now. */
    void open(UUID taskId, int number, String executor);

    /**
     * Draws the conclusion: the attempt ends in this state, and its token is worthless from now on. If it ever began, its
     * leases are used.
     *
     * @param resultCode kept where the executor gave none
     * @return the leases it was granted with
     */
    List<AttemptLease> conclude(
            UUID taskId, int number, AttemptState end, @Nullable String resultCode, @Nullable String message);
}
