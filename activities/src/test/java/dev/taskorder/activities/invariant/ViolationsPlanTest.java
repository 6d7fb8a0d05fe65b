package dev.taskorder.activities.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A look costs as much as there is live, however much is over. */
class ViolationsPlanTest {
    private static final String WHOLE_TABLE = "(?s).*Seq Scan on (task_order|lease|attempt)\\b.*";

    @ParameterizedTest
    @CsvSource({
        "lease_without_order, lease_(expiry|live)",
        "slot_shared, lease_(expiry|live)",
        "asset_oversold, lease_(expiry|live)",
        "attempt_without_leases, attempt_live"
    })
    void a_view_reads_by_an_index_of_what_is_live(String view, String index) {
        Plans.amongManyOrders(plans -> assertThat(plans.asTenant("SELECT * FROM " + view, Map.of()))
                .containsPattern("Scan (using|on) " + index)
                .doesNotMatch(WHOLE_TABLE));
    }
}
