package dev.taskorder.starter.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** One PostgreSQL per JVM, with the roles that a real one has; it ends with the JVM. */
final class TestDatabase implements EnvironmentPostProcessor {
    /** Set by the tests that want it. */
    static final String WANTED = "taskorder.testing.database";

    private static final String NAME = "taskorder";

    private static final class Holder {
        static final Map<String, Object> PROPERTIES = start();
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (environment.getProperty(WANTED, Boolean.class, false)) {
            environment.getPropertySources().addFirst(new MapPropertySource("test database", Holder.PROPERTIES));
        }
    }

    private static Map<String, Object> start() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
            createRoles(postgres);
            return Map.of(
                    "spring.datasource.url", "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + NAME,
                    "spring.datasource.username", "taskorder_app",
                    "spring.datasource.password", "app",
                    "taskorder.database.owner-username", "taskorder_owner",
                    "taskorder.database.owner-password", "owner");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void createRoles(EmbeddedPostgres postgres) throws SQLException {
        try (Connection superuser = postgres.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            statement.execute("CREATE ROLE taskorder_owner LOGIN CREATEROLE PASSWORD 'owner'");
            statement.execute("CREATE ROLE taskorder_app LOGIN PASSWORD 'app'");
            statement.execute("CREATE DATABASE " + NAME + " OWNER taskorder_owner");
        }
    }
}
