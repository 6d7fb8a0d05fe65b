package dev.taskorder.activities.matching;

import dev.taskorder.activities.budget.BudgetBook;
import dev.taskorder.activities.dispatch.DispatchSignal;
import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.Standing;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.matching.MoneyNeeds;
import dev.taskorder.api.policy.Routes;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The matcher, behind the port through which everyone asks it. */
@Configuration(proxyBeanMethods = false)
public class MatchingConfiguration {
    @Bean
    IdlePool idlePool(JdbcClient jdbc) {
        return new IdlePool(jdbc);
    }

    /** {@code taskorder.quotas.enabled}: local mode has no quotas. */
    @Bean
    Tables matchTables(JdbcClient jdbc, @Value("${taskorder.quotas.enabled:true}") boolean quotas) {
        return new Tables(
                new QueueTable(jdbc, quotas), new PlaceTable(jdbc), new PoolTable(jdbc), new GrantTable(jdbc));
    }

    /** What a look reads and writes. */
    record Tables(QueueTable queue, PlaceTable places, PoolTable pool, GrantTable grants) {}

    @Bean
    MatchPass.Sources matchSources(
            TenantTransactions transactions,
            Tables tables,
            IdlePool idlePool,
            BudgetBook budgets,
            PolicyVersions policies,
            Routes routes) {
        return new MatchPass.Sources(
                tables.queue(),
                tables.places(),
                tables.pool(),
                idlePool,
                tables.grants(),
                budgets,
                policies,
                routes,
                transactions);
    }

    @Bean
    MatchTrigger matchTrigger(
            TenantTransactions transactions, MatchPass.Sources sources, DispatchSignal dispatch, Standing standing) {
        return new Matcher(transactions, sources, dispatch, standing);
    }

    @Bean
    WaitingReasons waitingReasons(MatchPass.Sources sources, JdbcClient jdbc, Standing standing) {
        return new WaitingWhileSuspended(new WhyWaiting(sources, new ObstacleTable(jdbc)), standing);
    }

    @Bean
    MoneyNeeds moneyNeeds(MatchPass.Sources sources, JdbcClient jdbc) {
        return new JdbcMoneyNeeds(sources, new ObstacleTable(jdbc));
    }

    @Bean
    UnservedHeads unservedHeads(MatchPass.Sources sources, JdbcClient jdbc) {
        return new JdbcUnservedHeads(sources, jdbc);
    }
}
