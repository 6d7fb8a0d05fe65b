package dev.taskorder.trials;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The application in local mode, as a process of its own on free ports. */
final class Application implements AutoCloseable {
    private static final Duration READY_PATIENCE = Duration.ofSeconds(90);
    private static final int LINES_KEPT = 40;
    private static final Pattern PORT = Pattern.compile("ready: http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern TEMPORAL = Pattern.compile("Temporal (\\S+:\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern LIVE_BYTES = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final double KB_PER_MB = 1024;
    private static final double BYTES_PER_MB = 1024 * 1024;

    private final Process process;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final CompletableFuture<String> readyLine = new CompletableFuture<>();
    private final long startedNanos = System.nanoTime();
    private volatile double readyAfterSeconds;

    private Application(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "application-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Returns when it is ready. */
    static Application start(Setup setup, Path folder, String... settings) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(javaHome("java"));
        command.addAll(setup.jvmFlags());
        command.addAll(List.of(
                "-jar",
                setup.jar().toString(),
                "--spring.profiles.active=local",
                "--server.port=0",
                "--taskorder.local.data-dir=" + folder,
                "--taskorder.local.tools-dir=" + setup.tools(),
                "--taskorder.local.temporal-port=0",
                "--taskorder.local.temporal-ui-port=0"));
        command.addAll(List.of(settings));
        Application application = new Application(Children.started(
                new ProcessBuilder(command).redirectErrorStream(true).start()));
        application.awaitReady();
        return application;
    }

    int port() {
        return Integer.parseInt(found(PORT));
    }

    /** Host and port of the Temporal that it uses. */
    String temporal() {
        return found(TEMPORAL);
    }

    /** From the start of the process to its ready line. */
    double readyAfterSeconds() {
        return readyAfterSeconds;
    }

    /** Of the application's own process: its database and its Temporal are others. */
    double residentMb() throws IOException {
        String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
        return Double.parseDouble(firstGroup(RESIDENT, status)) / KB_PER_MB;
    }

    /** What is still reachable: asking for it collects all garbage first. */
    double liveHeapMb() throws Exception {
        return Double.parseDouble(firstGroup(LIVE_BYTES, jcmd("GC.class_histogram"))) / BYTES_PER_MB;
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    /** CPU seconds that the process has used since its start, all threads together. */
    double cpuSeconds() {
        return process.toHandle()
                        .info()
                        .totalCpuDuration()
                        .map(Duration::toNanos)
                        .orElse(0L)
                / 1e9;
    }

    @Override
    public void close() {
        Children.stop(process);
    }

    private String jcmd(String question) throws Exception {
        Process jcmd = new ProcessBuilder(javaHome("jcmd"), Long.toString(process.pid()), question)
                .redirectErrorStream(true)
                .start();
        String answer = new String(jcmd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + question + " failed: " + answer);
        }
        return answer;
    }

    private void awaitReady() throws Exception {
        try {
            readyLine.get(READY_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException notReady) {
            close();
            throw new IOException("the application did not become ready; its last words:\n" + lastWords(), notReady);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
                if (line.startsWith("ready: ")) {
                    readyAfterSeconds = (System.nanoTime() - startedNanos) / 1e9;
                    readyLine.complete(line);
                }
            }
            readyLine.completeExceptionally(new IOException("it ended"));
        } catch (IOException lost) {
            readyLine.completeExceptionally(lost);
        }
    }

    private synchronized void keep(String line) {
        lastLines.addLast(line);
        if (lastLines.size() > LINES_KEPT) {
            lastLines.removeFirst();
        }
    }

    synchronized String lastWords() {
        return String.join("\n", lastLines);
    }

    private String found(Pattern pattern) {
        return firstGroup(pattern, readyLine.join());
    }

    private static String firstGroup(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("'" + pattern + "' is not in: " + text);
        }
        return matcher.group(1);
    }

    private static String javaHome(String program) {
        return Path.of(System.getProperty("java.home"), "bin", program).toString();
    }
}
