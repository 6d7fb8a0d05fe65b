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
        Chores chores = new Chores(runner);
        WorkflowCensus census = new WorkflowCensus(
                recovery,
                new WorkflowLook(client),
                new VisibilityLook(client, clock),
                new LookAtAll(due, recovery, chores, clock),
                chores,
                clock);
        MaintenancePass pass = new MaintenancePass(due, recovery, matcher, dispatch, census, chores);
        return new MaintenanceLoop(pass::run);
    }
}
