package dev.taskorder.activities.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskorder.activities.testing.Plans;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The close of an attempt costs the same however many leases there have been. */
class ConcludePlanTest {
    @Test
    void the_leases_of_an_attempt_are_found_by_their_ids() {
        Plans.amongManyOrders(plans -> {
            String plan = plans.asTenant(
                    JdbcAttemptLog.CONCLUDE,
                    Map.of("task", UUID.randomUUID(), "number", 1, "state", "ENDED", "code", "OK", "message", "done"));
            assertThat(plan)
                    .doesNotMatch("(?s).*Seq Scan on (lease|attempt)\\b.*")
                    .contains("lease_pkey");
        });
    }
}
