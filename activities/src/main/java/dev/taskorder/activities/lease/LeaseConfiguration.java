package dev.taskorder.activities.lease;

import dev.taskorder.activities.tenant.TenantTransactions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Leases after their grant, and their lists. */
@Configuration(proxyBeanMethods = false)
public class LeaseConfiguration {
    @Bean
    JdbcLeases leases(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcLeases(transactions, jdbc);
    }
}
