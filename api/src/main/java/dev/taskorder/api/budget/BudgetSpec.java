package dev.taskorder.api.budget;

import java.math.BigDecimal;

/**
 * What a caller says of a budget.
 *
 * @param limit what may be spent and set aside in a period, from 0; at most 6 fraction digits
 * @param currency money of another currency is neither counted nor covered
 */
public record BudgetSpec(BudgetKey key, BigDecimal limit, String currency, BudgetPeriod period) {
    public BudgetSpec {
        if (limit.signum() < 0) {
            throw new IllegalArgumentException("limit must be at least 0, was " + limit);
        }
    }
}
