package dev.taskorder.activities.principal;

import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.principal.ApiKeys;
import java.security.SecureRandom;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** API keys. */
@Configuration(proxyBeanMethods = false)
public class PrincipalConfiguration {
    @Bean
    ApiKeys apiKeys(TenantTransactions transactions, JdbcClient jdbc, AuditLog audit) {
        return new JdbcApiKeys(transactions, jdbc, new SecureRandom(), audit);
    }
}
