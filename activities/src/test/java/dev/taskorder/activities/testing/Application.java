package dev.taskorder.activities.testing;

import com.zaxxer.hikari.HikariDataSource;
import dev.taskorder.activities.asset.AssetConfiguration;
import dev.taskorder.activities.attempt.AttemptConfiguration;
import dev.taskorder.activities.audit.AuditConfiguration;
import dev.taskorder.activities.budget.BudgetConfiguration;
import dev.taskorder.activities.control.ControlConfiguration;
import dev.taskorder.activities.dispatch.DispatchConfiguration;
import dev.taskorder.activities.event.EventConfiguration;
import dev.taskorder.activities.explain.ExplainConfiguration;
import dev.taskorder.activities.invariant.InvariantConfiguration;
import dev.taskorder.activities.lease.LeaseConfiguration;
import dev.taskorder.activities.ledger.LedgerConfiguration;
import dev.taskorder.activities.maintenance.MaintenanceConfiguration;
import dev.taskorder.activities.matching.MatchingConfiguration;
import dev.taskorder.activities.operation.OperationConfiguration;
import dev.taskorder.activities.order.OrderConfiguration;
import dev.taskorder.activities.policy.PolicyConfiguration;
import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.activities.principal.PrincipalConfiguration;
import dev.taskorder.activities.tenant.OwnConnections;
import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.activities.tenant.TenantTransactionConfiguration;
import dev.taskorder.activities.webhook.WebhookConfiguration;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.execution.Heartbeat;
import dev.taskorder.api.tenant.TenantContext;
import dev.taskorder.api.tenant.TenantId;
import java.sql.DriverManager;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/** All features of this module over the test database, wired by their own configurations. */
public final class Application implements AutoCloseable {
    private static final AtomicInteger TENANTS = new AtomicInteger();
    private static final String WEBHOOK_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final Application SHARED = new Application(16);

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final HikariDataSource pool;

    public Application(int connections) {
        this(connections, "SELECT 1");
    }

    /** One whose database sessions begin with this statement. */
    public Application(int connections, String firstStatement) {
        this(connections, firstStatement, source -> source);
    }

    /** One whose connections are not what they seem. */
    public Application(int connections, UnaryOperator<DataSource> instead) {
        this(connections, "SELECT 1", instead);
    }

    private Application(int connections, String firstStatement, UnaryOperator<DataSource> instead) {
        pool = TestDatabase.get().app(connections, firstStatement);
        DataSource source = instead.apply(pool);
        context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("taskorder.webhooks.secret-key", WEBHOOK_KEY)));
        context.registerBean(DataSource.class, () -> source);
        context.registerBean(JdbcTemplate.class, () -> {
            JdbcTemplate template = new JdbcTemplate(source);
            template.setExceptionTranslator(context.getBean(SQLExceptionTranslator.class));
            return template;
        });
        context.registerBean(JdbcClient.class, () -> JdbcClient.create(context.getBean(JdbcTemplate.class)));
        context.registerBean(Executor.class, NoExecutor::new);
        context.registerBean(ShortWay.class, ShortWay::new);
        context.registerBean(OwnConnections.class, () -> () -> DriverManager.getConnection(pool.getJdbcUrl()));
        context.registerBean(TenantBinder.class, () -> this::bound);
        context.register(
                TenantTransactionConfiguration.class,
                PolicyConfiguration.class,
                PrincipalConfiguration.class,
                DispatchConfiguration.class,
                EventConfiguration.class,
                LeaseConfiguration.class,
                LedgerConfiguration.class,
                BudgetConfiguration.class,
                AttemptConfiguration.class,
                AuditConfiguration.class,
                MatchingConfiguration.class,
                ControlConfiguration.class,
                ExplainConfiguration.class,
                AssetConfiguration.class,
                OperationConfiguration.class,
                OrderConfiguration.class,
                InvariantConfiguration.class,
                MaintenanceConfiguration.class,
                WebhookConfiguration.class);
        context.refresh();
    }

    /** One application for all tests that need no pool of their own. */
    public static Application shared() {
        return SHARED;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** A tenant that no other test has. */
    public TenantId newTenant() {
        TenantId tenant = new TenantId("t" + TENANTS.incrementAndGet());
        as(tenant, () -> bean(TenantRegistry.class).register(tenant, "Tenant " + tenant));
        return tenant;
    }

    /** Runs the work with the tenant bound, as a request would. */
    public <T> T as(TenantId tenant, Supplier<T> work) {
        TenantContext.bind(tenant);
        try {
            return work.get();
        } finally {
            TenantContext.clear();
        }
    }

    /** As the background runner does, whose threads serve no tenant before. */
    private void bound(TenantId tenant, Runnable work) {
        TenantContext.bind(tenant);
        try {
            work.run();
        } finally {
            TenantContext.clear();
        }
    }

    @Override
    public void close() {
        context.close();
        pool.close();
    }

    /** Serves task type TEST; the tests of this module play its part. */
    private static final class NoExecutor implements Executor {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public Set<String> taskTypes() {
            return Set.of("TEST");
        }

        @Override
        public ExecutionResult execute(ExecutionRequest request, Heartbeat heartbeat) {
            throw new IllegalStateException("nothing is executed here");
        }
    }
}
