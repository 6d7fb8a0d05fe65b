package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.Due.Kind;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look over all tenants, then what is due, tenant by tenant and each inside its own context. What asks Temporal
 * comes last and has its time, so that nothing of the rest is ever late by more than a few seconds.
 */
final class MaintenancePass {
    private static final Logger log = LoggerFactory.getLogger(MaintenancePass.class);
    private static final int OVERDUE_MAX = 200;
    private static final int CANCELS_MAX = 20;

    private final DueWork due;
    private final OrderRecovery recovery;
    private final MatchTrigger matcher;
    private final DispatchSignal dispatch;
    private final WorkflowCensus census;
    private final Chores chores;
    private final InTurn cancelling;
    private final InTurn cleaning;

    MaintenancePass(
            DueWork due,
            OrderRecovery recovery,
            MatchTrigger matcher,
            DispatchSignal dispatch,
            WorkflowCensus census,
            Chores chores) {
        this.due = due;
        this.recovery = recovery;
        this.matcher = matcher;
        this.dispatch = dispatch;
        this.census = census;
        this.chores = chores;
        this.cancelling = new InTurn(Kind.CANCELS, chores, () -> due.cancelOpenOrders(CANCELS_MAX));
        this.cleaning = new InTurn(Kind.CLEANS, chores, due::cleanUp);
    }

    /** Whether anything was due. */
    boolean run() {
        List<Due> all = due.look();
        if (all.stream().anyMatch(one -> one.kind() == Kind.DISPATCH)) {
            dispatch.sweep();
        }
        all.forEach(one -> chores.run(one.tenant(), one.kind(), () -> act(one)));
        cancelling.run(tenantsWith(Kind.CANCELS, all));
        census.look();
        census.check(tenantsWith(Kind.CHECK, all));
        cleaning.run(tenantsWith(Kind.CLEANS, all));
        return !all.isEmpty();
    }

    private static List<TenantId> tenantsWith(Kind kind, List<Due> all) {
        return all.stream().filter(one -> one.kind() == kind).map(Due::tenant).toList();
    }

    private void act(Due one) {
        switch (one.kind()) {
            case DISPATCH -> {
                // swept for all tenants at once
            }
            case MATCH -> {
                if (one.env() != null) {
                    matcher.run(one.env());
                }
            }
            case OVERDUE -> settleOverdue();
            case EXPIRED -> due.expireLeases();
            case RESTED -> due.wakeRestedSlots();
            case COOLED -> due.endCoolDowns();
            case TURNED -> due.turnBudgets();
            case CANCELS, CHECK, CLEANS -> {
                // after all else, and for all tenants together
            }
        }
    }

    private void settleOverdue() {
        int settled = recovery.settleOverdue(OVERDUE_MAX);
        if (settled > 0) {
            log.warn("orders settled a minute after their deadline, because no workflow did: {}", settled);
        }
    }
}
