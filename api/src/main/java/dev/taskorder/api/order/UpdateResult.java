package dev.taskorder.api.order;

import java.math.BigDecimal;

/** What became of a wish to change an order. */
public sealed interface UpdateResult {
    /** Changed now, or as it was wanted before; the order as it is now. */
    record Updated(TaskOrder order) implements UpdateResult {}

    /** The caller has not seen the version that the order has. */
    record VersionMismatch(int version) implements UpdateResult {}

    /**
     * Its {@code max_total_cost} cannot be less than what is spent and held.
     *
     * @param wanted what it was to be
     */
    record BelowCommitted(BigDecimal wanted, BigDecimal spent, BigDecimal held) implements UpdateResult {}

    /** The order is over, and nothing of it changes any more. */
    record AlreadySettled(TaskOrder order) implements UpdateResult {}

    /** No such order of this tenant. */
    record NotFound() implements UpdateResult {}
}
