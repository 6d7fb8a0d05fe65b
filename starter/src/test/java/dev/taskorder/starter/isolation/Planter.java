package dev.taskorder.starter.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.taskorder.activities.event.EventRelay;
import dev.taskorder.activities.execution.AttemptStore;
import dev.taskorder.api.execution.ExecutionRequest;
import dev.taskorder.api.execution.ExecutionResult;
import dev.taskorder.api.execution.LeaseOutcome;
import dev.taskorder.api.execution.Money;
import dev.taskorder.api.order.AttemptRef;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.order.Verdict;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Makes tenants that have something of everything there is. */
final class Planter {
    private static final List<String> ROLES = List.of("viewer", "tenant-admin");

    private final Http http;
    private final Keys operator;
    private final BackgroundRunner runner;
    private final OrderSteps steps;
    private final AttemptStore attempts;
    private final EventRelay relay;

    /** Who somebody is: the headers that prove it. */
    record Keys(String... headers) {
        static Keys of(String key) {
            return new Keys("Authorization", "Bearer " + key);
        }
    }

    /** A tenant, and the keys of those who may act for it. */
    record Planted(Belongings its, String viewer, String submitter, String admin) {}

    Planter(
            Http http,
            String operator,
            BackgroundRunner runner,
            OrderSteps steps,
            AttemptStore attempts,
            EventRelay relay) {
        this.http = http;
        this.operator = Keys.of(operator);
        this.runner = runner;
        this.steps = steps;
        this.attempts = attempts;
        this.relay = relay;
    }

    /** With so many versions of its policy beside the built-in one; the last is in force. */
    Planted plant(int versions) {
        Belongings its = new Belongings();
        String tenant = "/v1/tenants/" + its.tenant();
        done(http.put(tenant, "{\"name\":\"Tenant " + its.secret + "\"}", operator.headers()));
        policies(its, tenant, versions);
        String viewer = key(tenant, "viewer", its.secret).path("key").asString();
        String submitter =
                key(tenant, "submitter", its.secret + "-s").path("key").asString();
        String admin = key(tenant, "tenant-admin", its.of("name")).path("key").asString();
        its.with("key_id", key(tenant, "submitter", its.secret).path("key_id").asString());

        Keys by = Keys.of(admin);
        assets(its, by);
        for (String of : new String[] {"tenant/" + its.tenant(), "project/" + its.of("project_id")}) {
            done(http.put(
                    "/v1/budgets/" + of + "?env=" + its.of("env"),
                    "{\"limit\":10000,\"currency\":\"USD\",\"period\":\"month\"}",
                    by.headers()));
        }
        orders(its, by);
        entries(its, by);
        done(http.post(tenant + "/pause", "{\"what\":\"webhooks\",\"reason\":\"" + its.secret + "\"}", by.headers()));
        for (String id : new String[] {its.secret, its.of("webhook_id")}) {
            done(http.put(
                    "/v1/webhooks/" + id,
                    "{\"url\":\"https://93.184.215.14/" + its.secret + "\",\"types\":[\"*\"]}",
                    by.headers()));
        }
        leftovers(its);
        runner.run(new TenantId(its.tenant()), relay::seeNext);
        return new Planted(its, viewer, submitter, admin);
    }

    /** A key of the tenant that is not accepted any more. */
    String overKey(Planted of, boolean revoked) {
        String tenant = "/v1/tenants/" + of.its().tenant();
        String expiry = revoked
                ? ""
                : ",\"expires_at\":\"" + Clock.systemUTC().instant().plusSeconds(1) + "\"";
        JsonNode made = done(http.post(
                        tenant + "/api-keys",
                        "{\"name\":\"over\",\"role\":\"tenant-admin\"" + expiry + "}",
                        operator.headers()))
                .json();
        String key = made.path("key").asString();
        if (revoked) {
            done(http.send(
                    "DELETE", tenant + "/api-keys/" + made.path("key_id").asString(), new byte[0], operator.headers()));
        }
        await().atMost(Duration.ofSeconds(4))
                .until(() -> http.get("/v1/assets", Keys.of(key).headers()).status() == 401);
        return key;
    }

    void suspend(Planted tenant) {
        done(http.post("/v1/tenants/" + tenant.its().tenant() + "/suspend", "", operator.headers()));
        await().atMost(Duration.ofSeconds(4)).until(() -> http.post(
                        "/v1/task-orders", "{}", Keys.of(tenant.admin()).headers())
                .code()
                .equals("tenant_suspended"));
    }

    void expire(Planted tenant) {
        done(http.put(
                "/v1/tenants/" + tenant.its().tenant(),
                "{\"name\":\"Tenant " + tenant.its().secret + "\",\"expires_at\":\"2020-01-01T00:00:00Z\"}",
                operator.headers()));
        await().atMost(Duration.ofSeconds(4)).until(() -> http.post(
                        "/v1/task-orders", "{}", Keys.of(tenant.admin()).headers())
                .code()
                .equals("tenant_expired"));
    }

    private void policies(Belongings its, String tenant, int versions) {
        for (int i = 0; i < versions; i++) {
            String version = done(http.post(
                            tenant + "/policies",
                            "{\"envs\":[\"*\"],\"budget\":{\"estimates\":{\"" + its.secret + "\":1}},"
                                    + "\"defaults\":{\"retry_hold_ms\":600000},\"follow_ups\":[{\"id\":\"" + its.secret
                                    + "\",\"on\":\"task_order.failed\",\"task_type\":\"none\",\"create\":{\"task_type\":\"none\"}}]}",
                            operator.headers()))
                    .json()
                    .path("version")
                    .asString();
            its.with("version", version);
        }
        done(http.post(tenant + "/policies/" + its.of("version") + "/activate", "", operator.headers()));
    }

    private JsonNode key(String tenant, String role, String name) {
        return done(http.post(
                        tenant + "/api-keys",
                        "{\"name\":\"" + name + "\",\"role\":\"" + role + "\"}",
                        operator.headers()))
                .json();
    }

    private void assets(Belongings its, Keys by) {
        Map<String, String> codes = Map.of(
                its.of("asset_id"),
                its.of("sku_code"),
                its.secret + "-second",
                its.of("sku_code"),
                its.secret,
                its.secret);
        codes.forEach((id, code) -> {
            done(http.put(
                    "/v1/assets/" + id,
                    """
                    {"env":"%s","sku_category":"%s","sku_code":"%s","unit_cost":0.35,"max_concurrency":4,
                     "handle":"%s","attributes":{"%s":"%s"}}
                    """.formatted(its.of("env"), its.of("sku_category"), code, its.secret, its.secret, its.secret),
                    by.headers()));
        });
    }

    /** One that is over, one that waits for a person, and one that is between two attempts; of these two others may know the ids. */
    private void orders(Belongings its, Keys by) {
        worked(its, order(its, by, its.secret), "OK");
        String dead = order(its, by, its.secret + "-dead", "\"max_retries\":0,");
        its.with("dead_letter", dead);
        worked(its, dead, "RETRYABLE");
        operation(its);
        String open = order(its, by, its.of("idempotency_key"));
        its.with("task_id", open);
        worked(its, open, "RETRYABLE");
        JsonNode leases = done(http.get("/v1/task-orders/" + open + "/leases", by.headers()))
                .json()
                .path("items");
        JsonNode lease = leases.get(leases.get(0).path("asset_id").asString().equals(its.of("asset_id")) ? 0 : 1);
        its.with("lease_id", lease.path("lease_id").asString());
        its.with("fencing_token", lease.path("fencing_token").asString());
        String cancelled = order(its, by, its.secret + "-cancelled");
        done(http.post(
                "/v1/task-orders/" + cancelled + "/cancel", "{\"reason\":\"" + its.secret + "\"}", by.headers()));
        done(http.post(
                "/v1/assets/" + its.of("asset_id") + "/events",
                "{\"event_id\":\"" + its.of("event_id") + "\",\"event_type\":\"OK\",\"payload\":{\"error_code\":\""
                        + its.secret + "\"}}",
                by.headers()));
    }

    /** One that waits, for it is not due before tomorrow. */
    private static void operation(Belongings its) {
        String id = UUID.randomUUID().toString();
        its.with("operation_id", id);
        TestDatabase.asSuperuser("accepting")
                .sql("""
                WITH operation AS (
                INSERT INTO bulk_operation (tenant_id, operation_id, kind, state, dry_run, filter, reason, asked_by, rate_per_second,
                       matched, due_at)
                VALUES (:tenant, :id::uuid, 'CANCEL', 'RUNNING', false, '{}', :secret, :secret, 1, 1, now() + interval '1 day')
                RETURNING tenant_id, operation_id)
                INSERT INTO bulk_operation_order (tenant_id, operation_id, task_id, problem)
                SELECT tenant_id, operation_id, :task::uuid, :secret FROM operation
                """)
                .param("tenant", its.tenant())
                .param("id", id)
                .param("task", its.of("dead_letter"))
                .param("secret", its.secret)
                .update();
    }

    private String order(Belongings its, Keys by, String key) {
        return order(its, by, key, "");
    }

    private String order(Belongings its, Keys by, String key, String constraints) {
        String hint = "{\"sku_category\":\"" + its.of("sku_category") + "\",\"sku_code\":\"" + its.of("sku_code")
                + "\",\"min_count\":2}";
        return done(http.post(
                        "/v1/task-orders",
                        """
                        {"idempotency_key":"%s","project_id":"%s","env":"%s","task_type":"%s","task_category":"%s",
                         "external_ref":"%s","tags":["%s","%s"],"description":"%s","input":{"%s":"%s"},
                         "constraints":{%s"%s":"%s"},"resource_hints":[%s]}
                        """.formatted(
                                        key,
                                        its.of("project_id"),
                                        its.of("env"),
                                        its.of("task_type"),
                                        its.of("task_category"),
                                        its.of("external_ref"),
                                        its.of("tag"),
                                        its.secret,
                                        its.secret,
                                        its.secret,
                                        its.secret,
                                        constraints,
                                        its.secret,
                                        its.secret,
                                        hint),
                        by.headers()))
                .json()
                .path("task_id")
                .asString();
    }

    private void worked(Belongings its, String id, String code) {
        TenantId tenant = new TenantId(its.tenant());
        UUID taskId = UUID.fromString(id);
        runner.run(tenant, () -> {
            assertThat(steps.admit(new TaskOrderRef(tenant, taskId, 1))).isInstanceOf(Verdict.Execute.class);
            AttemptRef attempt = new AttemptRef(tenant, taskId, 1);
            ExecutionRequest request = ((AttemptStore.Begun.Run) attempts.begin(attempt)).request();
            attempts.report(
                    attempt,
                    request.attemptToken(),
                    "{\"" + its.secret + "\":50}",
                    List.of(new Money("cost-" + its.secret, new BigDecimal("0.01"))));
            attempts.complete(
                    attempt,
                    request.attemptToken(),
                    dev.taskorder.activities.execution.Answer.of(result(its, request, code)),
                    false);
            steps.conclude(new OrderSteps.AttemptEnd(tenant, taskId, 1, 1, OrderSteps.How.ANSWERED, null, null, null));
        });
    }

    private static ExecutionResult result(Belongings its, ExecutionRequest request, String code) {
        LeaseOutcome outcome =
                new LeaseOutcome(request.leases().get(0).leaseId(), "OK", Map.of("provider_status", its.secret));
        return new ExecutionResult(
                code,
                "said " + its.secret,
                Map.of(its.secret, its.secret),
                List.of(outcome),
                List.of(new Money("cost-" + its.secret, new BigDecimal("0.02"))),
                List.of(new Money("sale-" + its.mark, new BigDecimal("50"))));
    }

    private void entries(Belongings its, Keys by) {
        for (String id : new String[] {its.secret, its.of("entry_id")}) {
            done(http.post(
                    "/v1/ledger/entries",
                    "{\"entry_id\":\"" + id + "\",\"task_id\":\"" + its.of("task_id")
                            + "\",\"kind\":\"cost\",\"amount\":0.5,\"currency\":\"USD\",\"note\":\"" + its.secret
                            + "\"}",
                    by.headers()));
        }
    }

    /** What other processes would have left: a fault that was found, and a signal that is not sent yet. */
    private static void leftovers(Belongings its) {
        JdbcClient superuser = TestDatabase.asSuperuser("accepting");
        superuser
                .sql("""
                INSERT INTO violation (tenant_id, invariant, object_id, object_type, env, detail)
                VALUES (:tenant, 'slot_shared', :secret, 'asset', 'prod', :secret)
                """)
                .param("tenant", its.tenant())
                .param("secret", its.secret)
                .update();
        superuser
                .sql("""
                INSERT INTO outbox (tenant_id, task_id, signal, payload)
                VALUES (:tenant, :task::uuid, 'cancel', jsonb_build_object('reason', :secret::text))
                """)
                .param("tenant", its.tenant())
                .param("task", its.of("task_id"))
                .param("secret", its.secret)
                .update();
        its.with(
                "delivery_id",
                superuser
                        .sql("""
                        INSERT INTO webhook_delivery (tenant_id, webhook_id, seq, object, event_type, next_attempt_at)
                        VALUES (:tenant, :webhook, 1, :secret, 'task_order.created', now()),
                               (:tenant, :webhook, 2, :secret, 'task_order.created', now())
                        RETURNING delivery_id::text
                        """)
                        .param("tenant", its.tenant())
                        .param("webhook", its.of("webhook_id"))
                        .param("secret", its.secret)
                        .query(String.class)
                        .list()
                        .get(0));
    }

    static Answer done(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
        return answer;
    }
}
