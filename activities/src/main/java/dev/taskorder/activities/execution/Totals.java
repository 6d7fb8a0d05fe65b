package dev.taskorder.activities.execution;

import dev.taskorder.activities.execution.Answer.Lowered;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.ledger.Amounts;
import dev.taskorder.api.order.Limits;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
        return moneyOf(sums);
    }

    /** What stands when these are told after those: of each kind the larger total. */
    static List<Money> raised(List<Money> before, List<Money> now) {
        Map<String, BigDecimal> totals = new LinkedHashMap<>();
        Stream.concat(before.stream(), now.stream())
                .forEach(total -> totals.merge(total.kind(), total.amount(), BigDecimal::max));
        return moneyOf(totals);
    }

    /**
     * Checks that nothing was taken back.
     *
     * @throws IllegalArgumentException if a kind's total is smaller than it was
     */
    static void requireNoneSmaller(List<Money> before, List<Money> now) {
        lowered(before, now).stream().findFirst().ifPresent(total -> {
            throw new IllegalArgumentException("costs of '" + total.kind() + "' are a running total and were "
                    + Amounts.shown(total.told()) + ", now " + Amounts.shown(total.answered()));
        });
    }

    /** The kinds of which less is told now than before; one that is left out is not lowered. */
    static List<Lowered> lowered(List<Money> before, List<Money> now) {
        return before.stream()
                .flatMap(told -> now.stream()
                        .filter(total -> total.kind().equals(told.kind()))
                        .map(total -> new Lowered(told.kind(), told.amount(), total.amount())))
                .filter(one -> one.told().compareTo(one.answered()) > 0)
                .toList();
    }

    private static List<Money> moneyOf(Map<String, BigDecimal> totals) {
        return totals.entrySet().stream()
                .map(total -> new Money(total.getKey(), total.getValue()))
                .toList();
    }
}
