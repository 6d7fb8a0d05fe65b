package dev.taskorder.activities.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import org.junit.jupiter.api.Test;

/** However many operations there were, a look for one that is due costs nothing. */
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
}
