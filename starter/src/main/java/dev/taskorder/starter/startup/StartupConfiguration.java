package dev.taskorder.starter.startup;

import dev.taskorder.activities.tenant.OwnConnections;
import java.sql.DriverManager;
import java.util.Objects;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is checked once a database is there. */
@Configuration(proxyBeanMethods = false)
public class StartupConfiguration {
    private static final String CONNECT_SECONDS_MAX = "5";

    @Bean
    FlywayMigrationStrategy checkThenMigrate() {
        return StartupConfiguration::checkThenMigrate;
    }

    private static void checkThenMigrate(Flyway flyway) {
        DatabaseVersion.require(flyway.getConfiguration().getDataSource());
        flyway.migrate();
    }

    /** For who listens to the database: a connection of the pool would be one less for requests. */
    @Bean
    OwnConnections ownConnections(JdbcConnectionDetails database) {
        return () -> {
            Properties login = new Properties();
            login.setProperty("user", Objects.requireNonNullElse(database.getUsername(), ""));
            login.setProperty("password", Objects.requireNonNullElse(database.getPassword(), ""));
            login.setProperty("connectTimeout", CONNECT_SECONDS_MAX);
            login.setProperty("loginTimeout", CONNECT_SECONDS_MAX);
            return DriverManager.getConnection(database.getJdbcUrl(), login);
        };
    }

    @Bean
    StartupGarbage startupGarbage() {
        return new StartupGarbage();
    }
}
