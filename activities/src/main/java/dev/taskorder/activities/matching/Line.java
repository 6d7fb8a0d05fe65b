package dev.taskorder.activities.matching;

import dev.taskorder.api.policy.Policy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The orders of one demand, in the queue's order, read from its front as far as a round gets. */
final class Line {
    /** Of each line at first: most lines have one order or cannot be served, so more would be read in vain. */
    static final int HEADS = 2;

    /** Behind those. Each time twice as many as before, for a line that got so far may well get farther. */
    private static final int MORE = 16;

    private final Deque<WaitingOrder> orders;
    private boolean readToItsEnd;
    private int more = MORE;
    private @Nullable LeftOut leftOut;

    /** @param heads its first {@link #HEADS}, in the queue's order */
    Line(List<WaitingOrder> heads) {
        this.orders = new ArrayDeque<>(heads);
        this.readToItsEnd = heads.size() < HEADS;
    }

    WaitingOrder takeFirst() {
        return orders.remove();
    }

    /** Whether none of its orders that were taken waits for money. */
    boolean hasNoneThatCannotPay() {
        return leftOut == null;
    }

    /** Leaves out whoever waits for money as this one does. */
    void leaveOutLike(WaitingOrder order, Decision why, Policy.Value value) {
        LeftOut all = (leftOut == null ? LeftOut.nobody(value) : leftOut).and(order, why);
        orders.removeIf(all::concerns);
        leftOut = all;
    }

    /** Who stands behind this one, which was the last that was taken. */
    Optional<WaitingOrder> takeBehind(WaitingOrder last, Round.Facts facts) {
        if (orders.isEmpty() && !readToItsEnd) {
            List<WaitingOrder> read = facts.behind(last, leftOut, more);
            readToItsEnd = read.size() < more;
            more *= 2;
            orders.addAll(read);
        }
        return Optional.ofNullable(orders.poll());
    }
}
