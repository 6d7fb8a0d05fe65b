package dev.taskorder.activities.execution;

import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Running totals as the books want them: each kind once. */
final class Totals {
    private Totals() {}

    /**
     * Sums equal kinds.
     *
     * @throws IllegalArgumentException if there are too many, or a sum is no amount any more
     */
    static List<Money> of(String what, List<Money> items) {
        if (items.size() > Limits.COSTS_PER_RESULT_MAX) {
            throw new IllegalArgumentException(
                    what + " must have at most " + Limits.COSTS_PER_RESULT_MAX + " items, has " + items.size());
        }
        Map<String, BigDecimal> sums = new LinkedHashMap<>();
        items.forEach(item -> sums.merge(item.kind(), item.amount(), BigDecimal::add));
        return sums.entrySet().stream()
                .map(sum -> new Money(sum.getKey(), sum.getValue()))
                .toList();
    }
}
