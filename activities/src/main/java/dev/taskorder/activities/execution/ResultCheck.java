package dev.taskorder.activities.execution;

import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.LeasedAsset;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.order.Limits;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An executor is not trusted to answer well: what it gives is checked and bounded before it is kept. */
final class ResultCheck {
    private static final int PAYLOADS_BYTES_MAX = 1024 * 1024;
    private static final List<String> PAYLOAD_KEYS =
            List.of("error_code", "external_latency_ms", "provider_status", "context");

    private ResultCheck() {}

    /**
     * The answer as it may be kept, each kind of cost and revenue once.
     *
     * @param costsTold totals that were told before: a kind that the result leaves out or lowers keeps its total, for
     *     the money is spent
     * @throws IllegalArgumentException in words that name what is wrong with it
     */
    static Answer checked(ExecutionRequest request, @Nullable ExecutionResult result, List<Money> costsTold) {
        if (result == null) {
            throw new IllegalArgumentException("the executor gave no result");
        }
        if (!Limits.NAME.matcher(result.resultCode()).matches()) {
            throw new IllegalArgumentException(
                    "result_code must match " + Limits.NAME + ", " + Texts.shown(result.resultCode()));
        }
        Texts.json("output", result.output(), Limits.OUTPUT_BYTES_MAX, Limits.JSON_DEPTH_MAX);
        requireOutcomes(request, result.leaseOutcomes());
        List<Money> costs = Totals.of("costs", result.costs());
        ExecutionResult kept = new ExecutionResult(
                result.resultCode(),
                message(result.resultMessage()),
                result.output(),
                result.leaseOutcomes(),
                Totals.raised(costsTold, costs),
                Totals.of("revenue", result.revenue()));
        return new Answer(kept, Totals.lowered(costsTold, costs));
    }

    /** The answer of an attempt that went wrong in our eyes, with the costs told until then: they are real. */
    static Answer error(String message, List<Money> costsSoFar) {
        return Answer.of(new ExecutionResult(
                ResultCodes.EXECUTOR_ERROR, message(message), Map.of(), List.of(), costsSoFar, List.of()));
    }

    private static @Nullable String message(@Nullable String message) {
        return message == null ? null : Texts.clean(message, Limits.RESULT_MESSAGE_CHARS_MAX);
    }

    private static void requireOutcomes(ExecutionRequest request, List<LeaseOutcome> outcomes) {
        if (outcomes.size() > Limits.OUTCOMES_PER_RESULT_MAX) {
            throw new IllegalArgumentException("lease_outcomes must have at most " + Limits.OUTCOMES_PER_RESULT_MAX
                    + " items, has " + outcomes.size());
        }
        Set<UUID> leases = request.leases().stream().map(LeasedAsset::leaseId).collect(Collectors.toSet());
        int bytes = 0;
        for (LeaseOutcome outcome : outcomes) {
            if (!leases.contains(outcome.leaseId())) {
                throw new IllegalArgumentException(
                        "lease_outcomes names " + outcome.leaseId() + ", which is no lease of this attempt");
            }
            if (!Limits.NAME.matcher(outcome.eventType()).matches()) {
                throw new IllegalArgumentException("event_type of a lease outcome must match " + Limits.NAME + ", "
                        + Texts.shown(outcome.eventType()));
            }
            outcome.payload().keySet().forEach(ResultCheck::requirePayloadKey);
            bytes += Texts.bytes(
                    Texts.json("lease_outcomes", outcome.payload(), PAYLOADS_BYTES_MAX, Limits.JSON_DEPTH_MAX));
            if (bytes > PAYLOADS_BYTES_MAX) {
                throw new IllegalArgumentException("lease_outcomes must have at most " + PAYLOADS_BYTES_MAX
                        + " bytes of payload together, has " + bytes + " or more");
            }
        }
    }

    private static void requirePayloadKey(String key) {
        if (!PAYLOAD_KEYS.contains(key)) {
            throw new IllegalArgumentException(
                    "payload of a lease outcome may only have " + PAYLOAD_KEYS + ", a key " + Texts.shown(key));
        }
    }
}
