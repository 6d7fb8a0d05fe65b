package dev.taskorder.activities.event;

import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.event.EventFeed;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The log of events and the timelines read from it. */
@Configuration(proxyBeanMethods = false)
public class EventConfiguration {
    @Bean
    JdbcEvents events(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcEvents(transactions, jdbc);
    }

    @Bean
    EventFeed eventFeed(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcEventFeed(transactions, jdbc);
    }

    @Bean
    EventRelay eventRelay(SystemTransactions system, TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcEventRelay(system, transactions, jdbc);
    }
}
