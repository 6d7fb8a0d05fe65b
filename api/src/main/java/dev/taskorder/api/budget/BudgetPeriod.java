package dev.taskorder.api.budget;

import java.util.Locale;

/** How long a budget's limit is for. */
public enum BudgetPeriod {
    /** For ever. */
    TOTAL,
    /** For each calendar month, UTC. */
    MONTH,
    /** For each calendar day, UTC. */
    DAY;

    /** As bodies and rows say it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The period of such a word. */
    public static BudgetPeriod of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
