package dev.taskorder.starter.local;

import dev.taskorder.starter.startup.Ports;
import dev.taskorder.starter.startup.StartRefusedException;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/** PostgreSQL on the data folder's files, listening on loopback only, with a password for every role. */
final class LocalPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LocalPostgres.class);
    private static final String NAME = "postgres";
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int POLLS_MAX = 1200;

    private final ChildProcess process;
    private final int port;
    private final Credentials credentials;

    private LocalPostgres(ChildProcess process, int port, Credentials credentials) {
        this.process = process;
        this.port = port;
        this.credentials = credentials;
    }

    static LocalPostgres start(DataFolder folder, Path tools) {
        try {
            Path programs = PostgresBinaries.unpackedIn(tools).resolve("bin");
            Credentials credentials = Credentials.keptIn(folder.file("postgres.credentials"));
            Path files = folder.file("postgres");
            if (!Files.isDirectory(files)) {
                initialise(folder, programs, credentials, files);
            }
            int port = Ports.choose(0);
            ChildProcess process = ChildProcess.start(NAME, folder, server(programs, files, port));
            LocalPostgres postgres = new LocalPostgres(process, port, credentials);
            postgres.prepare();
            log.info("PostgreSQL listens on 127.0.0.1:{}, data in {}", port, files);
            return postgres;
        } catch (IOException unusable) {
            throw new StartRefusedException(
                    "The database cannot be started: " + unusable.getMessage(),
                    "See the logs in " + folder.path() + ".",
                    unusable);
        }
    }

    static void stopLeftover(DataFolder folder) {
        ChildProcess.stopLeftover(NAME, folder, ChildProcess.StopSignal.INT, STOP_PATIENCE);
    }

    Map<String, Object> properties() {
        return Map.of(
                "spring.datasource.url", url(DatabaseRoles.DATABASE),
                "spring.datasource.username", DatabaseRoles.APP,
                "spring.datasource.password", credentials.app(),
                "taskorder.database.owner-username", DatabaseRoles.OWNER,
                "taskorder.database.owner-password", credentials.owner());
    }

    @Override
    public void close() {
        process.stop(ChildProcess.StopSignal.INT, STOP_PATIENCE);
    }

    /** Into a folder beside it and then renamed, so that a start killed half-way leaves no half a database. */
    private static void initialise(DataFolder folder, Path programs, Credentials credentials, Path files)
            throws IOException {
        Path unfinished = folder.file("postgres.new");
        FileSystemUtils.deleteRecursively(unfinished);
        Path passwordFile = Files.createTempFile("taskorder", ".tmp");
        try {
            Files.writeString(passwordFile, credentials.superuser());
            run(folder, initdb(programs, unfinished, passwordFile));
        } finally {
            Files.delete(passwordFile);
        }
        Files.move(unfinished, files);
    }

    private static List<String> initdb(Path programs, Path files, Path passwordFile) {
        return notAsRoot(
                programs.resolve("initdb").toString(),
                "--pgdata=" + files,
                "--username=" + DatabaseRoles.SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C");
    }

    private static List<String> server(Path programs, Path files, int port) {
        return notAsRoot(
                programs.resolve("postgres").toString(),
                "-D",
                files.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                // no socket file: its path may be too long, and loopback with a password is enough
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=100");
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own, root looks like nobody. */
    private static List<String> notAsRoot(String... command) {
        List<String> whole = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            whole.addAll(List.of("unshare", "-U"));
        }
        whole.addAll(Arrays.asList(command));
        return whole;
    }

    private static void run(DataFolder folder, List<String> command) throws IOException {
        Path output = folder.file("initdb.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(
                        "initdb failed: " + Files.readString(output).strip());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while creating the database", interrupted);
        }
    }

    private void prepare() throws IOException {
        try (Connection connection = firstConnection()) {
            DatabaseRoles.ensure(connection, credentials);
        } catch (SQLException refused) {
            close();
            throw new IOException(refused.getMessage(), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            close();
            throw new IOException("interrupted while starting the database", interrupted);
        }
    }

    private Connection firstConnection() throws IOException, SQLException, InterruptedException {
        SQLException last = new SQLException("not tried yet");
        for (int poll = 0; poll < POLLS_MAX; poll++) {
            try {
                return DriverManager.getConnection(url("postgres"), DatabaseRoles.SUPERUSER, credentials.superuser());
            } catch (SQLException notYet) {
                last = notYet;
            }
            if (process.hasExitedWithin(POLL)) {
                throw new IOException(process.epitaph(), last);
            }
        }
        throw last;
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }
}
