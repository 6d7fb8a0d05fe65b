package dev.taskorder.activities.ledger;

import dev.taskorder.api.execution.Money;
import java.util.List;
import java.util.UUID;

/**
 * What an attempt that began is charged and credited.
 *
 * @param leaseIds the leases it began with; each is charged once in its life
 * @param costs running totals per kind, each kind once
 * @param revenue per kind, each kind once
 */
public record AttemptBill(
        UUID taskId,
        int attempt,
        String env,
        String projectId,
        String currency,
        List<UUID> leaseIds,
        List<Money> costs,
        List<Money> revenue) {}
