package dev.taskorder.trials;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Runs so many of one thing from the first request to the last end, and says how long that took. */
final class Bursts implements AutoCloseable {
    /** As many as the application's dispatcher has in flight. */
    private static final int STARTERS = 64;

    private static final int CALLERS = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** What ends in the database or in a worker is still being told to Temporal. */
    private static final long LULL_MS = 500;

    private final Application application;
    private final BareSide bare;
    private final Orders orders;
    private final ExecutorService threads = Executors.newFixedThreadPool(STARTERS);
    private final AtomicInteger bursts = new AtomicInteger();

    /** What one burst came to. */
    record Burst(int count, double seconds, Cpu cpu) {
        double rate() {
            return count / seconds;
        }

        /** How many processors others kept busy meanwhile, on the mean. */
        double othersCores() {
            return cpu.others() / seconds;
        }

        double cpuMillisEach() {
            return 1000 * cpu.ours() / count;
        }
    }

    Bursts(Application application, BareSide bare) throws IOException {
        this.application = application;
        this.bare = bare;
        this.orders = new Orders(application);
    }

    Orders orders() {
        return orders;
    }

    /** Bare workflows, from the first start to the last end. */
    Burst bare(BareSide.Kind kind, int count) throws Exception {
        String project = project("bare");
        AtomicInteger next = new AtomicInteger();
        return measured(count, () -> {
            inParallel(STARTERS, () -> {
                for (int n = next.incrementAndGet(); n <= count; n = next.incrementAndGet()) {
                    bare.start(kind, project + "-" + n);
                }
                return true;
            });
            bare.completions().await(count, PATIENCE);
            return true;
        });
    }

    /** Orders, from the first POST to the last settled. */
    Burst orders(int count, boolean withHint) throws Exception {
        String project = project("orders");
        OrderBodies bodies = withHint ? OrderBodies.withOneHint(project) : OrderBodies.plain(project);
        AtomicInteger next = new AtomicInteger();
        AtomicReference<String> last = new AtomicReference<>("");
        return measured(count, () -> {
            inParallel(CALLERS, () -> {
                try (Orders caller = new Orders(application)) {
                    while (next.incrementAndGet() <= count) {
                        last.set(caller.create(bodies.one()).path("task_id").asString());
                    }
                }
                return true;
            });
            orders.awaitOver(Objects.requireNonNull(last.get()), PATIENCE);
            orders.awaitAllOver(project, PATIENCE);
            return true;
        });
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        orders.close();
    }

    private String project(String what) {
        return "trial-" + what + "-" + bursts.incrementAndGet();
    }

    /** The processors' time includes the lull, so that what is told to Temporal late counts for whom it is for. */
    private Burst measured(int count, Callable<Boolean> work) throws Exception {
        Cpu before = Cpu.usedSoFar(application);
        long begun = System.nanoTime();
        work.call();
        double seconds = (System.nanoTime() - begun) / 1e9;
        TimeUnit.MILLISECONDS.sleep(LULL_MS);
        return new Burst(count, seconds, Cpu.usedSoFar(application).since(before));
    }

    private void inParallel(int times, Callable<Boolean> work) throws Exception {
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            all.add(threads.submit(work));
        }
        for (Future<Boolean> one : all) {
            one.get();
        }
    }
}
