package dev.taskorder.activities.order;

import dev.taskorder.activities.attempt.AttemptRow;
import dev.taskorder.activities.attempt.AttemptState;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the end of an attempt (api.md, "Result codes"; design.md §3). Pure: rows in, decision out. What the
 * attempt's row says stands above what the workflow saw: an answer that arrived is an answer.
 */
sealed interface Judgement {
    /** Lost workers are not the order's fault, but not for ever either. */
    int LOSSES_MAX = 5;

    /** The order ends. */
    record Settle(Ending ending) implements Judgement {}

    /**
     * Another attempt.
     *
     * @param counted whether it uses up one of {@code max_retries}
     */
    record Retry(
            boolean counted,
            long backoffMs,
            String code,
            @Nullable String message) implements Judgement {}

    /**
     * Draws the conclusion.
     *
     * @param fault what went wrong, when the workflow saw a fault that no answer explains
     */
    static Judgement of(OrderRow order, AttemptRow attempt, How how, @Nullable String fault, Policy.Defaults policy) {
        if (order.cancelRequested()) {
            return new Settle(Ending.cancelled(order.cancelReason()));
        }
        if (order.refusalCode() != null) {
            return new Settle(order.refused());
        }
        if (attempt.state() == AttemptState.ANSWERED) {
            return attempt.inTime() ? ofAnswer(order, attempt, policy) : new Settle(Ending.timedOut(order.timeoutMs()));
        }
        boolean late = order.leftMs() == null || order.leftMs() <= 0;
        if (late || how == How.ABANDONED) {
            return new Settle(Ending.timedOut(order.timeoutMs()));
        }
        return how == How.FAULT ? retryOrGiveUp(order, ResultCodes.EXECUTOR_ERROR, fault, policy) : lost(order);
    }

    private static Judgement ofAnswer(OrderRow order, AttemptRow attempt, Policy.Defaults policy) {
        String code = attempt.resultCode() == null ? ResultCodes.EXECUTOR_ERROR : attempt.resultCode();
        return switch (code) {
            case ResultCodes.OK -> new Settle(new Ending(Status.SUCCESS, code, attempt.resultMessage()));
            case ResultCodes.RETRYABLE, ResultCodes.BANNED, ResultCodes.EXECUTOR_ERROR ->
                retryOrGiveUp(order, code, attempt.resultMessage(), policy);
            default -> new Settle(new Ending(Status.FAILED, code, attempt.resultMessage()));
        };
    }

    private static Judgement lost(OrderRow order) {
        String message = "the worker that ran attempt " + order.attempt() + " is gone";
        return order.losses() < LOSSES_MAX
                ? new Retry(false, 0, ResultCodes.EXECUTOR_LOST, message)
                : new Settle(new Ending(
                        Status.DEAD_LETTER,
                        ResultCodes.EXECUTOR_LOST,
                        message + ", for the " + (LOSSES_MAX + 1) + "th time"));
    }

    private static Judgement retryOrGiveUp(
            OrderRow order, String code, @Nullable String message, Policy.Defaults policy) {
        int max = order.maxRetries() == null ? policy.maxRetries() : order.maxRetries();
        return order.retries() < max
                ? new Retry(true, backoffMs(order.retries(), policy), code, message)
                : new Settle(new Ending(Status.DEAD_LETTER, code, message));
    }

    /** Doubles with each retry up to the policy's largest. */
    private static long backoffMs(int retries, Policy.Defaults policy) {
        double doubled = (double) policy.retryBackoffMs() * Math.pow(2, Math.min(retries, 40));
        return (long) Math.min(doubled, (double) policy.retryBackoffMaxMs());
    }
}
