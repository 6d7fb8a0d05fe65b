package dev.taskorder.activities.order;

import dev.taskorder.activities.attempt.AttemptLog;
import dev.taskorder.activities.attempt.AttemptRow;
import dev.taskorder.activities.attempt.AttemptState;
import dev.taskorder.activities.budget.BudgetBook;
import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.event.NewEvent;
import dev.taskorder.activities.ledger.OrderAccount;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.api.execution.ResultCodes;
import dev.taskorder.api.ledger.Amounts;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.matching.MoneyNeeds;
import dev.taskorder.api.order.OrderSteps.How;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.policy.Policy;
import dev.taskorder.api.policy.Routes;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a locked order goes on: into the queue, to its next attempt, to its end. All in the caller's transaction. */
final class OrderProgress {
    static final String WORKFLOW = "workflow";
    /** At once: there is more to decide in a transaction of its own. */
    private static final Verdict.Await LOOK_AGAIN = new Verdict.Await(1L);

    private final OrderTable orders;
    private final AttemptLog attempts;
    private final EventLog events;
    private final Settlement settlement;
    private final LeaseWait waits;
    private final Surroundings around;

    /** What an order's progress asks of the world around it. */
    record Surroundings(
            PolicyVersions policies,
            Routes routes,
            MatchTrigger matcher,
            BudgetBook budgets,
            MoneyNeeds needs,
            Standing standing) {}

    OrderProgress(
            OrderTable orders, Settlement.Books books, Settlement settlement, LeaseWait waits, Surroundings around) {
        this.orders = orders;
        this.attempts = books.attempts();
        this.events = books.events();
        this.settlement = settlement;
        this.waits = waits;
        this.around = around;
    }

    /** Where the order is and what follows. Begins the next attempt of one whose back-off is over, or ends it. */
    Verdict verdictOf(OrderRow order) {
        if (order.cancelRequested()) {
            return cancel(order);
        }
        if (order.status() != Status.RUNNING) {
            return awaitOrExpire(order);
        }
        return attempts.lockLive(order.taskId())
                .map(live -> executeOrStop(order, live.number()))
                .orElseGet(() -> between(order));
    }

    /**
     * Of an attempt that was concluded before, the answer was lost, not the work; and one that is not there was
     * forgotten by a PostgreSQL that came back as it was some time ago. Both times the row says what follows.
     */
    Verdict conclude(OrderRow order, int number, How how, @Nullable String fault) {
        Optional<AttemptRow> live = attempts.lock(order.taskId(), number)
                .filter(found -> found.state().isLive());
        if (live.isEmpty()) {
            return verdictOf(order);
        }
        AttemptRow attempt = live.get();
        Judgement judgement = Judgement.of(order, attempt, how, fault, defaultsOf(order));
        if (judgement instanceof Judgement.Settle settle) {
            String actor = settle.ending().status() == Status.CANCELLED ? whoCancelled(order) : WORKFLOW;
            settlement.settle(order, attempt, settle.ending(), actor);
            return new Verdict.Over(settle.ending().status().name());
        }
        return retry(order, attempt, (Judgement.Retry) judgement);
    }

    /** The workflow's timer only makes it ask: whether its time in the queue is up, the database's clock decides. */
    private Verdict awaitOrExpire(OrderRow order) {
        Long max = order.maxQueueMs() == null ? defaultsOf(order).maxQueueMs() : order.maxQueueMs();
        if (max == null) {
            return new Verdict.Await(null);
        }
        long leftMs = max - (order.queuedMs() == null ? 0 : order.queuedMs());
        if (leftMs > 0) {
            return new Verdict.Await(leftMs);
        }
        String message = "waited in the queue for longer than max_queue_ms (" + max + ")"
                + around.needs()
                        .of(order.taskId())
                        .map(money -> " for money: " + money)
                        .orElse("");
        return end(order, new Ending(Status.FAILED, ResultCodes.NO_RESOURCE, message));
    }

    private Verdict end(OrderRow order, Ending ending) {
        settlement.settle(order, ending, WORKFLOW);
        return new Verdict.Over(ending.status().name());
    }

    void reprioritise(OrderRow order, int priority, @Nullable String requestedBy) {
        if (orders.reprioritise(order.taskId(), priority)) {
            String message = "from " + order.priority() + " to " + priority;
            Map<String, @Nullable Object> data = Map.of("what", "priority", "priority", priority, "message", message);
            String actor = requestedBy == null ? WORKFLOW : requestedBy;
            events.append(List.of(new NewEvent(order.taskId(), "task_order.updated", actor, data)));
            around.matcher().mark(order.env());
        }
    }

    /**
     * An attempt that began and gave no answer ends as LOST, after a fault of its activity as after a lost worker, for
     * nobody knows whether its executor still works outside.
     */
    private Verdict retry(OrderRow order, AttemptRow attempt, Judgement.Retry retry) {
        if (retry.code().equals(ResultCodes.BANNED)) {
            waits.giveBackBad(order, attempt);
        }
        AttemptState end = attempt.state() == AttemptState.ANSWERED
                ? AttemptState.ENDED
                : attempt.began() ? AttemptState.LOST : AttemptState.DROPPED;
        Postings.Posted posted = settlement.endAttempt(order, attempt, end, retry, WORKFLOW);
        OrderTable.Planned planned = orders.planRetry(order.taskId(), retry.counted(), retry.backoffMs());
        // budgets are locked by now, which come last: what the matcher grants, and what ends the order, is for the next
        // look
        if (posted.overrun().signum() > 0) {
            settlement.refuse(order, posted.whyOverrun(order.account()), posted.tooSmall());
            return LOOK_AGAIN;
        }
        if (!needsMoney(order) && hasUsedUpItsCeiling(planned.account())) {
            settlement.refuse(order, ceilingUsedUp(planned.account()), List.of(Postings.CEILING));
            return LOOK_AGAIN;
        }
        // some were bad, or one was revoked after its answer; or its executor will have costs again
        if (needsMoney(order) || orders.lacksLeases(order.taskId()) || isHeldUp(planned)) {
            waits.begin(order);
            return LOOK_AGAIN;
        }
        if (retry.backoffMs() > 0) {
            return pause(retry.backoffMs(), leftMs(order));
        }
        return executorOf(order).isEmpty() ? LOOK_AGAIN : begin(order); // it ends, in a transaction of its own
    }

    /** Whether something has to be held for its next attempt before that begins. */
    private boolean needsMoney(OrderRow order) {
        return policyOf(order).budget().estimateOf(order.taskType()).signum() > 0;
    }

    /**
     * Whatever another attempt cost would be beyond it. Not if all was spent on leases, as it was granted: with those that it still has it
     * goes on, and of others the matcher knows what they cost.
     */
    private boolean hasUsedUpItsCeiling(OrderAccount account) {
        BigDecimal ceiling = account.maxTotalCost();
        return ceiling != null
                && ceiling.signum() > 0
                && account.spent().compareTo(ceiling) >= 0
                && account.spent().compareTo(orders.paidForLeases(account.taskId())) > 0;
    }

    private static String ceilingUsedUp(OrderAccount account) {
        String ceiling = Amounts.shown(Objects.requireNonNull(account.maxTotalCost()));
        return "its max_total_cost of " + ceiling + " " + account.currency()
                + " is used up, and another attempt may cost more";
    }

    /** Whether a budget of it is used up, and not by what is set aside for itself. Most envs have none to be asked for. */
    private boolean isHeldUp(OrderTable.Planned planned) {
        OrderAccount account = planned.account();
        return planned.budgeted()
                && account.held().signum() == 0
                && around.budgets().rooms(account.env(), Set.of(account.projectId())).stream()
                        .anyMatch(room -> room.isUsedUpFor(account.currency()));
    }

    /** Never past the deadline: the order then ends on time and not after its back-off. */
    private static Verdict.BackOff pause(long backoffMs, long leftMs) {
        return new Verdict.BackOff(Math.max(1, Math.min(backoffMs, leftMs)));
    }

    private Verdict between(OrderRow order) {
        long leftMs = leftMs(order);
        if (leftMs <= 0) {
            return end(order, Ending.timedOut(order.timeoutMs()));
        }
        if (order.refusalCode() != null) {
            return end(order, order.refused());
        }
        if (order.waits()) {
            return LeaseWait.isHoldOver(order) ? afterLastLook(order, leftMs) : waits.verdict(order, leftMs);
        }
        Long retryInMs = order.retryInMs();
        return retryInMs != null && retryInMs > 0 ? pause(retryInMs, leftMs) : begin(order);
    }

    /** A slot that came free a moment ago, and that nobody looked at yet, is better than all anew. */
    private Verdict afterLastLook(OrderRow order, long leftMs) {
        if (order.account().held().signum() > 0) {
            return waits.verdict(order, leftMs); // it gives money back too, which comes last
        }
        around.matcher().runWithin(order.taskId(), order.env());
        OrderRow now = orders.lock(order.taskId()).orElseThrow();
        return LeaseWait.isHoldOver(now) ? waits.verdict(now, leftMs) : between(now);
    }

    private Verdict begin(OrderRow order) {
        Optional<String> executor = executorOf(order);
        if (executor.isEmpty()) {
            String message = "no executor serves task type " + order.taskType() + " any more";
            return end(order, new Ending(Status.DEAD_LETTER, ResultCodes.EXECUTOR_ERROR, message));
        }
        if (!around.standing().mayBegin() || !orders.nextAttempt(order.taskId())) {
            waits.begin(order); // in line, where an activation or a resume finds it
            return LOOK_AGAIN;
        }
        int next = order.attempt() + 1;
        attempts.open(order.taskId(), next, executor.get());
        return execute(order, next);
    }

    private Optional<String> executorOf(OrderRow order) {
        return around.routes().executorFor(policyOf(order), order.taskType(), order.taskCategory());
    }

    private Verdict executeOrStop(OrderRow order, int attempt) {
        Verdict.Execute live = execute(order, attempt);
        return order.refusalCode() == null ? live : new Verdict.Stop(live);
    }

    /** The verdict on an order with this attempt open; the row may be from before its grant. */
    Verdict.Execute execute(OrderRow order, int attempt) {
        Policy policy = policyOf(order);
        return new Verdict.Execute(
                attempt,
                order.taskType(),
                order.priority(),
                Math.max(1, leftMs(order)),
                policy.defaults().cancelGraceMs(),
                policy.weight());
    }

    private Verdict cancel(OrderRow order) {
        settlement.settle(order, Ending.cancelled(order.cancelReason()), whoCancelled(order));
        return new Verdict.Over(Status.CANCELLED.name());
    }

    private static String whoCancelled(OrderRow order) {
        return order.cancelRequestedBy() == null ? WORKFLOW : order.cancelRequestedBy();
    }

    private static long leftMs(OrderRow order) {
        return order.leftMs() == null ? order.timeoutMs() : order.leftMs();
    }

    private Policy policyOf(OrderRow order) {
        return around.policies().version(order.policyVersion());
    }

    private Policy.Defaults defaultsOf(OrderRow order) {
        return policyOf(order).defaults();
    }
}
