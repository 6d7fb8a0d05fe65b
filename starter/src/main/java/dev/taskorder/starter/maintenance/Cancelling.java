package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.maintenance.Due.Kind;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Cancels what is open for suspended and expired tenants: a few orders of each in turn and for a moment in each pass, so that
 * neither a tenant with many orders nor many tenants that expire at once keep anything else waiting.
 */
final class Cancelling {
    private static final int TURN = 20;
    private static final long BUDGET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final DueWork due;
    private final Chores chores;

    Cancelling(DueWork due, Chores chores) {
        this.due = due;
        this.chores = chores;
    }

    void run(List<TenantId> tenants) {
        List<TenantId> shuffled = new ArrayList<>(tenants);
        Collections.shuffle(
                shuffled); // whom this pass does not come to is as likely as any to be the first of the next
        Deque<TenantId> left = new ArrayDeque<>(shuffled);
        long began = System.nanoTime();
        while (!left.isEmpty() && System.nanoTime() - began < BUDGET_NANOS) {
            TenantId tenant = left.remove();
            if (chores.ask(tenant, Kind.CANCELS, false, () -> due.cancelOpenOrders(TURN))) {
                left.add(tenant);
            }
        }
    }
}
