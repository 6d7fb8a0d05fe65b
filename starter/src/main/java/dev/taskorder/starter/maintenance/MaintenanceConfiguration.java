package dev.taskorder.starter.maintenance;

import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.maintenance.DueWork;
import dev.taskorder.activities.order.OrderRecovery;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Maintenance, in processes that have its role. Several at once do no harm: every claim is a row's. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.MAINTENANCE)
public class MaintenanceConfiguration {
    @Bean
    MaintenanceLoop maintenanceLoop(
            DueWork due,
            OrderRecovery recovery,
            MatchTrigger matcher,
            DispatchSignal dispatch,
            BackgroundRunner runner,
            WorkflowClient client) {
        Clock clock = Clock.systemUTC();
        WorkflowCensus census = new WorkflowCensus(recovery, client, new VisibilityLook(client, clock), clock);
        return new MaintenanceLoop(new MaintenancePass(due, recovery, matcher, dispatch, census, runner));
    }
}
