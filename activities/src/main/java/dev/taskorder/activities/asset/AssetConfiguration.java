package dev.taskorder.activities.asset;

import dev.taskorder.activities.policy.PolicyVersions;
import dev.taskorder.activities.tenant.TenantBinder;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.asset.AssetEvents;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.matching.MatchTrigger;
import dev.taskorder.api.policy.Policies;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Assets: what callers say of them, what their outcomes make of them, and what they are now. */
@Configuration(proxyBeanMethods = false)
public class AssetConfiguration {
    @Bean
    Assets assets(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        return new JdbcAssets(transactions, jdbc, matcher);
    }

    @Bean
    ConditionTable assetConditions(JdbcClient jdbc) {
        return new ConditionTable(jdbc);
    }

    @Bean
    JdbcCoolDowns coolDowns(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        return new JdbcCoolDowns(transactions, jdbc, matcher);
    }

    @Bean(destroyMethod = "close")
    CoolDownTimers coolDownTimers(TenantBinder tenants, JdbcCoolDowns coolDowns) {
        return new CoolDownTimers(tenants, coolDowns);
    }

    @Bean
    Consequences assetConsequences(ConditionTable conditions, TenantTransactions transactions, CoolDownTimers timers) {
        return new Consequences(conditions, transactions, timers);
    }

    @Bean
    AssetBook assetBook(ConditionTable conditions, Consequences consequences, PolicyVersions policies) {
        return new JdbcAssetBook(conditions, consequences, policies);
    }

    @Bean
    JdbcAssetEvents.Rules assetRules(Policies active, PolicyVersions pinned) {
        return new JdbcAssetEvents.Rules(active, pinned);
    }

    @Bean
    JdbcAssetEvents.Books assetBooks(Assets assets, ConditionTable conditions, Consequences consequences) {
        return new JdbcAssetEvents.Books(assets, conditions, consequences);
    }

    @Bean
    AssetEvents assetEvents(
            TenantTransactions transactions,
            JdbcClient jdbc,
            JdbcAssetEvents.Books books,
            JdbcAssetEvents.Rules rules,
            MatchTrigger matcher) {
        return new JdbcAssetEvents(transactions, jdbc, books, rules, matcher);
    }
}
