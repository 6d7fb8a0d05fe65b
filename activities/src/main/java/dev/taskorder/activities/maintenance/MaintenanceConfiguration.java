package dev.taskorder.activities.maintenance;

import dev.taskorder.activities.asset.CoolDowns;
import dev.taskorder.activities.budget.BudgetTurns;
import dev.taskorder.activities.ledger.Postings;
import dev.taskorder.activities.order.CancelOnSuspend;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.policy.Policies;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is due although nobody asked. */
@Configuration(proxyBeanMethods = false)
public class MaintenanceConfiguration {
    @Bean
    JdbcDueWork.Features dueFeatures(
            PolicyVersions policies,
            CoolDowns coolDowns,
            BudgetTurns turns,
            Postings ledger,
            CancelOnSuspend onSuspend,
            CleanUp cleanUp) {
        return new JdbcDueWork.Features(policies, coolDowns, turns, ledger, onSuspend, cleanUp);
    }

    @Bean
    CleanUp cleanUp(TenantTransactions transactions, JdbcClient jdbc, Policies policies) {
        return new CleanUp(transactions, jdbc, policies);
    }

    @Bean
    DueWork dueWork(
            TenantTransactions transactions,
            SystemTransactions system,
            JdbcClient jdbc,
            MatchTrigger matcher,
            JdbcDueWork.Features features) {
        return new JdbcDueWork(transactions, system, jdbc, matcher, features);
    }
}
