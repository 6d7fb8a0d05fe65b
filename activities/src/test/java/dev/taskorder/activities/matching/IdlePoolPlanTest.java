package dev.taskorder.activities.matching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IdlePoolPlanTest {
    private static final String QUESTIONS = """
            [{"number": 0, "category": "C-7", "sku_from": "sku-7", "sku_to": "sku-7~", "currency": "USD",
              "attributes": {"geo": "GB"}, "places": 1}]
            """;

    @Test
    void a_create_reads_of_the_pool_only_the_categories_asked_for_and_counts_them_only_if_too_few_fit() {
        Plans.amongManyOrders(
                plans -> assertThat(plans.asTenant(IdlePool.READ, Map.of("env", "prod", "questions", QUESTIONS)))
                        .contains("asset_by_sku")
                        .contains("One-Time Filter: (cardinality(")
                        .containsPattern("Index Cond: .*sku_code >= .* AND .*sku_code <= ")
                        .doesNotContain("Seq Scan on asset"));
    }
}
