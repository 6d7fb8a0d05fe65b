package dev.taskorder.activities.dispatch;

import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What waits for Temporal, and the wake-up that everyone who commits such work shares with the dispatcher. */
@Configuration(proxyBeanMethods = false)
public class DispatchConfiguration {
    @Bean
    DispatchSignal dispatchSignal() {
        return new DispatchSignal();
    }

    @Bean
    DispatchQueue dispatchQueue(TenantTransactions transactions, SystemTransactions system, JdbcClient jdbc) {
        return new JdbcDispatchQueue(transactions, system, jdbc);
    }
}
