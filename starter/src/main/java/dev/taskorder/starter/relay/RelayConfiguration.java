package dev.taskorder.starter.relay;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.order.FollowUps;
import dev.taskorder.activities.tenant.Commits;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.starter.order.FollowUpHandler;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.BackgroundRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The relay of events, in processes that do maintenance: several share it. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.MAINTENANCE)
public class RelayConfiguration {
    @Bean
    Seen seen() {
        return new Seen();
    }

    @Bean
    RelayLoop relayLoop(EventRelay relay, BackgroundRunner runner, Commits commits, Seen seen) {
        RelayLoop loop = new RelayLoop(relay, runner, seen);
        commits.onEach(loop::wake);
        return loop;
    }

    @Bean
    FollowUpLoop followUpLoop(FollowUps followUps, Policies policies, BackgroundRunner runner, Seen seen) {
        FollowUpLoop loop = new FollowUpLoop(followUps, new FollowUpHandler(followUps, policies), runner);
        seen.onEach(loop::wake);
        return loop;
    }
}
