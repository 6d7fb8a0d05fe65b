package dev.taskorder.workflows.order;

import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.TenantId;
import io.temporal.activity.Activity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One order's row in memory, with steps that keep the contract of {@link OrderSteps}: each judges the row as it is. */
final class OrderBook implements OrderSteps {
    static final TaskOrderRef ORDER =
            new TaskOrderRef(new TenantId("tenant_a"), UUID.fromString("01890a5d-ac96-774b-bcce-b302099a8057"), 1);
    static final String TASK_TYPE = "E2E_CHECKOUT";
    static final int LOCAL_TRIES = 6;

    /** The steps that can be made to fail or to wait. */
    enum Step {
        ADMIT,
        PROCEED,
        CONCLUDE,
        END,
        REPRIORITISE
    }

    /** What goes wrong with a step. */
    enum Fault {
        FAILS_BEFORE,
        FAILS_AFTER,
        RUNS_TWICE
    }

    private enum Attempt {
        NONE,
        GRANTED,
        RUNNING,
        ENDED,
        BACKING_OFF
    }

    private final List<String> calls = new ArrayList<>();
    private final Map<Step, Supplier<RuntimeException>> failures = new EnumMap<>(Step.class);
    private final Map<Step, Fault> faults = new EnumMap<>(Step.class);
    private final Map<Step, Integer> faultsLeft = new EnumMap<>(Step.class);
    private final Map<Step, Integer> spared = new EnumMap<>(Step.class);
    private final Map<Step, Gate> gates = new ConcurrentHashMap<>();

    private Status status = Status.PENDING;
    private int runNo = 1;
    private Attempt state = Attempt.NONE;
    private int attempt;
    private @Nullable String code;
    private boolean resourcesFree = true;
    private @Nullable Long queueLeftMs;
    private long leftMs = 60_000;
    private long graceMs = 5_000;
    private int priority = 50;
    private int settlements;
    private final List<String> ends = new ArrayList<>();
    private final List<Integer> priorities = new ArrayList<>();

    @Override
    public Verdict admit(TaskOrderRef order) {
        return step(Step.ADMIT, "admit", () -> {
            if (order.runNo() != runNo) {
                return new Verdict.Over(Verdict.Over.SUPERSEDED);
            }
            if (status == Status.PENDING) {
                status = Status.QUEUED;
                match();
            }
            return verdict();
        });
    }

    @Override
    public Verdict proceed(TaskOrderRef order) {
        return step(Step.PROCEED, "proceed", () -> {
            if (state == Attempt.BACKING_OFF) {
                grant();
            }
            return verdict();
        });
    }

    @Override
    public Verdict conclude(AttemptEnd end) {
        return step(Step.CONCLUDE, "conclude " + end.how(), () -> {
            boolean current = end.attempt() == attempt && state != Attempt.BACKING_OFF;
            if (status.isOver() || !current) {
                return verdict();
            }
            ends.add(end.how() + " " + end.cancelled() + " " + end.cancelledBy() + " " + end.message());
            if (end.cancelled() != null) {
                settle(Status.CANCELLED);
            } else {
                conclude(end.how());
            }
            return verdict();
        });
    }

    private void conclude(How how) {
        switch (how) {
            case LOST -> grant();
            case ABANDONED -> settle(Status.TIMEOUT);
            case FAULT -> settle(Status.DEAD_LETTER);
            case ANSWERED -> {
                if ("RETRYABLE".equals(code)) {
                    state = Attempt.BACKING_OFF;
                } else {
                    settle("OK".equals(code) ? Status.SUCCESS : Status.FAILED);
                }
            }
        }
    }

    @Override
    public Verdict end(EndOrder end) {
        return step(Step.END, "end " + end.why(), () -> {
            if (status.isOver() || end.why() == Why.QUEUE_EXPIRED && status == Status.RUNNING) {
                return verdict();
            }
            ends.add(end.why() + " " + end.reason() + " " + end.requestedBy());
            settle(end.why() == Why.CANCELLED ? Status.CANCELLED : Status.FAILED);
            return verdict();
        });
    }

    @Override
    public void reprioritise(Reprioritise command) {
        step(Step.REPRIORITISE, "reprioritise " + command.priority(), () -> {
            priorities.add(command.priority());
            return priority = command.priority();
        });
    }

    private Verdict verdict() {
        if (status.isOver()) {
            return new Verdict.Over(status.name());
        }
        if (status == Status.QUEUED) {
            return new Verdict.Await(queueLeftMs);
        }
        return state == Attempt.BACKING_OFF
                ? new Verdict.BackOff(30_000)
                : new Verdict.Execute(attempt, TASK_TYPE, priority, leftMs, graceMs);
    }

    private void match() {
        if (resourcesFree && status == Status.QUEUED) {
            status = Status.RUNNING;
            grant();
        }
    }

    private void grant() {
        attempt++;
        state = Attempt.GRANTED;
    }

    private void settle(Status end) {
        status = end;
        settlements++;
    }

    private <T> T step(Step step, String call, Supplier<T> work) {
        synchronized (this) {
            calls.add(call);
        }
        Gate gate = gates.get(step);
        if (gate == null
                || gate.activityOnly()
                        && Activity.getExecutionContext().getInfo().isLocal()) {
            return faulty(step, work);
        }
        gates.remove(step);
        if (!gate.afterWork()) {
            gate.pass();
            return faulty(step, work);
        }
        T answer = faulty(step, work);
        gate.pass();
        return answer;
    }

    private synchronized <T> T faulty(Step step, Supplier<T> work) {
        if (spared.merge(step, -1, Integer::sum) >= 0) {
            return work.get();
        }
        int left = faultsLeft.merge(step, -1, Integer::sum);
        if (left < 0) {
            return work.get();
        }
        Fault fault = faults.get(step);
        if (fault == Fault.FAILS_BEFORE) {
            throw failures.get(step).get();
        }
        T result = work.get();
        if (fault == Fault.FAILS_AFTER) {
            throw failures.get(step).get();
        }
        return work.get();
    }

    // ---- what a test arranges

    synchronized OrderBook without_free_resources() {
        resourcesFree = false;
        return this;
    }

    synchronized OrderBook in_queue_for_at_most(long ms) {
        queueLeftMs = ms;
        return this;
    }

    synchronized OrderBook with_time_left(long ms, long grace) {
        leftMs = ms;
        graceMs = grace;
        return this;
    }

    synchronized OrderBook in_run(int number) {
        runNo = number;
        return this;
    }

    synchronized OrderBook already_over(Status end) {
        status = end;
        return this;
    }

    synchronized OrderBook failing(Step step, Fault fault, int times) {
        return failing(step, fault, times, () -> new IllegalStateException("connection refused"));
    }

    synchronized OrderBook failing(Step step, Fault fault, int times, Supplier<RuntimeException> failure) {
        faults.put(step, fault);
        faultsLeft.put(step, times);
        failures.put(step, failure);
        return this;
    }

    /** So many calls of the step go well before what goes wrong with it begins. */
    synchronized OrderBook sparing(Step step, int calls) {
        spared.put(step, calls);
        return this;
    }

    /** The next call of the step waits, before its work, until the gate is opened. */
    Gate holding(Step step) {
        return holding(step, new Gate(false, false));
    }

    /** The step's local tries fail; as a regular activity it waits, before its work, until the gate is opened. */
    Gate holding_the_activity(Step step) {
        failing(step, Fault.FAILS_BEFORE, LOCAL_TRIES);
        return holding(step, new Gate(false, true));
    }

    /** The same, but it waits when its work is done: it answers what was true before the gate was opened. */
    Gate holding_the_activity_after_work(Step step) {
        failing(step, Fault.FAILS_BEFORE, LOCAL_TRIES);
        return holding(step, new Gate(true, true));
    }

    /** The next call of the step waits, its work done, until the gate is opened. */
    Gate holding_after_work(Step step) {
        return holding(step, new Gate(true, false));
    }

    private Gate holding(Step step, Gate gate) {
        gates.put(step, gate);
        return gate;
    }

    /** Resources come free: the matcher grants them to the order. */
    synchronized void free_resources() {
        resourcesFree = true;
        match();
    }

    synchronized void begin(int number) {
        if (number == attempt && state == Attempt.GRANTED) {
            state = Attempt.RUNNING;
        }
    }

    synchronized void store(int number, String result) {
        if (number == attempt && state == Attempt.RUNNING) {
            state = Attempt.ENDED;
            code = result;
        }
    }

    // ---- what a test looks at

    /** Whether all that was to go wrong with the step has gone wrong. */
    synchronized boolean hasFailed(Step step) {
        return faultsLeft.getOrDefault(step, 0) <= 0;
    }

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized List<String> ends() {
        return List.copyOf(ends);
    }

    synchronized List<Integer> priorities() {
        return List.copyOf(priorities);
    }

    synchronized Status status() {
        return status;
    }

    synchronized int settlements() {
        return settlements;
    }

    synchronized int attempts() {
        return attempt;
    }
}
