package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What has not cooled down yet costs nobody anything, however much of it there is. */
class CoolDownPlanTest {
    @Test
    void what_has_cooled_down_is_found_by_its_index() {
        Plans.amongManyOrders(plans -> assertThat(plans.asTenant(JdbcCoolDowns.END_DUE, Map.of()))
                .doesNotMatch("(?s).*Seq Scan on asset\\b.*")
                .contains("asset_cooling"));
    }
}
