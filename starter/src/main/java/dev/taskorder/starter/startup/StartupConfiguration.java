package dev.taskorder.starter.startup;

import org.flywaydb.core.Flyway;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is checked once a database is there. */
@Configuration(proxyBeanMethods = false)
public class StartupConfiguration {
    @Bean
    FlywayMigrationStrategy checkThenMigrate() {
        return StartupConfiguration::checkThenMigrate;
    }

    private static void checkThenMigrate(Flyway flyway) {
        DatabaseVersion.require(flyway.getConfiguration().getDataSource());
        flyway.migrate();
    }

    @Bean
    StartupGarbage startupGarbage() {
        return new StartupGarbage();
    }
}
