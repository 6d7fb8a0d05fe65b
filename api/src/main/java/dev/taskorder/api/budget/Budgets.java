package dev.taskorder.api.budget;

import dev.taskorder.api.tenant.Caller;
import java.util.Optional;

/** The budgets of the tenant and of its projects. */
public interface Budgets {
    /**
     * Creates or replaces a budget. What was spent and held in the running period counts, also if it was before the budget
     * was there. A limit below it is no fault: nothing more is held until there is room. A larger limit, another period or
     * currency lets the matcher look. Twice the same changes nothing and tells nobody.
     */
    Put put(BudgetSpec budget, Caller caller);

    /** The budget, if there is one; of a scope {@code tenant} only the tenant's own. */
    Optional<Budget> find(BudgetKey key);

    /**
     * What a put made of it.
     *
     * @param created whether there was none before
     */
    record Put(Budget budget, boolean created) {}
}
