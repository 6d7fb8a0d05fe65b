package dev.taskorder.activities.audit;

import dev.taskorder.activities.tenant.OtherTenantTransactions;
import dev.taskorder.activities.tenant.TenantTransactions;
import dev.taskorder.api.audit.AuditLog;
import dev.taskorder.api.audit.AuditTrail;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The audit log: writing and reading. */
@Configuration(proxyBeanMethods = false)
public class AuditConfiguration {
    @Bean
    AuditLog auditLog(TenantTransactions transactions, OtherTenantTransactions others, JdbcClient jdbc) {
        return new JdbcAuditLog(transactions, others, jdbc);
    }

    @Bean
    AuditTrail auditTrail(TenantTransactions transactions, JdbcClient jdbc) {
        return new JdbcAuditTrail(transactions, jdbc);
    }
}
