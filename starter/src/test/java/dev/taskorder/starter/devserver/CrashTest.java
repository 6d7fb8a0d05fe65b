package dev.taskorder.starter.devserver;

import static org.awaitility.Awaitility.await;

import dev.taskorder.starter.devserver.Cluster.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Processes are killed under load, at moments that a seed chooses. {@code -Dtaskorder.crash.seed} repeats the order of a run;
 * more than three {@code -Dtaskorder.crash.kills} take Temporal's data away, too, with 500 orders open
 * ({@code ./taskorder crash}).
 */
@OnDevServer
@Execution(ExecutionMode.CONCURRENT)
class CrashTest {
    private static final long SEED =
            Long.getLong("taskorder.crash.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    private static final int KILLS = Integer.getInteger("taskorder.crash.kills", 3);
    private static final int BACKLOG = 600;
    private static final int STILL_OPEN = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration RUNS_AGAIN = Duration.ofSeconds(30);

    @Test
    void whatever_is_killed_each_order_comes_to_its_one_end_and_all_runs_again_within_half_a_minute() throws Exception {
        System.out.println("CrashTest: seed " + SEED);
        try (Effects effects = new Effects();
                Cluster cluster = new Cluster(effects.url())) {
            try {
                crash(cluster, effects);
            } catch (Throwable failed) {
                System.out.println("CrashTest: failed with seed " + SEED + "\n" + cluster.lastWords());
                throw failed;
            }
        }
    }

    private static void crash(Cluster cluster, Effects effects) throws Exception {
        Random random = new Random(SEED);
        CrashLoad load = new CrashLoad(cluster);
        CrashControl control = new CrashControl(cluster);
        try (load) {
            for (Part part : parts(random)) {
                int next = load.accepted() + 10 + random.nextInt(40);
                await().atMost(PATIENCE).until(() -> load.accepted() >= next);
                if (part == Part.TEMPORAL_FOR_EVER) {
                    load.createBacklog(BACKLOG);
                    await().atMost(PATIENCE)
                            .until(() -> cluster.database().count("status IN ('QUEUED', 'RUNNING')") >= STILL_OPEN);
                }
                control.begin();
                crash(cluster, part, random, load);
                control.assertHeldAndGoOn();
            }
        }
        for (String tenant : CrashLoad.TENANTS) {
            assertEnded(cluster, effects, tenant, load.tasksOf(tenant));
        }
        assertEnded(cluster, effects, CrashControl.TENANT, control.tasks());
    }

    private static void assertEnded(Cluster cluster, Effects effects, String tenant, Map<String, String> tasks) {
        try (Aftermath aftermath = new Aftermath(cluster.database(), tenant)) {
            aftermath.awaitQuiet();
            aftermath.assertOrders(tasks);
            aftermath.assertEffects(effects.all());
            aftermath.assertInvariants();
            System.out.println(
                    "CrashTest: " + tenant + " " + tasks.size() + " orders, attempts lost " + aftermath.lost());
        }
    }

    private static void crash(Cluster cluster, Part part, Random random, CrashLoad load) throws Exception {
        int open = cluster.database().count("finished_at IS NULL");
        Instant killed = Instant.now();
        long begun = System.nanoTime();
        cluster.crash(part, random);
        if (part == Part.BOTH_INSTANCES) {
            cluster.awaitReady();
        }
        long up = System.nanoTime(); // how soon a process starts is the machine's business
        load.awaitOneThrough(RUNS_AGAIN);
        long done = System.nanoTime();
        System.out.println("CrashTest: " + part + " killed with " + open + " orders open, is there again after "
                + Duration.ofNanos(up - begun).toMillis() + " ms, and an order went through after "
                + Duration.ofNanos(done - begun).toMillis() + " ms");
        if (part == Part.TEMPORAL_FOR_EVER) {
            // who was queued by then had a workflow
            String forgotten = "finished_at IS NULL AND run_no = 1 AND queued_at < '" + killed + "'";
            await("whatever Temporal forgot runs again")
                    .atMost(RUNS_AGAIN.minusNanos(System.nanoTime() - up))
                    .until(() -> cluster.database().count(forgotten) == 0);
            load.widenPools();
        }
        cluster.awaitReady();
    }

    /** Each kind as often as the others; what Temporal knew is lost once, in the middle. */
    private static List<Part> parts(Random random) {
        List<Part> parts = new ArrayList<>();
        List<Part> kinds = new ArrayList<>(List.of(Part.ONE_INSTANCE, Part.TEMPORAL, Part.POSTGRES));
        if (KILLS > kinds.size()) {
            kinds.add(Part.BOTH_INSTANCES);
        }
        while (parts.size() < KILLS) {
            Collections.shuffle(kinds, random);
            parts.addAll(kinds.subList(0, Math.min(kinds.size(), KILLS - parts.size())));
        }
        if (KILLS > 3) {
            parts.set(KILLS / 2, Part.TEMPORAL_FOR_EVER);
        }
        return parts;
    }
}
