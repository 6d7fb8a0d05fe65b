package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook.Room;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.lease.LeaseDecision;
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
     * @param freeNow the least that has to be held for it with what is free
     * @param cheapestEver the least that has to be with the whole pool
     */
    record TooExpensiveNow(BigDecimal freeNow, BigDecimal cheapestEver) implements Decision {
        /** Whether one behind it that wants the same can pay no more, and so waits with it. */
        boolean concerns(WaitingOrder behind) {
            return !behind.bears(freeNow) && behind.bears(cheapestEver);
        }
    }

    /**
     * What is free is within its own means, but a budget of its project or its tenant does not cover it now. Nobody behind it in
     * its line needs less.
     *
     * @param needed the least that has to be held for it with what is free
     * @param budgets those that do not cover that
     */
    record NotCovered(BigDecimal needed, List<Room> budgets) implements Decision {}

    /** It can never be granted: it ends with this status and code. */
    record Hopeless(Status status, String code, String message) implements Decision {
        /** Even the cheapest of the whole pool costs more than it may spend. */
        static Hopeless tooExpensive(WaitingOrder order, BigDecimal cheapest) {
            return new Hopeless(
                    Status.FAILED,
                    ResultCodes.BUDGET_EXCEEDED,
                    "it needs at least " + plain(cheapest) + " " + order.currency()
                            + (order.spent().signum() == 0 ? "" : " more, has spent " + plain(order.spent()))
                            + ", max_total_cost is " + plain(Objects.requireNonNull(order.maxTotalCost())));
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

        private static String plain(BigDecimal amount) {
            return amount.stripTrailingZeros().toPlainString();
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
