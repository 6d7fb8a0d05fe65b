package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.invariant.Invariant;
import dev.taskorder.activities.invariant.Violation;
import dev.taskorder.api.tenant.TenantId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether what must always hold does, for each tenant with something to look at, and once more when there
 * is nothing any more. A little in each pass, so that nothing else waits for it: among very many tenants a round takes longer.
 */
final class InvariantWatch {
    private static final Logger log = LoggerFactory.getLogger(InvariantWatch.class);
    private static final long BUDGET_MS = 250;

    private final Supplier<List<TenantId>> whom;
    private final Supplier<List<Violation>> look;
    private final Chores chores;
    private final Clock clock;
    private final Duration every;
    private final MeterRegistry metrics;
    private final Deque<TenantId> left = new ArrayDeque<>();
    private Set<TenantId> atWork = Set.of();
    private long nextAt;

    /**
     * @param whom the tenants to look at in this round
     * @param look for the bound tenant: what does not hold and was not told before
     * @param every a round over all tenants begins so long after the last one began, at the soonest
     */
    InvariantWatch(
            Supplier<List<TenantId>> whom,
            Supplier<List<Violation>> look,
            Chores chores,
            Clock clock,
            Duration every,
            MeterRegistry metrics) {
        this.whom = whom;
        this.look = look;
        this.chores = chores;
        this.clock = clock;
        this.every = every;
        this.metrics = metrics;
        // all from the start, for what is first seen at 1 is no increase
        Arrays.stream(Invariant.values()).forEach(one -> count(one, 0));
    }

    private void count(Invariant invariant, int more) {
        Counter.builder("taskorder.invariant.violations")
                .description("Rows that are not as they must be, each counted when it is first seen")
                .tag("invariant", invariant.code())
                .register(metrics)
                .increment(more);
    }

    /** Does some of a round, if it is time for one. */
    void goOn() {
        long now = clock.millis();
        if (left.isEmpty() && now >= nextAt) {
            nextAt = now + every.toMillis();
            Set<TenantId> stillAtWork = Set.copyOf(whom.get());
            Set<TenantId> all = new HashSet<>(atWork);
            all.addAll(stillAtWork);
            left.addAll(all);
            atWork = stillAtWork;
        }
        while (!left.isEmpty() && clock.millis() < now + BUDGET_MS) {
            TenantId tenant = left.remove();
            chores.run(tenant, "INVARIANTS", () -> look.get().forEach(one -> tell(tenant, one)));
        }
    }

    private void tell(TenantId tenant, Violation one) {
        count(one.invariant(), 1);
        log.error(
                "invariant {} does not hold: tenant={} env={} {}={}: {}. What to do: {}. This is a fault of ours or of whoever"
                        + " wrote to the database; see docs/operations.md, 'Invariants'",
                one.invariant().code(),
                tenant,
                one.env(),
                one.objectType(),
                one.objectId(),
                one.detail(),
                one.invariant().remedy());
    }
}
