package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.api.tenant.TenantId;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Makes every open order of every tenant due for a look-up: at start-up, when Temporal was away, and when it did not
 * know a workflow, for then it may have forgotten others. A little in each pass, so that nothing else waits for it.
 */
final class LookAtAll {
    private static final int BATCH = 1000;
    private static final long BUDGET_MS = 500;
    /** At most so often, for while thousands are unknown each of them asks for it. */
    private static final long REST_MS = 20_000;

    private final DueWork due;
    private final OrderRecovery recovery;
    private final Chores chores;
    private final Clock clock;
    private final Deque<TenantId> left = new ArrayDeque<>();
    private boolean wanted = true;
    private volatile boolean doubts = true;
    private long restsUntil;

    LookAtAll(DueWork due, OrderRecovery recovery, Chores chores, Clock clock) {
        this.due = due;
        this.recovery = recovery;
        this.chores = chores;
        this.clock = clock;
    }

    /** Soon, and once for all that ask until then. */
    void want() {
        wanted = true;
        doubts = true;
    }

    /** Whether some open orders may still have to be looked up that are not due for it. From any thread. */
    boolean doubts() {
        return doubts;
    }

    /** Does some of it, if it is wanted; a tenant whose orders could not be made due is tried again. */
    void goOn() {
        long now = clock.millis();
        if (wanted && now >= restsUntil) {
            left.clear();
            left.addAll(due.tenantsWithChecks());
            wanted = false;
            restsUntil = now + REST_MS;
        }
        long until = now + BUDGET_MS;
        for (int tenants = left.size(); tenants > 0 && clock.millis() < until; tenants--) {
            TenantId tenant = left.remove();
            if (chores.ask(tenant, "LOOK_AT_ALL", true, () -> hasMore(until))) {
                left.add(tenant);
            }
        }
        doubts = wanted || !left.isEmpty();
    }

    private boolean hasMore(long until) {
        boolean more = true;
        while (more && clock.millis() < until) {
            more = recovery.makeMoreDue(BATCH) == BATCH;
        }
        return more;
    }
}
