package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.api.budget.BudgetScope;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the budgets of projects and of the tenant still cover in one look of the matcher; what is granted is taken out of it.
 * Pure. The budgets themselves are charged when grants are written, and have the last word.
 */
final class Purse {
    private final List<Room> rooms;
    private final Set<String> projects;
    private final Function<String, List<Room>> others;
    private final Map<String, List<Room>> ofProject = new HashMap<>();
    private final Map<Room, BigDecimal> taken = new HashMap<>();

    /**
     * What has these budgets.
     *
     * @param projects those whose budgets are among the rooms, if they have any
     * @param others the budgets of another project, and of the tenant; asked for once, when it is met
     */
    Purse(Collection<Room> rooms, Set<String> projects, Function<String, List<Room>> others) {
        this.rooms = new ArrayList<>(rooms);
        this.projects = new HashSet<>(projects);
        this.others = others;
    }

    Purse(Collection<Room> rooms) {
        this(rooms, Set.of(), project -> List.of());
    }

    /** Where nothing has a budget. */
    static Purse unlimited() {
        return new Purse(List.of());
    }

    /** With nothing taken out of it. */
    Purse full() {
        return new Purse(rooms, projects, others);
    }

    /**
     * With nothing taken out of it, and those budgets that do not cover the order as large as they have to be. What one in
     * another currency would cover in the order's, nobody knows; it is left out.
     */
    Purse mended(WaitingOrder order, Shortage shortage) {
        List<Room> mended = new ArrayList<>();
        for (Room room : rooms) {
            if (!shortage.budgets().contains(room)) {
                mended.add(room);
            } else if (room.currency().equals(order.currency())) {
                mended.add(room.withLimit(shortage.limitOf(room)));
            }
        }
        return new Purse(mended, projects, others);
    }

    boolean isUnlimited() {
        return rooms.isEmpty();
    }

    /** Whether every budget of the order covers so much more. */
    boolean covers(WaitingOrder order, BigDecimal amount) {
        return tooSmall(order, amount).isEmpty();
    }

    /**
     * The budgets of the order that do not cover so much more, its project's first; one in another currency covers nothing. One
     * that is used up does not cover 0 either, unless something is set aside for the order already: what the others cost is known when
     * it is spent.
     */
    List<Room> tooSmall(WaitingOrder order, BigDecimal amount) {
        if (amount.signum() == 0 && order.means().held().signum() > 0) {
            return List.of();
        }
        return of(order).stream()
                .filter(room -> !room.currency().equals(order.currency())
                        || left(room).signum() <= 0
                        || left(room).compareTo(amount) < 0)
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
        if (projects.add(order.projectId())) {
            others.apply(order.projectId()).stream()
                    .filter(room -> room.scope() == BudgetScope.PROJECT)
                    .forEach(rooms::add);
        }
        return ofProject.computeIfAbsent(order.projectId(), project -> rooms.stream()
                .filter(room -> room.scope() == BudgetScope.TENANT || room.id().equals(project))
                .toList());
    }
}
