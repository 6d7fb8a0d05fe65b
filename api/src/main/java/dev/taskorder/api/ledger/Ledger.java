package dev.taskorder.api.ledger;

import java.util.Optional;
import java.util.UUID;

/** The books of the bound tenant. */
public interface Ledger {
    /** What the order cost and earned; nothing if there is no such order of this tenant. */
    Optional<OrderLedger> ofOrder(UUID taskId);
}
