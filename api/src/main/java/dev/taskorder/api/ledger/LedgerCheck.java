package dev.taskorder.api.ledger;

import java.util.List;
import java.util.Map;

/** Whether the books of the bound tenant agree. */
public interface LedgerCheck {
    /**
     * Compares every entry with the counters that say the same: of orders, of leases, of budgets in their running periods.
     * Reads all of the tenant's ledger, as it is at one moment, and writes nothing.
     */
    Verification verify();

    /**
     * What it came to.
     *
     * @param checked how many of each kind of thing were compared
     * @param violations empty if all agree; at most 100
     */
    record Verification(Map<String, Long> checked, List<Finding> violations) {}

    /**
     * One disagreement.
     *
     * @param objectType {@code task_order} or {@code budget}
     * @param detail the rows and the amounts, in words
     * @param remedy what a person does about it
     */
    record Finding(String invariant, String env, String objectType, String objectId, String detail, String remedy) {}
}
