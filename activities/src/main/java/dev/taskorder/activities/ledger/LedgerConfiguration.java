package dev.taskorder.activities.ledger;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.ledger.CallerEntries;
import dev.taskorder.api.ledger.Ledger;
import dev.taskorder.api.matching.MatchTrigger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The ledger: posting and reading. */
@Configuration(proxyBeanMethods = false)
public class LedgerConfiguration {
    @Bean
    JdbcPostings postings(JdbcClient jdbc) {
        return new JdbcPostings(jdbc);
    }

    @Bean
    CallerEntries callerEntries(
            TenantTransactions transactions, JdbcClient jdbc, JdbcPostings postings, MatchTrigger matcher) {
        return new JdbcCallerEntries(transactions, jdbc, postings, matcher);
    }

    @Bean
    Ledger ledger(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcLedgerReports(transactions, jdbc);
    }
}
