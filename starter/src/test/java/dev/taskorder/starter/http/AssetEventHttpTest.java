package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.api.order.Limits;
import dev.taskorder.api.order.OrderSteps;
import dev.taskorder.api.order.TaskOrderRef;
import dev.taskorder.api.tenant.TenantId;
import dev.taskorder.starter.tenant.BackgroundRunner;
import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestDatabase;
import dev.taskorder.starter.testing.TestTenants;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.node.ObjectNode;

/** Events that callers tell of assets: their answers, their limits, and that a refused one leaves nothing. */
@FullApplication
class AssetEventHttpTest {
    private static final String EVENTS = "/v1/assets/ip/events";
    private static final String NAME = "must be 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'";
    private static final String OF_ASSET = "must name a task order that has leased this asset, was '";
    private static final String OF_LEASE =
            "must name a lease of this asset, and of the task order if one is named, was '";
    private static final String LATENCY = "must be a whole number from 0 to 9223372036854775807, was ";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    @Autowired
    BackgroundRunner runner;

    @Autowired
    OrderSteps steps;

    private String tenant;
    private Http http;

    @BeforeEach
    void an_asset_of_a_tenant_of_its_own() {
        tenant = tenants.fresh();
        http = new Http(port, tenant);
        assertThat(http.put("/v1/assets/ip", Bodies.asset()).status()).isEqualTo(201);
    }

    @Test
    void an_event_is_answered_with_the_asset_and_again_with_the_same_that_says_so() {
        OffsetDateTime justNow =
                Clock.systemUTC().instant().minusSeconds(10).atOffset(ZoneOffset.ofHoursMinutes(5, 45));
        String body = event("\"event_type\":\"IP_BLOCKED\"", """
                "payload":{"error_code":"E403","external_latency_ms":812,"provider_status":429,"context":{"a":[1]}},
                "occurred_at":"%s" """.formatted(justNow));
        Answer first = http.post(EVENTS, body);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(first.json().path("status").asString()).isEqualTo("COOLING_DOWN");
        assertThat(first.json()).isEqualTo(http.get("/v1/assets/ip").json());
        Answer second = http.post(EVENTS, body);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("Idempotent-Replayed")).hasValue("true");
        assertThat(second.json()).isEqualTo(first.json());
    }

    @Test
    void the_least_that_an_event_has_is_an_id_and_a_type() {
        assertThat(http.post(EVENTS, event()).status()).isEqualTo(200);
        Answer nulls = http.post(EVENTS, event("""
                "event_id":"e-2","task_id":null,"lease_id":null,"occurred_at":null,
                "payload":{"error_code":null,"external_latency_ms":null,"provider_status":null,"context":null}"""));
        assertThat(nulls.status()).as(nulls.text()).isEqualTo(200);
        assertThat(told()).isEqualTo(2);
    }

    @Test
    void other_content_under_the_same_id_is_a_conflict() {
        http.post(EVENTS, event());
        Answer other = http.post(EVENTS, event("\"event_type\":\"OTHER\""));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("event_id_reused");
        assertThat(other.json().path("detail").asString())
                .isEqualTo("/event_id 'e-1' was used before for an event with other content");
        assertThat(told()).isEqualTo(1);
    }

    static Stream<Limit> members_of_an_event() {
        int context = Limits.EVENT_PAYLOAD_BYTES_MAX - "{\"context\":{\"a\":\"\"}}".length();
        return Stream.of(
                Limit.ofChars("event_id", 128, NAME),
                Limit.ofChars("event_type", 128, NAME),
                Limit.of("payload", latency("0"), latency("9223372036854775807"), latency("-1"), LATENCY + "-1")
                        .pointing("/payload/external_latency_ms"),
                Limit.of("payload", latency("1.0"), latency("1"), latency("1.5"), LATENCY + "1.5")
                        .pointing("/payload/external_latency_ms"),
                Limit.of("payload", code(254), code(255), code(256), "must have at most 255 characters, has 256")
                        .pointing("/payload/error_code"),
                Limit.of(
                        "payload",
                        context(context - 1),
                        context(context),
                        context(context + 1),
                        "must have at most 65536 bytes, has 65537"),
                Limit.of(
                                "payload",
                                "{\"context\":" + nested(61) + "}",
                                "{\"context\":" + nested(62) + "}",
                                "{\"context\":" + nested(63) + "}",
                                "nests deeper than the 64 levels allowed, stands at level 65")
                        .pointing("/payload/context" + "/a".repeat(62)));
    }

    @ParameterizedTest
    @MethodSource("members_of_an_event")
    void each_limit_of_an_event(Limit limit) {
        String idIsElse = limit.pointer().equals("/event_id") ? "" : "\"event_id\":\"at\",";
        assertThat(http.post(EVENTS, event(limit.below())).status()).isEqualTo(200);
        assertThat(http.post(EVENTS, event(idIsElse + limit.at())).status()).isEqualTo(200);
        assertRefused(http.post(EVENTS, event(limit.above())), limit.pointer(), limit.words());
        assertThat(told()).isEqualTo(2);
    }

    @Test
    void five_minutes_ahead_of_our_clock_is_the_most_that_anything_may_have_happened() {
        Clock clock = Clock.systemUTC();
        String soon = clock.instant().plus(Duration.ofMinutes(4)).toString();
        assertThat(http.post(EVENTS, event("\"occurred_at\":\"" + soon + "\"")).status())
                .isEqualTo(200);
        String late = clock.instant().plus(Duration.ofMinutes(6)).toString();
        Answer refused = http.post(EVENTS, event("\"occurred_at\":\"" + late + "\""));
        assertRefused(refused, "/occurred_at", "must not be after ");
        assertThat(told()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1969-12-31T23:59:59Z      | must not be before 1970-01-01T00:00:00Z, was '1969-12-31T23:59:59Z'",
                "1970-01-01T00:00:00+00:01 | must not be before 1970-01-01T00:00:00Z, was '1970-01-01T00:00:00+00:01'",
                "yesterday                 | must be an ISO 8601 time such as 2026-01-31T08:00:00Z, was 'yesterday'"
            })
    void what_is_wrong_with_a_time_is_told_with_its_bound(String time, String words) {
        Answer refused = http.post(EVENTS, event("\"occurred_at\":\"" + time + "\""));
        assertRefused(refused, "/occurred_at", words);
        assertThat(http.post(EVENTS, event("\"occurred_at\":\"1970-01-01T00:00:00Z\""))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"event_id\":null                           | /event_id",
                "\"event_id\":\"\"                           | /event_id",
                "\"event_id\":\"a:b\"                        | /event_id",
                "\"event_id\":7                              | /event_id",
                "\"event_type\":null                         | /event_type",
                "\"event_type\":\"a b\"                      | /event_type",
                "\"event_type\":[]                           | /event_type",
                "\"task_id\":\"1-1-1-1-1\"                   | /task_id",
                "\"task_id\":7                               | /task_id",
                "\"lease_id\":\"x\"                          | /lease_id",
                "\"lease_id\":{}                             | /lease_id",
                "\"occurred_at\":\"yesterday\"               | /occurred_at",
                "\"occurred_at\":\"2026-01-01\"              | /occurred_at",
                "\"occurred_at\":\"2026-01-01T00:00:00\"     | /occurred_at",
                "\"occurred_at\":\"1969-12-31T23:59:59Z\"    | /occurred_at",
                "\"occurred_at\":\"+10000-01-01T00:00:00Z\"  | /occurred_at",
                "\"occurred_at\":1767225600                  | /occurred_at",
                "\"payload\":null                            | /payload",
                "\"payload\":[]                              | /payload",
                "\"payload\":{\"other\":1}                   | /payload/other",
                "\"payload\":{\"\":1}                        | /payload/",
                "\"payload\":{\"external_latency_ms\":\"7\"} | /payload/external_latency_ms",
                "\"payload\":{\"external_latency_ms\":1e300} | /payload/external_latency_ms",
                "\"payload\":{\"error_code\":{}}             | /payload/error_code",
                "\"payload\":{\"provider_status\":[429]}     | /payload/provider_status",
                "\"payload\":{\"context\":\"x\"}             | /payload/context",
                "\"payload\":{\"context\":{\"a\":\"\\u0000\"}} | /payload/context/a",
                "\"payload\":{\"context\":{\"a\":1e401}}     | /payload/context/a",
                "\"outcome\":\"bad\"                         | /outcome",
                "\"tenant_id\":\"tenant_b\"                  | /tenant_id"
            })
    void a_member_of_an_event_that_is_wrong(String member, String pointer) {
        assertRefused(http.post(EVENTS, event(member)), pointer, "");
        assertThat(told()).isZero();
        assertThat(http.get("/v1/assets/ip").json().path("health_score").intValue())
                .isEqualTo(100);
    }

    @Test
    void all_that_is_wrong_is_told_at_once() {
        Answer answer = http.post(EVENTS, "{\"payload\":{\"x\":1},\"occurred_at\":\"x\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.pointers())
                .containsExactlyInAnyOrder("/event_id", "/event_type", "/occurred_at", "/payload/x");
    }

    @ParameterizedTest
    @CsvSource({"/v1/assets/ip/events?x=1, /x", "/v1/assets/a*b/events, /asset_id"})
    void an_address_that_is_wrong(String path, String pointer) {
        assertRefused(http.post(path, event()), pointer, "");
    }

    @Test
    void an_order_or_a_lease_of_another_tenant_is_answered_like_a_missing_one() {
        Http other = new Http(port, tenants.fresh());
        other.put("/v1/assets/ip", Bodies.asset());
        String foreign = runningOrderOf(tenant, http);
        String lease = leaseOf(http, foreign);
        for (String id : new String[] {foreign, UUID.randomUUID().toString()}) {
            assertRefused(other.post(EVENTS, event("\"task_id\":\"" + id + "\"")), "/task_id", OF_ASSET + id + "'");
        }
        for (String id : new String[] {lease, UUID.randomUUID().toString()}) {
            assertRefused(other.post(EVENTS, event("\"lease_id\":\"" + id + "\"")), "/lease_id", OF_LEASE + id + "'");
        }
        assertThat(http.post(EVENTS, event("\"task_id\":\"" + foreign + "\"", "\"lease_id\":\"" + lease + "\""))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void an_asset_of_another_tenant_is_answered_like_a_missing_one() {
        Http other = new Http(port, tenants.fresh());
        Answer foreign = other.post(EVENTS, event());
        Answer missing = other.post("/v1/assets/nothing/events", event());
        assertThat(foreign.status()).isEqualTo(404).isEqualTo(missing.status());
        assertThat(withoutTrace(foreign)).isEqualTo(withoutTrace(missing));
        assertThat(told()).isZero();
    }

    private String runningOrderOf(String tenantId, Http caller) {
        String id = caller.post("/v1/task-orders", Bodies.order("\"resource_hints\":[{\"sku_category\":\"RAW_NET\"}]"))
                .json()
                .path("task_id")
                .asString();
        TenantId owner = new TenantId(tenantId);
        runner.run(owner, () -> {
            var unused = steps.admit(new TaskOrderRef(owner, UUID.fromString(id), 1));
        });
        return id;
    }

    private static String leaseOf(Http caller, String task) {
        return caller.get("/v1/task-orders/" + task + "/leases")
                .json()
                .at("/items/0/lease_id")
                .asString();
    }

    private long told() {
        return TestDatabase.asSuperuser("accepting")
                .sql("SELECT count(*) FROM asset_event WHERE tenant_id = :tenant")
                .param("tenant", tenant)
                .query(Long.class)
                .single();
    }

    private static void assertRefused(Answer refused, String pointer, String words) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        assertThat(refused.pointers()).containsExactly(pointer);
        assertThat(refused.json().at("/errors/0/message").asString()).contains(words);
    }

    private static ObjectNode withoutTrace(Answer answer) {
        ObjectNode problem = (ObjectNode) answer.json();
        problem.remove("trace_id");
        return problem;
    }

    /** An event as it should be but for these members; each replaces one of the same name. */
    private static String event(String... members) {
        StringBuilder event = new StringBuilder("{");
        String all = String.join(",", members);
        for (String basic : new String[] {"\"event_id\":\"e-1\"", "\"event_type\":\"LATENCY\""}) {
            if (!all.contains(basic.substring(0, basic.indexOf(':') + 1))) {
                event.append(basic).append(',');
            }
        }
        event.append(all);
        return (all.isEmpty() ? event.substring(0, event.length() - 1) : event) + "}";
    }

    private static String latency(String ms) {
        return "{\"external_latency_ms\":" + ms + "}";
    }

    private static String code(int chars) {
        return "{\"error_code\":" + Bodies.text("c", chars) + "}";
    }

    private static String context(int chars) {
        return "{\"context\":{\"a\":" + Bodies.text("c", chars) + "}}";
    }

    private static String nested(int levels) {
        return "{\"a\":".repeat(levels) + "1" + "}".repeat(levels);
    }
}
