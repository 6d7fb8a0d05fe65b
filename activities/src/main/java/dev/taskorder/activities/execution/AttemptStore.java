package dev.taskorder.activities.execution;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.AttemptRef;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Attempts of the bound tenant as rows: what one needs to run, and where its answer goes. Every method is one
 * transaction and judges the row as it is; a fault of the database is an exception, and the caller tries again.
 */
public interface AttemptStore {
    /** GRANTED → RUNNING, once ever: nothing that was begun is begun again, for nobody knows how far it came. */
    Begun begin(AttemptRef attempt);

    /**
     * Keeps the progress and the costs told.
     *
     * @param progress a JSON object in place of the one before, or null to leave that
     * @param costsSoFar running totals of this attempt, each kind once, and posted at once; a smaller one than before changes
     *     nothing, and no kind at all leaves the costs as they are
     */
    Reported report(AttemptRef attempt, UUID token, @Nullable String progress, List<Money> costsSoFar);

    /**
     * Keeps the result, checked against the limits and each kind of cost and revenue once. Twice under one token is
     * {@link Ended.Completed} both times and the first result stands. A kind of cost that the result leaves out or
     * lowers keeps its total; one that the answer names as lowered is told to the order.
     *
     * @param overdue whether it was the deadline that stopped the executor: then the answer came after the deadline,
     *     also where the database's clock has not come that far
     */
    Ended complete(AttemptRef attempt, UUID token, Answer answer, boolean overdue);

    /** What became of a report. */
    enum Reported {
        KEPT,
        /** The attempt is no longer the current one of its order: nothing was kept. */
        NOT_CURRENT,
        /** It is kept; but its ceiling or one of its budgets does not cover the costs, and the order ends. */
        BEYOND_BUDGET
    }

    /** Whether the attempt may run. */
    sealed interface Begun {
        /**
         * It may, and nobody else will be told so.
         *
         * @param leftMs until the order's deadline, measured by the database now; may be 0 or less
         * @param graceMs how long an executor that is cancelled or late is waited for
         * @param executor name of the executor that the order's policy routes to
         */
        record Run(ExecutionRequest request, long leftMs, long graceMs, String executor) implements Begun {}

        /** Someone began it before and has not answered: that worker is gone, or it is this same call once more. */
        record AlreadyBegun() implements Begun {}

        /** It has ended with this code. */
        record AlreadyEnded(String resultCode) implements Begun {}

        /** The order is over, or has gone on to another attempt. */
        record NotCurrent() implements Begun {}
    }

    /** What became of an answer. */
    sealed interface Ended {
        /** It is the attempt's result. */
        record Completed() implements Ended {}

        /** The attempt had been given up: the costs are kept for a person, nothing is posted. */
        record Late() implements Ended {}
    }
}
