package dev.taskorder.starter.devserver;

import static dev.taskorder.starter.devserver.Caller.wantsOne;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Callers of two tenants who create orders, look at each for a moment, and ask again when they get no answer. */
final class CrashLoad implements AutoCloseable {
    static final List<String> TENANTS = List.of("tenant_a", "tenant_b");

    private static final int CALLERS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Cluster cluster;
    private final Map<String, String> tasks = new ConcurrentHashMap<>();
    private final AtomicInteger keys = new AtomicInteger();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final List<Future<?>> work;
    private volatile boolean over;

    CrashLoad(Cluster cluster) {
        this.cluster = cluster;
        TENANTS.forEach(tenant -> caller(tenant).pool(3));
        TENANTS.forEach(tenant -> caller(tenant).budget("p", 1_000_000));
        work = IntStream.range(0, CALLERS)
                .<Future<?>>mapToObj(caller -> callers.submit(this::createOneAfterAnother))
                .toList();
    }

    /** So many orders were created. */
    int accepted() {
        return tasks.size();
    }

    /** The ids that callers of the tenant were told, by key. */
    Map<String, String> tasksOf(String tenant) {
        return tasks.entrySet().stream()
                .filter(task -> task.getKey().startsWith(tenant + " "))
                .collect(Collectors.toMap(task -> task.getKey().split(" ")[1], Map.Entry::getValue));
    }

    /** An urgent order that is created now, wherever somebody answers, is executed and over. */
    void awaitOneThrough(Duration patience) {
        String tenant = TENANTS.get(1);
        String task = create(tenant, body("probe", 1, false, ", \"priority\": 95"), patience);
        await("an order created after the crash is over")
                .atMost(patience)
                .pollInterval(LOOK_AGAIN)
                .ignoreExceptions()
                .until(() -> isOver(tenant, task));
    }

    /** So many at once for one tenant, more than its pool can serve. */
    void createBacklog(int count) {
        List<String> all = IntStream.range(0, count)
                .mapToObj(any -> body("backlog", 3_000, false, wantsOne()))
                .toList();
        String tenant = TENANTS.get(0);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            Map<String, String> made = caller(tenant).createAll(all);
            made.forEach((key, task) -> tasks.put(tenant + " " + key, task));
            return true;
        });
    }

    /** As large as it takes to serve them all soon. */
    void widenPools() {
        TENANTS.forEach(tenant -> await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            caller(tenant).pool(100);
            return true;
        }));
    }

    private void createOneAfterAnother() {
        RandomGenerator random = ThreadLocalRandom.current();
        while (!over) {
            String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
            // one in ten is at work for longer than anybody is away
            int ms = random.nextInt(10) == 0 ? 6_000 : random.nextInt(600);
            String task = create(
                    tenant,
                    body("load", ms, random.nextInt(4) == 0, random.nextInt(3) == 0 ? wantsOne() : ""),
                    PATIENCE);
            lookAt(tenant, task);
        }
    }

    private String create(String tenant, String body, Duration patience) {
        Caller.Reply created = await("a create is answered")
                .atMost(patience)
                .pollDelay(Duration.ZERO)
                .pollInterval(LOOK_AGAIN)
                .ignoreExceptions()
                .until(() -> caller(tenant).tryCreate(body), Caller.Reply::accepted);
        tasks.put(tenant + " " + created.key(), created.taskId());
        return created.taskId();
    }

    /** For a few seconds, as far as somebody answers: a cluster that is slow gets less to do. */
    private void lookAt(String tenant, String task) {
        try {
            caller(tenant).order(task + "?wait=4");
        } catch (IllegalStateException | AssertionError nobodyAnswers) {
            // the next create waits for somebody who does
        }
    }

    private boolean isOver(String tenant, String task) {
        return !caller(tenant).order(task).path("finished_at").isNull();
    }

    private String body(String name, int ms, boolean again, String more) {
        return """
                {"idempotency_key": "%s-%d", "project_id": "p", "env": "%s", "task_type": "%s",
                 "input": {"ms": %d, "again": %s}%s}""".formatted(name, keys.incrementAndGet(), Caller.ENV, EffectExecutor.TASK_TYPE, ms, again, more);
    }

    private Caller caller(String tenant) {
        return new Caller(cluster.url(ThreadLocalRandom.current()), tenant);
    }

    @Override
    public void close() throws Exception {
        over = true;
        callers.shutdown();
        for (Future<?> caller : work) {
            caller.get();
        }
    }
}
