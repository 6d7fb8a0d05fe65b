package dev.taskorder.activities.attempt;

import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.execution.Answer.Lowered;
import dev.taskorder.api.ledger.Amounts;
import dev.taskorder.api.order.AttemptRef;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the timeline says of an answer that has lower costs than were told while its executor worked. */
final class LoweredCosts {
    private LoweredCosts() {}

    static NewEvent event(AttemptRef attempt, List<Lowered> lowered) {
        String message = lowered.stream()
                .map(one -> one.kind() + " stays " + Amounts.shown(one.told())
                        + ", which its executor had told, though it answered " + Amounts.shown(one.answered()))
                .collect(Collectors.joining("; "));
        return new NewEvent(
                attempt.taskId(),
                "task_order.updated",
                "executor",
                Map.of(
                        "what", "costs of attempt " + attempt.attempt() + " not lowered",
                        "costs", lowered,
                        "message", message));
    }
}
