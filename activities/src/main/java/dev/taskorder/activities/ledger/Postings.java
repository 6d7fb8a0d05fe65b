package dev.taskorder.activities.ledger;

import dev.taskorder.api.ledger.Amounts;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Posts to the ledger, in the transaction of what caused it. */
public interface Postings {
    /** The order's own {@code max_total_cost}, among what was too small. */
    String CEILING = "order";

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
     * Has an order ended for its costs, as BUDGET_EXCEEDED: no attempt of it begins any more, and a live one is stopped. A
     * second call changes nothing, nor does one for an order that is to end for another reason.
     *
     * @param why for people
     * @param tooSmall what did not cover them, as in {@link Posted#tooSmall}; kept with the order when it is over
     * @return whether this call did it
     */
    boolean refuse(UUID taskId, String why, List<String> tooSmall);

    /**
     * What was posted.
     *
     * @param overrun what of it went beyond its hold, and beyond its ceiling or one of its budgets; 0 for nothing
     * @param tooSmall what did not cover all of it: {@link #CEILING}, or a budget, as {@link ShortBudget} reads it
     * @param freed whether less is held and spent than before: others may be granted something for it
     */
    record Posted(BigDecimal overrun, List<String> tooSmall, boolean freed) {
        static final Posted NOTHING = new Posted(BigDecimal.ZERO, List.of(), false);

        /** Why there is an overrun, for people. */
        public String whyOverrun(OrderAccount account) {
            return "costs of " + Amounts.shown(overrun) + " " + account.currency()
                    + " had no cover when they were told: "
                    + tooSmall.stream().map(one -> why(one, account)).collect(Collectors.joining(", and "));
        }

        private static String why(String tooSmall, OrderAccount account) {
            if (tooSmall.equals(CEILING)) {
                return "its max_total_cost is " + Amounts.shown(Objects.requireNonNull(account.maxTotalCost()));
            }
            ShortBudget budget = ShortBudget.of(tooSmall);
            String which = "the budget of " + budget.whose() + " in env " + account.env();
            return budget.otherCurrency() == null
                    ? which + " had too little left"
                    : which + " is in " + budget.otherCurrency() + " and covers nothing in " + account.currency();
        }
    }
}
