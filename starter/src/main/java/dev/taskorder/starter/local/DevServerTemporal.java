package dev.taskorder.starter.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The {@code temporal} program as a dev server: history in a file of the data folder, Web UI, fairness on. */
final class DevServerTemporal implements LocalTemporal {
    private static final Logger log = LoggerFactory.getLogger(DevServerTemporal.class);
    private static final String NAME = "temporal";
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int CONNECT_TIMEOUT_MS = 500;
    private static final int POLLS_MAX = 1200;

    /** Applied only when the namespace is first made; what came later is registered by the application itself. */
    static final List<String> SEARCH_ATTRIBUTES = List.of(
            "TenantId=Keyword",
            "TaskEnv=Keyword",
            "ProjectId=Keyword",
            "TaskType=Keyword",
            "TaskStatus=Keyword",
            "TaskPriority=Int");

    private final DataFolder folder;
    private final Path program;
    private final int port;
    private final int uiPort;
    private @Nullable ChildProcess process;
    private boolean closed;

    DevServerTemporal(DataFolder folder, Path program, int port, int uiPort) {
        this.folder = folder;
        this.program = program;
        this.port = port;
        this.uiPort = uiPort;
    }

    static void stopLeftover(DataFolder folder) {
        ChildProcess.stopLeftover(NAME, folder, ChildProcess.StopSignal.TERM, STOP_PATIENCE);
    }

    @Override
    public String target() {
        return "127.0.0.1:" + port;
    }

    @Override
    public Optional<String> uiUrl() {
        return Optional.of("http://127.0.0.1:" + uiPort);
    }

    @Override
    public String inWords() {
        return "Temporal " + target() + " · Web UI http://127.0.0.1:" + uiPort;
    }

    @Override
    public void start() throws InterruptedException {
        ChildProcess started = startOnce();
        if (started == null) {
            return;
        }
        for (int poll = 0; poll < POLLS_MAX; poll++) {
            if (listens(port) && listens(uiPort)) {
                started.whenLost(() -> log.error(
                        "the Temporal dev server is gone ({}); orders are accepted and wait, restart to run them",
                        started.epitaph()));
                return;
            }
            if (started.hasExitedWithin(POLL)) {
                throw new IllegalStateException(started.epitaph());
            }
        }
        throw new IllegalStateException("the Temporal dev server did not come up; see " + folder.file(NAME + ".log"));
    }

    /** Null if it was closed before it began: a Ctrl-C in the first second must not leave it running. */
    private synchronized @Nullable ChildProcess startOnce() {
        if (!closed) {
            process = ChildProcess.start(NAME, folder, command());
        }
        return process;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.stop(ChildProcess.StopSignal.TERM, STOP_PATIENCE);
        }
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "server",
                "start-dev",
                "--db-filename",
                folder.file("temporal.db").toString(),
                "--ip",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--ui-port",
                Integer.toString(uiPort),
                "--dynamic-config-value",
                "matching.enableFairness=true",
                // nothing of the caller's own Temporal set-up, and no call to the outside
                "--disable-config-env",
                "--disable-config-file",
                "--ui-disable-news-fetch",
                "--log-level",
                "warn"));
        SEARCH_ATTRIBUTES.forEach(attribute -> command.addAll(List.of("--search-attribute", attribute)));
        return command;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }
}
