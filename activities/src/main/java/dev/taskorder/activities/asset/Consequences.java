package dev.taskorder.activities.asset;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Writes what became of assets, and sees to it that what cools down comes back. */
final class Consequences {
    private final ConditionTable conditions;
    private final TenantTransactions transactions;
    private final CoolDownTimers timers;

    Consequences(ConditionTable conditions, TenantTransactions transactions, CoolDownTimers timers) {
        this.conditions = conditions;
        this.transactions = transactions;
        this.timers = timers;
    }

    /** In the transaction that has locked them. */
    void write(List<Change> changes, String actor) {
        conditions.write(changes, actor);
        changes.forEach(this::rememberToEnd);
    }

    /** Lets the matcher look where an asset may serve more than before or has retired, soon after the commit and on another thread. */
    void matchSoon(List<Change> changes) {
        TenantId tenant = TenantContext.required();
        changes.stream()
                .filter(Change::concernsTheQueue)
                .map(change -> change.asset().env())
                .distinct()
                .forEach(env -> transactions.afterCommit(() -> timers.matchSoon(tenant, env)));
    }

    private void rememberToEnd(Change change) {
        Instant until = change.after().coolUntil();
        if (until != null && !Objects.equals(until, change.asset().condition().coolUntil())) {
            TenantId tenant = TenantContext.required();
            Duration rest = Duration.between(change.asset().now(), until);
            transactions.afterCommit(() -> timers.set(tenant, change.asset().assetId(), rest));
        }
    }
}
