package dev.taskorder.api.budget;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A budget in its running period.
 *
 * @param posted what was spent of it
 * @param held what is set aside of it
 * @param overrun what was spent beyond it, and beyond what was set aside
 * @param periodStart null for {@link BudgetPeriod#TOTAL}
 * @param periodEnd when it turns; null for {@link BudgetPeriod#TOTAL}
 */
public record Budget(
        BudgetSpec spec,
        BigDecimal posted,
        BigDecimal held,
        BigDecimal overrun,
        @Nullable Instant periodStart,
        @Nullable Instant periodEnd) {
    /** What may still be set aside; never negative, although a limit may be lowered below what is spent and held. */
    public BigDecimal remaining() {
        return spec.limit().subtract(posted).subtract(held).max(BigDecimal.ZERO);
    }
}
