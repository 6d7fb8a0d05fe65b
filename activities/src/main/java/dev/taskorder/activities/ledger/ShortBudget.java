package dev.taskorder.activities.ledger;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A budget that did not cover a cost, as {@code charge_budgets} names it: {@code project/<id>} or {@code tenant/<id>}, and
 * {@code in <currency>} if that is another one than the order's.
 *
 * @param path scope and id, as in {@code /v1/budgets/<path>}
 * @param otherCurrency null if it was the order's
 */
public record ShortBudget(String path, @Nullable String otherCurrency) {
    private static final Pattern NAME = Pattern.compile("(\\S+)(?: in (\\S+))?");
    private static final String TENANT = "tenant/";

    /** Reads its name. */
    public static ShortBudget of(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no budget is called '" + name + "'");
        }
        return new ShortBudget(parts.group(1), parts.group(2));
    }

    /** Whether it is the tenant's own, not one of a project. */
    public boolean isTenants() {
        return path.startsWith(TENANT);
    }

    /** For people: whose it is. */
    String whose() {
        return isTenants() ? "the tenant" : "project " + path.split("/", 2)[1];
    }
}
