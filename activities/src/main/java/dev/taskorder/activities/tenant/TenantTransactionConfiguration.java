package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.Tenants;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The only two ways to begin a transaction. */
@Configuration(proxyBeanMethods = false)
public class TenantTransactionConfiguration {
    @Bean
    TenantTransactions tenantTransactions(DataSource dataSource) {
        return new JdbcTenantTransactions(dataSource);
    }

    @Bean
    Tenants tenants(DataSource dataSource) {
        return new JdbcTenants(dataSource);
    }

    @Bean
    SystemTransactions systemTransactions(DataSource dataSource) {
        return new JdbcSystemTransactions(dataSource);
    }
}
