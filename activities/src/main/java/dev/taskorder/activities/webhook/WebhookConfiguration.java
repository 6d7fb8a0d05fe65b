package dev.taskorder.activities.webhook;

import dev.taskorder.activities.outbound.UrlGuard;
import dev.taskorder.activities.tenant.SystemTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.webhook.Webhooks;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Webhooks. */
@Configuration(proxyBeanMethods = false)
public class WebhookConfiguration {
    @Bean
    UrlGuard webhookUrls(Environment environment) {
        return new UrlGuard(environment.matchesProfiles("local"));
    }

    @Bean
    SecretSeal secretSeal(Environment environment) {
        return SecretSeal.of(environment.getProperty(SecretSeal.SETTING, ""), new SecureRandom());
    }

    @Bean
    Webhooks webhooks(TenantTransactions transactions, JdbcClient jdbc, UrlGuard webhookUrls, SecretSeal seal) {
        return new JdbcWebhooks(transactions, jdbc, webhookUrls, seal);
    }

    @Bean
    WebhookQueue webhookQueue(
            SystemTransactions system, TenantTransactions transactions, JdbcClient jdbc, SecretSeal seal) {
        return new JdbcWebhookQueue(system, transactions, jdbc, seal);
    }
}
