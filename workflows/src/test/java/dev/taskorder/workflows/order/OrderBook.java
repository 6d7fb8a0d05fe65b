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
import java.util.function.LongSupplier;
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
        ANSWERED,
        CONCLUDED,
        GIVEN_UP;

        boolean isLive() {
            return this == GRANTED || this == RUNNING || this == ANSWERED;
        }
    }

    private static final long BACK_OFF_MS = 30_000;

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
    private boolean placeMissing;
    private boolean refused;
    private @Nullable Long maxQueueMs;
    private long queuedAt;
    private long retryAt;
    private boolean cancelRequested;
    private LongSupplier clock = System::currentTimeMillis;
    private long leftMs = 60_000;
    private long graceMs = 5_000;
    private @Nullable Float weight;
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
                queuedAt = clock.getAsLong();
                match();
            }
            return verdict();
        });
    }

    @Override
    public Verdict proceed(TaskOrderRef order) {
        return step(
                Step.PROCEED,
                "proceed",
                () -> order.runNo() == runNo ? verdict() : new Verdict.Over(Verdict.Over.SUPERSEDED));
    }

    @Override
    public Verdict conclude(AttemptEnd end) {
        return step(Step.CONCLUDE, "conclude " + end.how(), () -> {
            cancelRequested |= end.cancelled() != null;
            if (status.isOver() || end.attempt() != attempt || !state.isLive()) {
                return verdict();
            }
            ends.add(end.how() + " " + end.cancelled() + " " + end.cancelledBy() + " " + end.message());
            state = Attempt.CONCLUDED;
            if (!cancelRequested) {
                conclude(end.how());
            }
            return verdict();
        });
    }

    private void conclude(How how) {
        if (refused) {
            settle(Status.FAILED);
            return;
        }
        switch (how) {
            case LOST -> retryAt = clock.getAsLong();
            case ABANDONED -> settle(Status.TIMEOUT);
            case FAULT -> settle(Status.DEAD_LETTER);
            case ANSWERED -> {
                if ("RETRYABLE".equals(code)) {
                    retryAt = clock.getAsLong() + BACK_OFF_MS;
                } else {
                    settle("OK".equals(code) ? Status.SUCCESS : Status.FAILED);
                }
            }
        }
    }

    @Override
    public Verdict end(EndOrder end) {
        return step(Step.END, "end", () -> {
            if (!status.isOver()) {
                ends.add("CANCELLED " + end.reason() + " " + end.requestedBy());
                settle(Status.CANCELLED);
            }
            return verdict();
        });
    }

    @Override
    public @Nullable Integer reprioritise(Reprioritise command) {
        Integer wanted = command.priority();
        return step(Step.REPRIORITISE, "reprioritise " + wanted, () -> {
            if (status.isOver()) {
                return null;
            }
            if (wanted != null) {
                priorities.add(wanted);
                priority = wanted;
            }
            return priority;
        });
    }

    private Verdict verdict() {
        Long queueLeftMs = maxQueueMs == null ? null : maxQueueMs - (clock.getAsLong() - queuedAt);
        if (!status.isOver() && cancelRequested) {
            settle(Status.CANCELLED);
        }
        if (status == Status.QUEUED && queueLeftMs != null && queueLeftMs <= 0) {
            settle(Status.FAILED);
        }
        if (status.isOver()) {
            return new Verdict.Over(status.name());
        }
        if (status == Status.QUEUED) {
            return new Verdict.Await(queueLeftMs);
        }
        if (!state.isLive() && placeMissing) {
            return new Verdict.Await(null);
        }
        long retryInMs = retryAt - clock.getAsLong();
        if (!state.isLive() && retryInMs > 0) {
            return new Verdict.BackOff(retryInMs);
        }
        if (!state.isLive()) {
            grant();
        }
        Verdict.Execute live = new Verdict.Execute(attempt, TASK_TYPE, priority, leftMs, graceMs, weight);
        return refused ? new Verdict.Stop(live) : live;
    }

    private void match() {
        if (!resourcesFree) {
            return;
        }
        placeMissing = false;
        if (status == Status.QUEUED) {
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
        state = state.isLive() ? Attempt.GIVEN_UP : state;
        settlements++;
    }

    private <T extends @Nullable Object> T step(Step step, String call, Supplier<T> work) {
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

    private synchronized <T extends @Nullable Object> T faulty(Step step, Supplier<T> work) {
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
        maxQueueMs = ms;
        return this;
    }

    synchronized OrderBook with_clock(LongSupplier databaseClock) {
        clock = databaseClock;
        return this;
    }

    synchronized OrderBook with_time_left(long ms, long grace) {
        leftMs = ms;
        graceMs = grace;
        return this;
    }

    void with_weight(float told) {
        weight = told;
    }

    synchronized OrderBook with_priority(int value) {
        priority = value;
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

    /** One of its leases is taken away: an attempt that has not answered is given up, and its place is missing. */
    synchronized void revoke_a_lease() {
        placeMissing = !resourcesFree;
        if (state != Attempt.ANSWERED) {
            state = Attempt.GIVEN_UP;
        }
    }

    /** No budget covers what it costs: it is to end, whatever its attempt answers. */
    synchronized void refuse() {
        refused = true;
    }

    /** Somebody else than the workflow ends the order. */
    synchronized void settle_elsewhere(Status end) {
        settle(end);
    }

    /** Whether the attempt may run. */
    synchronized boolean begin(int number) {
        boolean may = number == attempt && state == Attempt.GRANTED && !status.isOver();
        if (may) {
            state = Attempt.RUNNING;
        }
        return may;
    }

    /** Whether the answer is the attempt's result. */
    synchronized boolean store(int number, String result) {
        boolean counts = number == attempt && state == Attempt.RUNNING;
        if (counts) {
            state = Attempt.ANSWERED;
            code = result;
        }
        return counts;
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
