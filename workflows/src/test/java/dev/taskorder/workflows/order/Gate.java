package dev.taskorder.workflows.order;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds a call until a test lets it go on. */
final class Gate {
    private static final long PATIENCE_S = 4;

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final boolean afterWork;
    private final boolean activityOnly;

    Gate(boolean afterWork, boolean activityOnly) {
        this.afterWork = afterWork;
        this.activityOnly = activityOnly;
    }

    boolean activityOnly() {
        return activityOnly;
    }

    boolean afterWork() {
        return afterWork;
    }

    void pass() {
        reached.countDown();
        await(open);
    }

    void reached() {
        await(reached);
    }

    void open() {
        open.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new AssertionError("waited " + PATIENCE_S + " s in vain");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
