package dev.taskorder.activities.operation;

import dev.taskorder.activities.operation.OperationTable.Left;
import dev.taskorder.activities.operation.OperationTable.Note;
import dev.taskorder.activities.operation.OperationTable.Step;
import dev.taskorder.activities.operation.OperationTable.Work;
import dev.taskorder.activities.order.OrderBatches;
import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.operation.BulkOperation.Kind;
import dev.taskorder.api.operation.BulkOperation.State;
import dev.taskorder.api.order.CancelResult;
import dev.taskorder.api.order.CreateResult;
import dev.taskorder.api.order.RedriveResult;
import dev.taskorder.api.order.Status;
import dev.taskorder.api.order.TaskOrders;
import dev.taskorder.api.tenant.Caller;
import dev.taskorder.api.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Orders that wait are cancelled many at a time; what has a workflow to talk to is done one by one, at the operation's rate. The
 * operation's row is locked first of all, by whoever goes on with it and by an abort, so that neither overtakes the other.
 */
final class BulkWorker implements BulkWork {
    private static final Logger log = LoggerFactory.getLogger(BulkWorker.class);

    static final String TENANTS_DUE = "SELECT DISTINCT tenant_id FROM bulk_operation WHERE due_at <= now()";
    /** Rather much once a second than little all the time: of the orders of others few meet it. */
    private static final int AT_ONCE = 600;

    private static final int TRIES_MAX = 5;
    private static final int SOON_MS = 200;
    private static final int LATER_MS = 1000;
    private static final int SUSPENDED_MS = 5000;

    private final TenantTransactions transactions;
    private final SystemTransactions system;
    private final JdbcClient jdbc;
    private final OperationTable table;
    private final Orders orders;

    /** What is done to orders. */
    record Orders(OrderBatches batches, TaskOrders one, Standing standing) {}

    BulkWorker(
            TenantTransactions transactions,
            SystemTransactions system,
            JdbcClient jdbc,
            OperationTable table,
            Orders orders) {
        this.transactions = transactions;
        this.system = system;
        this.jdbc = jdbc;
        this.table = table;
        this.orders = orders;
    }

    @Override
    public List<TenantId> tenantsDue() {
        return system.in(() -> jdbc.sql(TENANTS_DUE)
                .query((row, rowNum) -> new TenantId(row.getString("tenant_id")))
                .list());
    }

    /**
     * What a look at an operation came to.
     *
     * @param alone orders that are to be done by themselves, each in a transaction of its own
     */
    private record Look(Work work, List<UUID> alone) {}

    @Override
    public boolean goOn() {
        UUID[] operation = new UUID[1];
        Optional<Look> look;
        try {
            // not waited for on the disk: what is forgotten is done again, the orders' rows and the note of it alike
            look = transactions.relaxed(() -> table.lockDue().map(work -> {
                operation[0] = work.operationId();
                return look(work);
            }));
        } catch (RuntimeException e) {
            if (operation[0] == null) {
                throw e;
            }
            log.error("a batch of operation {} failed, its orders are tried one by one", operation[0], e);
            transactions.run(() -> oneByOne(operation[0]));
            return true;
        }
        look.ifPresent(this::doAlone);
        return look.isPresent();
    }

    private void oneByOne(UUID operationId) {
        table.lock(operationId);
        List<Note> notes = table.left(operationId, AT_ONCE, Step.TODO).stream()
                .map(left -> Note.alone(left.taskId()))
                .toList();
        table.note(operationId, notes);
        table.lookAgainIn(operationId, LATER_MS, null);
    }

    private Look look(Work work) {
        if (work.state() == State.RUNNING && work.kind() == Kind.CANCEL) {
            List<UUID> some = ids(table.left(work.operationId(), AT_ONCE, Step.TODO));
            if (!some.isEmpty()) {
                cancel(work, some);
                return new Look(work, List.of());
            }
        }
        Step[] steps = work.state() == State.RUNNING ? Step.values() : new Step[] {Step.WAKE};
        List<Left> left = table.left(work.operationId(), Math.max(1, work.may()), steps);
        if (left.isEmpty()) {
            table.nothingLeft(work.operationId());
            return new Look(work, List.of());
        }
        table.lookAgainIn(work.operationId(), SOON_MS, null);
        if (work.may() < 1) {
            return new Look(work, List.of());
        }
        table.paced(work.operationId());
        List<UUID> toWake =
                ids(left.stream().filter(one -> one.step() == Step.WAKE).toList());
        if (!toWake.isEmpty()) {
            orders.batches().wake(toWake);
            table.woken(work.operationId(), toWake);
        }
        return new Look(
                work, ids(left.stream().filter(one -> one.step() != Step.WAKE).toList()));
    }

    private static List<UUID> ids(List<Left> left) {
        return left.stream().map(Left::taskId).toList();
    }

    private void cancel(Work work, List<UUID> some) {
        List<Note> notes = orders.batches().cancelWaiting(some, reason(work), caller(work)).stream()
                .map(BulkWorker::noteOf)
                .toList();
        if (notes.isEmpty()) {
            table.lookAgainIn(work.operationId(), SOON_MS, null); // somebody holds all of these
            return;
        }
        table.note(work.operationId(), notes);
        table.lookAgainIn(work.operationId(), LATER_MS, null);
    }

    private static Note noteOf(OrderBatches.Seen order) {
        if (order.isEnded()) {
            return order.was() == Status.PENDING ? Note.done(order.taskId()) : Note.toWake(order.taskId());
        }
        if (order.was().isOver()) {
            return order.was() == Status.CANCELLED
                    ? Note.done(order.taskId())
                    : Note.failed(order.taskId(), "already_settled: it is " + order.was());
        }
        return order.asked() ? Note.done(order.taskId()) : Note.alone(order.taskId());
    }

    private void doAlone(Look look) {
        for (UUID taskId : look.alone()) {
            try {
                if (!doAlone(look.work().operationId(), taskId)) {
                    return;
                }
            } catch (RuntimeException e) {
                log.error(
                        "operation {} could not be done to order {}",
                        look.work().operationId(),
                        taskId,
                        e);
                transactions.run(() -> {
                    table.lock(look.work().operationId());
                    table.tried(look.work().operationId(), taskId, TRIES_MAX);
                });
            }
        }
    }

    /** Whether the next one may be done. */
    private boolean doAlone(UUID operationId, UUID taskId) {
        Next first = transactions.relaxed(() -> doAlone(operationId, taskId, false));
        return first == Next.WITH_ALL_PARTS
                ? transactions.relaxed(() -> doAlone(operationId, taskId, true)) == Next.GO_ON
                : first == Next.GO_ON;
    }

    private enum Next {
        GO_ON,
        STOP,
        WITH_ALL_PARTS
    }

    private Next doAlone(UUID operationId, UUID taskId, boolean allParts) {
        Work work = table.lock(operationId);
        if (work.state() != State.RUNNING) {
            return Next.STOP;
        }
        if (!table.isLeft(operationId, taskId)) {
            return Next.GO_ON; // another process did it
        }
        if (work.kind() == Kind.CANCEL) {
            CancelResult result = orders.one().cancel(taskId, reason(work), caller(work));
            table.note(operationId, List.of(noteOf(taskId, result)));
            return Next.GO_ON;
        }
        if (!orders.standing().mayBegin()) {
            table.lookAgainIn(operationId, SUSPENDED_MS, "tenant_suspended");
            return Next.STOP;
        }
        Optional<RedriveResult> result = orders.batches().redrive(taskId, work.reason(), caller(work), allParts);
        if (result.isEmpty()) {
            return Next.WITH_ALL_PARTS;
        }
        if (isFull(result.get())) {
            table.lookAgainIn(operationId, LATER_MS, "quota_exceeded");
            return Next.STOP;
        }
        table.note(operationId, List.of(noteOf(taskId, result.get())));
        return Next.GO_ON;
    }

    private static boolean isFull(RedriveResult result) {
        return result instanceof RedriveResult.Refused refused
                && refused.because() instanceof CreateResult.QuotaExceeded;
    }

    private static Note noteOf(UUID taskId, CancelResult result) {
        if (result instanceof CancelResult.AlreadySettled settled) {
            return Note.failed(
                    taskId, "already_settled: it is " + settled.order().state().status());
        }
        return result instanceof CancelResult.Accepted ? Note.done(taskId) : Note.failed(taskId, "not_found");
    }

    private static Note noteOf(UUID taskId, RedriveResult result) {
        if (result instanceof RedriveResult.Redriven) {
            return Note.done(taskId);
        }
        if (result instanceof RedriveResult.IllegalTransition other) {
            return Note.failed(
                    taskId, "illegal_transition: it is " + other.order().state().status());
        }
        if (result instanceof RedriveResult.Refused refused) {
            return Note.failed(taskId, why(refused.because()));
        }
        return Note.failed(taskId, "not_found");
    }

    private static String why(CreateResult refusal) {
        List<CreateResult.Objection> objections = new ArrayList<>();
        String code = "internal_error";
        if (refusal instanceof CreateResult.NotAllowed notAllowed) {
            code = "not_allowed_by_policy";
            objections.addAll(notAllowed.objections());
        } else if (refusal instanceof CreateResult.NeverSatisfiable never) {
            code = "never_satisfiable";
            objections.addAll(never.objections());
        }
        return objections.isEmpty()
                ? code
                : code + ": " + objections.get(0).pointer() + " "
                        + objections.get(0).message();
    }

    private static String reason(Work work) {
        @Nullable String reason = work.reason();
        return reason == null ? "no reason given" : reason;
    }

    private static Caller caller(Work work) {
        return new Caller(work.askedBy(), null);
    }
}
