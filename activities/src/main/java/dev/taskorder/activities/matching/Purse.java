package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.api.budget.BudgetScope;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the budgets of projects and of the tenant still cover in one look of the matcher; what is granted is taken out of it.
 * Pure. The budgets themselves are charged when grants are written, and have the last word.
 */
final class Purse {
    private final List<Room> rooms;
    private final Map<Room, BigDecimal> taken = new HashMap<>();

    Purse(Collection<Room> rooms) {
        this.rooms = List.copyOf(rooms);
    }

    /** Where nothing has a budget. */
    static Purse unlimited() {
        return new Purse(List.of());
    }

    /** With nothing taken out of it. */
    Purse full() {
        return new Purse(rooms);
    }

    boolean isUnlimited() {
        return rooms.isEmpty();
    }

    /** Whether every budget of the order covers so much more. */
    boolean covers(WaitingOrder order, BigDecimal amount) {
        return tooSmall(order, amount).isEmpty();
    }

    /** The budgets of the order that do not cover so much more, its project's first; one in another currency covers nothing. */
    List<Room> tooSmall(WaitingOrder order, BigDecimal amount) {
        if (amount.signum() == 0) {
            return List.of();
        }
        return of(order).stream()
                .filter(room ->
                        !room.currency().equals(order.currency()) || left(room).compareTo(amount) < 0)
                .toList();
    }

    /** The least that one of its budgets still covers; nothing if it has none. */
    Optional<BigDecimal> least(WaitingOrder order) {
        return of(order).stream()
                .map(room -> room.currency().equals(order.currency()) ? left(room) : BigDecimal.ZERO)
                .min(BigDecimal::compareTo);
    }

    void take(WaitingOrder order, BigDecimal amount) {
        of(order).forEach(room -> taken.merge(room, amount, BigDecimal::add));
    }

    private BigDecimal left(Room room) {
        return room.remaining().subtract(taken.getOrDefault(room, BigDecimal.ZERO));
    }

    private List<Room> of(WaitingOrder order) {
        return rooms.stream()
                .filter(room -> room.scope() == BudgetScope.TENANT || room.id().equals(order.projectId()))
                .toList();
    }
}
