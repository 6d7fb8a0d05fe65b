package dev.taskorder.starter.maintenance;

import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Does what may be much of it: a piece for each tenant in turn and for a moment in each pass, so that neither a tenant with much of it nor
 * many tenants at once keep anything else waiting.
 */
final class InTurn {
    private final Chores chores;
    private final Object what;
    private final BooleanSupplier piece;
    private final long budgetNanos;

    /**
     * @param what is done, for the log
     * @param budgetMs for all tenants together in one pass
     * @param piece for the bound tenant: answers whether there may be more at once
     */
    InTurn(Chores chores, Object what, long budgetMs, BooleanSupplier piece) {
        this.chores = chores;
        this.what = what;
        this.piece = piece;
        this.budgetNanos = TimeUnit.MILLISECONDS.toNanos(budgetMs);
    }

    void run(List<TenantId> tenants) {
        List<TenantId> shuffled = new ArrayList<>(tenants);
        Collections.shuffle(
                shuffled); // whom this pass does not come to is as likely as any to be the first of the next
        Deque<TenantId> left = new ArrayDeque<>(shuffled);
        long began = System.nanoTime();
        while (!left.isEmpty() && System.nanoTime() - began < budgetNanos) {
            TenantId tenant = left.remove();
            if (chores.ask(tenant, what, false, piece)) {
                left.add(tenant);
            }
        }
    }
}
