package dev.taskorder.activities.invariant;

import dev.taskorder.activities.matching.UnservedHeads;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What must always hold, behind one door. */
@Configuration(proxyBeanMethods = false)
public class InvariantConfiguration {
    @Bean
    JdbcInvariants invariants(
            TenantTransactions transactions, JdbcClient jdbc, UnservedHeads heads, MatchTrigger matcher) {
        return new JdbcInvariants(transactions, jdbc, heads, matcher);
    }
}
