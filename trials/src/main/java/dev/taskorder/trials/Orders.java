package dev.taskorder.trials;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a trial asks the application about orders. */
final class Orders implements AutoCloseable {
    static final String PATH = "/v1/task-orders";
    static final String TENANT = "tenant_a";
    private static final JsonMapper JSON = new JsonMapper();
    private static final int POOL_ASSETS = 10;
    private static final int SLOTS_PER_ASSET = 100;
    private static final long LOOK_AGAIN_MS = 50;

    private final WireClient wire;

    Orders(Application application) throws IOException {
        this(application, TENANT);
    }

    Orders(Application application, String tenant) throws IOException {
        this.wire = new WireClient(application.port(), tenant);
    }

    /** Makes a tenant, as the operator that this machine's loopback is. */
    void putTenant(String id) throws IOException {
        require2xx(wire.put("/v1/tenants/" + id, ("{\"name\": \"" + id + "\"}").getBytes(StandardCharsets.UTF_8)));
    }

    /** Puts a policy of the tenant in force that says this, and of the rest what is usual. */
    void activatePolicy(String tenant, String policy) throws IOException {
        String path = "/v1/tenants/" + tenant + "/policies";
        JsonNode made = JSON.readTree(require2xx(wire.post(path, policy.getBytes(StandardCharsets.UTF_8)))
                .text());
        require2xx(wire.post(path + "/" + made.path("version").asInt() + "/activate", new byte[0]));
    }

    /** Makes room for a thousand leases at once. */
    void addPool() throws IOException {
        for (int i = 0; i < POOL_ASSETS; i++) {
            String asset = """
                    {"env": "sandbox", "sku_category": "RAW_NET", "sku_code": "trial.net.%d", "max_concurrency": %d, \
                    "unit_cost": 0.01}""".formatted(i, SLOTS_PER_ASSET);
            putAsset("trial-net-" + i, asset);
        }
    }

    void putAsset(String id, String asset) throws IOException {
        require2xx(wire.put("/v1/assets/" + id, asset.getBytes(StandardCharsets.UTF_8)));
    }

    /** The answer to a create. */
    JsonNode create(byte[] order) throws IOException {
        return JSON.readTree(require2xx(wire.post(PATH, order)).text());
    }

    void createBatch(byte[] batch) throws IOException {
        require2xx(wire.post(PATH + "/batch", batch));
    }

    JsonNode find(String taskId) throws IOException {
        return JSON.readTree(require2xx(wire.get(PATH + "/" + taskId)).text());
    }

    JsonNode firstAttempt(String taskId) throws IOException {
        return JSON.readTree(
                        require2xx(wire.get(PATH + "/" + taskId + "/attempts")).text())
                .path("items")
                .path(0);
    }

    /** Returns when the order is over; asks rarely, for asking would be load too. */
    void awaitOver(String taskId, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean over = false;
        while (!over && System.nanoTime() < deadline) {
            String answer =
                    require2xx(wire.get(PATH + "/" + taskId + "?wait=10")).text();
            over = !JSON.readTree(answer).path("finished_at").isNull();
        }
    }

    /**
     * Returns when all orders of the project are over.
     *
     * @throws IllegalStateException if one ended otherwise than in SUCCESS, for then something else was measured
     */
    void awaitAllOver(String project, Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (anyOf(project, "PENDING", "QUEUED", "RUNNING")) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("orders of " + project + " are not over after " + patience);
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
        }
        if (anyOf(project, "FAILED", "CANCELLED", "TIMEOUT", "DEAD_LETTER")) {
            throw new IllegalStateException("some orders of " + project + " did not end in SUCCESS");
        }
    }

    /** Whether some order of the project has not been admitted yet. */
    boolean anyPending(String project) throws IOException {
        return anyOf(project, "PENDING");
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }

    private boolean anyOf(String project, String... statuses) throws IOException {
        String query = PATH + "?limit=1&project_id=" + project + "&status=" + String.join("&status=", statuses);
        return !JSON.readTree(require2xx(wire.get(query)).text()).path("items").isEmpty();
    }

    private static WireClient.Answer require2xx(WireClient.Answer answer) throws IOException {
        if (answer.status() / 100 != 2) {
            throw new IOException("the application answered " + answer.status() + ": " + answer.text());
        }
        return answer;
    }
}
