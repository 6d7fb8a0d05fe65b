package dev.taskorder.starter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.starter.testing.Http;
import dev.taskorder.starter.testing.Http.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Assets just as an order's hints want them, so that nothing but what a test is about can be refused. */
final class SuitedPool {
    private static final JsonMapper JSON = new JsonMapper();

    private SuitedPool() {}

    /** For each hint of the order as many assets as it wants; an order that no caller may send is left alone. */
    static void put(Http http, String order) {
        JsonNode wanted = JSON.readTree(order);
        List<Map<String, Object>> assets = new ArrayList<>();
        for (JsonNode hint : wanted.path("resource_hints")) {
            for (int i = 0; i < hint.path("min_count").asInt(1); i++) {
                assets.add(Map.of(
                        "asset_id",
                        "suited-" + assets.size(),
                        "env",
                        "prod",
                        "sku_category",
                        hint.path("sku_category").asString(),
                        "sku_code",
                        hint.path("sku_code").asString("sku").replace('*', 'x'),
                        "attributes",
                        hint.has("attributes") ? hint.path("attributes") : Map.of(),
                        "currency",
                        wanted.path("currency").asString("USD"),
                        "unit_cost",
                        1));
            }
        }
        if (!assets.isEmpty()) {
            Answer answer = http.post("/v1/assets/batch", JSON.writeValueAsString(Map.of("assets", assets)));
            assertThat(answer.json().path("results"))
                    .as(answer.text())
                    .allMatch(result -> result.path("status").intValue() < 300);
        }
    }
}
