package dev.taskorder.api.ledger;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Whether the books of the bound tenant agree. */
public interface LedgerCheck {
    /**
     * Compares every entry with the counters that say the same: of orders, of leases, of budgets in all their periods; and
     * what is debited with what is credited.
     * Reads all of the tenant's ledger, as it is at one moment, and writes nothing.
     */
    Verification verify();

    /**
     * What it came to.
     *
     * @param checked how many of each kind of thing were compared
     * @param balances one of each currency that there are entries in
     * @param violations empty if all agree; at most 100
     */
    record Verification(Map<String, Long> checked, List<Balance> balances, List<Finding> violations) {}

    /**
     * What was debited to the accounts and credited to them in a currency: the same, or there are entries with an account that
     * is none.
     */
    record Balance(String currency, BigDecimal debits, BigDecimal credits, BigDecimal difference) {}

    /**
     * One disagreement.
     *
     * @param objectType {@code task_order} or {@code budget}
     * @param detail the rows and the amounts, in words
     * @param remedy what a person does about it
     */
    record Finding(String invariant, String env, String objectType, String objectId, String detail, String remedy) {}
}
