package dev.taskorder.api.budget;

import java.util.Locale;

/** Whose money a budget limits. */
public enum BudgetScope {
    /** All that the tenant spends in an env; its id is the tenant's. */
    TENANT,
    /** What the orders of one project spend; its id is their {@code project_id}. */
    PROJECT;

    /** As paths and rows say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope of such a word. */
    public static BudgetScope of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
