package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.order;
import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.local.RunningInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** One version takes over from another while orders are open: {@code trials/rolling-upgrade} builds both and runs this. */
@OnDevServer
@EnabledIfSystemProperty(named = "taskorder.upgrade.from", matches = ".+", disabledReason = "trials/rolling-upgrade")
class RollingUpgradeTest {
    private static final String TENANT = "tenant_a";
    private static final String LONG_THEN_SHORT = "{\"attempts\": [{\"duration_ms\": 120000}, {\"duration_ms\": 10}]}";
    private static final String FAILS_ONCE =
            "{\"duration_ms\": 10, \"attempts\": [{\"result_code\": \"RETRYABLE\"}, {\"result_code\": \"OK\"}]}";
    private static final String SHORT = "{\"duration_ms\": 200}";
    private static final int EACH = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Database database;
    private DevServer temporal;

    @AfterEach
    void leave_nothing_running() throws IOException {
        temporal.stop();
        database.stop();
    }

    @Test
    void what_one_version_began_ends_right_under_the_next_and_neither_disturbs_the_other() throws Exception {
        database = new Database(folder.resolve("postgres"));
        temporal = new DevServer(folder);
        temporal.start();
        try (RunningInstance before = start("from")) {
            Caller old = callerOf(before);
            old.policy("{\"defaults\": {\"retry_backoff_ms\": 60000}}");
            old.budget("p", 1000);
            old.pool(2 * EACH);
            List<String> running = create(old, "running", LONG_THEN_SHORT);
            running.forEach(task -> old.awaitExecuting(task, 1));
            List<String> backingOff = create(old, "backing-off", FAILS_ONCE);
            backingOff.forEach(old::awaitBackOff);
            List<String> waiting = create(old, "waiting", SHORT);
            waiting.forEach(task -> old.awaitStatus(task, "QUEUED"));
            String unwanted = old.create(order("unwanted", SHORT, wantsOne()));
            old.awaitStatus(unwanted, "QUEUED");

            Asking asking = new Asking(old);
            try (RunningInstance after = start("to")) {
                Caller young = callerOf(after);
                young.cancel(unwanted);
                List<String> ofBoth =
                        new ArrayList<>(young.createAll(bodies("by-new")).values());
                ofBoth.addAll(old.createAll(bodies("by-old")).values());
                young.awaitStatus(unwanted, "CANCELLED");
                for (String task : ofBoth) {
                    old.awaitStatus(task, "SUCCESS");
                }
                List<String> created = asking.stop();
                before.askToStop();
                before.awaitExit();

                assertEnded(young, running, 1, "EXECUTOR_LOST", "OK");
                assertEnded(young, backingOff, 1, "RETRYABLE", "OK");
                assertEnded(young, waiting, 1, "OK");
                assertEnded(young, ofBoth, 0, "OK");
                assertEnded(young, created, 0, "OK");
                young.assertEnded(unwanted, "CANCELLED", "CANCELLED");
                assertInvariants();
                System.out.println("RollingUpgradeTest: " + (running.size() + backingOff.size() + waiting.size())
                        + " orders went from one version to the next, " + created.size()
                        + " more were created meanwhile");
            }
        }
    }

    private static List<String> create(Caller caller, String name, String simulate) {
        return IntStream.range(0, EACH)
                .mapToObj(i -> caller.create(order(name + i, simulate, wantsOne())))
                .toList();
    }

    private static List<String> bodies(String name) {
        return IntStream.range(0, 20).mapToObj(i -> order(name + i, SHORT)).toList();
    }

    private static void assertEnded(Caller caller, List<String> tasks, double cost, String... codes) {
        for (String task : tasks) {
            caller.awaitStatus(task, "SUCCESS");
            caller.assertEnded(task, "SUCCESS", "OK");
            assertThat(caller.attempts(task))
                    .extracting(attempt -> attempt.path("result_code").asString())
                    .containsExactly(codes);
            assertThat(caller.cost(task)).isEqualTo(cost);
        }
    }

    private void assertInvariants() {
        try (Aftermath aftermath = new Aftermath(database, TENANT)) {
            aftermath.awaitQuiet();
            aftermath.assertInvariants();
        }
    }

    private RunningInstance start(String version) throws IOException {
        List<String> settings = new ArrayList<>(List.of(
                "--taskorder.temporal.target=" + temporal.target(),
                "--taskorder.quotas.enabled=true",
                "--taskorder.shutdown-grace=1s"));
        database.properties().forEach((name, value) -> settings.add("--" + name + "=" + value));
        return RunningInstance.startJar(
                Path.of(System.getProperty("taskorder.upgrade." + version)),
                folder.resolve(version),
                RunningInstance.tools(),
                settings.toArray(String[]::new));
    }

    private static Caller callerOf(RunningInstance instance) throws Exception {
        String url = instance.awaitReady().substring("ready: ".length()).split(" ")[0];
        return new Caller(url, TENANT);
    }

    /** Somebody who goes on with the old one all the time, and is refused nothing. */
    private static final class Asking {
        private final Caller caller;
        private final List<String> created = new CopyOnWriteArrayList<>();
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Future<?> work;
        private volatile boolean over;

        Asking(Caller caller) {
            this.caller = caller;
            work = thread.submit(this::createOneAfterAnother);
            await().atMost(PATIENCE).until(() -> created.size() >= 2);
        }

        private void createOneAfterAnother() {
            for (int i = 0; !over; i++) {
                String task = caller.create(order("asking" + i, SHORT));
                created.add(task);
                caller.awaitStatus(task, "SUCCESS");
            }
        }

        List<String> stop() throws Exception {
            over = true;
            work.get();
            thread.shutdown();
            return created;
        }
    }
}
