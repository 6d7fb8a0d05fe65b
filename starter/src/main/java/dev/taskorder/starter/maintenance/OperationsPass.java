package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.operation.BulkWork;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A piece of every operation that is due; between two pieces of one it looks as often, for what is due soon cannot be asked for. */
final class OperationsPass implements BooleanSupplier {
    private static final long BUDGET_MS = 125;
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final BulkWork work;
    private final InTurn turns;
    private long lastDue = System.nanoTime() - SOON_NANOS;

    OperationsPass(BulkWork work, Chores chores) {
        this.work = work;
        this.turns = new InTurn(chores, "operation", BUDGET_MS, () -> {
            work.goOn();
            return false;
        });
    }

    @Override
    public boolean getAsBoolean() {
        List<TenantId> due = work.tenantsDue();
        turns.run(due);
        if (!due.isEmpty()) {
            lastDue = System.nanoTime();
        }
        return System.nanoTime() - lastDue < SOON_NANOS;
    }
}
