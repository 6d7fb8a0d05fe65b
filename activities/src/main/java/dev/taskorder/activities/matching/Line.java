package dev.taskorder.activities.matching;

import dev.taskorder.activities.matching.Decision.TooExpensiveNow;
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
    private @Nullable TooExpensiveNow tooDear;

    /** @param heads its first {@link #HEADS}, in the queue's order */
    Line(List<WaitingOrder> heads) {
        this.orders = new ArrayDeque<>(heads);
        this.readToItsEnd = heads.size() < HEADS;
    }

    WaitingOrder takeFirst() {
        return orders.remove();
    }

    /** Whether none of its orders that were taken found what is free too dear. */
    boolean hasNoneThatCannotPay() {
        return tooDear == null;
    }

    /** Leaves out whoever cannot pay what is free either. */
    void leaveOut(TooExpensiveNow dear) {
        tooDear = dear;
        orders.removeIf(dear::concerns);
    }

    /** Who stands behind this one, which was the last that was taken. */
    Optional<WaitingOrder> takeBehind(WaitingOrder last, Round.Facts facts) {
        if (orders.isEmpty() && !readToItsEnd) {
            List<WaitingOrder> read = facts.behind(last, tooDear, more);
            readToItsEnd = read.size() < more;
            more *= 2;
            orders.addAll(read);
        }
        return Optional.ofNullable(orders.poll());
    }
}
