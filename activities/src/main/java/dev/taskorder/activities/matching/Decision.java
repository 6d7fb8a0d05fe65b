package dev.taskorder.activities.matching;

import dev.taskorder.api.lease.LeaseDecision;
import java.math.BigDecimal;
import java.util.List;

/** What the matcher decides for one order. */
sealed interface Decision {
    /** It gets these assets, one per place. */
    record Grant(List<Choice> choices) implements Decision {}

    /** An asset for a hint, and why this one. */
    record Choice(int hintIndex, Candidate asset, LeaseDecision why) {}

    /** Its resources are not free; nobody behind it in its line can be served either. */
    record Blocked() implements Decision {}

    /** What is free now costs more than it may spend, but something cheaper may come free: only this one waits. */
    record TooExpensiveNow() implements Decision {}

    /** Even the cheapest of the whole pool costs more than it may spend. */
    record BudgetExceeded(BigDecimal cheapest) implements Decision {}
}
