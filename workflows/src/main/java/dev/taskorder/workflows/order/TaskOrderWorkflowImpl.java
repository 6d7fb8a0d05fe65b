package dev.taskorder.workflows.order;

import dev.taskorder.api.order.CancelSignal;
import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.OrderSteps.EndOrder;
import dev.taskorder.api.order.OrderSteps.Reprioritise;
import dev.taskorder.api.order.OrderSteps.Why;
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
        Workflow.newDetachedCancellationScope(() -> status.complete(untilOver()))
                .run();
        return status.get();
    }

    private String untilOver() {
        progress.enter(Phase.ADMITTING);
        Verdict verdict = steps.admit(order);
        while (!(verdict instanceof Verdict.Over)) {
            verdict = cancel.isPending() ? endAsCancelled() : follow(verdict);
        }
        return close(((Verdict.Over) verdict).status());
    }

    private Verdict follow(Verdict verdict) {
        if (verdict instanceof Verdict.Await queue) {
            return await(queue);
        }
        if (verdict instanceof Verdict.Execute attempt) {
            return execute(attempt);
        }
        return backOff((Verdict.BackOff) verdict);
    }

    private Verdict await(Verdict.Await queue) {
        progress.enter(Phase.WAITING);
        Long leftMs = queue.queueLeftMs();
        boolean inTime = true;
        if (leftMs == null) {
            Workflow.await(() -> woken || cancel.isPending());
        } else {
            inTime = Pause.until(() -> woken || cancel.isPending(), leftMs, "longest time in the queue");
        }
        if (cancel.isPending()) {
            return endAsCancelled();
        }
        return inTime ? proceed() : steps.end(endOrder(Why.QUEUE_EXPIRED, null));
    }

    private Verdict execute(Verdict.Execute attempt) {
        progress.executing(attempt.attempt());
        ExecutorCall call = ExecutorCall.start(order, attempt);
        Workflow.await(() -> call.hasEnded() || cancel.isPending());
        CancelWish.Said wish = cancel.handOn();
        if (wish != null && !call.hasEnded()) {
            progress.enter(Phase.CANCELLING);
            call.cancel(wish.reason());
            Pause.until(call::hasEnded, attempt.graceMs(), "grace for the executor to stop");
        }
        return steps.conclude(call.end(wish));
    }

    private Verdict backOff(Verdict.BackOff pause) {
        progress.enter(Phase.BACKING_OFF);
        boolean cancelled = Pause.until(cancel::isPending, pause.ms(), "back-off");
        return cancelled ? endAsCancelled() : proceed();
    }

    private Verdict proceed() {
        // before the step reads the row: a wake that comes while it runs must lead to another look
        woken = false;
        return steps.proceed(order);
    }

    private Verdict endAsCancelled() {
        progress.enter(Phase.CANCELLING);
        return steps.end(endOrder(Why.CANCELLED, cancel.handOn()));
    }

    private EndOrder endOrder(Why why, CancelWish.@Nullable Said wish) {
        return new EndOrder(
                order.tenant(),
                order.taskId(),
                order.runNo(),
                why,
                wish == null ? null : wish.reason(),
                wish == null ? null : wish.requestedBy());
    }

    private String close(String status) {
        Workflow.await(Workflow::isEveryHandlerFinished);
        progress.over(status);
        if (!status.equals(Verdict.Over.SUPERSEDED)) {
            show(STATUS, status);
        }
        return status;
    }

    /** A server that does not know the attribute had it not at start either, and would refuse the task. */
    private static <T> void show(SearchAttributeKey<T> attribute, T value) {
        if (Workflow.getTypedSearchAttributes().containsKey(attribute)) {
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
        if (signal == null || priority == null || priority < 0 || priority > Limits.PRIORITY_MAX) {
            LOG.warn("priority asked for is not 0 to {}: {}", Limits.PRIORITY_MAX, priority);
            return;
        }
        Reprioritise command = new Reprioritise(
                order.tenant(), order.taskId(), order.runNo(), priority, PlainText.who(signal.requestedBy()));
        Workflow.newDetachedCancellationScope(() -> inTurn(command)).run();
    }

    /** In the order they came, so that the last one asked for is the one that stands. */
    private void inTurn(Reprioritise command) {
        oneAtATime.lock();
        try {
            steps.reprioritise(command);
            show(PRIORITY, (long) command.priority());
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
