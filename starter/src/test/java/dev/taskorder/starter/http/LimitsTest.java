package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Every limit of an order: one below it and at it the order is created, one above it is refused, in words that name
 * field, bound and actual value, and nothing is stored.
 */
@FullApplication
class LimitsTest {
    private static final String EMOJI = "\uD83D\uDE00";
    private static final String NAME = "must be 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'";
    private static final String SKU_PATTERN = NAME + ", or such a prefix of at most 127 and a '*'";
    private static final String AMOUNT =
            "must be a number from 0 to 99999999999999.999999 with at most 6 fraction digits, was ";
    private static final String NUMBER = "must be a number between 1e-400 and 1e400 in magnitude, or 0, was ";
    private static final String SCORE = "must be a number from 0 to 100 with at most 3 fraction digits, was ";
    private static final String HINT = "[{\"sku_category\":\"C\",#}]";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        http = new Http(port, tenants.fresh());
    }

    static Stream<Limit> members_of_an_order() {
        return Stream.of(
                Limit.of("priority", "99", "100", "101", "must be a whole number from 0 to 100, was 101"),
                Limit.of("priority", "1", "0", "-1", "must be a whole number from 0 to 100, was -1"),
                Limit.of("timeout_ms", "2", "1", "0", "must be a whole number from 1 to 2592000000, was 0"),
                Limit.of("timeout_ms", "2591999999", "2592000000", "2592000001", "to 2592000000, was 2592000001"),
                Limit.ofChars("project_id", 128, NAME),
                Limit.ofChars("task_type", 128, NAME),
                Limit.ofChars("task_category", 128, NAME),
                Limit.of("currency", "\"USDT\"", "\"USDTT\"", "\"USDTTT\"", "must be 3 to 5 capital letters, has 6"),
                Limit.of("currency", "\"USDT\"", "\"USD\"", "\"US\"", "must be 3 to 5 capital letters, was 'US'"),
                Limit.ofChars("external_ref", 255, "must have at most 255 characters"),
                Limit.ofChars("external_ref", EMOJI, 255, "must have at most 255 characters"),
                Limit.ofChars("description", 2000, "must have at most 2000 characters"),
                Limit.of("max_total_cost", "0.00001", "0.000001", "0.0000001", AMOUNT + "0.0000001"),
                Limit.of("max_total_cost", "0.000001", "0", "-0.000001", AMOUNT + "-0.000001"),
                amountMax("max_total_cost"),
                Limit.of("business_value_hint", "0.00001", "0.000001", "0.0000001", AMOUNT + "0.0000001"),
                Limit.of("business_value_hint", "0.000001", "0", "-0.000001", AMOUNT + "-0.000001"),
                amountMax("business_value_hint"),
                Limit.of("tags", tags(31), tags(32), tags(33), "must have at most 32 items, has 33"),
                tag(63, 64, 65),
                tag(2, 1, 0),
                Limit.of("resource_hints", hints(15), hints(16), hints(17), "must have at most 16 items, has 17"),
                Limit.of("input", bytes(65_535), bytes(65_536), bytes(65_537), "at most 65536 bytes, has 65537"),
                Limit.of("input", "{\"a\":1e399}", "{\"a\":1e400}", "{\"a\":1e401}", NUMBER + "1E+401"),
                Limit.of("input", "{\"a\":1e-399}", "{\"a\":1e-400}", "{\"a\":1e-401}", NUMBER + "1E-401"),
                Limit.of("constraints", bytes(16_383), bytes(16_384), bytes(16_385), "at most 16384 bytes, has 16385"));
    }

    static Stream<Limit> constraints_of_an_order() {
        return Stream.of(
                Limit.of("max_retries", "99", "100", "101", "must be a whole number from 0 to 100, was 101"),
                Limit.of("max_retries", "1", "0", "-1", "must be a whole number from 0 to 100, was -1"),
                Limit.of("min_health_score", "99.999", "100", "100.001", SCORE + "100.001"),
                Limit.of("min_health_score", "0.001", "0", "-0.001", SCORE + "-0.001"),
                Limit.of("min_health_score", "0.01", "0.001", "0.0001", SCORE + "0.0001"),
                Limit.of("max_queue_ms", "2", "1", "0", "must be a whole number from 1 to 2592000000, was 0"),
                Limit.of("max_queue_ms", "2591999999", "2592000000", "2592000001", "to 2592000000, was 2592000001"));
    }

    static Stream<Limit> hints_of_an_order() {
        return Stream.of(
                Limit.of("min_count", "99", "100", "101", "must be a whole number from 1 to 100, was 101"),
                Limit.of("min_count", "2", "1", "0", "must be a whole number from 1 to 100, was 0"),
                Limit.ofChars("sku_code", 128, SKU_PATTERN),
                Limit.of("sku_code", prefix(126), prefix(127), prefix(128), SKU_PATTERN + ", has 129"),
                Attributes.count(),
                Attributes.name("n"),
                Attributes.name(EMOJI),
                Attributes.value("v"),
                Attributes.value(EMOJI));
    }

    @ParameterizedTest
    @MethodSource("members_of_an_order")
    void each_member_of_an_order(Limit limit) {
        assertBounds(limit);
    }

    @ParameterizedTest
    @MethodSource("constraints_of_an_order")
    void each_known_constraint(Limit limit) {
        assertBounds(limit.within("constraints", "{#}"));
    }

    @ParameterizedTest
    @MethodSource("hints_of_an_order")
    void each_member_of_a_hint(Limit limit) {
        assertBounds(limit.within("resource_hints", HINT));
    }

    @Test
    void the_id_of_a_tenant() {
        // a well-formed id that nobody has is unknown, any other is none
        for (int chars : new int[] {1, 62, 63}) {
            assertThat(new Http(port, "t".repeat(chars)).get("/v1/task-orders").code())
                    .isEqualTo("tenant_unknown");
        }
        Answer tooLong = new Http(port, "t".repeat(64)).get("/v1/task-orders");
        assertThat(tooLong.code()).isEqualTo("invalid_request");
        assertThat(tooLong.pointers()).containsExactly("/tenant");
    }

    @Test
    void the_category_of_a_hint() {
        assertBounds(Limit.ofChars("sku_category", 128, NAME).within("resource_hints", "[{#}]"));
    }

    @Test
    void the_key() {
        String words = "must have 1 to 255 characters, has ";
        for (String key : new String[] {"k".repeat(254), "k".repeat(255), EMOJI.repeat(255), "kk", "k"}) {
            assertThat(created(Bodies.orderUnder(key)).status()).isEqualTo(201);
        }
        assertRefused(created(Bodies.orderUnder("k".repeat(256))), "/idempotency_key", words + "256");
        assertRefused(created(Bodies.orderUnder(EMOJI.repeat(256))), "/idempotency_key", words + "256");
        assertRefused(created(Bodies.orderUnder("")), "/idempotency_key", words + "0");
        assertThat(itemsOf("/v1/task-orders")).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"254, 201", "255, 201", "256, 400"})
    void the_key_as_a_header(int chars, int status) {
        String keyless = Bodies.order().replaceFirst("\"idempotency_key\":\"[^\"]*\",", "");

        Answer answer = http.post("/v1/task-orders", keyless, "Idempotency-Key", "h".repeat(chars));

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(itemsOf("/v1/task-orders")).isEqualTo(status == 201 ? 1 : 0);
        if (status != 201) {
            assertRefused(answer, "/idempotency_key", "must have 1 to 255 characters, has 256");
        }
    }

    @Test
    void the_environment() {
        // well-formed names that the policy does not have are refused by the policy and not by the shape
        assertThat(withEnv("e".repeat(31)).code()).isEqualTo("not_allowed_by_policy");
        assertThat(withEnv("e".repeat(32)).code()).isEqualTo("not_allowed_by_policy");
        String words = "must be 1 to 32 of a-z, 0-9, '_' and '-', starting with a letter, ";
        assertRefused(withEnv("e".repeat(33)), "/env", words + "has 33");
        assertRefused(withEnv("Prod"), "/env", words + "was 'Prod'");
        assertThat(itemsOf("/v1/task-orders")).isZero();
    }

    @Test
    void the_reason_of_a_cancel() {
        for (int chars : new int[] {1999, 2000}) {
            Answer cancelled = cancelled(chars);
            assertThat(cancelled.status()).isEqualTo(202);
            assertThat(cancelled.json().path("result_message").asString()).hasSize(chars);
        }
        assertRefused(cancelled(2001), "/reason", "must have at most 2000 characters, has 2001");
        assertThat(itemsOf("/v1/task-orders?status=CANCELLED")).isEqualTo(2);
    }

    @Test
    void the_characters_of_a_cursor() {
        // no cursor of ours is so long: at the bound it is looked at, above it nobody looks
        for (int chars : new int[] {2047, 2048}) {
            assertThat(http.get("/v1/assets?cursor=" + "A".repeat(chars)).text())
                    .contains("next_cursor");
        }
        assertThat(http.get("/v1/assets?cursor=" + "A".repeat(2049)).text())
                .contains("must have 1 to 2048 characters, has 2049");
    }

    @ParameterizedTest
    @CsvSource({
        "tag,             64",
        "external_ref,    255",
        "idempotency_key, 255",
        "project_id,      128",
        "task_type,       128",
        "task_category,   128",
        "env,             32"
    })
    void the_texts_of_a_filter(String name, int charsMax) {
        for (int chars : new int[] {charsMax - 1, charsMax}) {
            assertThat(http.get("/v1/task-orders?" + name + "=" + "f".repeat(chars))
                            .status())
                    .isEqualTo(200);
        }
        Answer refused = http.get("/v1/task-orders?" + name + "=" + "f".repeat(charsMax + 1));
        assertRefused(refused, "/" + name, ", has " + (charsMax + 1));
        assertThat(refused.text()).contains(" " + charsMax + " ");
    }

    @Test
    void the_items_of_a_page() {
        http.post("/v1/task-orders/batch", Bodies.batch(201));

        assertThat(itemsOf("/v1/task-orders")).isEqualTo(50);
        assertThat(itemsOf("/v1/task-orders?limit=199")).isEqualTo(199);
        assertThat(itemsOf("/v1/task-orders?limit=200")).isEqualTo(200);
        for (String limit : new String[] {"201", "0", "-1", "x", "", "99999999999"}) {
            assertRefused(
                    http.get("/v1/task-orders?limit=" + limit),
                    "/limit",
                    "must be a whole number from 1 to 200, was '" + limit + "'");
        }
    }

    @Test
    void the_seconds_of_a_wait() {
        String body = Bodies.order();
        String order = "/v1/task-orders/"
                + http.post("/v1/task-orders", body).json().path("task_id").asString();
        // over, so that nobody has to wait
        http.post(order + "/cancel", "");

        for (int seconds : new int[] {0, 1, 59, 60}) {
            assertThat(http.get(order + "?wait=" + seconds).status()).isEqualTo(200);
            assertThat(http.post("/v1/task-orders", body, "Prefer", "wait=" + seconds)
                            .status())
                    .isEqualTo(200);
        }
        for (String seconds : new String[] {"61", "-1", "x", "", "1.5", "99999999999"}) {
            String words = "must be a whole number from 0 to 60, was '" + seconds + "'";
            assertRefused(http.get(order + "?wait=" + seconds), "/wait", words);
            assertRefused(http.post("/v1/task-orders", Bodies.order(), "Prefer", "wait=" + seconds), "/prefer", words);
        }
        assertThat(itemsOf("/v1/task-orders")).isEqualTo(1);
    }

    private void assertBounds(Limit limit) {
        for (String member : new String[] {limit.below(), limit.at()}) {
            String order = Bodies.order(member);
            SuitedPool.put(http, order);
            assertThat(created(order).status()).isEqualTo(201);
        }

        assertRefused(created(Bodies.order(limit.above())), limit.pointer(), limit.words());
        assertThat(itemsOf("/v1/task-orders")).isEqualTo(2);
    }

    /** Pointer and message name the field, the message the bound and the actual value. */
    private static void assertRefused(Answer refused, String pointer, String words) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        assertThat(refused.pointers()).singleElement().asString().startsWith(pointer);
        assertThat(refused.json().at("/errors/0/message").asString()).contains(words);
        assertThat(refused.json().path("detail").asString()).startsWith(pointer);
    }

    private Answer created(String body) {
        return http.post("/v1/task-orders", body);
    }

    private Answer cancelled(int reasonChars) {
        String id = created(Bodies.order()).json().path("task_id").asString();
        return http.post("/v1/task-orders/" + id + "/cancel", "{\"reason\":" + Bodies.text("r", reasonChars) + "}");
    }

    private int itemsOf(String path) {
        return http.get(path).json().path("items").size();
    }

    private Answer withEnv(String env) {
        return created(Bodies.order("\"env\":\"" + env + "\""));
    }

    private static Limit amountMax(String name) {
        return Limit.of(
                name, "99999999999999.999998", "99999999999999.999999", "100000000000000", AMOUNT + "100000000000000");
    }

    private static Limit tag(int below, int at, int above) {
        return Limit.of("tags", one(below), one(at), one(above), "must have 1 to 64 characters, has " + above)
                .pointing("/tags/0");
    }

    private static String tags(int count) {
        return Bodies.array("\"t#\"", count);
    }

    private static String one(int chars) {
        return "[" + Bodies.text("t", chars) + "]";
    }

    private static String hints(int count) {
        return Bodies.array("{\"sku_category\":\"C\"}", count);
    }

    private static String prefix(int chars) {
        return "\"" + "s".repeat(chars) + "*\"";
    }

    /** An object of so many bytes. */
    private static String bytes(int bytes) {
        return "{\"a\":" + Bodies.text("x", bytes - "{\"a\":\"\"}".length()) + "}";
    }
}
