package dev.taskorder.activities.budget;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.budget.Budgets;
import dev.taskorder.api.matching.MatchTrigger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Budgets of projects and of the tenant: what callers say of them, and what they have left. */
@Configuration(proxyBeanMethods = false)
public class BudgetConfiguration {
    @Bean
    BudgetBook budgetBook(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcBudgetBook(transactions, jdbc);
    }

    /** The matcher asks the book what is left, so only a bean that it does not need may ask the matcher. */
    @Bean
    Budgets budgets(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        return new JdbcBudgets(transactions, jdbc, matcher);
    }

    @Bean
    BudgetTurns budgetTurns(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        return new JdbcBudgetTurns(transactions, jdbc, matcher);
    }
}
