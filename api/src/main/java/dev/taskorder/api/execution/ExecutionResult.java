package dev.taskorder.api.execution;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an executor gives back (api.md, "Executor contract").
 *
 * @param resultCode what happens next follows from it: see {@link ResultCodes}
 * @param costs running totals of this attempt per kind; equal kinds are summed; what was told before and is left out or
 *     lowered here stands as told; what is lowered is an event of the order
 */
public record ExecutionResult(
        String resultCode,
        @Nullable String resultMessage,
        Map<String, @Nullable Object> output,
        List<LeaseOutcome> leaseOutcomes,
        List<Money> costs,
        List<Money> revenue) {
    public ExecutionResult {
        leaseOutcomes = List.copyOf(leaseOutcomes);
        costs = List.copyOf(costs);
        revenue = List.copyOf(revenue);
    }

    /** A result with a code and a message and nothing else. */
    public static ExecutionResult of(String resultCode, @Nullable String resultMessage) {
        return new ExecutionResult(resultCode, resultMessage, Map.of(), List.of(), List.of(), List.of());
    }
}
