package dev.taskorder.trials;

import dev.taskorder.activities.dispatch.DispatchQueue;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.dispatch.SignalDue;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A tenant whose orders are granted as fast as it goes, once by the matcher alone and once in a circle with their ends. */
final class GrantLoad implements AutoCloseable {
    static final int CALLERS = 16;
    /** As many as the application has by default. */
    private static final int CONNECTIONS = 16;

    private static final int LINES = 50;
    private static final int CLAIM = 500;
    private static final long LOOK_MS = 100;
    /** More than are granted in a second, for every second of a circle. */
    private static final int QUEUED_EACH_SECOND = 3000;

    private final QueuedTenant tenant;
    private final int slots;
    private final int callers;
    private final String[] projects = new String[LINES];

    GrantLoad(OwnPostgres postgres, String database, int assets, int slotsEach) {
        this(postgres, database, assets, slotsEach, CALLERS);
    }

    /** @param callers who end orders in a circle, each with a connection of its own */
    GrantLoad(OwnPostgres postgres, String database, int assets, int slotsEach, int callers) {
        this.callers = callers;
        tenant = new QueuedTenant(postgres, database, Math.max(callers, CONNECTIONS));
        slots = assets * slotsEach;
        for (int asset = 0; asset < assets; asset++) {
            tenant.asset(sku(asset), slotsEach);
        }
        for (int line = 0; line < LINES; line++) {
            projects[line] = "p" + line;
            tenant.line(line, projects[line], sku(line % assets));
        }
        tenant.queue(0, LINES, 2 * slots);
        tenant.settleDown();
        tenant.matched();
    }

    QueuedTenant tenant() {
        return tenant;
    }

    /**
     * All slots come free, and are taken again.
     *
     * @param endsPerSecond of the ends alone that freed them, the matcher kept out
     * @param grantsPerSecond of the grants alone
     */
    record Wave(double endsPerSecond, double grantsPerSecond) {}

    Wave wave() throws Exception {
        long begun = System.nanoTime();
        tenant.endUnmatched(slots, projects);
        double ends = slots / ((System.nanoTime() - begun) / 1e9);
        tenant.fillUp(LINES, 2 * slots / LINES);
        long nanos = tenant.matched();
        int running = tenant.count("SELECT count(*) FROM task_order WHERE status = 'RUNNING'");
        if (running != slots) {
            throw new IllegalStateException(running + " orders run on " + slots + " slots");
        }
        return new Wave(ends, slots / (nanos / 1e9));
    }

    /** Grants a second while every order that is granted is ended at once, for so many seconds. */
    double circle(int seconds) throws Exception {
        tenant.fillUp(LINES, seconds * QUEUED_EACH_SECOND / LINES);
        tenant.sql().sql("TRUNCATE outbox").update();
        tenant.settleDown();
        tenant.features().matcher().letGo();
        BlockingQueue<UUID> woken = new LinkedBlockingQueue<>(tenant.ofStatus("RUNNING", slots, projects));
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger ended = new AtomicInteger();
        long begun = System.nanoTime();
        long end = begun + TimeUnit.SECONDS.toNanos(seconds);
        Workers.run(callers + 1, worker -> {
            if (worker == 0) {
                dispatch(woken, over);
                return;
            }
            while (System.nanoTime() < end) {
                UUID task = woken.poll(LOOK_MS, TimeUnit.MILLISECONDS);
                if (task != null) {
                    tenant.end(tenant.features(), task);
                    ended.incrementAndGet();
                }
            }
            over.set(true);
        });
        double took = (System.nanoTime() - begun) / 1e9;
        if (tenant.count("SELECT count(*) FROM task_order WHERE status = 'QUEUED'") == 0) {
            throw new IllegalStateException("the queue ran empty");
        }
        return ended.get() / took;
    }

    @Override
    public void close() {
        tenant.close();
    }

    /** As the application's dispatcher does, but for the call to Temporal. */
    private void dispatch(BlockingQueue<UUID> woken, AtomicBoolean over) throws InterruptedException {
        DispatchSignal signal = tenant.features().bean(DispatchSignal.class);
        DispatchQueue queue = tenant.features().bean(DispatchQueue.class);
        while (!over.get()) {
            signal.await(LOOK_MS);
            List<SignalDue> claimed = tenant.features().as(tenant.id(), () -> queue.claimSignals(CLAIM));
            if (!claimed.isEmpty()) {
                claimed.forEach(wake -> woken.add(wake.taskId()));
                tenant.features().as(tenant.id(), () -> {
                    queue.signalled(claimed.stream().map(SignalDue::outboxId).toList());
                    return true;
                });
            }
        }
    }

    private static String sku(int asset) {
        return "net.%03d".formatted(asset);
    }
}
