package dev.taskorder.activities.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Recovery and settling find what they need of a tenant without reading all that tenant's orders. */
class RecoveryPlanTest {
    private static final String SCAN_OF_A_WHOLE_TABLE = "(?s).*Seq Scan on task_order\\b.*";

    @Test
    void recovery_reads_the_indexes_of_open_orders_and_not_those_that_are_over() {
        Plans.amongManyOrders(plans -> {
            assertThat(plans.asTenant(JdbcOrderRecovery.CLAIM_CHECKS, Map.of("max", 20, "easing", false)))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .contains("task_order_check");
            assertThat(plans.asTenant(JdbcOrderRecovery.MAKE_MORE_DUE, Map.of("max", 20)))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .contains("task_order_check");
            assertThat(plans.asTenant(JdbcOrderRecovery.OVERDUE, Map.of("max", 20)))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .contains("task_order_deadline");
        });
    }

    @Test
    void whether_an_order_stood_first_is_read_from_the_queue_alone() {
        Plans.amongManyOrders(
                plans -> assertThat(plans.asTenant(OrderTable.STOOD_FIRST, Map.of("task", UUID.randomUUID())))
                        .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                        .contains("task_order_queue"));
    }
}
