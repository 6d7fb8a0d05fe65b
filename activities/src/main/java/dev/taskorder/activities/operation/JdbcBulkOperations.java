package dev.taskorder.activities.operation;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.taskorder.activities.operation.OperationTable.Wanted;
import dev.taskorder.activities.order.OrderBatches;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.operation.BulkOperation;
import dev.taskorder.api.operation.BulkOperation.Kind;
import dev.taskorder.api.operation.BulkOperations;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrderFilter;
import dev.taskorder.api.tenant.Caller;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The door of callers: which orders, how far, and stop. */
final class JdbcBulkOperations implements BulkOperations {
    private static final Set<Status> OPEN = Set.of(Status.PENDING, Status.QUEUED, Status.RUNNING);
    /** Of a cancel: how many workflows are told in a second, for each has a few steps to take then. */
    private static final int WORKFLOWS_TOLD_PER_SECOND = 10;

    private final TenantTransactions transactions;
    private final OperationTable table;
    private final OrderBatches orders;

    JdbcBulkOperations(TenantTransactions transactions, OperationTable table, OrderBatches orders) {
        this.transactions = transactions;
        this.table = table;
        this.orders = orders;
    }

    @Override
    public Result cancel(TaskOrderFilter filter, String reason, boolean dryRun, Caller caller) {
        TaskOrderFilter open = filter.statuses().isEmpty() ? filter.withStatuses(OPEN) : filter;
        return transactions.in(() ->
                start(new Wanted(Kind.CANCEL, open, dryRun, reason, caller.actor(), WORKFLOWS_TOLD_PER_SECOND, null)));
    }

    @Override
    public Result redrive(
            TaskOrderFilter filter, @Nullable String reason, int ratePerSecond, boolean dryRun, Caller caller) {
        TaskOrderFilter dead = filter.withStatuses(Set.of(Status.DEAD_LETTER));
        return transactions.in(
                () -> start(new Wanted(Kind.REDRIVE, dead, dryRun, reason, caller.actor(), ratePerSecond, null)));
    }

    private Result start(Wanted wanted) {
        List<UUID> matching = orders.find(wanted.filter(), ORDERS_MAX + 1);
        if (matching.size() > ORDERS_MAX) {
            return new Result.TooMany();
        }
        boolean isCosted = wanted.kind() == Kind.REDRIVE && wanted.dryRun();
        UUID id = UuidCreator.getTimeOrderedEpoch();
        table.insert(id, isCosted ? wanted.costing(orders.costOfAnotherAttempt(matching)) : wanted, matching);
        return new Result.Accepted(table.find(id).orElseThrow());
    }

    @Override
    public Optional<BulkOperation> find(UUID operationId) {
        return transactions.in(() -> table.find(operationId));
    }

    @Override
    public Optional<BulkOperation> abort(UUID operationId) {
        return transactions.in(() -> {
            table.abort(operationId);
            return table.find(operationId);
        });
    }
}
