package dev.taskorder.activities.attempt;

import dev.taskorder.activities.event.EventLog;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.Attempts;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Attempts, from three sides: their order, whoever runs them, and people. */
@Configuration(proxyBeanMethods = false)
public class AttemptConfiguration {
    @Bean
    AttemptLog attemptLog(JdbcClient jdbc) {
        return new JdbcAttemptLog(jdbc);
    }

    @Bean
    AttemptStore attemptStore(
            TenantTransactions transactions,
            JdbcClient jdbc,
            EventLog events,
            PolicyVersions policies,
            Postings ledger) {
        return new JdbcAttemptStore(transactions, jdbc, new JdbcAttemptStore.Around(events, policies, ledger));
    }

    @Bean
    Attempts attempts(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcAttempts(transactions, jdbc);
    }
}
