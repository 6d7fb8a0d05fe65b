package dev.taskorder.activities.explain;

import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.ledger.ShortBudget;
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
    private static final String ANEW = "Create it under a new idempotency key ";
    private static final String REDRIVE =
            "Redrive it (POST /v1/task-orders/{task_id}/redrive) when what its attempts met is mended";

    /** Codes of an executor that mean the same to us, and those of ours. */
    private static final Set<String> KNOWN = Set.of(
            ResultCodes.SOFT_FAIL,
            ResultCodes.HARD_FAIL,
            ResultCodes.RETRYABLE,
            ResultCodes.BANNED,
            ResultCodes.EXECUTOR_ERROR,
            ResultCodes.EXECUTOR_LOST);

    /** What ended it: an executor may answer with any code, those that we end an order with as well. */
    private enum By {
        /** It stood in the queue for too long. */
        QUEUE_LIMIT("max_queue_ms", ANEW + "with a longer max_queue_ms; while it waits, this call says for what"),
        NO_ASSET(Blocker.NO_MATCHING_ASSET, "Add an asset that its hints fit, or ask for less. " + ANEW + "then"),
        MEANS(Blocker.ORDER_BUDGET, ANEW + "with a larger max_total_cost"),
        DEADLINE("timeout", ANEW + "with a larger timeout_ms"),
        /** The executor answered with a code of its own. */
        EXECUTOR("executor_result", "None: it is its executor's answer"),
        RETRIES(null, REDRIVE),
        /** It is a dead letter for another reason than its last attempt. */
        LOST(null, REDRIVE),
        OTHER(null, "None: it is over");

        private final @Nullable String code;
        private final String change;

        By(@Nullable String code, String change) {
            this.code = code;
            this.change = change;
        }
    }

    private Ended() {}

    /** Nothing for one that succeeded. */
    static List<Blocker> of(Story story) {
        if (story.status() == Status.SUCCESS) {
            return List.of();
        }
        By by = by(story);
        if (by == By.MEANS && !story.tooSmall().isEmpty()) {
            return story.tooSmall().stream().map(one -> beyond(one, story)).toList();
        }
        String code = by.code == null ? String.valueOf(story.resultCode()).toLowerCase(Locale.ROOT) : by.code;
        return List.of(new Blocker(code, message(story, by), facts(story), by.change));
    }

    /** It had costs that its own ceiling, or this budget, did not cover. */
    private static Blocker beyond(String tooSmall, Story story) {
        String message = message(story, By.MEANS);
        if (tooSmall.equals(Postings.CEILING)) {
            return new Blocker(Blocker.ORDER_BUDGET, message, facts(story), By.MEANS.change + words(story));
        }
        ShortBudget budget = ShortBudget.of(tooSmall);
        String code = budget.isTenants() ? Blocker.TENANT_BUDGET : Blocker.PROJECT_BUDGET;
        String change =
                (budget.otherCurrency() == null ? "Raise that budget" : "Set that budget in the order's currency")
                        + " (PUT /v1/budgets/" + budget.path() + "?env=" + story.env() + "). " + ANEW + "then";
        return new Blocker(code, message, facts(story), change + words(story));
    }

    private static String words(Story story) {
        return story.tooSmall().size() == 1 ? "" : "; that alone is not enough, see the other blockers";
    }

    private static Map<String, @Nullable Object> facts(Story story) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("result_code", story.resultCode());
        facts.put("at", story.finishedAt());
        facts.put("by", story.endedBy());
        facts.put("attempts", story.attempt());
        return facts;
    }

    private static By by(Story story) {
        String code = String.valueOf(story.resultCode());
        boolean answered = story.attemptEndedIt() && "ENDED".equals(story.attemptState());
        if (story.status() == Status.DEAD_LETTER) {
            return story.attemptEndedIt() && !code.equals(ResultCodes.EXECUTOR_LOST) ? By.RETRIES : By.LOST;
        }
        if (story.status() != Status.FAILED) {
            return story.status() == Status.TIMEOUT ? By.DEADLINE : By.OTHER;
        }
        if (code.equals(ResultCodes.BUDGET_EXCEEDED) && !story.tooSmall().isEmpty()) {
            return By.MEANS; // whatever its executor answered
        }
        if (answered) {
            return KNOWN.contains(code) ? By.OTHER : By.EXECUTOR;
        }
        return switch (code) {
            // what was never tried, the workflow ended; between two attempts it ends what the matcher refused
            case ResultCodes.NO_RESOURCE ->
                story.attempt() == 0 && !"matcher".equals(story.endedBy()) ? By.QUEUE_LIMIT : By.NO_ASSET;
            case ResultCodes.BUDGET_EXCEEDED -> By.MEANS;
            default -> By.OTHER;
        };
    }

    private static String message(Story story, By by) {
        String told = story.resultMessage();
        String message = told == null ? "it ended as " + story.resultCode() : told;
        return switch (by) {
            case EXECUTOR -> "its executor answered " + story.resultCode() + (told == null ? "" : ": " + told);
            case RETRIES ->
                "its retries are used up after " + story.attempt()
                        + (story.attempt() == 1 ? " attempt" : " attempts") + ", the last of which ended as "
                        + story.resultCode() + (told == null ? "" : ": " + told);
            case QUEUE_LIMIT, NO_ASSET, MEANS, DEADLINE, LOST, OTHER -> message;
        };
    }
}
