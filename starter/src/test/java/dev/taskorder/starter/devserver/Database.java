package dev.taskorder.starter.devserver;

import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.testing.HeldPorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.FileSystemUtils;

/** PostgreSQL on a folder, which can be stopped and started again on the same port with the same data. */
final class Database {
    private static final String NAME = "taskorder";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final int port = HeldPorts.any();
    private EmbeddedPostgres server;
    private boolean running;

    Database(Path folder) throws IOException {
        this.folder = folder;
        this.server = launched();
        this.running = true;
        try (Connection superuser = server.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            statement.execute("CREATE ROLE taskorder_owner LOGIN CREATEROLE PASSWORD 'owner'");
            statement.execute("CREATE ROLE taskorder_app LOGIN PASSWORD 'app'");
            statement.execute("CREATE DATABASE " + NAME + " OWNER taskorder_owner");
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    Map<String, Object> properties() {
        return Map.of(
                "spring.datasource.url", "jdbc:postgresql://127.0.0.1:" + port + "/" + NAME,
                "spring.datasource.username", "taskorder_app",
                "spring.datasource.password", "app",
                "taskorder.database.owner-username", "taskorder_owner",
                "taskorder.database.owner-password", "owner");
    }

    /** As the superuser, whom no wall stops. */
    JdbcClient sql() {
        return JdbcClient.create(server.getDatabase("postgres", NAME));
    }

    /** How many orders of any tenant are like this. */
    int count(String condition) {
        return sql().sql("SELECT count(*) FROM task_order WHERE " + condition)
                .query(Integer.class)
                .single();
    }

    /** What happened to those that are not over, for whoever looks for the cause. */
    String openOrders() {
        return sql().sql("""
                        SELECT o.idempotency_key || ' ' || o.status || ' ' || e.occurred_at || ' ' || e.type || ' ' || e.actor || ' ' || e.data
                          FROM task_order o
                          JOIN task_event e ON e.tenant_id = o.tenant_id AND e.object_type = 'task_order' AND e.object_id = o.task_id::text
                         WHERE o.finished_at IS NULL
                         ORDER BY o.tenant_id, o.task_id, e.event_no""").query(String.class).list().stream()
                .collect(Collectors.joining("\n", "---- open orders:\n", "\n"));
    }

    /** One connection of the superuser, for settings that last. */
    SingleConnectionDataSource oneConnection() {
        return new SingleConnectionDataSource(server.getJdbcUrl("postgres", NAME), true);
    }

    boolean isRunning() {
        return running;
    }

    void stop() throws IOException {
        running = false;
        server.close();
    }

    /** A copy of all that it has now. */
    void backUp() throws IOException {
        stop();
        FileSystemUtils.deleteRecursively(backup());
        FileSystemUtils.copyRecursively(folder, backup());
        start();
    }

    /** All as it was in the copy. */
    void restoreBackup() throws IOException {
        stop();
        FileSystemUtils.deleteRecursively(folder);
        FileSystemUtils.copyRecursively(backup(), folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        start();
    }

    private Path backup() {
        return folder.resolveSibling("postgres-backup");
    }

    void start() throws IOException {
        server = launched();
        running = true;
    }

    /** As when its machine is switched off; returns when nobody of it is left. */
    void kill() throws IOException {
        running = false;
        String pid = Files.readAllLines(folder.resolve("postmaster.pid")).get(0);
        ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        List<ProcessHandle> all =
                Stream.concat(postmaster.children(), Stream.of(postmaster)).toList();
        postmaster.destroyForcibly();
        await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
        server.close(); // it finds nothing to stop, and gives the folder back
    }

    /** The library lets a commit return before it is on file. */
    private EmbeddedPostgres launched() throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on")
                .setPort(port)
                .start();
    }
}
