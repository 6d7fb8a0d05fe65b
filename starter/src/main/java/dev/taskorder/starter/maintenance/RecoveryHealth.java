package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.maintenance.DueWork.Backlog;
import java.time.Clock;
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
    private final Clock clock;
    private Health last = Health.unknown().build();
    private long nextAt;

    RecoveryHealth(DueWork due, Clock clock) {
        this.due = due;
        this.clock = clock;
    }

    @Override
    public synchronized Health health() {
        long now = clock.millis();
        if (now >= nextAt) {
            last = look();
            nextAt = now + GOOD_FOR_MS;
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
                    .withDetail("counted_to", Backlog.COUNTED_TO)
                    .build();
        } catch (DataAccessException | TransactionException away) {
            return Health.unknown().build();
        }
    }
}
