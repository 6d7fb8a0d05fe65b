package dev.taskorder.activities.ledger;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Posts to the ledger, in the transaction of what caused it. */
public interface Postings {
    /** The money of an order, whose row is locked from now on; nothing if there is no such order of this tenant. */
    Optional<OrderAccount> lock(UUID taskId);

    /**
     * Posts a bill of an order whose row the caller has locked: entries, the counters of the order's row, and budgets, all of
     * them or none. A second call with the same bill posts nothing new.
     *
     * @throws IllegalStateException if an entry is there already under the same id with other content: a fault of ours
     */
    Posted post(Bill bill);

    /**
     * What was posted.
     *
     * @param overrun what of it went beyond its hold, and was not covered by its ceiling and all of its budgets; 0 for nothing
     * @param withinCeiling whether the order's own ceiling left room for all of it
     * @param freed whether less is held and spent than before: others may be granted something for it
     */
    record Posted(BigDecimal overrun, boolean withinCeiling, boolean freed) {
        /** Why there is an overrun, for people. */
        public String whyOverrun(OrderAccount account) {
            String more = "costs of " + plain(overrun) + " " + account.currency() + " beyond what was held for them";
            return withinCeiling
                    ? more + " are not covered by the budgets of its project and tenant"
                    : more + " exceed max_total_cost of " + plain(Objects.requireNonNull(account.maxTotalCost()));
        }

        private static String plain(BigDecimal amount) {
            return amount.stripTrailingZeros().toPlainString();
        }
    }
}
