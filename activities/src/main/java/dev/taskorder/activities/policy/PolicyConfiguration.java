package dev.taskorder.activities.policy;

import dev.taskorder.activities.tenant.Changes;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.execution.Executor;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.policy.PolicyAdmin;
import dev.taskorder.api.policy.Routes;
import dev.taskorder.api.tenant.TenantAdmin;
import dev.taskorder.api.tenant.Tenants;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Policies, routes and the registry of tenants. */
@Configuration(proxyBeanMethods = false)
public class PolicyConfiguration {
    @Bean
    JdbcPolicies policies(TenantTransactions transactions, JdbcClient jdbc, Tenants tenants, Changes changes) {
        return new JdbcPolicies(transactions, jdbc, tenants, changes);
    }

    @Bean
    PolicyAdmin policyAdmin(
            TenantTransactions transactions, JdbcClient jdbc, Changes changes, List<Executor> executors) {
        return new JdbcPolicyAdmin(transactions, jdbc, changes, executors);
    }

    @Bean
    TenantAdmin tenantAdmin(
            TenantTransactions transactions,
            SystemTransactions system,
            JdbcClient jdbc,
            Tenants tenants,
            Changes changes,
            MatchTrigger matcher) {
        return new JdbcTenantAdmin(transactions, system, jdbc, tenants, new JdbcTenantAdmin.Around(changes, matcher));
    }

    /** {@code taskorder.local.default-executor}: where local mode sends every task type that no route names. */
    @Bean
    Routes routes(List<Executor> executors, @Value("${taskorder.local.default-executor:}") String forTheRest) {
        return new ExecutorRoutes(executors, forTheRest.isBlank() ? null : forTheRest);
    }
}
