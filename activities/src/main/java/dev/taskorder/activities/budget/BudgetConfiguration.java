package dev.taskorder.activities.budget;

import dev.taskorder.activities.tenant.TenantTransactions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Budgets of projects and of the tenant. */
@Configuration(proxyBeanMethods = false)
public class BudgetConfiguration {
    @Bean
    BudgetBook budgetBook(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcBudgetBook(transactions, jdbc);
    }
}
