package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.lease.LeaseDecision;
import dev.taskorder.api.ledger.Amounts;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.UnservableHint;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

/** What the matcher decides for one order. */
sealed interface Decision {
    /**
     * It gets these assets, one per place.
     *
     * @param estimate what is held for its executor's own costs, beside what the assets cost
     */
    record Grant(List<Choice> choices, BigDecimal estimate) implements Decision {
        /** What is held for it in all. */
        BigDecimal hold() {
            return choices.stream().map(choice -> choice.asset().unitCost()).reduce(estimate, BigDecimal::add);
        }
    }

    /** An asset for a hint, and why this one. */
    record Choice(int hintIndex, Candidate asset, LeaseDecision why) {}

    /** Its resources are not free, or not well; nobody behind it in its line can be served either. */
    record Blocked() implements Decision {}

    /** All that is not retired could not serve it, even if it were well and free. */
    record Unservable() implements Decision {}

    /**
     * What is free now costs more than it may spend, but something cheaper may come free: only this one waits.
     *
     * @param freeNow the least that has to be held for it with what is free; with what it prefers, if it may not be downgraded
     * @param cheapestEver the same with the whole pool
     */
    record TooExpensiveNow(BigDecimal freeNow, BigDecimal cheapestEver) implements Decision {}

    /**
     * What is free is within its own means, but a budget of its project or its tenant does not cover it now. Nobody behind it in
     * its line needs less, but for one that prefers something else and may not be downgraded.
     *
     * @param needed the least that has to be held for it with what is free; with what it prefers, if it may not be downgraded
     * @param budgets those that do not cover that
     */
    record NotCovered(BigDecimal needed, List<Room> budgets) implements Decision {}

    /** It could have what it asks for, but as many orders of the tenant run as its quota allows; nobody may begin to. */
    record NoPlace() implements Decision {}

    /** It can never be granted: it ends with this status and code. */
    record Hopeless(Status status, String code, String message) implements Decision {
        /** Even the cheapest of the whole pool costs more than it may spend. */
        static Hopeless tooExpensive(WaitingOrder order, BigDecimal cheapest) {
            return tooExpensive(order, "it needs at least ", cheapest, "");
        }

        /** What it prefers of the whole pool costs more than it may spend, and it takes nothing else. */
        static Hopeless notDowngraded(WaitingOrder order, BigDecimal preferred) {
            return tooExpensive(order, "what it prefers needs ", preferred, ", and it may not be downgraded");
        }

        private static Hopeless tooExpensive(WaitingOrder order, String what, BigDecimal needed, String more) {
            return new Hopeless(
                    Status.FAILED,
                    ResultCodes.BUDGET_EXCEEDED,
                    what + Amounts.shown(needed) + " " + order.currency()
                            + (order.spent().signum() == 0 ? "" : " more, has spent " + Amounts.shown(order.spent()))
                            + ", max_total_cost is " + Amounts.shown(Objects.requireNonNull(order.maxTotalCost()))
                            + more);
        }

        /** What could have served it was there when it was created and is no more. */
        static Hopeless neverSatisfiable(List<UnservableHint> hints) {
            // one hint is reason enough, and sixteen would be too long to read
            UnservableHint first = hints.get(0);
            return new Hopeless(
                    Status.FAILED,
                    ResultCodes.NO_RESOURCE,
                    first.pointer() + " can no longer be served: it " + first.message());
        }

        /** Its executor was there when it was created and is no more; others must not wait behind it. */
        static Hopeless withoutExecutor(WaitingOrder order) {
            return new Hopeless(
                    Status.DEAD_LETTER,
                    ResultCodes.EXECUTOR_ERROR,
                    "no executor serves task type " + order.taskType() + " any more");
        }

        String eventType() {
            return status == Status.FAILED ? "task_order.failed" : "task_order.dead_lettered";
        }
    }
}
