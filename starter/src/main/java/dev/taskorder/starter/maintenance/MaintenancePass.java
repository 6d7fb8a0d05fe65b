package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.maintenance.Due;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One look over all tenants, then what is due, tenant by tenant and each inside its own context. */
final class MaintenancePass {
    private static final Logger log = LoggerFactory.getLogger(MaintenancePass.class);
    private static final int OVERDUE_MAX = 200;

    private final DueWork due;
    private final OrderRecovery recovery;
    private final MatchTrigger matcher;
    private final DispatchSignal dispatch;
    private final WorkflowCensus census;
    private final BackgroundRunner runner;

    MaintenancePass(
            DueWork due,
            OrderRecovery recovery,
            MatchTrigger matcher,
            DispatchSignal dispatch,
            WorkflowCensus census,
            BackgroundRunner runner) {
        this.due = due;
        this.recovery = recovery;
        this.matcher = matcher;
        this.dispatch = dispatch;
        this.census = census;
        this.runner = runner;
    }

    /** At start-up: whatever an earlier process left half done, every open order's workflow is looked up. */
    boolean begin() {
        due.tenantsWithOpenOrders().forEach(tenant -> runner.run(tenant, recovery::makeAllDue));
        return run();
    }

    /** Whether anything was due. */
    boolean run() {
        census.look(runner);
        List<Due> all = due.look();
        if (all.stream().anyMatch(one -> one.kind() == Due.Kind.DISPATCH)) {
            dispatch.sweep();
        }
        all.forEach(this::handle);
        return !all.isEmpty();
    }

    /** What fails for one tenant does not keep the others waiting. */
    private void handle(Due one) {
        try {
            runner.run(one.tenant(), () -> act(one));
        } catch (RuntimeException e) {
            log.warn("maintenance of tenant={} kind={} failed: {}", one.tenant(), one.kind(), e.toString());
            log.debug("maintenance failed", e);
        }
    }

    private void act(Due one) {
        TenantId tenant = one.tenant();
        switch (one.kind()) {
            case DISPATCH -> dispatch.due(tenant);
            case MATCH -> {
                if (one.env() != null) {
                    matcher.run(one.env());
                }
            }
            case OVERDUE -> settleOverdue();
            case EXPIRED -> due.expireLeases();
            case RESTED -> due.wakeRestedSlots();
            case CHECK -> census.check();
        }
    }

    private void settleOverdue() {
        int settled = recovery.settleOverdue(OVERDUE_MAX);
        log.warn("orders settled a minute after their deadline, because no workflow did: {}", settled);
    }
}
