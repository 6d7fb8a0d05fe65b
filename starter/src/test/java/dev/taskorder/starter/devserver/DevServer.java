package dev.taskorder.starter.devserver;

import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.testing.HeldPorts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The {@code temporal} program as a dev server on a file, so that it can go away and come back with its memory. */
final class DevServer {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PROGRAM = "taskorder.temporal.program";

    private final Path folder;
    private final int port = HeldPorts.any();
    private final List<String> attributes = new ArrayList<>();
    private Process process;

    DevServer(Path folder) {
        this.folder = folder;
    }

    static Optional<Path> program() {
        String named = System.getProperty(PROGRAM);
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "temporal"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    String target() {
        return "127.0.0.1:" + port;
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    void start() {
        launch();
        await().atMost(PATIENCE).until(this::listens);
    }

    /** Without waiting for it to come up. */
    void launch() {
        List<String> command = new ArrayList<>(List.of(
                program().orElseThrow().toString(),
                "server",
                "start-dev",
                "--headless",
                "--ip",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--db-filename",
                folder.resolve("temporal.db").toString(),
                "--dynamic-config-value",
                "matching.enableFairness=true",
                "--disable-config-env",
                "--disable-config-file",
                "--log-level",
                "error"));
        attributes.forEach(attribute -> command.addAll(List.of("--search-attribute", attribute)));
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("temporal.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that it has on file, while it does not run; what belongs to the namespace is set up again at the next start. */
    void forgetAll() throws IOException {
        attributes.addAll(List.of(
                "TenantId=Keyword",
                "TaskEnv=Keyword",
                "ProjectId=Keyword",
                "TaskType=Keyword",
                "TaskStatus=Keyword",
                "TaskPriority=Int"));
        for (String file : List.of("temporal.db", "temporal.db-wal", "temporal.db-shm")) {
            Files.deleteIfExists(folder.resolve(file));
        }
    }

    /** Whether this is anywhere in what it has on file, its log included. */
    boolean holds(String words) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("temporal."))
                    .anyMatch(file -> textOf(file).contains(words));
        }
    }

    private static String textOf(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As when its machine is switched off: it cannot say goodbye. */
    void kill() {
        end(process.destroyForcibly());
    }

    void stop() {
        if (isRunning()) {
            process.destroy();
            end(process);
        }
    }

    private static void end(Process ending) {
        try {
            if (!ending.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                ending.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
