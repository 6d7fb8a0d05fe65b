package dev.taskorder.activities.execution;

import dev.taskorder.api.execution.ExecutionResult;
import java.math.BigDecimal;
import java.util.List;

/**
 * What an executor answered, as it may be kept.
 *
 * @param lowered totals that it told higher before: its result has what was told, for the money is spent, and the order
 *     says so
 */
public record Answer(ExecutionResult result, List<Lowered> lowered) {
    public Answer {
        lowered = List.copyOf(lowered);
    }

    /** A kind of cost of which less was answered than had been told. */
    public record Lowered(String kind, BigDecimal told, BigDecimal answered) {}

    /** An answer that lowers nothing. */
    public static Answer of(ExecutionResult result) {
        return new Answer(result, List.of());
    }
}
