package dev.taskorder.activities.testing;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** One PostgreSQL for all tests of a JVM, with the three roles of production; tests keep apart by their tenants. */
public final class TestDatabase {
    public static final String OWNER = "taskorder_owner";
    public static final String APP = "taskorder_app";
    /** In a process that a test started: where that test's PostgreSQL listens. */
    public static final String PORT = "taskorder.testing.postgres-port";

    private static final String DATABASE = "taskorder";
    private static final TestDatabase INSTANCE = new TestDatabase();

    private final @Nullable EmbeddedPostgres postgres;

    private TestDatabase() {
        if (System.getProperty(PORT) != null) {
            postgres = null;
            return;
        }
        try {
            // a time zone that is not UTC shows who forgets to say which one is meant
            postgres = EmbeddedPostgres.builder()
                    .setServerConfig("timezone", "Asia/Kathmandu")
                    .setServerConfig("fsync", "off")
                    .setServerConfig("max_connections", "200")
                    // of a deadlock only the server tells both statements, and only here
                    .setServerConfig("logging_collector", "on")
                    .setServerConfig("log_filename", "server.log")
                    .setServerConfig(
                            "log_directory",
                            Path.of("target", "postgres").toAbsolutePath().toString())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JdbcClient superuser = JdbcClient.create(postgres.getPostgresDatabase());
        superuser.sql("CREATE ROLE " + OWNER + " LOGIN CREATEROLE").update();
        superuser.sql("CREATE ROLE " + APP + " LOGIN").update();
        superuser.sql("CREATE DATABASE " + DATABASE + " OWNER " + OWNER).update();
        migrate(DATABASE, MigrationVersion.LATEST);
        EventSchemas.read().install(superuser());
    }

    public static TestDatabase get() {
        return INSTANCE;
    }

    public int port() {
        return postgres == null ? Integer.getInteger(PORT) : postgres.getPort();
    }

    /** The role that migrates: behind the same wall, but the owner of it. */
    public DataSource owner() {
        return postgres.getDatabase(OWNER, DATABASE);
    }

    /** Sees everything: for looking at what no role of ours may see. */
    public JdbcClient superuser() {
        return JdbcClient.create(postgres.getDatabase("postgres", DATABASE));
    }

    /** Another database, with nothing in it: migrated up to this version, as the superuser sees it. */
    public JdbcClient migratedTo(String version, String database) {
        JdbcClient.create(postgres.getPostgresDatabase())
                .sql("CREATE DATABASE " + database + " OWNER " + OWNER)
                .update();
        migrate(database, MigrationVersion.fromVersion(version));
        return JdbcClient.create(postgres.getDatabase("postgres", database));
    }

    /** Brings that database up to date. */
    public void migrateFurther(String database) {
        migrate(database, MigrationVersion.LATEST);
    }

    private void migrate(String database, MigrationVersion target) {
        Flyway.configure()
                .dataSource(postgres.getDatabase(OWNER, database))
                .placeholders(Map.of("appRole", APP))
                .target(target)
                .load()
                .migrate();
    }

    /** A pool of the application's role; each of its sessions begins with this statement. */
    public HikariDataSource app(int connections, String firstStatement) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://localhost:" + port() + "/" + DATABASE + "?user=" + APP);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(30_000);
        config.setConnectionInitSql(firstStatement);
        return new HikariDataSource(config);
    }

    /** Does the work while another session holds the locks that this statement takes. */
    public void whileHeld(Consumer<JdbcClient> statement, Runnable work) {
        rolledBack(DATABASE, jdbc -> {
            statement.accept(jdbc);
            work.run();
        });
    }

    /** Does the work in one transaction of the superuser, of which nothing is left. */
    public void rolledBack(String database, Consumer<JdbcClient> work) {
        try (Connection connection = postgres.getDatabase("postgres", database).getConnection()) {
            connection.setAutoCommit(false);
            work.accept(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a statement as the superuser with triggers off, to make a starting point that no legal step reaches. */
    public void withoutTriggers(Consumer<JdbcClient> statement) {
        try (Connection connection = postgres.getDatabase("postgres", DATABASE).getConnection()) {
            JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            jdbc.sql("SET session_replication_role = replica").update();
            statement.accept(jdbc);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
