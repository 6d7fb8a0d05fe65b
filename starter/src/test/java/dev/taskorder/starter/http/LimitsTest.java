package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Every limit: one below it and at it an order is created, one above it is refused and nothing is stored. */
@FullApplication
class LimitsTest {
    private static final String EMOJI = "\uD83D\uDE00";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        http = new Http(port, tenants.fresh());
    }

    static Stream<Arguments> order_members() {
        return Stream.of(
                ordinary("priority", "99", "100", "101"),
                ordinary("priority", "1", "0", "-1"),
                ordinary("timeout_ms", "2", "1", "0"),
                ordinary("timeout_ms", "2591999999", "2592000000", "2592000001"),
                ordinary("project_id", Bodies.text("p", 127), Bodies.text("p", 128), Bodies.text("p", 129)),
                ordinary("task_type", Bodies.text("T", 127), Bodies.text("T", 128), Bodies.text("T", 129)),
                ordinary("task_category", Bodies.text("c", 127), Bodies.text("c", 128), Bodies.text("c", 129)),
                ordinary("currency", "\"USDT\"", "\"USDTT\"", "\"USDTTT\""),
                ordinary("currency", "\"USDT\"", "\"USD\"", "\"US\""),
                ordinary("external_ref", Bodies.text("e", 254), Bodies.text("e", 255), Bodies.text("e", 256)),
                ordinary("external_ref", Bodies.text(EMOJI, 254), Bodies.text(EMOJI, 255), Bodies.text(EMOJI, 256)),
                ordinary("description", Bodies.text("d", 1999), Bodies.text("d", 2000), Bodies.text("d", 2001)),
                ordinary("max_total_cost", "0.00001", "0.000001", "0.0000001"),
                ordinary("max_total_cost", "99999999999999.999998", "99999999999999.999999", "100000000000000"),
                ordinary("max_total_cost", "0.000001", "0", "-0.000001"),
                ordinary("business_value_hint", "0.00001", "0.000001", "0.0000001"),
                ordinary("tags", tags(31), tags(32), tags(33)),
                ordinary("resource_hints", hints(15), hints(16), hints(17)),
                at("/tags/0", "tags", one(63), one(64), one(65)),
                at("/tags/0", "tags", one(2), one(1), one(0)),
                at("/input", "input", input(65_535), input(65_536), input(65_537)),
                at("/input", "input", "{\"a\":[1e400]}", "{\"a\":1e-399}", "{\"a\":{\"b\":1e401}}"),
                at("/constraints", "constraints", input(16_383), input(16_384), input(16_385)),
                constraint("max_retries", "99", "100", "101"),
                constraint("max_retries", "1", "0", "-1"),
                constraint("min_health_score", "99.999", "100", "100.001"),
                constraint("min_health_score", "0.001", "0", "-0.001"),
                constraint("max_queue_ms", "2", "1", "0"),
                constraint("max_queue_ms", "2591999999", "2592000000", "2592000001"),
                hint("min_count", "99", "100", "101"),
                hint("min_count", "2", "1", "0"),
                hint("sku_code", Bodies.text("s", 127), Bodies.text("s", 128), Bodies.text("s", 129)),
                hint("sku_code", "\"" + "s".repeat(126) + "*\"", "\"" + "s".repeat(127) + "*\"", "\"s**\""),
                hint("attributes", members(31), members(32), members(33)),
                hint("attributes", name(127), name(128), name(129)),
                hint("attributes", value(254), value(255), value(256)));
    }

    static Stream<Arguments> asset_members() {
        return Stream.of(
                ordinary("max_concurrency", "2", "1", "0"),
                ordinary("max_concurrency", "999", "1000", "1001"),
                ordinary("max_uses", "2", "1", "0"),
                ordinary("max_uses", "2147483646", "2147483647", "2147483648"),
                ordinary("health_score", "0.001", "0", "-0.001"),
                ordinary("health_score", "99.999", "100", "100.001"),
                ordinary("handle", Bodies.text("h", 2), Bodies.text("h", 1), Bodies.text("h", 0)),
                ordinary("handle", Bodies.text("h", 254), Bodies.text("h", 255), Bodies.text("h", 256)),
                ordinary("unit_cost", "99999999999999.999998", "99999999999999.999999", "100000000000000"),
                ordinary("attributes", members(31), members(32), members(33)),
                ordinary("attributes", name(127), name(128), name(129)),
                ordinary("attributes", value(254), value(255), value(256)));
    }

    @ParameterizedTest
    @MethodSource("asset_members")
    void each_member_of_an_asset(String pointer, String below, String at, String above) {
        assertThat(http.put("/v1/assets/below", Bodies.asset(below)).status()).isEqualTo(201);
        assertThat(http.put("/v1/assets/at", Bodies.asset(at)).status()).isEqualTo(201);

        Answer refused = http.put("/v1/assets/above", Bodies.asset(above));

        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.pointers()).isNotEmpty().allMatch(found -> found.startsWith(pointer));
        assertThat(itemsOf("/v1/assets")).isEqualTo(2);
    }

    @Test
    void the_assets_of_a_batch() {
        for (int assets : new int[] {999, 1000}) {
            assertThat(http.post("/v1/assets/batch", assetBatchOf(assets))
                            .json()
                            .path("results"))
                    .hasSize(assets)
                    .allMatch(result -> result.path("status").asInt() < 300);
        }
        assertThat(http.post("/v1/assets/batch", assetBatchOf(1001)).pointers()).containsExactly("/assets");
    }

    @Test
    void the_reason_of_a_cancel() {
        for (int chars : new int[] {1999, 2000}) {
            Answer cancelled = cancelled(chars);
            assertThat(cancelled.status()).isEqualTo(202);
            assertThat(cancelled.json().path("result_message").asString()).hasSize(chars);
        }
        assertThat(cancelled(2001).pointers()).containsExactly("/reason");
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
    @CsvSource({"262143, 201", "262144, 201", "262145, 413"})
    void the_bytes_of_one_order_of_a_batch(int bytes, int status) {
        Answer batch = http.post("/v1/task-orders/batch", "{\"task_orders\":[" + ofBytes(bytes) + "]}");

        assertThat(batch.json().at("/results/0/status").asInt())
                .as(batch.text().substring(0, Math.min(500, batch.text().length())))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @MethodSource("order_members")
    void each_member_of_an_order(String pointer, String below, String at, String above) {
        assertThat(http.post("/v1/task-orders", Bodies.order(below)).status()).isEqualTo(201);
        assertThat(http.post("/v1/task-orders", Bodies.order(at)).status()).isEqualTo(201);

        Answer refused = http.post("/v1/task-orders", Bodies.order(above));

        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        assertThat(refused.pointers())
                .allMatch(found -> found.startsWith(pointer))
                .isNotEmpty();
        assertThat(http.get("/v1/task-orders").json().path("items").size()).isEqualTo(2);
    }

    @Test
    void the_key() {
        assertThat(http.post("/v1/task-orders", Bodies.orderUnder("k".repeat(254)))
                        .status())
                .isEqualTo(201);
        assertThat(http.post("/v1/task-orders", Bodies.orderUnder(EMOJI.repeat(255)))
                        .status())
                .isEqualTo(201);
        assertThat(http.post("/v1/task-orders", Bodies.orderUnder("k".repeat(256)))
                        .pointers())
                .containsExactly("/idempotency_key");
        assertThat(http.post("/v1/task-orders", Bodies.orderUnder("")).pointers())
                .containsExactly("/idempotency_key");
    }

    @Test
    void the_environment() {
        // well-formed names that the policy does not have are refused by the policy and not by the shape
        assertThat(withEnv("e".repeat(31))).isEqualTo("not_allowed_by_policy");
        assertThat(withEnv("e".repeat(32))).isEqualTo("not_allowed_by_policy");
        assertThat(withEnv("e".repeat(33))).isEqualTo("invalid_request");
        assertThat(withEnv("Prod")).isEqualTo("invalid_request");
    }

    @Test
    void the_depth_of_a_body() {
        assertThat(http.post("/v1/task-orders", nested(63)).status()).isEqualTo(201);
        assertThat(http.post("/v1/task-orders", nested(64)).status()).isEqualTo(201);
        for (int depth : new int[] {65, 127, 128, 129, 1000, 50_000}) {
            Answer refused = http.post("/v1/task-orders", nested(depth));
            assertThat(refused.status()).as(refused.text()).isEqualTo(400);
            assertThat(refused.pointers()).singleElement().asString().startsWith("/input/a/0/0");
        }
    }

    @ParameterizedTest
    @CsvSource({"262143, 201", "262144, 201", "262145, 413"})
    void the_bytes_of_a_body(int bytes, int status) {
        String order = Bodies.order();
        String padded = order.replace("{", "{" + " ".repeat(bytes - order.length()));

        Answer answer = http.post("/v1/task-orders", padded);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(status != 413 || answer.code().equals("payload_too_large")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"8388607, 200", "8388608, 200", "8388609, 413"})
    void the_bytes_of_a_batch(int bytes, int status) {
        String batch = "{\"task_orders\":[" + Bodies.order() + "]}";
        String padded = batch.replace("[", "[" + " ".repeat(bytes - batch.length()));

        assertThat(http.post("/v1/task-orders/batch", padded).status()).isEqualTo(status);
    }

    @Test
    void the_orders_of_a_batch() {
        assertThat(http.post("/v1/task-orders/batch", batchOf(0))
                        .json()
                        .path("results")
                        .size())
                .isZero();
        assertThat(http.post("/v1/task-orders/batch", batchOf(1000))
                        .json()
                        .path("results")
                        .size())
                .isEqualTo(1000);
        assertThat(http.post("/v1/task-orders/batch", batchOf(1001)).pointers()).containsExactly("/task_orders");
    }

    @Test
    void the_items_of_a_page() {
        http.post("/v1/task-orders/batch", batchOf(201));

        assertThat(itemsOf("/v1/task-orders")).isEqualTo(50);
        assertThat(itemsOf("/v1/task-orders?limit=199")).isEqualTo(199);
        assertThat(itemsOf("/v1/task-orders?limit=200")).isEqualTo(200);
        for (String limit : new String[] {"201", "0", "-1", "x", "", "99999999999"}) {
            assertThat(http.get("/v1/task-orders?limit=" + limit).pointers()).containsExactly("/limit");
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
            assertThat(http.get(order + "?wait=" + seconds).pointers()).containsExactly("/wait");
            assertThat(http.post("/v1/task-orders", Bodies.order(), "Prefer", "wait=" + seconds)
                            .pointers())
                    .containsExactly("/prefer");
        }
        assertThat(itemsOf("/v1/task-orders")).isEqualTo(1);
    }

    private Answer cancelled(int reasonChars) {
        String id = http.post("/v1/task-orders", Bodies.order())
                .json()
                .path("task_id")
                .asString();
        return http.post("/v1/task-orders/" + id + "/cancel", in("reason", Bodies.text("r", reasonChars)));
    }

    private static String assetBatchOf(int assets) {
        String asset = Bodies.asset("\"asset_id\":\"a-#\"");
        return "{\"assets\":" + Bodies.array(asset, assets) + "}";
    }

    private int itemsOf(String path) {
        return http.get(path).json().path("items").size();
    }

    private String withEnv(String env) {
        return http.post("/v1/task-orders", Bodies.order("\"env\":\"" + env + "\""))
                .code();
    }

    private static String nested(int depth) {
        // the order is the first level, its input the second
        return Bodies.order("\"input\":{\"a\":" + "[".repeat(depth - 2) + "]".repeat(depth - 2) + "}");
    }

    private static String batchOf(int orders) {
        return "{\"task_orders\":" + Bodies.array(Bodies.orderUnder("b-#"), orders) + "}";
    }

    private static Arguments ordinary(String name, String below, String at, String above) {
        return at("/" + name, name, below, at, above);
    }

    private static Arguments at(String pointer, String name, String below, String at, String above) {
        String member = "\"" + name + "\":";
        return Arguments.of(pointer, member + below, member + at, member + above);
    }

    private static Arguments constraint(String name, String below, String at, String above) {
        return at("/constraints/" + name, "constraints", in(name, below), in(name, at), in(name, above));
    }

    private static Arguments hint(String name, String below, String at, String above) {
        return at(
                "/resource_hints/0/" + name,
                "resource_hints",
                hintOf(name, below),
                hintOf(name, at),
                hintOf(name, above));
    }

    private static String hintOf(String name, String value) {
        return "[{\"sku_category\":\"C\",\"" + name + "\":" + value + "}]";
    }

    private static String in(String name, String value) {
        return "{\"" + name + "\":" + value + "}";
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

    private static String members(int count) {
        return Bodies.array("\"m#\":#", count).replace("[", "{").replace("]", "}");
    }

    /** An order of so many bytes, none of whose members is too large. */
    private static String ofBytes(int bytes) {
        String order = Bodies.order(
                "\"input\":" + input(65_536),
                "\"constraints\":" + input(16_384),
                "\"resource_hints\":"
                        + Bodies.array(hintOfAttributes(32), 14).replace("]", "," + hintOfAttributes(10) + "]"),
                "\"description\":\"\"");
        return order.replace("\"description\":\"\"", "\"description\":" + Bodies.text("d", bytes - order.length()));
    }

    private static String hintOfAttributes(int attributes) {
        String attribute = "\"%03d" + "n".repeat(125) + "\":" + Bodies.text("v", 255);
        return "{\"sku_category\":\"C\",\"attributes\":{"
                + IntStream.range(0, attributes).mapToObj(attribute::formatted).collect(Collectors.joining(","))
                + "}}";
    }

    /** An attribute whose name has so many characters. */
    private static String name(int chars) {
        return "{" + Bodies.text("n", chars) + ":1}";
    }

    /** An attribute whose value has so many characters. */
    private static String value(int chars) {
        return "{\"a\":" + Bodies.text("v", chars) + "}";
    }

    /** An object of so many bytes. */
    private static String input(int bytes) {
        return "{\"a\":" + Bodies.text("x", bytes - "{\"a\":\"\"}".length()) + "}";
    }
}
