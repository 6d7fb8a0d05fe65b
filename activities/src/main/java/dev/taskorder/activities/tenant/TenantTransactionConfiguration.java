package dev.taskorder.activities.tenant;

import dev.taskorder.api.tenant.Tenants;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/** The only ways to begin a transaction, who tenants are, and what the faults of the database are called. */
@Configuration(proxyBeanMethods = false)
public class TenantTransactionConfiguration {
    /** For whoever makes the {@code JdbcTemplate}; Spring Boot finds it by itself. */
    @Bean
    SQLExceptionTranslator postgresFaults() {
        return new PostgresFaults();
    }

    @Bean
    Commits commits() {
        return new Commits();
    }

    @Bean
    TenantTransactions tenantTransactions(DataSource dataSource, SQLExceptionTranslator faults, Commits commits) {
        return new JdbcTenantTransactions(dataSource, faults, commits);
    }

    @Bean
    OtherTenantTransactions otherTenantTransactions(DataSource dataSource, SQLExceptionTranslator faults) {
        return new JdbcOtherTenantTransactions(dataSource, faults);
    }

    @Bean
    PostgresChanges changes(OwnConnections connections) {
        return new PostgresChanges(connections);
    }

    @Bean
    Tenants tenants(DataSource dataSource, JdbcClient jdbc, SQLExceptionTranslator faults, Changes changes) {
        return new JdbcTenants(dataSource, jdbc, faults, changes);
    }

    @Bean
    Standing standing(Tenants tenants, JdbcClient jdbc) {
        return new JdbcStanding(tenants, jdbc);
    }

    @Bean
    SystemTransactions systemTransactions(DataSource dataSource, SQLExceptionTranslator faults) {
        return new JdbcSystemTransactions(dataSource, faults);
    }
}
