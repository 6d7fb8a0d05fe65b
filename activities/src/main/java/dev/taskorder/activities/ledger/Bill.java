package dev.taskorder.activities.ledger;

import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.LedgerEntry.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an order's money in one step of its life. Built from {@link #of}, by adding what happened.
 *
 * @param account the order as it is locked
 * @param attempt what an attempt of it cost and earned; null if none did
 * @param returned leases that ended before an attempt began with them: what was held for them goes back
 * @param as VOID, or EXPIRE when their time had run out
 * @param returnsExecutorHold whether what the executor did not spend goes back
 */
public record Bill(
        OrderAccount account,
        @Nullable OfAttempt attempt,
        List<LeasePrice> returned,
        Phase as,
        boolean returnsExecutorHold) {
    public Bill {
        returned = List.copyOf(returned);
    }

    /**
     * An attempt that began.
     *
     * @param ended whether it is over: then its {@code execution} entry is posted
     * @param charged the leases that it was the first to begin with
     * @param costs running totals per kind as its executor told them, each kind once
     * @param postedCosts what of them is posted already
     * @param revenue per kind, each kind once
     */
    public record OfAttempt(
            int number,
            boolean ended,
            List<LeasePrice> charged,
            List<Money> costs,
            List<Money> postedCosts,
            List<Money> revenue) {}

    /** A bill of nothing. */
    public static Bill of(OrderAccount account) {
        return new Bill(account, null, List.of(), Phase.VOID, false);
    }

    public Bill with(@Nullable OfAttempt other) {
        return new Bill(account, other, returned, as, returnsExecutorHold);
    }

    public Bill returning(List<LeasePrice> leases) {
        return new Bill(account, attempt, leases, as, returnsExecutorHold);
    }

    public Bill expiring(List<LeasePrice> leases) {
        return new Bill(account, attempt, leases, Phase.EXPIRE, returnsExecutorHold);
    }

    public Bill returningExecutorHold() {
        return new Bill(account, attempt, returned, as, true);
    }
}
