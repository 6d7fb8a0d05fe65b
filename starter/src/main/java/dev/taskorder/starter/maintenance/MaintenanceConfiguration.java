package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.invariant.Invariants;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.operation.BulkWork;
import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Maintenance, in processes that have its role. Several at once do no harm: every claim is a row's. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.MAINTENANCE)
public class MaintenanceConfiguration {
    /** What is done by ones, at a rate, comes in small pieces. */
    private static final long OPERATIONS_PAUSE_MS = 250;

    @Bean
    MaintenanceLoop maintenanceLoop(MaintenancePass pass, InvariantWatch invariantWatch) {
        return new MaintenanceLoop("maintenance", () -> {
            boolean busy = pass.run();
            invariantWatch.goOn();
            return busy;
        });
    }

    /** Beside it, for the books of a large tenant take seconds to read. */
    @Bean
    MaintenanceLoop booksLoop(InvariantWatch booksWatch) {
        return new MaintenanceLoop("books", () -> {
            booksWatch.goOn();
            return false;
        });
    }

    /** Beside it too, for thousands of orders are a while's work. */
    @Bean
    MaintenanceLoop operationsLoop(BulkWork work, BackgroundRunner runner) {
        return new MaintenanceLoop("operations", OPERATIONS_PAUSE_MS, new OperationsPass(work, new Chores(runner)));
    }

    @Bean
    MaintenancePass maintenancePass(
            DueWork due, MatchTrigger matcher, DispatchSignal dispatch, WorkflowCensus census, MaintenanceTools tools) {
        return new MaintenancePass(due, matcher, dispatch, census, tools.chores());
    }

    @Bean
    WorkflowCensus workflowCensus(DueWork due, OrderRecovery recovery, WorkflowClient client, MaintenanceTools tools) {
        Clock clock = Clock.systemUTC();
        Chores chores = tools.chores();
        Recovered recovered = tools.recovered();
        return new WorkflowCensus(
                recovery,
                new WorkflowCensus.Looks(
                        new WorkflowLook(client),
                        new VisibilityLook(client, clock),
                        new StrayLook(client, recovery, recovered, chores, clock),
                        new LookAtAll(due, recovery, chores, clock)),
                recovered,
                chores,
                clock);
    }

    /** How maintenance works for a tenant, and tells what it mended. */
    record MaintenanceTools(Chores chores, Recovered recovered) {}

    @Bean
    MaintenanceTools maintenanceTools(BackgroundRunner runner, MeterRegistry metrics) {
        return new MaintenanceTools(new Chores(runner), new Recovered(metrics));
    }

    @Bean
    RecoveryHealth recoveryHealthIndicator(DueWork due, WorkflowCensus census) {
        return new RecoveryHealth(due, census, Clock.systemUTC());
    }

    @Bean
    InvariantWatch invariantWatch(
            DueWork due,
            Invariants invariants,
            BackgroundRunner runner,
            @Value("${taskorder.invariants-every:1m}") Duration every,
            MeterRegistry metrics) {
        return new InvariantWatch(
                due::tenantsWithChecks, invariants::look, new Chores(runner), Clock.systemUTC(), every, metrics);
    }

    @Bean
    InvariantWatch booksWatch(
            DueWork due,
            Invariants invariants,
            BackgroundRunner runner,
            @Value("${taskorder.books-every:1h}") Duration every,
            MeterRegistry metrics) {
        return new InvariantWatch(
                due::tenantsWhoseBooksMoved,
                invariants::lookAtBooks,
                new Chores(runner),
                Clock.systemUTC(),
                every,
                metrics);
    }
}
