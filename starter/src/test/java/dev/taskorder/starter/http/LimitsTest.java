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
                hint("min_count", "99", "100", "101"),
                hint("min_count", "2", "1", "0"),
                hint("sku_code", Bodies.text("s", 127), Bodies.text("s", 128), Bodies.text("s", 129)),
                hint("sku_code", "\"" + "s".repeat(126) + "*\"", "\"" + "s".repeat(127) + "*\"", "\"s**\""),
                hint("attributes", members(31), members(32), members(33)));
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

    /** An object of so many bytes. */
    private static String input(int bytes) {
        return "{\"a\":" + Bodies.text("x", bytes - "{\"a\":\"\"}".length()) + "}";
    }
}
