package dev.taskorder.activities.asset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told of an asset, and what comes of it, costs the same however many assets there are. */
class AssetPlanTest {
    private static final String SCAN_OF_ALL_ASSETS = "(?s).*Seq Scan on asset\\b.*";

    @Test
    void what_has_cooled_down_is_found_by_its_index() {
        Plans.amongManyOrders(plans -> assertThat(plans.asTenant(JdbcCoolDowns.END_DUE, Map.of()))
                .doesNotMatch(SCAN_OF_ALL_ASSETS)
                .contains("asset_cooling"));
    }

    @Test
    void assets_that_are_told_something_are_locked_and_written_by_their_ids() {
        Plans.amongManyOrders(plans -> {
            assertThat(plans.asTenant(
                            ConditionTable.KEEP_AND_LOCK,
                            Map.of("events", "[]", "assets", new String[] {"a-1", "a-2"})))
                    .doesNotMatch(SCAN_OF_ALL_ASSETS)
                    .contains("asset_pkey");
            assertThat(plans.asTenant(ConditionTable.WRITE, Map.of("changes", "[]", "actor", "workflow")))
                    .doesNotMatch(SCAN_OF_ALL_ASSETS)
                    .contains("asset_pkey");
        });
    }
}
