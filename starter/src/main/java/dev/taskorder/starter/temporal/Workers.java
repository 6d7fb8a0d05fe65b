package dev.taskorder.starter.temporal;

import dev.taskorder.activities.execution.AttemptWorker;
import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderWorkflow;
import dev.taskorder.workflows.order.TaskOrderWorkflowImpl;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.tuning.ActivitySlotInfo;
import io.temporal.worker.tuning.CompositeTuner;
import io.temporal.worker.tuning.FixedSizeSlotSupplier;
import io.temporal.worker.tuning.PollerBehaviorAutoscaling;
import io.temporal.worker.tuning.SlotSupplier;
import io.temporal.worker.tuning.WorkerTuner;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The workers of this process. One runs the workflows with their steps, and attempts that Temporal hands it in the answer
 * to the workflow; one polls for the other attempts of the same queue, and one for steps that wait for PostgreSQL. They
 * begin when Temporal is there, and end in peace.
 */
final class Workers implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Workers.class);
    /** The SDK's one second gives false alarms when both cores are busy. */
    private static final long DEADLOCK_MS = 10_000;

    /** What is taken from Temporal's queue is out of reach of its priorities: more than these would only wait here. */
    private static final int WORKFLOW_SLOTS = 32;

    private static final int STEP_SLOTS = 100;

    private static final long LAST_ANSWERS_SECONDS = 3;
    /** From the answer of an attempt to the settled order, on a busy machine. */
    private static final long LAST_STEPS_MS = 500;

    private final WorkerFactory workflows;
    /** A factory of its own: executors end first, while workflows still settle what they answered. */
    private final WorkerFactory executors;

    private final AttemptSlots slots;
    private final AttemptWorker attempts;
    private final Duration grace;
    private volatile boolean running;
    /** From the first try on: a start that fails half-way is ended too. */
    private volatile boolean polls;

    Workers(
            WorkflowClient client,
            ActivityEntry activityEntry,
            OrderSteps steps,
            AttemptWorker attempts,
            Duration grace,
            int executorSlots) {
        WorkerFactoryOptions checked = WorkerFactoryOptions.newBuilder()
                .setWorkerInterceptors(activityEntry)
                .build();
        this.attempts = attempts;
        this.grace = grace;
        this.workflows = WorkerFactory.newInstance(client, checked);
        this.slots = new AttemptSlots(executorSlots);
        Worker orders = workflows.newWorker(
                TaskOrderWorkflow.TASK_QUEUE,
                options().setWorkerTuner(tuner(slots.handedOver())).build());
        orders.registerWorkflowImplementationTypes(TaskOrderWorkflowImpl.class);
        orders.registerActivitiesImplementations(steps, attempts.activity());
        workflows
                .newWorker(TaskOrderWorkflow.STEP_TASK_QUEUE, options().build())
                .registerActivitiesImplementations(steps);
        this.executors = WorkerFactory.newInstance(client, checked);
        executors
                .newWorker(
                        TaskOrderWorkflow.TASK_QUEUE,
                        options().setWorkerTuner(tuner(slots.polled())).build())
                .registerActivitiesImplementations(attempts.activity());
    }

    private static WorkerTuner tuner(SlotSupplier<ActivitySlotInfo> attempts) {
        return new CompositeTuner(
                new FixedSizeSlotSupplier<>(WORKFLOW_SLOTS),
                attempts,
                new FixedSizeSlotSupplier<>(STEP_SLOTS),
                new FixedSizeSlotSupplier<>(1));
    }

    /** Begins to poll, once; fails if Temporal is not there. */
    void poll() {
        if (running) {
            polls = true;
            workflows.start();
            executors.start();
            log.info("workers poll queues={},{}", TaskOrderWorkflow.TASK_QUEUE, TaskOrderWorkflow.STEP_TASK_QUEUE);
        }
    }

    /** Only lets them: they begin when the gate to Temporal opens. */
    @Override
    public void start() {
        running = true;
    }

    /**
     * No new attempt; those that run get their grace, then they are lost; then the last answers are settled. Where Temporal was
     * never there, nothing runs and nothing is waited for. A second call does nothing that the first did not.
     */
    @Override
    public void stop() {
        running = false;
        slots.close();
        if (polls) {
            end();
        }
    }

    private void end() {
        quietly(executors::shutdown);
        try {
            attempts.drain(grace);
            executors.awaitTermination(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS);
            TimeUnit.MILLISECONDS.sleep(LAST_STEPS_MS);
            quietly(workflows::shutdown);
            workflows.awaitTermination(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        quietly(executors::shutdownNow);
        quietly(workflows::shutdownNow);
    }

    /** The SDK asks Temporal what it can do before it ends a worker; where it is away, everything else still ends. */
    private static void quietly(Runnable end) {
        try {
            end.run();
        } catch (StatusRuntimeException e) {
            log.debug("temporal is away while workers stop: {}", e.getStatus());
        }
    }

    @Override
    public void stop(Runnable callback) {
        // Beside what else ends in this phase: the grace is long, and the callers' requests need not wait for it.
        OwnThreads.lasting("taskorder-workers-stop", () -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                })
                .start();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private static WorkerOptions.Builder options() {
        return WorkerOptions.newBuilder()
                .setWorkflowTaskPollersBehavior(new PollerBehaviorAutoscaling())
                .setActivityTaskPollersBehavior(new PollerBehaviorAutoscaling())
                .setMaxHeartbeatThrottleInterval(AttemptWorker.HEARTBEAT_THROTTLE)
                .setDefaultHeartbeatThrottleInterval(AttemptWorker.HEARTBEAT_THROTTLE)
                .setAllowActivityHeartbeatDuringShutdown(true)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK_MS);
    }
}
