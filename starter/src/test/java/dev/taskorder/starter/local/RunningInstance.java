package dev.taskorder.starter.local;

import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.TaskOrderApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Local mode as a process of its own, in a process group of its own as a terminal would give it. */
public final class RunningInstance implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Whom it leaves behind may hold its output open. */
    private static final long READ_MS = 5_000;

    private final Path folder;
    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final Thread reader;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private RunningInstance(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        reader = new Thread(this::read);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * The tools folder of all tests, kept between runs so that PostgreSQL is unpacked once. The dev server is offered in
     * it where the program is known, else the in-JVM server serves: what holds must hold for both.
     */
    public static Path tools() {
        Path tools = Path.of("target", "local-tools").toAbsolutePath();
        String program = System.getProperty("taskorder.temporal.program");
        try {
            Path link = Files.createDirectories(tools.resolve("bin")).resolve("temporal");
            if (program == null) {
                Files.deleteIfExists(link);
            } else {
                // in one step, for others run at the same time and must not find it missing
                Path draft = tools.resolve(UUID.randomUUID().toString());
                Files.createSymbolicLink(draft, Path.of(program));
                Files.move(draft, link, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException notOffered) {
            throw new UncheckedIOException(notOffered);
        }
        return tools;
    }

    /** What is under test, on free ports, unless the arguments say otherwise. */
    public static RunningInstance start(Path folder, Path tools, String... arguments) throws IOException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return start(List.of("-cp", classes, TaskOrderApplication.class.getName()), folder, tools, arguments);
    }

    /** The application of this jar, whichever version it is. */
    public static RunningInstance startJar(Path jar, Path folder, Path tools, String... arguments) throws IOException {
        return start(List.of("-jar", jar.toString()), folder, tools, arguments);
    }

    private static RunningInstance start(List<String> program, Path folder, Path tools, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // as system properties, so that an argument of the same name wins over them
                "-Dspring.profiles.active=local",
                "-Dserver.port=0",
                "-Dtaskorder.local.data-dir=" + folder,
                "-Dtaskorder.local.tools-dir=" + tools,
                "-Dtaskorder.local.temporal-port=0",
                "-Dtaskorder.local.temporal-ui-port=0"));
        command.addAll(program);
        command.addAll(List.of(arguments));
        return new RunningInstance(
                folder, new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** The ready line. */
    public String awaitReady() throws Exception {
        try {
            return ready.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException notReady) {
            throw new AssertionError("not ready; its output was:\n" + output, notReady);
        }
    }

    /** Until it has said this. */
    void awaitOutput(String words) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> output.indexOf(words) >= 0);
    }

    public int awaitExit() throws Exception {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still running; its output was:\n" + output);
        }
        reader.join(READ_MS); // its last words may still be on their way to us
        return process.exitValue();
    }

    /** As Ctrl-C does: SIGINT to the whole process group. */
    void pressCtrlC() throws Exception {
        new ProcessBuilder("sh", "-c", "kill -INT -" + process.pid()).start().waitFor();
    }

    /** As a service manager does: SIGTERM. */
    public void askToStop() {
        process.destroy();
    }

    public void killHard() throws Exception {
        process.destroyForcibly();
        process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    public String output() {
        return output.toString();
    }

    /** Whatever runs on the data folder's files, the instance itself left out. */
    public List<String> servers() {
        return serversOf(folder)
                .map(handle -> handle.info().command().orElse("?"))
                .toList();
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    /** For the end of a test that failed half-way. */
    public static void killServersOf(Path folder) {
        serversOf(folder).forEach(ProcessHandle::destroyForcibly);
    }

    /** The servers themselves: for a moment after its fork, a child of PostgreSQL looks like its parent. */
    private static Stream<ProcessHandle> serversOf(Path folder) {
        return ProcessHandle.allProcesses()
                .filter(handle -> Set.of("postgres", "temporal").contains(programOf(handle)))
                .filter(handle -> handle.info().commandLine().orElse("").contains(folder.toString()))
                .filter(handle ->
                        handle.parent().map(RunningInstance::programOf).stream().noneMatch("postgres"::equals));
    }

    private static String programOf(ProcessHandle handle) {
        return handle.info()
                .command()
                .map(command -> Path.of(command).getFileName().toString())
                .orElse("");
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.startsWith("ready: ")) {
                    ready.complete(line);
                }
            }
            ready.completeExceptionally(new IllegalStateException("it ended"));
        } catch (IOException lost) {
            ready.completeExceptionally(new UncheckedIOException(lost));
        }
    }
}
