package dev.taskorder.starter.devserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * An operator's acts while parts are killed: each time a tenant of its own is paused, and a cancel by filter of some of what waits is
 * under way. The pause holds, the cancel comes to its end, and what waited begins when it is resumed.
 */
final class CrashControl {
    static final String TENANT = "tenant_c";

    private static final String DOOMED = "doomed";
    private static final String KEPT = "kept";
    private static final int EACH = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Cluster cluster;
    private final Map<String, String> tasks = new ConcurrentHashMap<>();
    private int kills;
    private String operation = "";
    private Set<String> kept = Set.of();

    CrashControl(Cluster cluster) {
        this.cluster = cluster;
        caller().register();
    }

    /** Whether an order of this key is to end as cancelled. */
    static boolean isDoomed(String key) {
        return key.startsWith(DOOMED);
    }

    /** The ids by their keys. */
    Map<String, String> tasks() {
        return tasks;
    }

    void begin() {
        kills++;
        Caller caller = caller();
        caller.control("pause");
        Map<String, String> created = caller.createAll(Stream.of(DOOMED, KEPT)
                .flatMap(name -> IntStream.range(0, EACH).mapToObj(number -> body(name, number)))
                .toList());
        tasks.putAll(created);
        kept = new HashSet<>(created.entrySet().stream()
                .filter(task -> !isDoomed(task.getKey()))
                .map(Map.Entry::getValue)
                .toList());
        operation = caller.cancelAll(project(DOOMED));
    }

    /** Both instances and all that they need are there again. */
    void assertHeldAndGoOn() {
        await("the cancel by filter is done").atMost(PATIENCE).untilAsserted(() -> {
            JsonNode cancel = caller().operation(operation);
            assertThat(cancel.path("state").asString()).isEqualTo("DONE");
            assertThat(cancel.path("done").asInt()).isEqualTo(EACH);
        });
        assertThat(caller().orders())
                .filteredOn(order -> kept.contains(order.path("task_id").asString()))
                .hasSize(EACH)
                .allSatisfy(order -> assertThat(order.path("status").asString()).isIn(List.of("PENDING", "QUEUED")));
        caller().control("resume");
    }

    private String body(String name, int number) {
        return """
                {"idempotency_key": "%s-%d-%d", "project_id": "%s", "env": "%s", "task_type": "%s",
                 "input": {"ms": 1, "again": false}}""".formatted(name, kills, number, project(name), Caller.ENV, EffectExecutor.TASK_TYPE);
    }

    private String project(String name) {
        return name + "-" + kills;
    }

    private Caller caller() {
        return new Caller(cluster.url(ThreadLocalRandom.current()), TENANT);
    }
}
