package dev.taskorder.trials;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.ledger.Summary;
import dev.taskorder.api.ledger.SummaryQuestion;
import dev.taskorder.api.ledger.SummaryQuestion.Dimension;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Entries written and added up as the application does it, in its process and behind its tenant's wall. */
final class LedgerLoad {
    private static final double NANOS_PER_S = 1e9;

    private final QueuedTenant tenant;

    LedgerLoad(QueuedTenant tenant) {
        this.tenant = tenant;
    }

    /** How many seconds it takes to insert, and commit, what the statement makes of these orders. */
    double inserted(String statement, UUID[] tasks) {
        Features features = tenant.features();
        long begun = System.nanoTime();
        features.as(tenant.id(), () -> {
            features.bean(TenantTransactions.class).run(() -> features.bean(JdbcClient.class)
                    .sql(statement)
                    .param("tasks", tasks)
                    .update());
            return true;
        });
        return (System.nanoTime() - begun) / NANOS_PER_S;
    }

    /** How many seconds a summary over a month takes. */
    double summary(Instant from, Duration span, Dimension first, Dimension... others) {
        Set<Dimension> by = EnumSet.of(first, others);
        SummaryQuestion question =
                new SummaryQuestion(by, QueuedTenant.ENV, null, null, null, null, from, from.plus(span));
        Features features = tenant.features();
        long begun = System.nanoTime();
        Summary summary =
                features.as(tenant.id(), () -> features.bean(Ledger.class).summary(question));
        double seconds = (System.nanoTime() - begun) / NANOS_PER_S;
        if (!(summary instanceof Summary.Groups groups) || groups.items().equals(List.of())) {
            throw new IllegalStateException("a summary by " + by + " was to have groups, was " + summary);
        }
        return seconds;
    }
}
