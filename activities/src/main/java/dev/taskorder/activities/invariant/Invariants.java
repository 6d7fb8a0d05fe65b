package dev.taskorder.activities.invariant;

import dev.taskorder.api.ledger.LedgerCheck;
import java.util.List;

/** Looks whether what must always hold does, for the bound tenant. */
public interface Invariants {
    /**
     * What does not hold at this moment; all is read from one state of the database, so that nothing under way looks broken.
     * Costs as much as there are live leases, executing attempts and lines of waiting orders. Writes nothing.
     */
    List<Violation> violations();

    /**
     * As {@link #violations}, and keeps what it found: each new one is an event of its object. Where an order waits for
     * nothing, the matcher is asked to look.
     *
     * @return those that were not there at the last look
     */
    List<Violation> look();

    /**
     * Compares the books as {@link LedgerCheck#verify} does, and keeps what it found, as {@link #look} does. They then have
     * not moved, unless something was written to them in the last ten minutes.
     *
     * @return those that were not there at the last look
     */
    List<Violation> lookAtBooks();
}
