package dev.taskorder.activities.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** However many operations there were, and however many orders one is about, a look costs nothing. */
class BulkWorkPlanTest {
    private static final int OPERATIONS = 5000;

    @Test
    void those_that_are_over_are_not_looked_at() {
        Plans.amongManyOrders(plans -> {
            plans.superuser().sql("""
                    INSERT INTO bulk_operation (tenant_id, operation_id, kind, state, dry_run, filter, asked_by, rate_per_second,
                           matched, done, finished_at)
                    SELECT (SELECT min(tenant_id) FROM tenant), gen_random_uuid(), 'CANCEL', 'DONE', false, '{}', 'me', 1, 1, 1, now()
                      FROM generate_series(1, :operations)
                    """).param("operations", OPERATIONS).update();
            plans.superuser().sql("ANALYZE bulk_operation").update();
            assertThat(plans.asSystem(BulkWorker.TENANTS_DUE)).contains("bulk_operation_due");
        });
    }

    @Test
    void of_the_orders_that_are_left_no_more_are_read_than_are_wanted() {
        Plans.amongManyOrders(plans -> {
            UUID operation = UUID.randomUUID();
            plans.superuser()
                    .sql("""
                    INSERT INTO bulk_operation (tenant_id, operation_id, kind, state, dry_run, filter, asked_by, rate_per_second, matched, due_at)
                    SELECT min(tenant_id), :operation, 'CANCEL', 'RUNNING', false, '{}', 'me', 1, :orders, now() FROM tenant
                    """)
                    .param("operation", operation)
                    .param("orders", OPERATIONS)
                    .update();
            plans.superuser()
                    .sql("""
                    INSERT INTO bulk_operation_order (tenant_id, operation_id, task_id)
                    SELECT tenant_id, operation_id, gen_random_uuid() FROM bulk_operation, generate_series(1, :orders)
                     WHERE operation_id = :operation
                    """)
                    .param("operation", operation)
                    .param("orders", OPERATIONS)
                    .update();
            plans.superuser().sql("ANALYZE bulk_operation_order").update();
            String[] states = {"TODO", "ALONE", "WAKE"};
            String plan = plans.forAnyValues(
                    OperationTable.LEFT, Map.of("operation", operation, "states", states, "max", 50));
            assertThat(plan.substring(plan.indexOf("Nested Loop")))
                    .contains("bulk_operation_order_left")
                    .doesNotContain("Sort");
        });
    }
}
