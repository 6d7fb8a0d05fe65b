package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Bodies;
import dev.taskorder.starter.testing.FullApplication;
import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import dev.taskorder.starter.testing.TestTenants;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/**
 * Every limit of a body as a whole: one below it and at it the body is taken, one above it is refused, in words that
 * name bound and actual value, and nothing of it is stored.
 */
@FullApplication
class BodyLimitsTest {
    private static final String ORDERS = "/v1/task-orders";
    private static final String BATCH = "/v1/task-orders/batch";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        http = new Http(port, tenants.freshWithQuotas("{\"create_burst\": 10000}"));
    }

    @Test
    void the_depth() {
        assertThat(http.post(ORDERS, nested(63)).status()).isEqualTo(201);
        assertThat(http.post(ORDERS, nested(64)).status()).isEqualTo(201);
        for (int depth : new int[] {65, 127, 128, 129, 1000, 50_000}) {
            Answer refused = http.post(ORDERS, nested(depth));
            // where the parser itself gives up, it stands one level below the last that it bears
            assertRefused(
                    refused,
                    "/input/a/0/0",
                    "nests deeper than the 64 levels allowed, stands at level " + (depth > 128 ? 129 : 65));
        }
        assertThat(stored()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "-#", "0.#", "#e1"})
    void the_digits_of_a_number(String shape) {
        for (int digits : new int[] {127, 128}) {
            Answer created = http.post(ORDERS, withInput("{\"a\":" + number(shape, digits) + "}"));
            assertThat(created.status()).as(created.text()).isEqualTo(201);
        }
        assertRefused(
                http.post(ORDERS, withInput("{\"a\":" + number(shape, 129) + "}")),
                "/input/a",
                "holds a number of more than 128 digits, has 129");
        assertThat(stored()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "\u00e9", "\uD83D\uDE00"})
    void the_bytes_of_a_name(String character) {
        int each = character.getBytes(StandardCharsets.UTF_8).length;
        for (int bytes : new int[] {1023, 1024}) {
            Answer created = http.post(ORDERS, withInput(named(character, bytes / each)));
            assertThat(created.status()).as(created.text()).isEqualTo(201);
        }
        int above = 1024 / each + 1;
        assertRefused(
                http.post(ORDERS, withInput(named(character, above))),
                "/input",
                "holds a name of more than 1024 bytes, has " + above * each);
        assertThat(stored()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"262143, 201", "262144, 201", "262145, 413"})
    void the_bytes(int bytes, int status) {
        Answer answer = http.post(ORDERS, padded(bytes));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(stored()).isEqualTo(status == 201 ? 1 : 0);
        if (status == 413) {
            assertTooLarge(answer.json(), "must have at most 262144 bytes, has 262145 bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({"262143, 201", "262144, 201", "262145, 413", "300000, 413"})
    void the_bytes_of_a_body_whose_length_is_not_announced(int bytes, int status) {
        Answer answer = http.postInChunks(ORDERS, padded(bytes));

        assertThat(answer.status()).isEqualTo(status);
        assertThat(stored()).isEqualTo(status == 201 ? 1 : 0);
        if (status == 413) {
            // how much more would be known only after reading it
            assertTooLarge(answer.json(), "must have at most 262144 bytes, has more");
        }
    }

    @ParameterizedTest
    @CsvSource({"8388607, 200", "8388608, 200", "8388609, 413"})
    void the_bytes_of_a_batch(int bytes, int status) {
        Answer announced = http.post(BATCH, paddedBatch(bytes));
        Answer inChunks = http.postInChunks(BATCH, paddedBatch(bytes));

        assertThat(announced.status()).isEqualTo(status);
        assertThat(inChunks.status()).isEqualTo(status);
        assertThat(stored()).isEqualTo(status == 200 ? 2 : 0);
        if (status == 413) {
            assertTooLarge(announced.json(), "must have at most 8388608 bytes, has 8388609 bytes");
            assertTooLarge(inChunks.json(), "must have at most 8388608 bytes, has more");
        }
    }

    @ParameterizedTest
    @CsvSource({"262143, 201", "262144, 201", "262145, 413"})
    void the_bytes_of_one_order_of_a_batch(int bytes, int status) {
        SuitedPool.put(http, ofBytes(bytes));
        Answer announced = http.post(BATCH, "{\"task_orders\":[" + ofBytes(bytes) + "]}");
        Answer inChunks = http.postInChunks(BATCH, "{\"task_orders\":[" + ofBytes(bytes) + "]}");

        for (Answer batch : new Answer[] {announced, inChunks}) {
            JsonNode result = batch.json().at("/results/0");
            assertThat(result.path("status").asInt()).isEqualTo(status);
            if (status == 413) {
                assertTooLarge(result.path("problem"), "must have at most 262144 bytes, has 262145 bytes");
            }
        }
        assertThat(stored()).isEqualTo(status == 201 ? 2 : 0);
    }

    @Test
    void the_orders_of_a_batch() {
        for (int orders : new int[] {0, 999, 1000}) {
            assertThat(http.post(BATCH, Bodies.batch(orders)).json().path("results"))
                    .hasSize(orders)
                    .allMatch(result -> result.path("status").asInt() < 300);
        }
        assertRefused(http.post(BATCH, Bodies.batch(1001)), "/task_orders", "must have at most 1000 items, has 1001");
        assertThat(http.get(ORDERS + "?idempotency_key=b-999").json().path("items"))
                .hasSize(1);
        assertThat(http.get(ORDERS + "?idempotency_key=b-1000").json().path("items"))
                .isEmpty();
    }

    private static void assertRefused(Answer refused, String pointer, String words) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        assertThat(refused.pointers()).singleElement().asString().startsWith(pointer);
        assertThat(refused.json().at("/errors/0/message").asString()).isEqualTo(words);
    }

    private static void assertTooLarge(JsonNode problem, String words) {
        assertThat(problem.path("code").asString()).isEqualTo("payload_too_large");
        assertThat(problem.path("errors")).hasSize(1);
        assertThat(problem.at("/errors/0/pointer").asString("none")).isEmpty();
        assertThat(problem.at("/errors/0/message").asString()).isEqualTo(words);
    }

    private int stored() {
        return http.get(ORDERS).json().path("items").size();
    }

    private static String nested(int depth) {
        // the order is the first level, its input the second
        return withInput("{\"a\":" + "[".repeat(depth - 2) + "]".repeat(depth - 2) + "}");
    }

    private static String withInput(String input) {
        return Bodies.order("\"input\":" + input);
    }

    private static String named(String character, int chars) {
        return "{" + Bodies.text(character, chars) + ":1}";
    }

    /** A number of so many digits in all. */
    private static String number(String shape, int digits) {
        long others = shape.chars().filter(Character::isDigit).count();
        return shape.replace("#", "7".repeat(digits - (int) others));
    }

    private static String padded(int bytes) {
        String order = Bodies.order();
        return order.replace("{", "{" + " ".repeat(bytes - order.length()));
    }

    private static String paddedBatch(int bytes) {
        String batch = "{\"task_orders\":[" + Bodies.order() + "]}";
        return batch.replace("[", "[" + " ".repeat(bytes - batch.length()));
    }

    /** An order of so many bytes, none of whose members is too large. */
    private static String ofBytes(int bytes) {
        String order = Bodies.order(
                "\"input\":" + bytes(65_536),
                "\"constraints\":" + bytes(16_384),
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

    /** An object of so many bytes. */
    private static String bytes(int bytes) {
        return "{\"a\":" + Bodies.text("x", bytes - "{\"a\":\"\"}".length()) + "}";
    }
}
