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
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Every limit of an asset: one below it and at it the asset is stored, one above it is refused, in words that name
 * field, bound and actual value, and nothing is stored.
 */
@FullApplication
class AssetLimitsTest {
    private static final String EMOJI = "\uD83D\uDE00";
    private static final String NAME = "must be 1 to 128 of A-Z, a-z, 0-9, '.', '_' and '-'";
    private static final String AMOUNT =
            "must be a number from 0 to 99999999999999.999999 with at most 6 fraction digits, was ";
    private static final String SCORE = "must be a number from 0 to 100 with at most 3 fraction digits, was ";

    @LocalServerPort
    int port;

    @Autowired
    TestTenants tenants;

    private Http http;

    @BeforeEach
    void call_as_a_tenant_of_its_own() {
        http = new Http(port, tenants.freshInAnyEnv());
    }

    static Stream<Limit> members_of_an_asset() {
        return Stream.of(
                Limit.ofChars("sku_category", 128, NAME),
                Limit.ofChars("sku_code", 128, NAME),
                Limit.ofChars("env", "e", 32, "must be 1 to 32 of a-z, 0-9, '_' and '-', starting with a letter"),
                Limit.of("currency", "\"USDT\"", "\"USDTT\"", "\"USDTTT\"", "must be 3 to 5 capital letters, has 6"),
                Limit.of("currency", "\"USDT\"", "\"USD\"", "\"US\"", "must be 3 to 5 capital letters, was 'US'"),
                Limit.of("max_concurrency", "2", "1", "0", "must be a whole number from 1 to 1000, was 0"),
                Limit.of("max_concurrency", "999", "1000", "1001", "must be a whole number from 1 to 1000, was 1001"),
                Limit.of("max_uses", "2", "1", "0", "must be a whole number from 1 to 2147483647, was 0"),
                Limit.of("max_uses", "2147483646", "2147483647", "2147483648", "to 2147483647, was 2147483648"),
                Limit.of("health_score", "0.001", "0", "-0.001", SCORE + "-0.001"),
                Limit.of("health_score", "99.999", "100", "100.001", SCORE + "100.001"),
                Limit.of("health_score", "0.01", "0.001", "0.0001", SCORE + "0.0001"),
                Limit.of("handle", "\"hh\"", "\"h\"", "\"\"", "must have 1 to 255 characters, has 0"),
                Limit.ofChars("handle", 255, "must have 1 to 255 characters"),
                Limit.ofChars("handle", EMOJI, 255, "must have 1 to 255 characters"),
                Limit.of("unit_cost", "0.00001", "0.000001", "0.0000001", AMOUNT + "0.0000001"),
                Limit.of("unit_cost", "0.000001", "0", "-0.000001", AMOUNT + "-0.000001"),
                Limit.of(
                        "unit_cost",
                        "99999999999999.999998",
                        "99999999999999.999999",
                        "100000000000000",
                        AMOUNT + "100000000000000"),
                Attributes.count(),
                Attributes.name("n"),
                Attributes.name(EMOJI),
                Attributes.value("v"),
                Attributes.value(EMOJI));
    }

    @ParameterizedTest
    @MethodSource("members_of_an_asset")
    void each_member_of_an_asset(Limit limit) {
        assertThat(http.put("/v1/assets/below", Bodies.asset(limit.below())).status())
                .isEqualTo(201);
        assertThat(http.put("/v1/assets/at", Bodies.asset(limit.at())).status()).isEqualTo(201);

        assertRefused(http.put("/v1/assets/above", Bodies.asset(limit.above())), limit.pointer(), limit.words());
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void the_id_in_the_path() {
        for (int chars : new int[] {1, 2, 127, 128}) {
            String path = "/v1/assets/" + "i".repeat(chars);
            assertThat(http.put(path, Bodies.asset()).status()).isEqualTo(201);
            assertThat(http.get(path).status()).isEqualTo(200);
        }
        String tooLong = "/v1/assets/" + "i".repeat(129);
        assertRefused(http.put(tooLong, Bodies.asset()), "/asset_id", NAME + ", has 129");
        assertRefused(http.get(tooLong), "/asset_id", NAME + ", has 129");
        assertThat(stored()).isEqualTo(4);
    }

    @Test
    void the_id_of_an_asset_of_a_batch() {
        Answer batch = http.post(
                "/v1/assets/batch",
                "{\"assets\":[" + identified(127) + "," + identified(128) + "," + identified(129) + "]}");

        assertThat(batch.json().at("/results/0/status").asInt()).isEqualTo(201);
        assertThat(batch.json().at("/results/1/status").asInt()).isEqualTo(201);
        assertThat(batch.json().at("/results/2/status").asInt()).isEqualTo(400);
        assertThat(batch.json().at("/results/2/problem/errors/0/pointer").asString())
                .isEqualTo("/asset_id");
        assertThat(batch.json().at("/results/2/problem/errors/0/message").asString())
                .isEqualTo(NAME + ", has 129");
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void the_assets_of_a_batch() {
        for (int assets : new int[] {999, 1000}) {
            assertThat(http.post("/v1/assets/batch", batchOf(assets)).json().path("results"))
                    .hasSize(assets)
                    .allMatch(result -> result.path("status").asInt() < 300);
        }
        assertRefused(
                http.post("/v1/assets/batch", batchOf(1001)), "/assets", "must have at most 1000 items, has 1001");
        assertThat(http.get("/v1/assets/a-1000").status()).isEqualTo(404);
    }

    private static void assertRefused(Answer refused, String pointer, String words) {
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.code()).isEqualTo("invalid_request");
        assertThat(refused.pointers()).singleElement().asString().startsWith(pointer);
        assertThat(refused.json().at("/errors/0/message").asString()).contains(words);
        assertThat(refused.json().path("detail").asString()).startsWith(pointer);
    }

    private int stored() {
        return http.get("/v1/assets").json().path("items").size();
    }

    private static String identified(int chars) {
        return Bodies.asset("\"asset_id\":" + Bodies.text("b", chars));
    }

    private static String batchOf(int assets) {
        return "{\"assets\":" + Bodies.array(Bodies.asset("\"asset_id\":\"a-#\""), assets) + "}";
    }
}
