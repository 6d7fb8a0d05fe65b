package dev.taskorder.activities.budget;

import dev.taskorder.api.budget.BudgetScope;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What budgets have left, for whoever decides about money. Money itself is moved by {@code charge_budgets} alone. */
public interface BudgetBook {
    /**
     * The tenant's budget of the env and those of these projects, as they are in their running periods: projects first,
     * each kind by id. What has no budget is not there; a period in which nothing was held yet has zeros. Locks nothing, so
     * {@code charge_budgets} has the last word.
     */
    List<Room> rooms(String env, Collection<String> projectIds);

    /**
     * Tells {@code budget.exhausted}, unless it was told in the running period, of a budget that did not cover a hold.
     * Locks the period's row: call it in a transaction of its own, or last in one that has locked no budget.
     */
    void refused(String env, BudgetScope scope, String id);

    /**
     * A budget in its running period.
     *
     * @param posted what was spent of it
     * @param held what is set aside of it
     * @param periodEnd when it turns; null: never
     * @param told the highest share of the limit that was told of; 1: that it is exhausted
     */
    record Room(
            BudgetScope scope,
            String id,
            BigDecimal limit,
            String currency,
            BigDecimal posted,
            BigDecimal held,
            @Nullable Instant periodEnd,
            BigDecimal told) {
        /** The same under another limit. */
        public Room withLimit(BigDecimal other) {
            return new Room(scope, id, other, currency, posted, held, periodEnd, told);
        }

        /** What may still be held of it; never negative. */
        public BigDecimal remaining() {
            return limit.subtract(posted).subtract(held).max(BigDecimal.ZERO);
        }

        /** Whether an order in that currency has nothing to spend of it. */
        public boolean isUsedUpFor(String orders) {
            return !currency.equals(orders) || remaining().signum() == 0;
        }

        /** Whether it is known to be exhausted, so that {@link BudgetBook#refused} has nothing to tell. */
        public boolean toldExhausted() {
            return told.compareTo(BigDecimal.ONE) >= 0;
        }
    }
}
