package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.maintenance.DueWork.Backlog;
import java.time.Clock;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * What is still being recovered: what is due and not done, over all tenants. It takes nothing out of service, for orders are
 * accepted meanwhile. However often it is asked for, the database is asked once in some seconds.
 */
final class RecoveryHealth implements HealthIndicator {
    private static final long GOOD_FOR_MS = 5_000;

    private final DueWork due;
    private final WorkflowCensus census;
    /** Who asks while another one waits for the database is told what was so before. */
    private final ReentrantLock looking = new ReentrantLock();

    private final Clock clock;
    private volatile Health last = Health.unknown().build();
    private long nextAt;

    RecoveryHealth(DueWork due, WorkflowCensus census, Clock clock) {
        this.due = due;
        this.census = census;
        this.clock = clock;
    }

    @Override
    public Health health() {
        if (looking.tryLock()) {
            try {
                long now = clock.millis();
                if (now >= nextAt) {
                    last = look();
                    nextAt = now + GOOD_FOR_MS;
                }
            } finally {
                looking.unlock();
            }
        }
        return last;
    }

    private Health look() {
        try {
            Backlog now = due.backlog();
            return Health.up()
                    .withDetail("runs_to_start", now.runsToStart())
                    .withDetail("signals_to_send", now.signalsToSend())
                    .withDetail("workflows_to_look_up", now.workflowsToLookUp())
                    .withDetail("events_unseen", now.eventsUnseen())
                    .withDetail("operations_to_go_on_with", now.operationsToGoOn())
                    .withDetail("orders_doubted", census.doubtsOrders())
                    .withDetail("workflows_doubted", census.doubtsWorkflows())
                    .withDetail("counted_to", Backlog.COUNTED_TO)
                    .build();
        } catch (DataAccessException | TransactionException away) {
            return Health.unknown().build();
        }
    }
}
