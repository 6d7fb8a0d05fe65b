package dev.taskorder.starter.devserver;

import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.local.RunningInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** Two instances of every role, Temporal and PostgreSQL, all of them processes, which are killed and started again. */
final class Cluster implements AutoCloseable {
    private static final int INSTANCES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What a power cut takes away. */
    enum Part {
        ONE_INSTANCE,
        TEMPORAL,
        POSTGRES,
        BOTH_INSTANCES,
        /** With all that it has on file. */
        TEMPORAL_FOR_EVER
    }

    private final Path folder = Files.createTempDirectory("taskorder-crash");
    private final String effects;
    private final Database database;
    private final DevServer temporal;
    private final List<RunningInstance> begun = new ArrayList<>();
    private final AtomicReferenceArray<RunningInstance> instances = new AtomicReferenceArray<>(INSTANCES);
    private final AtomicReferenceArray<String> urls = new AtomicReferenceArray<>(INSTANCES);

    /** Both instances at once on an empty database. */
    Cluster(String effects) throws Exception {
        this.effects = effects;
        database = new Database(folder.resolve("postgres"));
        temporal = new DevServer(folder);
        try {
            temporal.start();
            for (int i = 0; i < INSTANCES; i++) {
                launch(i);
            }
            awaitReady();
        } catch (Throwable notStarted) {
            close();
            throw notStarted;
        }
    }

    Database database() {
        return database;
    }

    /** Of one of the instances; a caller who gets no answer there asks for another. */
    String url(RandomGenerator random) {
        return urls.get(random.nextInt(INSTANCES));
    }

    /** Kills it, and starts it again at once, as whoever watches over processes does; servers take calls then. */
    void crash(Part part, RandomGenerator random) throws Exception {
        switch (part) {
            case ONE_INSTANCE -> relaunch(random.nextInt(INSTANCES));
            case BOTH_INSTANCES -> {
                for (int i = 0; i < INSTANCES; i++) {
                    instances.get(i).killHard();
                }
                for (int i = 0; i < INSTANCES; i++) {
                    relaunch(i);
                }
            }
            case POSTGRES -> {
                database.kill();
                database.start();
            }
            default -> {
                temporal.kill();
                if (part == Part.TEMPORAL_FOR_EVER) {
                    temporal.forgetAll();
                }
                temporal.start();
            }
        }
    }

    /** Until every part of it takes calls. */
    void awaitReady() throws Exception {
        for (int i = 0; i < INSTANCES; i++) {
            urls.set(
                    i,
                    instances.get(i).awaitReady().substring("ready: ".length()).split(" ")[0]);
        }
        await().atMost(PATIENCE).ignoreExceptions().until(() -> Stream.of(urls.get(0), urls.get(1))
                .allMatch(url -> new Caller(url, CrashLoad.TENANTS.get(0)).readiness() == 200));
    }

    /** What the instances said and which orders are open, for whoever looks for the cause. */
    String lastWords() {
        StringBuilder all = new StringBuilder();
        begun.forEach(instance -> all.append("---- an instance:\n").append(instance.output()));
        return database.isRunning()
                ? all.append(database.openOrders()).toString()
                : all.append("---- PostgreSQL is away").toString();
    }

    private void relaunch(int i) throws Exception {
        instances.get(i).killHard();
        launch(i);
    }

    private void launch(int i) throws IOException {
        List<String> settings = new ArrayList<>(List.of(
                "--taskorder.temporal.target=" + temporal.target(),
                "--taskorder.quotas.enabled=true",
                "--taskorder.shutdown-grace=0s",
                "--spring.main.sources=" + EffectExecutor.class.getName(),
                "--" + EffectExecutor.URL + "=" + effects));
        database.properties().forEach((name, value) -> settings.add("--" + name + "=" + value));
        RunningInstance instance = RunningInstance.start(
                folder.resolve("instance-" + i), RunningInstance.tools(), settings.toArray(String[]::new));
        begun.add(instance);
        instances.set(i, instance);
    }

    @Override
    public void close() throws Exception {
        for (RunningInstance instance : begun) {
            instance.close();
        }
        temporal.stop();
        database.stop();
        FileSystemUtils.deleteRecursively(folder);
    }
}
