package dev.taskorder.workflows.order;

import dev.taskorder.api.failure.FailureType;
import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.OrderSteps.EndOrder;
import dev.taskorder.api.order.OrderSteps.Reprioritise;
import dev.taskorder.api.order.ReprioritiseSignal;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.order.WorkflowState;
import dev.taskorder.workflows.order.ProgressNotes.Phase;
import io.temporal.common.SearchAttributeKey;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import io.temporal.workflow.WorkflowLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The story of one order: take a step, do what its verdict says, until the order is over. The steps decide from the
 * row; this only waits, runs the executor and passes on what it saw.
 */
public final class TaskOrderWorkflowImpl implements TaskOrderWorkflow {
    private static final Logger LOG = Workflow.getLogger(TaskOrderWorkflowImpl.class);
    private static final SearchAttributeKey<String> STATUS = SearchAttributeKey.forKeyword(STATUS_ATTRIBUTE);
    private static final SearchAttributeKey<Long> PRIORITY = SearchAttributeKey.forLong(PRIORITY_ATTRIBUTE);

    private final TaskOrderRef order;
    private final Steps steps = new Steps();
    private final ProgressNotes progress = new ProgressNotes();
    private final CancelWish cancel = new CancelWish(CancellationScope.current());
    private final WorkflowLock oneAtATime = Workflow.newWorkflowLock();
    private boolean woken;

    /** Takes the input early, for a signal may come before {@link #run} does. */
    @WorkflowInit
    public TaskOrderWorkflowImpl(TaskOrderRef order) {
        this.order = order;
    }

    @Override
    public String run(TaskOrderRef sameOrder) {
        CompletablePromise<String> status = Workflow.newPromise();
        // detached: Temporal's own cancel is a wish like a signal's, and cuts no step short
        Workflow.newDetachedCancellationScope(() -> status.complete(untilOverOrUnknown()))
                .run();
        return status.get();
    }

    /** PostgreSQL may come back with the memory of a time before the order: then there is nothing left to do, and no fault. */
    private String untilOverOrUnknown() {
        try {
            return untilOver();
        } catch (ApplicationFailure failure) {
            if (!FailureType.ORDER_UNKNOWN.name().equals(failure.getType())) {
                throw failure;
            }
            return close(Verdict.Over.ORDER_UNKNOWN);
        }
    }

    private String untilOver() {
        progress.enter(Phase.ADMITTING);
        Verdict verdict = steps.admit(order);
        while (!(verdict instanceof Verdict.Over)) {
            verdict = isDisturbed() ? next() : follow(verdict);
        }
        return close(((Verdict.Over) verdict).status());
    }

    private Verdict follow(Verdict verdict) {
        if (verdict instanceof Verdict.Await wait) {
            return await(wait);
        }
        if (verdict instanceof Verdict.Execute attempt) {
            return execute(attempt);
        }
        if (verdict instanceof Verdict.Stop live) {
            return execute(live.attempt()); // another run began it: its call ends at once, and says so
        }
        return backOff((Verdict.BackOff) verdict);
    }

    private Verdict await(Verdict.Await wait) {
        progress.enter(Phase.WAITING);
        Long atMostMs = wait.atMostMs();
        if (atMostMs == null) {
            Workflow.await(this::isDisturbed);
        } else {
            Pause.until(this::isDisturbed, atMostMs, "longest wait");
        }
        return next();
    }

    private Verdict execute(Verdict.Execute attempt) {
        progress.executing(attempt.attempt());
        ExecutorCall call = ExecutorCall.start(order, attempt);
        Workflow.await(() -> call.hasEnded() || isDisturbed());
        while (!call.hasEnded() && !cancel.isPending()) {
            Verdict now = proceed();
            if (now instanceof Verdict.Stop last && last.concerns(attempt)) {
                stop(call, attempt, Phase.STOPPING, "its order ends");
                break;
            }
            if (!attempt.isSameAs(now)) {
                return stopped(call, attempt);
            }
            Workflow.await(() -> call.hasEnded() || isDisturbed());
        }
        CancelWish.Said wish = cancel.handOn();
        if (wish != null) {
            stop(call, attempt, Phase.CANCELLING, wish.reason());
        }
        return steps.conclude(call.end(wish));
    }

    /** Its attempt was given up meanwhile, so no conclusion is drawn: what follows, the row says when it has stopped. */
    private Verdict stopped(ExecutorCall call, Verdict.Execute attempt) {
        stop(call, attempt, Phase.STOPPING, "the attempt was given up");
        return next();
    }

    private void stop(ExecutorCall call, Verdict.Execute attempt, Phase phase, String reason) {
        if (!call.hasEnded()) {
            progress.enter(phase);
            call.cancel(reason);
            Pause.until(call::hasEnded, attempt.graceMs(), "grace for the executor to stop");
        }
    }

    private Verdict backOff(Verdict.BackOff pause) {
        progress.enter(Phase.BACKING_OFF);
        Pause.until(this::isDisturbed, pause.ms(), "back-off");
        return next();
    }

    /** Whether something came that the last verdict could not know of. */
    private boolean isDisturbed() {
        return woken || cancel.isPending();
    }

    private Verdict next() {
        return cancel.isPending() ? endAsCancelled() : proceed();
    }

    private Verdict proceed() {
        // before the step reads the row: a wake that comes while it runs must lead to another look
        woken = false;
        return steps.proceed(order);
    }

    private Verdict endAsCancelled() {
        progress.enter(Phase.CANCELLING);
        CancelWish.Said wish = cancel.handOn();
        return steps.end(new EndOrder(
                order.tenant(),
                order.taskId(),
                order.runNo(),
                wish == null ? null : wish.reason(),
                wish == null ? null : wish.requestedBy()));
    }

    private String close(String status) {
        Workflow.await(Workflow::isEveryHandlerFinished);
        progress.over(status);
        if (!status.equals(Verdict.Over.SUPERSEDED) && !status.equals(Verdict.Over.ORDER_UNKNOWN)) {
            show(STATUS, status);
        }
        return status;
    }

    /** A server that does not know the attribute had it not at start either, and would refuse the task. */
    private static <T> void show(SearchAttributeKey<T> attribute, T value) {
        T shown = Workflow.getTypedSearchAttributes().get(attribute);
        if (shown != null && !shown.equals(value)) {
            Workflow.upsertTypedSearchAttributes(attribute.valueSet(value));
        }
    }

    @Override
    public void cancel(@Nullable CancelSignal signal) {
        cancel.signalled(signal);
    }

    @Override
    public void reprioritise(@Nullable ReprioritiseSignal signal) {
        Integer priority = signal == null ? null : signal.priority();
        if (priority != null && (priority < 0 || priority > Limits.PRIORITY_MAX)) {
            LOG.warn("priority asked for is not 0 to {}: {}", Limits.PRIORITY_MAX, priority);
            return;
        }
        String who = signal == null ? null : PlainText.who(signal.requestedBy());
        Reprioritise command = new Reprioritise(order.tenant(), order.taskId(), order.runNo(), priority, who);
        Workflow.newDetachedCancellationScope(() -> inTurn(command)).run();
    }

    /** In the order they came, so that the last one asked for is the one that stands. */
    private void inTurn(Reprioritise command) {
        oneAtATime.lock();
        try {
            Integer now = steps.reprioritise(command);
            if (now != null) {
                show(PRIORITY, (long) now);
            }
        } catch (ApplicationFailure refused) {
            LOG.warn("priority stays as it is", refused);
        } finally {
            oneAtATime.unlock();
        }
    }

    @Override
    public void wake() {
        woken = true;
    }

    @Override
    public WorkflowState state() {
        return progress.state(cancel.isRequested());
    }
}
