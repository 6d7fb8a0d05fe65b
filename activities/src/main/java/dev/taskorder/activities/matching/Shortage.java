package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.api.budget.BudgetScope;
import java.math.BigDecimal;
import java.util.List;

/**
 * What an order lacks of its budgets for what it would be given.
 *
 * @param needed what would have to be held for it; 0 if nothing has to, but a budget is used up
 * @param budgets those that do not cover that
 */
record Shortage(BigDecimal needed, List<Room> budgets) {
    /** The least amount there is. */
    private static final BigDecimal UNIT = new BigDecimal("0.000001");

    static final Shortage NONE = new Shortage(BigDecimal.ZERO, List.of());

    static Shortage of(WaitingOrder order, BigDecimal needed, Purse purse) {
        return new Shortage(needed, purse.tooSmall(order, needed));
    }

    boolean isNone() {
        return budgets.isEmpty();
    }

    /** Whether so much is covered when it is mended. */
    boolean coversWhenMended(BigDecimal amount) {
        return !isNone() && amount.compareTo(needed) <= 0;
    }

    /** Whether what that order takes is taken from these budgets. */
    boolean isDrawnOnBy(WaitingOrder other) {
        return budgets.stream()
                .anyMatch(
                        room -> room.scope() == BudgetScope.TENANT || room.id().equals(other.projectId()));
    }

    /** The least limit that covers it, if nobody takes of it before. */
    BigDecimal limitOf(Room budget) {
        return budget.posted().add(budget.held()).add(needed.max(UNIT));
    }
}
