package dev.taskorder.starter.devserver;

import dev.taskorder.starter.testing.HeldPorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/** PostgreSQL on a folder, which can be stopped and started again on the same port with the same data. */
final class Database {
    private static final String NAME = "taskorder";

    private final Path folder;
    private final int port = HeldPorts.any();
    private EmbeddedPostgres server;
    private boolean running;

    Database(Path folder) throws IOException {
        this.folder = folder;
        this.server = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
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
        server = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
        running = true;
    }
}
