package dev.taskorder.starter.temporal;

import dev.taskorder.activities.thread.OwnThreads;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Whether Temporal takes calls. While it does not, one cheap question with a back-off is asked instead of failing every
 * start; when it answers, what waits for it begins, in order. The application serves its callers meanwhile.
 */
final class TemporalGate implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(TemporalGate.class);
    private static final long BACK_OFF_MS_FIRST = 100;
    private static final long BACK_OFF_MS_MAX = 2000;

    private final Runnable question;
    private final List<Runnable> onOpen;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean open;
    private volatile @Nullable String lastRefusal;
    private @Nullable Thread thread;

    /**
     * A gate that is closed.
     *
     * @param question fails while Temporal is away
     * @param onOpen each done whenever Temporal has come; if one fails, the gate stays closed and all are done again
     */
    TemporalGate(Runnable question, List<Runnable> onOpen) {
        this.question = question;
        this.onOpen = List.copyOf(onOpen);
    }

    boolean isOpen() {
        return open;
    }

    /** Why the last question was not answered; null if it was. */
    @Nullable
    String lastRefusal() {
        return lastRefusal;
    }

    /** A call found Temporal away: closed until a question is answered. */
    void away(Throwable failure) {
        lock.lock();
        try {
            if (open) {
                log.warn("Temporal is away; orders are accepted and wait why={}", Calls.wordsOf(failure));
                open = false;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (thread == null) {
                thread = OwnThreads.daemon("taskorder-temporal", this::watch);
                thread.start();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            if (thread != null) {
                thread.interrupt();
                thread = null;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return thread != null;
        } finally {
            lock.unlock();
        }
    }

    private void watch() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                awaitClosed();
                long backOffMs = BACK_OFF_MS_FIRST;
                while (!opened()) {
                    TimeUnit.MILLISECONDS.sleep(backOffMs);
                    backOffMs = Math.min(2 * backOffMs, BACK_OFF_MS_MAX);
                }
            }
        } catch (InterruptedException e) {
            log.debug("no more questions to Temporal");
        }
    }

    private void awaitClosed() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (open) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean opened() throws InterruptedException {
        try {
            question.run();
            // Open before what waits for it begins: that looks at the gate, and closes it again if need be.
            open = true;
            onOpen.forEach(Runnable::run);
            lastRefusal = null;
            log.info("Temporal is there");
            return true;
        } catch (RuntimeException | Error e) { // whatever it was: a gate that nobody watches would stay closed for ever
            open = false;
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (lastRefusal == null) {
                log.warn("Temporal is not there; orders are accepted and wait why={}", Calls.wordsOf(e));
            }
            lastRefusal = Calls.wordsOf(e);
            return false;
        }
    }
}
