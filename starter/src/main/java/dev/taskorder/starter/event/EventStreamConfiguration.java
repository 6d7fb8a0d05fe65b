package dev.taskorder.starter.event;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.api.event.EventFeed;
import dev.taskorder.api.policy.Policies;
import dev.taskorder.starter.role.InRole;
import dev.taskorder.starter.role.Role;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Events as they come, for callers of this process. */
@Configuration(proxyBeanMethods = false)
@InRole(Role.API)
public class EventStreamConfiguration {
    @Bean
    EventTail eventTail(EventFeed feed, BackgroundRunner runner, Changes changes) {
        return new EventTail(feed, runner, changes);
    }

    @Bean
    EventStreams.Limits eventStreamLimits(
            @Value("${taskorder.event-streams-max:1000}") int all,
            @Value("${taskorder.event-streams-per-tenant-max:200}") int ofTenant) {
        return new EventStreams.Limits(all, ofTenant);
    }

    @Bean
    EventStreams eventStreams(
            EventTail tail,
            EventFeed feed,
            Policies policies,
            Changes changes,
            EventStreams.Limits limits,
            ObjectProvider<StreamTimes> times) {
        return new EventStreams(tail, feed, policies, changes, limits, times.getIfAvailable(() -> StreamTimes.USUAL));
    }

    @Bean
    Gauge openEventStreams(MeterRegistry registry, EventStreams streams) {
        return Gauge.builder("taskorder.event.streams", streams, EventStreams::count)
                .description("Streams of events that callers hold open at this process")
                .register(registry);
    }
}
