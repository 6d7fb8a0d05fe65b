package dev.taskorder.trials;

import com.zaxxer.hikari.HikariDataSource;
import dev.taskorder.activities.asset.AssetConfiguration;
import dev.taskorder.activities.attempt.AttemptConfiguration;
import dev.taskorder.activities.audit.AuditConfiguration;
import dev.taskorder.activities.budget.BudgetConfiguration;
import dev.taskorder.activities.control.ControlConfiguration;
import dev.taskorder.activities.dispatch.DispatchConfiguration;
import dev.taskorder.activities.event.EventConfiguration;
import dev.taskorder.activities.explain.ExplainConfiguration;
import dev.taskorder.activities.lease.LeaseConfiguration;
import dev.taskorder.activities.ledger.LedgerConfiguration;
import dev.taskorder.activities.matching.MatchingConfiguration;
import dev.taskorder.activities.order.OrderConfiguration;
import dev.taskorder.activities.policy.PolicyConfiguration;
import dev.taskorder.activities.tenant.OwnConnections;
import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.activities.tenant.TenantTransactionConfiguration;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.sql.DriverManager;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * What a process of the application does in SQL, wired by its own configurations, without HTTP and Temporal around it.
 * Two of them on one database are to each other as two processes are: they share nothing but its rows and locks.
 */
final class Features implements AutoCloseable {
    static final String TASK_TYPE = "TRIAL";

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final HikariDataSource pool;

    Features(OwnPostgres postgres, String database, int connections) {
        pool = postgres.application(database, connections);
        // what a trial asks is how fast it goes, not how far a tenant may go
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("trial", Map.of("taskorder.quotas.enabled", "false")));
        context.registerBean(DataSource.class, () -> pool);
        context.registerBean(JdbcTemplate.class, () -> {
            JdbcTemplate template = new JdbcTemplate(pool);
            template.setExceptionTranslator(context.getBean(SQLExceptionTranslator.class));
            return template;
        });
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(context.getBean(JdbcTemplate.class)));
        context.registerBean(Executor.class, NoExecutor::new);
        context.registerBean(
                OwnConnections.class,
                () -> () -> DriverManager.getConnection(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword()));
        context.registerBean(TenantBinder.class, () -> this::bound);
        context.registerBean(
                HeldMatcher.class,
                () -> new HeldMatcher(context.getBean("matchTrigger", MatchTrigger.class)),
                definition -> definition.setPrimary(true));
        context.register(
                TenantTransactionConfiguration.class,
                PolicyConfiguration.class,
                DispatchConfiguration.class,
                EventConfiguration.class,
                LeaseConfiguration.class,
                LedgerConfiguration.class,
                BudgetConfiguration.class,
                AttemptConfiguration.class,
                MatchingConfiguration.class,
                ControlConfiguration.class,
                AuditConfiguration.class,
                ExplainConfiguration.class,
                AssetConfiguration.class,
                OrderConfiguration.class);
        context.refresh();
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    HeldMatcher matcher() {
        return bean(HeldMatcher.class);
    }

    /** Does the work with the tenant bound, as a request would. */
    <T> T as(TenantId tenant, Supplier<T> work) {
        TenantContext.bind(tenant);
        try {
            return work.get();
        } finally {
            TenantContext.clear();
        }
    }

    private void bound(TenantId tenant, Runnable work) {
        as(tenant, () -> {
            work.run();
            return true;
        });
    }

    @Override
    public void close() {
        context.close();
        pool.close();
    }

    /** Serves the task type of the trials; they play its part. */
    private static final class NoExecutor implements Executor {
        @Override
        public String name() {
            return "trial";
        }

        @Override
        public Set<String> taskTypes() {
            return Set.of(TASK_TYPE);
        }

        @Override
        public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) {
            throw new IllegalStateException("nothing is executed here");
        }
    }
}
