package dev.taskorder.activities.explain;

import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.explain.Blocker;
import dev.taskorder.api.order.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why an order ended. */
final class Ended {
    private static final String MATCHER = "matcher";

    /** Codes that mean something to us; an executor may give any other. */
    private static final Set<String> OURS = Set.of(
            ResultCodes.SOFT_FAIL,
            ResultCodes.HARD_FAIL,
            ResultCodes.RETRYABLE,
            ResultCodes.BANNED,
            ResultCodes.EXECUTOR_ERROR,
            ResultCodes.EXECUTOR_LOST,
            ResultCodes.CANCELLED,
            ResultCodes.TIMEOUT,
            ResultCodes.TERMINATED,
            ResultCodes.WORKFLOW_FAILED);

    private Ended() {}

    /** Nothing for one that succeeded. */
    static List<Blocker> of(Story story) {
        if (story.status() == Status.SUCCESS) {
            return List.of();
        }
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("result_code", story.resultCode());
        facts.put("at", story.finishedAt());
        facts.put("by", story.endedBy());
        facts.put("attempts", story.attempt());
        String message = story.resultMessage() == null ? "it ended as " + story.resultCode() : story.resultMessage();
        return List.of(new Blocker(code(story), message, facts, change(story)));
    }

    private static String code(Story story) {
        String result = String.valueOf(story.resultCode());
        return switch (result) {
            case ResultCodes.NO_RESOURCE ->
                MATCHER.equals(story.endedBy()) ? Blocker.NO_MATCHING_ASSET : "max_queue_ms";
            case ResultCodes.BUDGET_EXCEEDED -> Blocker.ORDER_BUDGET;
            default -> OURS.contains(result) ? result.toLowerCase(Locale.ROOT) : "executor_result";
        };
    }

    private static String change(Story story) {
        return switch (String.valueOf(story.resultCode())) {
            case ResultCodes.NO_RESOURCE ->
                "Add an asset that its hints fit, or ask for less, and send it under a new idempotency key";
            case ResultCodes.BUDGET_EXCEEDED -> "Send it under a new idempotency key with a larger max_total_cost";
            case ResultCodes.TIMEOUT -> "Send it under a new idempotency key with a larger timeout_ms";
            default -> "None: it is over";
        };
    }
}
