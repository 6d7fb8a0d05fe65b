package dev.taskorder.starter.devserver;

import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.policy.TenantRegistry;
import dev.taskorder.api.principal.ApiKeys;
import dev.taskorder.api.principal.Role;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.TaskOrderApplication;
import dev.taskorder.starter.tenant.BackgroundRunner;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** The whole application in this JVM, on a PostgreSQL and a Temporal that tests can take away and give back. */
final class Stage implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicInteger TENANTS = new AtomicInteger();

    private static final String OTHER_DEFAULTS = """
            WITH other AS (
                INSERT INTO tenant_policy (tenant_id, version, body)
                SELECT tenant_id, 2, body || jsonb_build_object('defaults', body -> 'defaults' || :defaults::jsonb)
                  FROM tenant_policy WHERE tenant_id = :tenant
                RETURNING tenant_id, version
            )
            UPDATE tenant SET active_policy = other.version FROM other WHERE tenant.tenant_id = other.tenant_id
            """;

    private final Path folder = Files.createTempDirectory("taskorder-devserver");
    private final Database database = new Database(folder.resolve("postgres"));
    private final DevServer temporal = new DevServer(folder);
    private final ConfigurableApplicationContext application;
    private final Early early;

    /** What callers were answered before Temporal had ever been there. */
    record Early(Caller caller, List<String> tasks, int readiness, String temporal) {}

    /** Temporal comes last: after a power cut nobody promises who is first. */
    Stage() throws IOException, InterruptedException {
        SpringApplication spring = new SpringApplication(TaskOrderApplication.class);
        spring.setRegisterShutdownHook(false);
        Map<String, Object> settings = new HashMap<>(database.properties());
        settings.put("server.port", 0);
        settings.put("management.server.port", 0);
        settings.put("taskorder.temporal.target", temporal.target());
        settings.put("taskorder.local.default-executor", "simulated");
        // its tests have long lines to wait in, and make them as fast as they can
        settings.put("taskorder.rates.enabled", "false");
        settings.put("taskorder.shutdown-grace", "0s");
        application = spring.run(settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new));
        early = beforeTemporal();
        temporal.start();
        await().atMost(PATIENCE).until(() -> temporalAsSeen().equals("UP"));
    }

    private Early beforeTemporal() throws IOException, InterruptedException {
        Caller caller = newTenant();
        caller.pool(1);
        List<String> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tasks.add(caller.create(Caller.order("early" + i, "{\"duration_ms\": 1}", Caller.wantsOne())));
        }
        return new Early(caller, tasks, readiness(), temporalAsSeen());
    }

    Early early() {
        return early;
    }

    private String temporalAsSeen() {
        return application
                .getBean("temporalHealthIndicator", HealthIndicator.class)
                .health()
                .getStatus()
                .getCode();
    }

    Database database() {
        return database;
    }

    DevServer temporal() {
        return temporal;
    }

    /** A tenant that nobody used before, under the built-in policy. */
    Caller newTenant() {
        TenantId tenant = new TenantId("dev_" + TENANTS.incrementAndGet());
        BackgroundRunner runner = application.getBean(BackgroundRunner.class);
        TenantRegistry registry = application.getBean(TenantRegistry.class);
        runner.run(tenant, () -> registry.register(tenant, "Test"));
        int port = ((WebServerApplicationContext) application).getWebServer().getPort();
        return new Caller("http://127.0.0.1:" + port, tenant.value());
    }

    /** The text of a key with which the tenant's assets and orders can be made. */
    String newKey(Caller caller) {
        ApiKeys keys = application.getBean(ApiKeys.class);
        ApiKeys.CreateResult made = application
                .getBean(BackgroundRunner.class)
                .call(
                        new TenantId(caller.tenant()),
                        () -> keys.create(
                                new ApiKeys.NewKey("test", Role.TENANT_ADMIN, null),
                                dev.taskorder.api.tenant.Caller.SYSTEM));
        return ((ApiKeys.CreateResult.Created) made).text();
    }

    /** One whose policy has these defaults in place of the built-in ones. */
    Caller newTenant(String defaults) {
        Caller caller = newTenant();
        database.sql()
                .sql(OTHER_DEFAULTS)
                .param("tenant", caller.tenant())
                .param("defaults", defaults)
                .update();
        return caller;
    }

    /** The status that a load balancer is answered. */
    int readiness() throws IOException, InterruptedException {
        String port = application.getEnvironment().getRequiredProperty("local.management.port");
        URI readiness = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(readiness).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** How many of this kind were mended. */
    double recovered(String kind) {
        return application
                .getBean(MeterRegistry.class)
                .get("taskorder.recovered.orders")
                .tag("kind", kind)
                .counter()
                .count();
    }

    /** The workflow of an order, as an operator of Temporal sees it. */
    Run run(Caller caller, String key) {
        TenantId tenant = new TenantId(caller.tenant());
        return new Run(
                application.getBean(WorkflowClient.class), application.getBean(BackgroundRunner.class), tenant, key);
    }

    /** Whether the order is to be looked up now, instead of within the minute. */
    void makeDue(String taskId) {
        database.sql()
                .sql("UPDATE task_order SET check_due_at = now() WHERE task_id = ?::uuid AND finished_at IS NULL")
                .param(taskId)
                .update();
    }

    /** The order is not to be looked up for an hour. */
    void putOff(String taskId) {
        database.sql()
                .sql("UPDATE task_order SET check_due_at = now() + interval '1 hour' WHERE task_id = ?::uuid")
                .param(taskId)
                .update();
    }

    boolean isDue(String taskId) {
        return database.sql()
                .sql("SELECT check_due_at <= now() FROM task_order WHERE task_id = ?::uuid")
                .param(taskId)
                .query(Boolean.class)
                .single();
    }

    /** In how many seconds the order, which nothing has happened to for hours, is looked up the next time but one. */
    double nextCheckSeconds(String taskId) {
        database.sql().sql("""
                        UPDATE task_order SET check_due_at = now(), updated_at = now() - interval '5 hours'
                         WHERE task_id = ?::uuid""").param(taskId).update();
        await().atMost(PATIENCE).until(() -> !isDue(taskId));
        return database.sql()
                .sql("SELECT extract(epoch FROM check_due_at - now()) FROM task_order WHERE task_id = ?::uuid")
                .param(taskId)
                .query(Double.class)
                .single();
    }

    /** Whether no dispatcher has the order in hand: its claim was given back, and nobody claims while Temporal is away. */
    boolean isNotClaimed(String taskId) {
        return database.sql()
                .sql("SELECT start_claims > 0 AND start_due_at < now() FROM task_order WHERE task_id = ?::uuid")
                .param(taskId)
                .query(Boolean.class)
                .single();
    }

    /** Nobody waits for what is left of a tenant's backlog. */
    void park(Caller caller) {
        database.sql()
                .sql("UPDATE task_order SET start_due_at = 'infinity' WHERE tenant_id = ? AND started_run_no < run_no")
                .param(caller.tenant())
                .update();
    }

    /** What is missing of the servers comes back. */
    void restore() throws IOException {
        if (!database.isRunning()) {
            database.start();
        }
        if (!temporal.isRunning()) {
            temporal.start();
        }
    }

    @Override
    public void close() throws IOException {
        application.close();
        temporal.stop();
        database.stop();
        FileSystemUtils.deleteRecursively(folder);
    }
}
