package dev.taskorder.activities.explain;

import dev.taskorder.activities.control.OrderPauses;
import dev.taskorder.activities.matching.WaitingReasons;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.explain.Explanations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Why an order is where it is. */
@Configuration(proxyBeanMethods = false)
public class ExplainConfiguration {
    @Bean
    Explanations explanations(
            TenantTransactions transactions,
            JdbcClient jdbc,
            WaitingReasons waiting,
            PolicyVersions policies,
            OrderPauses pauses) {
        return new JdbcExplanations(transactions, jdbc, waiting, policies, pauses);
    }
}
