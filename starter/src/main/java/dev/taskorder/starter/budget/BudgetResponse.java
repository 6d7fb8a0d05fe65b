package dev.taskorder.starter.budget;

import dev.taskorder.api.budget.Budget;
import dev.taskorder.api.budget.BudgetSpec;
import dev.taskorder.starter.web.AuditedAnswer;
import dev.taskorder.starter.web.Numbers;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A budget as callers see it, in its running period. */
record BudgetResponse(
        String scope,
        String id,
        String env,
        BigDecimal limit,
        String currency,
        String period,
        BigDecimal posted,
        BigDecimal held,
        BigDecimal overrun,
        BigDecimal remaining,
        @Nullable Instant periodStart,
        @Nullable Instant periodEnd)
        implements AuditedAnswer {
    @Override
    public String idOfObject() {
        return env + "/" + scope + "/" + id;
    }

    static BudgetResponse of(Budget budget) {
        BudgetSpec spec = budget.spec();
        return new BudgetResponse(
                spec.key().scope().word(),
                spec.key().id(),
                spec.key().env(),
                Numbers.shown(spec.limit()),
                spec.currency(),
                spec.period().word(),
                Numbers.shown(budget.posted()),
                Numbers.shown(budget.held()),
                Numbers.shown(budget.overrun()),
                Numbers.shown(budget.remaining()),
                budget.periodStart(),
                budget.periodEnd());
    }
}
