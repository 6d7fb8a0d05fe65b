package dev.taskorder.trials;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A PostgreSQL for one trial alone, with the settings that local mode gives its own: a commit waits for the disk. It
 * holds any number of databases, so that a short queue does not stand in the tables and indexes of a long one.
 */
final class OwnPostgres implements AutoCloseable {
    private static final String OWNER = "taskorder_owner";
    private static final String APP = "taskorder_app";
    private static final String SUPERUSER = "postgres";
    /** Every database is a copy of this one, which is migrated once. */
    private static final String FORM = "taskorder";

    /** What the application says on each of its connections. */
    private static final String FIRST_STATEMENT =
            "SET lock_timeout = '2s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'";

    private static final long CONNECTION_TIMEOUT_MS = 30_000;

    private final EmbeddedPostgres postgres;

    private OwnPostgres(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /** One whose commits do not wait for the disk, for a trial that asks whether, and not how fast. */
    static OwnPostgres startRelaxed() throws IOException {
        return start("off");
    }

    static OwnPostgres start() throws IOException {
        return start("on");
    }

    private static OwnPostgres start(String synchronousCommit) throws IOException {
        OwnPostgres started = new OwnPostgres(EmbeddedPostgres.builder()
                // the library's own defaults are those of tests: nothing is ever kept
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", synchronousCommit)
                .setServerConfig("max_connections", "100")
                .start());
        started.migrate();
        return started;
    }

    /** Creates a database of this name, with all tables and no rows. */
    void create(String database) {
        JdbcClient.create(postgres.getPostgresDatabase())
                .sql("CREATE DATABASE " + database + " OWNER " + OWNER + " TEMPLATE " + FORM)
                .update();
    }

    /** Connections of the application's role. */
    HikariDataSource application(String database, int connections) {
        return pool(APP, database, connections, FIRST_STATEMENT);
    }

    /** One that sees and may do everything, for preparing and checking; not for two threads at once. */
    SingleConnectionDataSource superuser(String database) {
        return new SingleConnectionDataSource(postgres.getJdbcUrl(SUPERUSER, database), true);
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }

    private void migrate() {
        JdbcClient superuser = JdbcClient.create(postgres.getPostgresDatabase());
        superuser.sql("CREATE ROLE " + OWNER + " LOGIN CREATEROLE").update();
        superuser.sql("CREATE ROLE " + APP + " LOGIN").update();
        superuser.sql("CREATE DATABASE " + FORM + " OWNER " + OWNER).update();
        try (HikariDataSource owner = pool(OWNER, FORM, 2, "SELECT 1")) {
            Flyway.configure()
                    .dataSource(owner)
                    .placeholders(Map.of("appRole", APP))
                    .load()
                    .migrate();
        }
    }

    private HikariDataSource pool(String role, String database, int connections, String firstStatement) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.getJdbcUrl(role, database));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MS);
        config.setConnectionInitSql(firstStatement);
        return new HikariDataSource(config);
    }
}
