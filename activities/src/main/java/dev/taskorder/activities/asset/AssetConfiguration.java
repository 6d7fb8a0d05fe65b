package dev.taskorder.activities.asset;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.asset.Assets;
import dev.taskorder.api.matching.MatchTrigger;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Assets: what callers say of them and what they are now. */
@Configuration(proxyBeanMethods = false)
public class AssetConfiguration {
    @Bean
    Assets assets(TenantTransactions transactions, JdbcClient jdbc, MatchTrigger matcher) {
        return new JdbcAssets(transactions, jdbc, matcher);
    }
}
