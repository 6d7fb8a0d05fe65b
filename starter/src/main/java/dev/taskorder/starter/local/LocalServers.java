package dev.taskorder.starter.local;

import dev.taskorder.activities.thread.OwnThreads;
import dev.taskorder.starter.startup.Ports;
import dev.taskorder.starter.startup.StartRefusedException;
import dev.taskorder.starter.startup.Stopping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What local mode started, and in which order it ends: the application is over by then, Temporal next, then PostgreSQL. */
final class LocalServers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LocalServers.class);

    private final LocalSettings settings;
    private final DataFolder folder;
    private final LocalTemporal temporal;
    private final CompletableFuture<Void> temporalUp = new CompletableFuture<>();
    private @Nullable CompletableFuture<LocalPostgres> postgres;

    private LocalServers(LocalSettings settings, DataFolder folder, LocalTemporal temporal) {
        this.settings = settings;
        this.folder = folder;
        this.temporal = temporal;
    }

    /**
     * Decides what to start, after having stopped what a killed run left behind. Starts nothing yet.
     *
     * @throws StartRefusedException if the folder is in use or a port is taken
     */
    static LocalServers prepare(LocalSettings settings) {
        DataFolder folder = DataFolder.open(settings.dataDir());
        DevServerTemporal.stopLeftover(folder);
        LocalPostgres.stopLeftover(folder);
        Optional<Path> program = settings.temporalTarget().isEmpty() ? program(settings) : Optional.empty();
        // all at once, and before a database is started for nothing
        Ports.requireFree(settings.ports(program.isPresent()));
        return new LocalServers(settings, folder, temporal(settings, folder, program));
    }

    /** Starts both at once and waits for PostgreSQL only: the application accepts orders without Temporal. */
    void start() {
        OwnThreads.daemon("local-temporal", this::startTemporal).start();
        if (settings.ownDatabase()) {
            CompletableFuture<LocalPostgres> starting = new CompletableFuture<>();
            postgres = starting;
            OwnThreads.daemon("local-postgres", () -> startPostgres(starting)).start();
            join(starting);
        }
    }

    /** What the application needs to know of what was started. */
    Map<String, Object> properties() {
        Map<String, Object> properties = new HashMap<>();
        if (postgres != null) {
            properties.putAll(join(postgres).properties());
        }
        properties.put("taskorder.temporal.target", temporal.target());
        properties.put("taskorder.temporal.in-jvm", temporal instanceof InJvmTemporal);
        temporal.uiUrl().ifPresent(url -> properties.put("taskorder.temporal.ui-url", url));
        return properties;
    }

    /** What secrets of webhooks are sealed with, where no setting says so. */
    String webhookKey() {
        return WebhookKey.keptIn(folder.file("webhook-key"));
    }

    LocalTemporal temporal() {
        return temporal;
    }

    /** Done when Temporal takes calls; failed, and logged, if it will not. */
    CompletableFuture<Void> temporalUp() {
        return temporalUp;
    }

    @Override
    public void close() {
        temporal.close();
        if (postgres != null) {
            postgres.handle((started, failure) -> Optional.ofNullable(started))
                    .join()
                    .ifPresent(LocalPostgres::close);
        }
        try {
            folder.close();
        } catch (IOException unlocked) {
            throw new UncheckedIOException(unlocked);
        }
    }

    private void startTemporal() {
        try {
            temporal.start();
            temporalUp.complete(null);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            temporalUp.completeExceptionally(interrupted);
        } catch (RuntimeException | Error failed) {
            logUnlessStopping(failed);
            temporalUp.completeExceptionally(failed);
        }
    }

    private static void logUnlessStopping(Throwable failed) {
        if (!Stopping.isAsked()) {
            log.error("Temporal did not start: {}; orders are accepted and wait for it", failed.getMessage());
        }
    }

    private void startPostgres(CompletableFuture<LocalPostgres> starting) {
        try {
            starting.complete(LocalPostgres.start(folder, settings.toolsDir()));
        } catch (RuntimeException | Error failed) { // whoever waits for it would wait for ever
            starting.completeExceptionally(failed);
        }
    }

    private static LocalPostgres join(CompletableFuture<LocalPostgres> starting) {
        try {
            return starting.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof StartRefusedException refusal) {
                throw refusal;
            }
            throw failed;
        }
    }

    private static LocalTemporal temporal(LocalSettings settings, DataFolder folder, Optional<Path> program) {
        if (!settings.temporalTarget().isEmpty()) {
            return new GivenTemporal(settings.temporalTarget());
        }
        int port = Ports.choose(settings.temporalPort());
        if (program.isEmpty()) {
            return new InJvmTemporal(port);
        }
        int uiPort = Ports.choose(settings.temporalUiPort());
        return new DevServerTemporal(folder, program.get(), port, uiPort);
    }

    private static Optional<Path> program(LocalSettings settings) {
        if (settings.temporal() == LocalSettings.TemporalKind.IN_JVM) {
            return Optional.empty();
        }
        Path installed = settings.toolsDir().resolve("bin").resolve("temporal");
        Optional<Path> program =
                Programs.find("temporal").or(() -> Optional.of(installed).filter(Programs::isProgram));
        if (program.isEmpty() && settings.temporal() == LocalSettings.TemporalKind.DEV_SERVER) {
            throw new StartRefusedException(
                    "taskorder.local.temporal: dev-server needs the program `temporal`, which is neither on the PATH"
                            + " nor at " + installed + ".",
                    "Install it (./taskorder up does where python3 is there), or give --taskorder.local.temporal=in-jvm.");
        }
        return program;
    }
}
