package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.Due.Kind;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantId;
import java.util.List;

/**
 * One look over all tenants, then what is due, tenant by tenant and each inside its own context. What asks Temporal
 * comes last and has its time, so that nothing of the rest is ever late by more than a few seconds.
 */
final class MaintenancePass {
    private static final int CANCELS_MAX = 20;
    private static final long BUDGET_MS = 500;

    private final DueWork due;
    private final MatchTrigger matcher;
    private final DispatchSignal dispatch;
    private final WorkflowCensus census;
    private final Chores chores;
    private final InTurn cancelling;
    private final InTurn cleaning;

    MaintenancePass(DueWork due, MatchTrigger matcher, DispatchSignal dispatch, WorkflowCensus census, Chores chores) {
        this.due = due;
        this.matcher = matcher;
        this.dispatch = dispatch;
        this.census = census;
        this.chores = chores;
        this.cancelling = new InTurn(chores, Kind.CANCELS, BUDGET_MS, () -> due.cancelOpenOrders(CANCELS_MAX));
        this.cleaning = new InTurn(chores, Kind.CLEANS, BUDGET_MS, due::cleanUp);
    }

    /** Whether anything was due. */
    boolean run() {
        List<Due> all = look();
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

    private List<Due> look() {
        try {
            return due.look();
        } catch (RuntimeException away) {
            census.doubtRows();
            throw away;
        }
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
            case OVERDUE -> census.settleOverdue();
            case EXPIRED -> due.expireLeases();
            case RESTED -> due.wakeRestedSlots();
            case COOLED -> due.endCoolDowns();
            case TURNED -> due.turnBudgets();
            case CANCELS, CHECK, CLEANS -> {
                // after all else, and for all tenants together
            }
        }
    }
}
