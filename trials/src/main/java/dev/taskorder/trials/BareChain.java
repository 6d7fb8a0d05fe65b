package dev.taskorder.trials;

import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Bare workflows that run one after the other: each waits for a signal, which the one before has sent when its activity
 * is through. What lies between is Temporal's own latency, with the end of the one before beside it as for orders.
 */
final class BareChain implements AutoCloseable {
    private static final String QUEUE = "trial-chain";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final double NANOS_PER_MS = 1e6;
    private static final Clock CLOCK = Clock.systemUTC();

    private final WorkflowServiceStubs stubs;
    private final WorkflowClient client;
    private final WorkerFactory factory;
    private final Completions completions = new Completions();
    private final ExecutorService sender = Executors.newSingleThreadExecutor();
    private final Map<String, Instant> begun = new ConcurrentHashMap<>();
    private final Map<String, Instant> handedOver = new ConcurrentHashMap<>();
    private final long workMs;
    private final long lullMs;
    private int chains;

    /**
     * A side that is idle.
     *
     * @param workMs how long each activity takes
     * @param lullMs from the last start to the first signal: by then all of them wait
     */
    BareChain(String temporal, long workMs, long lullMs) {
        this.workMs = workMs;
        this.lullMs = lullMs;
        this.stubs = BareSide.stubs(temporal);
        this.client = WorkflowClient.newInstance(stubs);
        this.factory = WorkerFactory.newInstance(
                client,
                WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(completions)
                        .validateAndBuildWithDefaults());
        Worker worker = factory.newWorker(QUEUE, BareSide.workerOptions());
        worker.registerWorkflowImplementationTypes(ChainWorkflowImpl.class);
        worker.registerActivitiesImplementations((NoOp) this::work, (HandOver) this::handOver);
        factory.start();
    }

    /** Runs so many, and one before them; milliseconds from each hand-over to the next one's activity. */
    Series run(int count) throws Exception {
        int chain = ++chains;
        for (int n = 0; n <= count; n++) {
            String key = key(chain, n);
            client.newUntypedWorkflowStub("BareChain", BareSide.options(QUEUE, key))
                    .start(key);
        }
        TimeUnit.MILLISECONDS.sleep(lullMs);
        wake(key(chain, 0));
        completions.await(count + 1, PATIENCE);
        Series millis = new Series();
        for (int n = 1; n <= count; n++) {
            Instant from = Objects.requireNonNull(handedOver.get(key(chain, n - 1)));
            Instant to = Objects.requireNonNull(begun.get(key(chain, n)));
            millis.add(Duration.between(from, to).toNanos() / NANOS_PER_MS);
        }
        handedOver.clear();
        begun.clear();
        return millis;
    }

    @Override
    public void close() {
        sender.shutdownNow();
        factory.shutdownNow();
        factory.awaitTermination(5, TimeUnit.SECONDS);
        stubs.shutdownNow();
    }

    private static String key(int chain, int number) {
        return "chain-%d-%d".formatted(chain, number);
    }

    private String work(String key) {
        begun.put(key, CLOCK.instant());
        try {
            TimeUnit.MILLISECONDS.sleep(workMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return key;
    }

    private void handOver(String key) {
        handedOver.put(key, CLOCK.instant());
        int dash = key.lastIndexOf('-') + 1;
        String next = key.substring(0, dash) + (Integer.parseInt(key.substring(dash)) + 1);
        sender.execute(() -> wakeIfThere(next));
    }

    private void wakeIfThere(String key) {
        try {
            wake(key);
        } catch (io.temporal.client.WorkflowNotFoundException lastOfTheChain) {
            // nobody comes after it
        }
    }

    private void wake(String key) {
        client.newWorkflowStub(ChainWorkflow.class, key).wake();
    }
}
