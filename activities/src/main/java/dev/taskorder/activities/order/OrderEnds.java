package dev.taskorder.activities.order;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Tells whoever listens in this process that an order has ended, after the commit. It carries no more than where to
 * look, and orders that end in another process are not told: who waits for one must look now and then.
 */
public final class OrderEnds {
    private final Consumer<Runnable> afterCommit;
    private final List<Consumer<UUID>> listeners = new CopyOnWriteArrayList<>();

    /** @param afterCommit runs what it is given once the open transaction has committed */
    public OrderEnds(Consumer<Runnable> afterCommit) {
        this.afterCommit = afterCommit;
    }

    /** Calls the listener from now on, on the thread that ended the order: it must be quick and must not throw. */
    public void listen(Consumer<UUID> listener) {
        listeners.add(listener);
    }

    /** In the transaction that ends the order; nobody is told if it is rolled back. */
    public void ended(UUID taskId) {
        afterCommit.accept(() -> listeners.forEach(listener -> listener.accept(taskId)));
    }
}
