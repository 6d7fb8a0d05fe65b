package dev.taskorder.activities.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is over, and what is not due yet, costs maintenance nothing, however much of it there is. */
class DueWorkPlanTest {
    private static final int TENANTS = 5000;
    private static final String SCAN_OF_A_WHOLE_TABLE =
            "(?s).*Seq Scan on (task_order|lease|asset|asset_slot|outbox)\\b.*";

    @Test
    void a_pass_reads_the_indexes_of_what_is_due_and_no_table_as_a_whole() {
        Plans.amongManyOrders(plans -> {
            assertThat(plans.asSystem(JdbcDueWork.LOOK))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .contains(
                            "task_order_to_start",
                            "outbox_due",
                            "task_order_deadline",
                            "lease_expiry",
                            "asset_slot_resting",
                            "asset_cooling",
                            "budget_turning",
                            "task_order_check_due");
            assertThat(plans.asSystem(JdbcDueWork.TENANTS_WITH_CHECKS))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .contains("task_order_check");
            assertThat(plans.asSystem(JdbcDueWork.TENANTS_WHOSE_BOOKS_MOVED))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .doesNotContain("ledger_entry");
            assertThat(plans.asTenant(JdbcDueWork.LOCK_ORDERS_OF_EXPIRED, Map.of("max", 100)))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .contains("lease_expiry");
            assertThat(plans.asTenant(JdbcDueWork.WAKE_SLOTS, Map.of()))
                    .doesNotMatch(SCAN_OF_A_WHOLE_TABLE)
                    .contains("asset_slot_resting");
        });
    }

    @Test
    void tenants_that_are_suspended_or_will_expire_or_be_cleaned_cost_a_pass_nothing() {
        Plans.amongManyOrders(plans -> {
            plans.superuser().sql("""
                    INSERT INTO tenant (tenant_id, name, status, cancels_at)
                    SELECT 'other-' || n, 'Other', CASE n % 2 WHEN 0 THEN 'ACTIVE' ELSE 'SUSPENDED' END,
                           CASE n % 4 WHEN 0 THEN now() + interval '1 day' END
                      FROM generate_series(1, :tenants) AS n
                    """).param("tenants", TENANTS).update();
            plans.superuser()
                    .sql("INSERT INTO tenant_seq (tenant_id) SELECT tenant_id FROM tenant ON CONFLICT DO NOTHING")
                    .update();
            plans.superuser().sql("ANALYZE tenant, tenant_seq").update();
            assertThat(plans.asSystem(JdbcDueWork.LOOK))
                    .doesNotContain("Seq Scan on tenant")
                    .contains("tenant_cancelling", "tenant_seq_cleaning");
        });
    }
}
