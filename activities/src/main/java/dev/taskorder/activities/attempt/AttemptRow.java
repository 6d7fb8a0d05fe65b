package dev.taskorder.activities.attempt;

import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.Money;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An attempt as its order's conclusion needs it.
 *
 * @param began whether a worker ever began it: then its leases count as used
 * @param inTime whether it answered before the order's deadline; false while it has not answered
 * @param costs running totals per kind, as its executor told them last
 * @param postedCosts what of them stands in the ledger
 * @param output the result's output as JSON
 * @param outcomes what the executor told of its leases; none while it has not answered
 */
public record AttemptRow(
        int number,
        AttemptState state,
        boolean began,
        boolean inTime,
        @Nullable String resultCode,
        @Nullable String resultMessage,
        List<Money> costs,
        List<Money> postedCosts,
        List<Money> revenue,
        @Nullable String output,
        List<UUID> leaseIds,
        List<LeaseOutcome> outcomes) {}
