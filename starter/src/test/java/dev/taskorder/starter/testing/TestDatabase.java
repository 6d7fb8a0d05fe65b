package dev.taskorder.starter.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One PostgreSQL per JVM, with the roles that a real one has; it ends with the JVM. Contexts that must not find each
 * other's orders ask for databases of different names.
 */
public final class TestDatabase implements EnvironmentPostProcessor {
    /** The name of the database that a test wants. */
    public static final String WANTED = "taskorder.testing.database";

    private static final Map<String, Map<String, Object>> DATABASES = new ConcurrentHashMap<>();

    private static final class Holder {
        static final EmbeddedPostgres POSTGRES = start();
    }

    /** The database of this name as the superuser sees it, whom no wall stops. */
    public static JdbcClient asSuperuser(String name) {
        return JdbcClient.create(Holder.POSTGRES.getDatabase("postgres", name));
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        String name = environment.getProperty(WANTED, "");
        if (!name.isEmpty()) {
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "test database", DATABASES.computeIfAbsent(name, TestDatabase::create)));
        }
    }

    private static Map<String, Object> create(String name) {
        execute(Holder.POSTGRES, "CREATE DATABASE " + name + " OWNER taskorder_owner");
        return Map.of(
                "spring.datasource.url", "jdbc:postgresql://127.0.0.1:" + Holder.POSTGRES.getPort() + "/" + name,
                "spring.datasource.username", "taskorder_app",
                "spring.datasource.password", "app",
                "taskorder.database.owner-username", "taskorder_owner",
                "taskorder.database.owner-password", "owner");
    }

    private static EmbeddedPostgres start() {
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
            execute(postgres, "CREATE ROLE taskorder_owner LOGIN CREATEROLE PASSWORD 'owner'");
            execute(postgres, "CREATE ROLE taskorder_app LOGIN PASSWORD 'app'");
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(EmbeddedPostgres postgres, String sql) {
        try (Connection superuser = postgres.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
